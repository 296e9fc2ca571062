"""Reading the platform's request as a vendor has to (sections 2.2 to 2.4 and 3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from slots.fhir.profile import IDNPS, IDNST

if TYPE_CHECKING:
    from care.slot import Flow

MOST_IDS = 25
_SPACE_FOR_PLUS = re.compile(r" (\d{2}:\d{2})\Z")
_QUERY_ZONE = ZoneInfo("Europe/Paris")  # of a date without offset, in a query only


class BadQuery(Exception):
    """The request is not one of the guide's; the text says what, for the OperationOutcome."""


@dataclass(frozen=True, kw_only=True)
class SlotQuery:
    """What is asked: flow, identifiers with their type digit, window."""

    flow: Flow
    ids: tuple[str, ...]
    start: datetime
    end: datetime


def read(resource: str, query_string: str) -> SlotQuery:
    """The search asked.

    Raises
    ------
    BadQuery   a parameter is missing, unknown, or unreadable
    """
    pairs = parse_qsl(query_string, keep_blank_values=True)
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        given.setdefault(name, []).append(value)
    return _associations(given) if resource == "Schedule" else _practitioners(given)


def _practitioners(given: dict[str, list[str]]) -> SlotQuery:
    _require(given, "status", "free")
    _require(given, "_include", "Slot:schedule")
    _require(given, "_include:iterate", "Schedule:actor")
    cpts = "Slot:service-type-reference" in given["_include"]
    if cpts:
        _require(given, "_include:iterate", "HealthcareService:organization")
    start, end = _window(given, "start")
    ids = _ids(given, "schedule.actor:Practitioner.identifier", IDNPS)
    return SlotQuery(flow="agg-cpts" if cpts else "agg-ps", ids=ids, start=start, end=end)


def _associations(given: dict[str, list[str]]) -> SlotQuery:
    _require(given, "_has:Slot:schedule:status", "free")
    _require(given, "_revinclude", "Slot:schedule")
    _require(given, "_include", "Schedule:actor:Location")
    given["_include:iterate"] = [value.lower() for value in given.get("_include:iterate", [])]
    _require(given, "_include:iterate", "location:organization")
    start, end = _window(given, "_has:Slot:schedule:start")
    ids = _ids(given, "actor:Location.organization.identifier", IDNST)
    return SlotQuery(flow="agg-sos", ids=ids, start=start, end=end)


def _require(given: dict[str, list[str]], name: str, value: str) -> None:
    if value not in given.get(name, []):
        raise BadQuery(f"{name}={value} is required")


def _window(given: dict[str, list[str]], name: str) -> tuple[datetime, datetime]:
    values = given.get(name, [])
    starts = [value[2:] for value in values if value.startswith("ge")]
    ends = [value[2:] for value in values if value.startswith("le")]
    if len(values) != 2 or len(starts) != 1 or len(ends) != 1:
        raise BadQuery(f"{name} is required twice: ge… and le…")
    start, end = _instant(name, starts[0]), _instant(name, ends[0])
    if end < start:
        raise BadQuery(f"{name}: le… is before ge…")
    return start, end


def _instant(name: str, value: str) -> datetime:
    try:
        read = datetime.fromisoformat(_SPACE_FOR_PLUS.sub(r"+\1", value))
    except ValueError:
        raise BadQuery(f"{name} is no date with time") from None
    return read if read.tzinfo is not None else read.replace(tzinfo=_QUERY_ZONE)


def _ids(given: dict[str, list[str]], name: str, system: str) -> tuple[str, ...]:
    values = given.get(name, [])
    tokens = [token.strip() for value in values for token in value.split(",") if token.strip()]
    if not tokens:
        raise BadQuery(f"{name} is required")
    if len(tokens) > MOST_IDS:
        raise BadQuery(f"{name} holds more than {MOST_IDS} identifiers")
    found: list[str] = []
    for token in tokens:
        given_system, bar, value = token.partition("|")
        if not bar or given_system != system or not value:
            raise BadQuery(f"{name} is made of {system}|identifier")
        found.append(_prefixed(value, system))
    return tuple(dict.fromkeys(found))


def _prefixed(value: str, system: str) -> str:
    """A vendor finds people and structures with or without the type digit."""
    if system == IDNPS and re.fullmatch(r"\d{11}", value):
        return f"8{value}"
    if system == IDNST and re.fullmatch(r"\d{14}", value):
        return f"3{value}"
    return value
