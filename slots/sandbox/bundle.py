"""Answers of the simulated vendors, as the guide asks for them (sections 3.2 to 3.4)."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any, Final

from slots.fhir.profile import (
    ACT_CODE,
    APPOINTMENT_REASON,
    CPTS_CATEGORY,
    CPTS_LINK,
    IDNPS,
    IDNST,
    SLOT_VISIBILITY,
    SPECIALTY,
    STRUCTURE_CATEGORY_PREFIX,
)
from slots.fhir.request import instant

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from care.slot import Flow
    from slots.sandbox.agenda import Time
    from slots.sandbox.brand import Brand
    from slots.sandbox.people import Holder, Office

Resource = dict[str, Any]

_OWN: Final = "http://sas.fr/fhir/StructureDefinition"
_GUIDE: Final = "https://interop.esante.gouv.fr/ig/fhir/sas/StructureDefinition"
_PERSON_TYPES: Final = "http://interopsante.org/fhir/CodeSystem/fr-v2-0203"
_PLACE_TYPES: Final = "http://interopsante.org/fhir/CodeSystem/fr-location-identifier-type"
_CPTS_CATEGORIES: Final = f"{STRUCTURE_CATEGORY_PREFIX}/FHIR/TRE-R66-CategorieEtablissement"
_CPTS_TYPES: Final = "https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-v2-0203"
_PROFILES: Final[dict[Flow, dict[str, str]]] = {
    "agg-ps": {"Bundle": f"{_OWN}/BundleAgregateur", "Slot": f"{_OWN}/FrSlotAgregateur"},
    "agg-cpts": {
        "Bundle": f"{_GUIDE}/sas-cpts-bundle-aggregator",
        "Slot": f"{_GUIDE}/sas-cpts-slot-aggregator",
        "HealthcareService": f"{_GUIDE}/sas-cpts-healthcareservice-aggregator",
        "Organization": f"{_GUIDE}/sas-cpts-organization-aggregator",
    },
    "agg-sos": {
        "Bundle": f"{_GUIDE}/sas-sos-bundle-aggregator",
        "Slot": f"{_GUIDE}/sas-sos-slot-aggregator",
        "Schedule": f"{_GUIDE}/sas-sos-schedule-aggregator",
        "Location": f"{_GUIDE}/sas-sos-location-aggregator",
        "Organization": f"{_GUIDE}/sas-sos-organization-aggregator",
    },
}
_SHARED_PROFILES: Final = {
    "Schedule": f"{_OWN}/FrScheduleAgregateur",
    "Practitioner": f"{_OWN}/FrPractitionerAgregateur",
    "PractitionerRole": f"{_OWN}/FrPractitionerRoleExerciceAgregateur",
    "Location": f"{_OWN}/FrLocationAgregateur",
}
CPTS_FINESS: Final = "1330788881"


class Writer:
    """Writes the answers of one vendor; `base_url` is its own, `origin` the page where one books."""

    def __init__(self, brand: Brand, *, base_url: str, booking_url: str) -> None:
        self._brand = brand
        self._base_url = base_url
        self._booking_url = booking_url

    def answer(
        self, flow: Flow, agendas: Sequence[tuple[Holder, Office, Sequence[Time]]], *, link: str
    ) -> Resource:
        """The Bundle for some agendas; those without any time in it are left out."""
        entries: list[Resource] = []
        included: dict[str, Resource] = {}
        total = 0
        for holder, office, times in agendas:
            if not times:
                continue
            schedule = f"sch-{office.key}"
            for time in times:
                slot = self._slot(flow, schedule, holder, time)
                entries.append(self._entry(slot, "include" if flow == "agg-sos" else "match"))
                total += 1
            for resource in self._holder(flow, schedule, holder, office):
                included.setdefault(f"{resource['resourceType']}/{resource['id']}", resource)
            if flow == "agg-cpts" and any(time.cpts for time in times):
                for resource in _cpts(flow):
                    included.setdefault(f"{resource['resourceType']}/{resource['id']}", resource)
        for resource in included.values():
            match = flow == "agg-sos" and resource["resourceType"] == "Schedule"
            entries.append(self._entry(resource, "match" if match else "include"))
        bundle: Resource = {
            "resourceType": "Bundle",
            "id": f"b-{self._brand.slug}",
            "meta": {"profile": [_PROFILES[flow]["Bundle"]]},
            "type": "searchset",
            "total": total,
            "link": [{"relation": "self", "url": link}],
        }
        return bundle | {"entry": entries} if entries else bundle

    def _entry(self, resource: Resource, mode: str) -> Resource:
        entry = {
            "fullUrl": f"{self._base_url}/{resource['resourceType']}/{resource['id']}",
            "resource": resource,
        }
        return entry if self._brand.guide == "1.1.0" else entry | {"search": {"mode": mode}}

    def _slot(self, flow: Flow, schedule: str, holder: Holder, time: Time) -> Resource:
        messy = self._brand.messy
        key = f"{schedule[4:]}-{time.key}"
        codes = [*time.visibility, *(["CPTS"] if time.cpts and flow == "agg-cpts" else [])]
        if flow == "agg-sos":
            codes = ["PUBLIC", "SNP"] if "PUBLIC" in codes else ["SNP"]
        kinds: list[Resource] = [_coded(ACT_CODE, code) for code in time.kinds]
        if "CPTS" in codes:
            link = {"url": CPTS_LINK, "valueReference": {"reference": "HealthcareService/hs-cpts"}}
            kinds.append({"extension": [link], **_coded(_CPTS_CATEGORIES, CPTS_CATEGORY)})
        if time.reason:
            kinds.append({"text": time.reason})
        slot: Resource = {
            "resourceType": "Slot",
            "id": key,
            "meta": {
                "profile": [_PROFILES[flow]["Slot"]],
                "security": [{"system": SLOT_VISIBILITY, "code": code} for code in codes],
            },
            "serviceType": kinds,
            "appointmentType": _coded(APPOINTMENT_REASON, "WALKIN" if time.walk_in else "ROUTINE"),
            "schedule": {"reference": f"Schedule/{schedule}"},
            "status": "free" if time.free else "busy",
            "start": _written(time.start, messy=messy),
            "end": _written(time.end, messy=messy),
        }
        if holder.specialty:
            slot["specialty"] = [_coded(SPECIALTY, holder.specialty)]
        if not (messy and time.walk_in):
            slot["comment"] = f"{self._booking_url}?ps={holder.id}&creneau={key}"
        return slot

    def _holder(self, flow: Flow, schedule: str, holder: Holder, office: Office) -> Iterator[Resource]:
        if flow == "agg-sos":
            yield from self._association(schedule, holder, office)
            return
        role = f"r-{office.key}"
        person = f"p-{holder.id}"
        yield {
            "resourceType": "Schedule",
            "id": schedule,
            "meta": {"profile": [_SHARED_PROFILES["Schedule"]]},
            "actor": [{"reference": f"Practitioner/{person}"}, {"reference": f"PractitionerRole/{role}"}],
        }
        yield {
            "resourceType": "Practitioner",
            "id": person,
            "meta": {"profile": [_SHARED_PROFILES["Practitioner"]]},
            "identifier": [
                {
                    "type": _coded(_PERSON_TYPES, "IDNPS"),
                    "system": IDNPS,
                    "value": holder.id[1:] if self._brand.messy else holder.id,
                }
            ],
            "name": [{"family": holder.family, "given": [holder.given]}],
        }
        yield {
            "resourceType": "PractitionerRole",
            "id": role,
            "meta": {"profile": [_SHARED_PROFILES["PractitionerRole"]]},
            # The local id is the same in every role, as in the official example.
            "contained": [{"resourceType": "Location", "id": "cabinet", **self._location(office)}],
            "practitioner": {"reference": f"Practitioner/{person}"},
            "location": [{"reference": "#cabinet"}],
            **self._organization(office),
            **_telecom(office.phone),
        }

    def _location(self, office: Office) -> Resource:
        return {
            "meta": {"profile": [_SHARED_PROFILES["Location"]]},
            "identifier": [
                {"type": _coded(_PLACE_TYPES, "INTRN"), "system": self._base_url, "value": office.key}
            ],
            "address": {
                "line": [office.line or office.name],
                "city": office.city,
                "postalCode": office.postal_code,
            },
        }

    def _organization(self, office: Office) -> Resource:
        if office.structure_id is None or self._brand.messy:
            return {}
        identifier = {"type": _coded(_PERSON_TYPES, "IDNST"), "system": IDNST, "value": office.structure_id}
        return {"organization": {"identifier": identifier}}

    def _association(self, schedule: str, holder: Holder, office: Office) -> Iterator[Resource]:
        profiles = _PROFILES["agg-sos"]
        yield {
            "resourceType": "Schedule",
            "id": schedule,
            "meta": {"profile": [profiles["Schedule"]]},
            "actor": [{"reference": f"Location/pfg-{office.key}"}],
        }
        location = self._location(office) | {"meta": {"profile": [profiles["Location"]]}}
        if (office.structure_id or "").startswith("1"):
            location["identifier"] = [
                {"type": _coded(_PLACE_TYPES, "IDNST"), "system": IDNST, "value": office.structure_id}
            ]
        yield {
            "resourceType": "Location",
            "id": f"pfg-{office.key}",
            **location,
            "name": office.name,
            "managingOrganization": {"reference": f"Organization/asso-{holder.id}"},
            **_telecom(office.phone),
        }
        yield {
            "resourceType": "Organization",
            "id": f"asso-{holder.id}",
            "meta": {"profile": [profiles["Organization"]]},
            "identifier": [{"type": _coded(_PLACE_TYPES, "IDNST"), "system": IDNST, "value": holder.id}],
            "name": holder.family,
        }


def _cpts(flow: Flow) -> Iterator[Resource]:
    profiles = _PROFILES[flow]
    yield {
        "resourceType": "HealthcareService",
        "id": "hs-cpts",
        "meta": {"profile": [profiles["HealthcareService"]]},
        "providedBy": {"reference": "Organization/cpts"},
    }
    yield {
        "resourceType": "Organization",
        "id": "cpts",
        "meta": {"profile": [profiles["Organization"]]},
        "identifier": [{"type": _coded(_CPTS_TYPES, "IDNST"), "system": IDNST, "value": CPTS_FINESS}],
        "name": "CPTS des Deux Rives",
        "telecom": [{"system": "phone", "value": "+33556000010"}],
    }


def _coded(system: str, code: str) -> Resource:
    return {"coding": [{"system": system, "code": code}]}


def _telecom(phone: str | None) -> Resource:
    return {"telecom": [{"system": "phone", "value": phone}]} if phone else {}


def _written(moment: datetime, *, messy: bool) -> str:
    """The strict form of the kit; a messy vendor writes UTC with `Z`, without decimals."""
    if messy:
        return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return instant(moment)
