"""Reading a vendor's answer, in units of parsing its JSON.

A bundle of 25 practitioners and 1,000 slots, as an agenda server writes it; the time of `extract_slots` over
the time of `orjson.loads` on the same bytes. The ratio hardly depends on the machine; the goal is at most 6.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import orjson

from bench.harness import record
from slots.fhir.bundle import extract_slots
from slots.fhir.profile import (
    ACT_CODE,
    APPOINTMENT_REASON,
    IDNPS,
    IDNST,
    SLOT_VISIBILITY,
    SPECIALTY,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GOAL: Final = 6.0
PRACTITIONERS: Final = 25
SLOTS: Final = 1_000
ROUNDS: Final = 40
WINDOW_START: Final = datetime(2026, 3, 27, 7, tzinfo=UTC)
WINDOW_END: Final = datetime(2026, 3, 29, 21, 59, 59, tzinfo=UTC)

_BASE: Final = "https://agenda.example/fhir"
_TYPES: Final = "http://interopsante.org/fhir/CodeSystem/fr-v2-0203"
_PLACE_TYPES: Final = "http://interopsante.org/fhir/CodeSystem/fr-location-identifier-type"
_OWN: Final = "http://sas.fr/fhir/StructureDefinition"


def requested_ids(practitioners: int = PRACTITIONERS) -> set[str]:
    """IDNPS of the practitioners of the bundle, in the range kept for invented people."""
    return {_idnps(number) for number in range(practitioners)}


def answer(practitioners: int = PRACTITIONERS, slots: int = SLOTS) -> bytes:
    """An answer to INT_R01: the slots first, then what they refer to."""
    entries = [_slot(number, number % practitioners, number // practitioners) for number in range(slots)]
    for practitioner in range(practitioners):
        entries.extend(_agenda(practitioner))
    return orjson.dumps({
        "resourceType": "Bundle",
        "meta": {"profile": [f"{_OWN}/BundleAgregateur"]},
        "type": "searchset",
        "total": slots,
        "link": [{"relation": "self", "url": f"{_BASE}/Slot?status=free"}],
        "entry": [_entry(entry, mode) for entry, mode in entries],
    })  # fmt: skip


def _entry(resource: dict[str, Any], mode: str) -> dict[str, Any]:
    url = f"{_BASE}/{resource['resourceType']}/{resource['id']}"
    return {"fullUrl": url, "resource": resource, "search": {"mode": mode}}


def _coded(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def _idnps(number: int) -> str:
    return f"8999{number:08d}"


def _slot(number: int, practitioner: int, rank: int) -> tuple[dict[str, Any], str]:
    start = WINDOW_START + timedelta(minutes=15 * rank)
    offset = timedelta(hours=1)
    bounds = [
        f"{(moment + offset):%Y-%m-%dT%H:%M:%S}.000+01:00"
        for moment in (start, start + timedelta(minutes=15))
    ]
    return {
        "resourceType": "Slot",
        "id": f"s-{number}",
        "meta": {
            "profile": [f"{_OWN}/FrSlotAgregateur"],
            "security": [{"system": SLOT_VISIBILITY, "code": code} for code in ("PUBLIC", "PRO")],
        },
        "serviceType": [_coded(ACT_CODE, "AMB"), _coded(ACT_CODE, "VR"), {"text": "Renouvellement"}],
        "specialty": [_coded(SPECIALTY, "SM54")],
        "appointmentType": _coded(APPOINTMENT_REASON, "ROUTINE"),
        "schedule": {"reference": f"Schedule/sch-{practitioner}"},
        "status": "free",
        "start": bounds[0],
        "end": bounds[1],
        "comment": f"https://agenda.example/p?ps={practitioner}",
    }, "match"  # fmt: skip


def _agenda(practitioner: int) -> Iterator[tuple[dict[str, Any], str]]:
    yield {
        "resourceType": "Schedule",
        "id": f"sch-{practitioner}",
        "meta": {"profile": [f"{_OWN}/FrScheduleAgregateur"]},
        "actor": [
            {"reference": f"Practitioner/p-{practitioner}"},
            {"reference": f"PractitionerRole/r-{practitioner}"},
        ],
    }, "include"  # fmt: skip
    yield {
        "resourceType": "Practitioner",
        "id": f"p-{practitioner}",
        "meta": {"profile": [f"{_OWN}/FrPractitionerAgregateur"]},
        "identifier": [{"type": _coded(_TYPES, "IDNPS"), "system": IDNPS, "value": _idnps(practitioner)}],
        "name": [{"family": "Exemple", "given": ["Inès"]}],
    }, "include"  # fmt: skip
    yield {
        "resourceType": "PractitionerRole",
        "id": f"r-{practitioner}",
        "meta": {"profile": [f"{_OWN}/FrPractitionerRoleExerciceAgregateur"]},
        "contained": [{
            "resourceType": "Location",
            "id": "cab",
            "identifier": [{
                "type": _coded(_PLACE_TYPES, "INTRN"),
                "system": "https://agenda.example",
                "value": f"cab-{practitioner}",
            }],
            "address": {"line": [f"{practitioner} rue des Tilleuls"], "city": "Pau", "postalCode": "64000"},
        }],
        "practitioner": {"reference": f"Practitioner/p-{practitioner}"},
        "organization": {"identifier": {
            "type": _coded(_TYPES, "IDNST"), "system": IDNST, "value": f"133079{practitioner:04d}",
        }},
        "location": [{"reference": "#cab"}],
        "telecom": [{"system": "phone", "value": f"+335560000{practitioner:02d}"}],
    }, "include"  # fmt: skip


def main() -> None:
    """Measure and record."""
    body, asked = answer(), requested_ids()

    def read() -> object:
        return extract_slots(
            [body], flow="agg-ps", requested_ids=asked, window_start=WINDOW_START, window_end=WINDOW_END
        )

    parsed_s, read_s = _best_of_each(lambda: orjson.loads(body), read)
    record(
        "extract_slots",
        {
            "bytes": len(body),
            "practitioners": PRACTITIONERS,
            "slots": SLOTS,
            "loads_s": parsed_s,
            "read_s": read_s,
        },
        {"read_over_loads": read_s / parsed_s},
        {"read_over_loads": GOAL},
    )


def _best_of_each(one: Callable[[], object], other: Callable[[], object]) -> tuple[float, float]:
    """Best time of each, in seconds; taken in turns so that both meet the same machine."""
    one_s = other_s = float("inf")
    for _ in range(ROUNDS):
        one_s = min(one_s, _timed(one))
        other_s = min(other_s, _timed(other))
    return one_s, other_s


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
