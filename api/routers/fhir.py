"""FHIR R4, server side: appointments that agenda vendors report (INT_R03)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.dependencies import ServicesDep
from api.fhir import certificate, negotiated
from api.outcome import MEDIA_TYPE, Fhir, example, outcome
from core.clock import utc_now
from slots import appointments
from slots.fhir.appointment import Issue, Reported, Unacceptable, read_appointment

router = APIRouter(prefix="/fhir/r4", tags=["FHIR"], dependencies=[Depends(negotiated)])
CertificateDep = Annotated[tuple[str, str], Depends(certificate)]

_PROFILE_ROOT = "https://interop.esante.gouv.fr/ig/fhir/sas/StructureDefinition"
_EXAMPLE = {
    "resourceType": "Appointment",
    "meta": {"profile": ["http://sas.fr/fhir/StructureDefinition/FrAppointmentSAS"]},
    "extension": [
        {
            "url": "http://interopsante.org/fhir/StructureDefinition/FrAppointmentOperator",
            "valueReference": {
                "identifier": {
                    "type": {
                        "coding": [
                            {"system": "http://interopsante.org/fhir/CodeSystem/fr-v2-0203", "code": "IDNPS"}
                        ]
                    },
                    "system": "urn:oid:1.2.250.1.71.4.2.1",
                    "value": "3330799990/000123",
                }
            },
        }
    ],
    "identifier": [{"system": "https://agenda.example", "value": "rdv-77"}],
    "status": "booked",
    "start": "2026-12-01T09:30:00.000+01:00",
    "end": "2026-12-01T09:45:00.000+01:00",
    "participant": [
        {
            "actor": {
                "identifier": {
                    "type": {
                        "coding": [
                            {"system": "http://interopsante.org/fhir/CodeSystem/fr-v2-0203", "code": "IDNPS"}
                        ]
                    },
                    "system": "urn:oid:1.2.250.1.71.4.2.1",
                    "value": "899900000018",
                }
            },
            "status": "accepted",
        }
    ],
}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/fhir+json": {"schema": {"type": "object"}, "example": _EXAMPLE}},
    }
}
_DONE = {
    "description": "Kept; Location names it",
    "headers": {"Location": {"schema": {"type": "string"}, "description": "[base]/Appointment/<id>"}},
}
_REFUSED: dict[int | str, dict[str, Any]] = {
    400: example(400, "The body is not an Appointment resource", "Appointment"),
    401: example(401, "A client certificate is required"),
    403: example(403, "This certificate belongs to no registered vendor"),
    406: example(406, "JSON only"),
    409: example(409, "This identifier is known with another content: update it with PUT"),
    413: example(413, "The body is larger than 256 KiB"),
    415: example(415, "JSON only"),
    422: example(422, "Appointment.start is required", "Appointment.start"),
    503: example(503, "The database does not answer"),
}
_CAPABILITIES = {
    "resourceType": "CapabilityStatement",
    "status": "active",
    "date": "2026-11-25",
    "kind": "instance",
    "implementation": {
        "description": "Plateforme SAS ouverte : rendez-vous transmis par les éditeurs (INT_R03)"
    },
    "fhirVersion": "4.0.1",
    "format": ["application/fhir+json", "json"],
    "rest": [
        {
            "mode": "server",
            "security": {"cors": False, "description": "Mutual TLS"},
            "resource": [
                {
                    "type": "Appointment",
                    "supportedProfile": [
                        "http://sas.fr/fhir/StructureDefinition/FrAppointmentSAS",
                        f"{_PROFILE_ROOT}/sas-sos-appointment",
                    ],
                    "interaction": [{"code": "create"}, {"code": "update"}],
                    "updateCreate": True,
                    "conditionalUpdate": True,
                    "searchParam": [{"name": "identifier", "type": "token"}],
                }
            ],
        }
    ],
}


@router.get(
    "/metadata",
    summary="Ce que ce serveur FHIR sait faire",
    responses={
        200: {"content": {"application/fhir+json": {"schema": {"type": "object"}, "example": _CAPABILITIES}}},
        406: _REFUSED[406],
    },
    response_class=Fhir,
)
async def metadata() -> Response:
    """Create and conditional update of Appointment; nothing is read."""
    return Fhir(_CAPABILITIES)


@router.post(
    "/Appointment",
    summary="Recevoir un rendez-vous d'un éditeur",
    status_code=201,
    responses={**_REFUSED, 200: {**_DONE, "description": "Déjà reçu, à l'identique"}, 201: _DONE},
    openapi_extra=_BODY,
    response_class=Response,
)
async def create(request: Request, services: ServicesDep, subject: CertificateDep) -> Response:
    """The same report twice is kept once. Nothing about the patient is kept, whatever the body holds."""
    try:
        reported = read_appointment(await request.body())
    except Unacceptable as refusal:
        return _refused(refusal)
    async with services.writer.connection() as conn:
        by = await appointments.sender(conn, certificate_cn=subject[0], certificate_ou=subject[1])
        kept = await appointments.create(conn, by, reported, regulators=services.regulators, now=utc_now())
    return _done(request, kept)


@router.put(
    "/Appointment",
    summary="Recevoir l'état nouveau d'un rendez-vous",
    responses={**_REFUSED, 200: _DONE, 201: {**_DONE, "description": "Inconnu jusque-là : gardé"}},
    openapi_extra={
        **_BODY,
        "parameters": [
            {
                "in": "query",
                "name": "identifier",
                "required": False,
                "schema": {"type": "string", "example": "https://agenda.example|rdv-77"},
                "description": "system|value, le même que dans le corps",
            }
        ],
    },
    response_class=Response,
)
async def update(request: Request, services: ServicesDep, subject: CertificateDep) -> Response:
    """The last received wins. Without `identifier` in the address, that of the body is taken."""
    try:
        reported = read_appointment(await request.body())
        _same_identifier(request, reported)
    except Unacceptable as refusal:
        return _refused(refusal)
    async with services.writer.connection() as conn:
        by = await appointments.sender(conn, certificate_cn=subject[0], certificate_ou=subject[1])
        kept = await appointments.put(conn, by, reported, regulators=services.regulators, now=utc_now())
    return _done(request, kept)


def _same_identifier(request: Request, reported: Reported) -> None:
    given = [value for name, value in request.query_params.multi_items() if name.lower() == "identifier"]
    if len(given) > 1 or any("|" not in value for value in given):
        issue = Issue(
            status=400,
            code="value",
            diagnostics="identifier must be one system|value",
            expression="identifier",
        )
        raise Unacceptable([issue])
    if given and given[0] != f"{reported.system}|{reported.value}":
        issue = Issue(
            status=422,
            code="business-rule",
            diagnostics="The identifier of the address is not that of the body",
            expression="Appointment.identifier",
        )
        raise Unacceptable([issue])


def _refused(refusal: Unacceptable) -> Response:
    issues = [
        {"code": item.code, "diagnostics": item.diagnostics, "expression": [item.expression]}
        for item in refusal.issues
    ]
    return outcome(refusal.status, issues)


def _done(request: Request, kept: appointments.Kept) -> Response:
    address = f"{str(request.base_url).rstrip('/')}{router.prefix}/Appointment/{kept.appointment_id}"
    status = 201 if kept.outcome == "created" else 200
    return Response(status_code=status, headers={"Location": address, "Content-Type": MEDIA_TYPE})
