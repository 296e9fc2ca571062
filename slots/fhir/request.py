"""The address of a search of slots, as the guide writes it (sections 3.2 to 3.4, and 2.3 for the dates).

Parameters are a list of pairs, since several stand twice. `|` and the `+` of an offset are percent-encoded,
the comma of a list is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from slots.fhir.profile import IDNPS, IDNST

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from care.slot import Flow

BATCH: Final = 25
"""Most practitioners in one request (section 2.7)."""
ASSOCIATION_BATCH: Final = 10
"""Most SOS Médecins associations in one request: the smaller of the two figures of the guide."""
ACCEPT: Final = "application/fhir+json, application/json+fhir;q=0.9, application/json;q=0.8"
"""Media types of the R4 standard, of the guide, of everybody (section 2.2)."""


def slot_search(base_url: str, *, flow: Flow, ids: Iterable[str], start: datetime, end: datetime) -> str:
    """The address to ask for the free slots of some practitioners, or associations.

    Parameters
    ----------
    ids          with their type digit: `8` + RPPS, `0` + ADELI; for SOS `3` + SIRET
    start, end   aware; both ends belong to the window, whole seconds are sent
    """
    resource = "Schedule" if flow == "agg-sos" else "Slot"
    query = "&".join(f"{name}={_encoded(value)}" for name, value in parameters(flow, ids, start, end))
    return f"{base_url}/{resource}?{query}"


def parameters(flow: Flow, ids: Iterable[str], start: datetime, end: datetime) -> Iterator[tuple[str, str]]:
    """The parameters of the guide, in its order, not yet encoded."""
    if flow == "agg-sos":
        yield "_revinclude", "Slot:schedule"
        yield "_include", "Schedule:actor:Location"
        yield "_include:iterate", "Location:organization"
        yield "_has:Slot:schedule:start", f"ge{instant(start)}"
        yield "_has:Slot:schedule:start", f"le{instant(end)}"
        yield "_has:Slot:schedule:status", "free"
        yield "actor:Location.organization.identifier", _tokens(IDNST, ids)
        return
    yield "_include", "Slot:schedule"
    yield "_include:iterate", "Schedule:actor"
    if flow == "agg-cpts":
        yield "_include", "Slot:service-type-reference"
        yield "_include:iterate", "HealthcareService:organization"
    yield "start", f"ge{instant(start)}"
    yield "start", f"le{instant(end)}"
    yield "schedule.actor:Practitioner.identifier", _tokens(IDNPS, ids)
    yield "status", "free"


def instant(moment: datetime) -> str:
    """The strict form of the kit: three decimals and a numeric offset, in the zone of the value.

    >>> from datetime import UTC, datetime
    >>> instant(datetime(2026, 3, 27, 8, tzinfo=UTC))
    '2026-03-27T08:00:00.000+00:00'
    """
    return moment.replace(microsecond=0).isoformat(timespec="milliseconds")


def _tokens(system: str, ids: Iterable[str]) -> str:
    return ",".join(f"{system}|{value}" for value in ids)


def _encoded(value: str) -> str:
    return value.replace("%", "%25").replace("|", "%7C").replace("+", "%2B").replace(" ", "%20")
