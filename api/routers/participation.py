"""Participation in the SAS: declarations, their history, the criteria of the forfait and their export."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import ServicesDep
from api.responses import UNAVAILABLE, Json
from api.routers.agenda import WRITES, answered
from api.schemas.participation import (
    DeclarationAnswer,
    DeclarationBody,
    DeclarationHistory,
    ForfaitAnswer,
    StatementAnswer,
    StructureAnswer,
    StructureBody,
)
from api.security import HandDep, hand
from care.local_time import monday_of
from care.participation import STATEMENT, STATEMENTS
from core.errors import InvalidParameter, NotFoundError
from participation import declarations, export, forfait

router = APIRouter(prefix="/api/v1/participation", tags=["participation"])

Idnps = Annotated[str, Path(pattern=r"^[0-9][0-9A-Z]{8,13}$", description="8 + RPPS, ou 0 + ADELI")]
Number = Annotated[
    str, Path(pattern=r"^[0-9][0-9AB][0-9]{7}([0-9]{5})?$", description="FINESS, ou SIRET (SOS)")
]
Kind = Literal["cds", "cpts", "sos"]
MOST_PERIOD = timedelta(days=366)
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_DECLARED = {
    "idnps": "899900000018",
    "participating": True,
    "en_sus": True,
    "via": "individual",
    "finess": None,
    "siret": None,
    "offer_ids": [],
    "has_software": False,
    "vendors": [],
    "vendor_refused": False,
    "hours_declared": True,
    "fru": False,
    "declared_at": "2026-11-25T22:00:00Z",
    "declared_by": "token:secretariat-12",
}
_STRUCTURE = {
    "kind": "cds",
    "number": "930000015",
    "participating": True,
    "practitioners": 4,
    "hours_declared": True,
    "phone": None,
    "information": "",
    "declared_at": "2026-11-25T22:00:00Z",
    "declared_by": "token:secretariat-12",
}
_LINE = {
    "recorded_at": "2026-11-25T22:00:00Z",
    "actor": "token:secretariat-12",
    "statement": STATEMENT,
    "before": None,
    "after": {"participating": True, "via": "individual"},
    "proof": "5f6c…",
}
_FORFAIT = {
    "idnps": "899900000018",
    "version": "convention-2024",
    "title": "Convention médicale 2024",
    "state": "unknown",
    "verdicts": [
        {
            "code": "operating",
            "label": "Un SAS fonctionne dans le département d'exercice",
            "state": "met",
            "reason": "SAS en service",
        }
    ],
    "hours_declared": True,
    "weeks": [{"monday": "2026-11-16", "sas_min": 120, "vendor_min": 0, "total_min": 120}],
}


@router.get(
    "/statement",
    summary="Le texte à accepter sur l'honneur",
    responses={
        200: {
            "model": StatementAnswer,
            "content": {
                "application/json": {"example": {"version": STATEMENT, "text": STATEMENTS[STATEMENT]}}
            },
        },
        503: UNAVAILABLE,
    },
)
async def statement() -> Response:
    """Its version goes with each declaration."""
    return Json({"version": STATEMENT, "text": STATEMENTS[STATEMENT]})


@router.get(
    "/practitioners/{idnps}",
    summary="La déclaration d'un professionnel",
    responses=answered(DeclarationAnswer, _DECLARED),
    dependencies=[Depends(hand)],
)
async def declared(idnps: Idnps, services: ServicesDep) -> Response:
    """404 when nothing was ever declared: unknown, not "no"."""
    async with services.writer.connection() as conn:
        found = await declarations.practitioner(conn, idnps)
    return Json(_found(found))


@router.put(
    "/practitioners/{idnps}",
    summary="Déclarer la participation d'un professionnel",
    responses=answered(DeclarationAnswer, _DECLARED),
)
async def declare(idnps: Idnps, body: DeclarationBody, by: HandDep, services: ServicesDep) -> Response:
    """Replaces the declaration before; both stay in the history."""
    async with services.writer.connection() as conn:
        written = await declarations.declare_practitioner(
            conn, idnps, body.declaration(), statement=body.statement, hand=by
        )
    return Json(written)


@router.get(
    "/practitioners/{idnps}/history",
    summary="Les déclarations passées d'un professionnel, avec leur preuve",
    responses=answered(DeclarationHistory, {"lines": [_LINE]}),
    dependencies=[Depends(hand)],
)
async def practitioner_history(idnps: Idnps, services: ServicesDep) -> Response:
    """The last hundred, newest first."""
    return await _history(f"practitioner:{idnps}", services)


@router.get(
    "/practitioners/{idnps}/forfait",
    summary="Les critères du forfait pour un professionnel",
    responses=answered(ForfaitAnswer, _FORFAIT),
)
async def judged(
    idnps: Idnps,
    by: HandDep,
    services: ServicesDep,
    from_: Annotated[
        date | None, Query(alias="from", description="Par défaut, il y a treize semaines")
    ] = None,
    until: Annotated[date | None, Query(description="Par défaut, hier")] = None,
) -> Response:
    """One verdict for each criterion, and the hours published beside the declaration. The CNAM decides."""
    first, last = _period(from_, until, today=by.now.date())
    async with services.writer.connection() as conn:
        report = await forfait.evaluate(
            conn, "practitioner", first, last, hours=services.hours, idnps=[idnps]
        )
    if not report.lines:
        raise NotFoundError("Rien n'a été déclaré pour ce professionnel.", parameter="idnps")
    return Json(_judged(report))


@router.get(
    "/structures/{kind}/{number}",
    summary="La déclaration d'une structure",
    responses=answered(StructureAnswer, _STRUCTURE),
    dependencies=[Depends(hand)],
)
async def structure_declared(kind: Kind, number: Number, services: ServicesDep) -> Response:
    """404 when nothing was ever declared."""
    async with services.writer.connection() as conn:
        found = await declarations.structure(conn, kind, number)
    return Json(_found(found))


@router.put(
    "/structures/{kind}/{number}",
    summary="Déclarer la participation d'une structure",
    responses=answered(StructureAnswer, _STRUCTURE),
)
async def declare_structure(
    kind: Kind, number: Number, body: StructureBody, by: HandDep, services: ServicesDep
) -> Response:
    """A centre (FINESS), a SOS Médecins association (SIRET), a CPTS (FINESS); an MSP declares nothing."""
    async with services.writer.connection() as conn:
        written = await declarations.declare_structure(
            conn, kind, number, body.declaration(), statement=body.statement, hand=by
        )
    return Json(written)


@router.get(
    "/structures/{kind}/{number}/history",
    summary="Les déclarations passées d'une structure, avec leur preuve",
    responses=answered(DeclarationHistory, {"lines": [_LINE]}),
    dependencies=[Depends(hand)],
)
async def structure_history(kind: Kind, number: Number, services: ServicesDep) -> Response:
    """The last hundred, newest first."""
    return await _history(f"{kind}:{number}", services)


@router.get(
    "/forfait",
    summary="L'export pour l'Assurance Maladie",
    responses={
        **WRITES,
        200: {
            "content": {
                "text/csv": {"schema": {"type": "string"}, "example": "Identifiant;Nom;…\r\n"},
                _XLSX: {"schema": {"type": "string", "format": "binary"}, "example": "PK…"},
            }
        },
    },
    response_class=Response,
)
async def exported(
    by: HandDep,
    services: ServicesDep,
    from_: Annotated[date | None, Query(alias="from")] = None,
    until: date | None = None,
    audience: Literal["practitioner", "centre"] = "practitioner",
    format_: Annotated[Literal["csv", "xlsx"], Query(alias="format")] = "csv",
) -> Response:
    """Everybody who declared, under the text in force; a period across two texts is refused."""
    first, last = _period(from_, until, today=by.now.date())
    async with services.writer.connection() as conn:
        report = await forfait.evaluate(conn, audience, first, last, hours=services.hours)
    write, media_type = (export.as_csv, "text/csv") if format_ == "csv" else (export.as_xlsx, _XLSX)
    content = await run_in_threadpool(write, report)
    name = f"forfait-{first}-{last}.{format_}"
    return Response(
        content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _period(first: date | None, last: date | None, *, today: date) -> tuple[date, date]:
    last = last or today - timedelta(days=1)
    first = first or monday_of(last) - timedelta(weeks=12)
    if not first <= last <= first + MOST_PERIOD:
        raise InvalidParameter("« until » vient après « from », un an au plus.", parameter="until")
    return first, last


async def _history(subject: str, services: Any) -> Response:
    async with services.writer.connection() as conn:
        lines = await declarations.rows(conn, "history_of", subject=subject, max_rows=100)
    return Json({"lines": lines})


def _found(found: dict[str, Any] | None) -> dict[str, Any]:
    if found is None:
        raise NotFoundError("Rien n'a été déclaré.", parameter="number")
    return found


def _judged(report: forfait.Report) -> dict[str, Any]:
    line = report.lines[0]
    monday = monday_of(report.first)
    return {
        "idnps": line.number,
        "version": report.text.version,
        "title": report.text.title,
        "state": line.judgement.state,
        "verdicts": line.judgement.verdicts,
        "hours_declared": line.hours_declared,
        "weeks": [
            {
                "monday": monday + timedelta(weeks=number),
                **{name: getattr(week, name, None) for name in ("sas_min", "vendor_min", "total_min")},
            }
            for number, week in enumerate(line.weeks)
        ],
    }
