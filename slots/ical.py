"""iCalendar (RFC 5545) of a SAS calendar: written out, read back.

Out: one event for each slot or series, in the zone of the place, with the days taken out of it; absences are
days without hours. In: times only. Titles, descriptions and people of an event are never looked at, an event
with guests is an appointment and is refused: what a patient's name could stand in does not enter.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal

import icalendar

from care.agenda import MODALITIES, AgendaSlot, Form, Held, days
from care.local_time import instant
from care.visibility import VISIBILITIES
from core.errors import InvalidParameter
from slots.ical_rule import Rule, RuleRefused, repeated

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from slots.agenda_week import Absence

Refused = Literal[
    "appointment", "cancelled", "days-without-hours", "no-time", "over-midnight", "over-the-step", "past",
    "recurrence", "reserved", "too-many-dates", "unreadable",
]  # fmt: skip
MOST_EVENTS: Final = 1000
_PRODUCT: Final = "-//Plateforme SAS ouverte//Agenda SAS//FR"
_WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(days=7)
_LAST: Final = time(23, 59)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """How events that do not say it are taken."""

    form: Form = "range"
    capacity: int = 1
    modalities: tuple[str, ...] = ("AMB",)
    visibility: tuple[str, ...] = ("SNP",)


@dataclass(kw_only=True)
class Read:
    """What a file holds: slots (rank of the event, slot, days out of it), absences, and the events refused
    (rank, reason).
    """

    slots: list[tuple[int, AgendaSlot, frozenset[date]]] = field(default_factory=list)
    absences: list[tuple[date, date | None]] = field(default_factory=list)
    refused: list[tuple[int, Refused]] = field(default_factory=list)


def write(held: Iterable[Held], absences: Iterable[Absence], zone: ZoneInfo, *, now: datetime) -> bytes:
    """The calendar of a place as a file."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    for item in held:
        event = _event(item, zone, now)
        if event is not None:
            calendar.add_component(event)
    for absence in absences:
        calendar.add_component(_absence(absence, now))
    calendar.add_missing_timezones()
    return calendar.to_ical()


def _event(item: Held, zone: ZoneInfo, now: datetime) -> icalendar.Event | None:
    slot = item.slot
    first = next(days(slot, slot.starts_on, slot.until or slot.starts_on + 7 * _DAY), None)
    if first is None or (not slot.weekly and first in item.excluded):
        return None
    event = icalendar.Event()
    event.add("uid", f"{item.slot_id}@agenda.sas")
    event.add("dtstamp", now)
    event.add("dtstart", datetime.combine(first, slot.start, tzinfo=zone))
    event.add("dtend", datetime.combine(first, slot.end, tzinfo=zone))
    event.add("summary", "Créneau SAS" if slot.form == "single" else f"Plage SAS, {slot.capacity} patients")
    event.add("categories", list(slot.modalities))
    event.add("transp", "TRANSPARENT")
    event.add("x-sas-form", slot.form)
    event.add("x-sas-capacity", str(slot.capacity))
    event.add("x-sas-visibility", " ".join(slot.visibility))
    if slot.weekly:
        rule: dict[str, Any] = {"freq": "weekly", "byday": [_WEEKDAYS[day - 1] for day in slot.weekdays]}
        if slot.until is not None:
            rule["until"] = instant(slot.until, slot.start, zone)
        event.add("rrule", rule)
        excluded = sorted(day for day in item.excluded if day.isoweekday() in slot.weekdays)
        if excluded:
            event.add("exdate", [datetime.combine(day, slot.start, tzinfo=zone) for day in excluded])
    return event


def _absence(item: Absence, now: datetime) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", f"{item.unavailability_id}@agenda.sas")
    event.add("dtstamp", now)
    event.add("dtstart", item.first_on)
    event.add("dtend", (item.last_on or item.first_on) + _DAY)
    event.add("summary", "Indisponible")
    event.add("transp", "OPAQUE")
    event.add("x-sas-unavailable", "TRUE")
    if item.last_on is None:
        event.add("rrule", {"freq": "daily"})
    return event


def read(content: bytes, zone: ZoneInfo, *, wanted: Wanted, today: date) -> Read:
    """The slots and absences of a file, in the local time of a place; what is over is refused as `past`.

    Raises
    ------
    InvalidParameter   not an iCalendar file, or more than a thousand events
    """
    try:
        calendar = icalendar.Calendar.from_ical(content)
        events = calendar.walk("VEVENT")
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as exc:
        raise InvalidParameter("Ce fichier n'est pas un iCalendar lisible.", parameter="body") from exc
    if len(events) > MOST_EVENTS:
        raise InvalidParameter(f"Ce fichier a plus de {MOST_EVENTS} événements.", parameter="body")
    found = Read()
    for rank, event in enumerate(events, start=1):
        try:
            _read_event(event, rank, zone, wanted, today, found)
        except RuleRefused as refusal:
            found.refused.append((rank, refusal.reason))
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
            found.refused.append((rank, "unreadable"))
    return found


def _read_event(event: Any, rank: int, zone: ZoneInfo, wanted: Wanted, today: date, found: Read) -> None:
    if str(event.get("status", "")).upper() == "CANCELLED":
        raise RuleRefused("cancelled")
    if str(event.get("class", "PUBLIC")).upper() != "PUBLIC":
        raise RuleRefused("reserved")
    if "attendee" in event:
        raise RuleRefused("appointment")
    start = event.decoded("dtstart")
    if not isinstance(start, datetime):
        _read_absence(event, start, today, found)
        return
    end = event.decoded("dtend", None) or start + event.decoded("duration")
    slot = _slot(event, start, end, zone, wanted)
    rule = _rule(event, start, zone)
    found.slots += [
        (rank, _cut(item, today), excluded) for item, excluded in repeated(slot, rule, zone, today=today)
    ]


def _read_absence(event: Any, start: date, today: date, found: Read) -> None:
    if str(event.get("x-sas-unavailable", "")).upper() != "TRUE":
        raise RuleRefused("days-without-hours")
    last: date | None = event.decoded("dtend", start + _DAY) - _DAY
    if "rrule" in event:
        last = None
    if last is not None and last < today:
        raise RuleRefused("past")
    found.absences.append((max(start, today), last))


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    """The time on the wall of the place; a time without zone is that of the place already."""
    if moment.tzinfo is None or _same(moment, zone):
        return moment.replace(tzinfo=None)
    return moment.astimezone(zone).replace(tzinfo=None)


def _same(moment: datetime, zone: ZoneInfo) -> bool:
    """Whether a time is written in the zone of the place, under its name or another (Outlook has its own)."""
    other = moment.tzinfo
    return other is not None and (getattr(other, "key", None) == zone.key or _alike(other, zone, moment.year))


@lru_cache(maxsize=64)
def _alike(other: tzinfo, zone: ZoneInfo, year: int) -> bool:
    """Whether two zones show the same time every week of two years: both clock changes included."""
    return all(
        other.utcoffset(day) == zone.utcoffset(day)
        for day in (datetime(year, 1, 1, 12) + week * _WEEK for week in range(105))  # noqa: DTZ001 - local
    )


def _slot(event: Any, start: datetime, end: datetime, zone: ZoneInfo, wanted: Wanted) -> AgendaSlot:
    begins, ends = _local(start, zone), _local(end, zone)
    if ends == datetime.combine(begins.date() + _DAY, time(0)):
        ends = datetime.combine(begins.date(), _LAST)
    if ends <= begins:
        raise RuleRefused("no-time")
    if begins.date() != ends.date():
        raise RuleRefused("over-midnight")
    if begins.minute % 15 or begins.second or ((ends.minute % 15 or ends.second) and ends.time() != _LAST):
        raise RuleRefused("over-the-step")
    form: Form = {"single": "single", "range": "range"}.get(str(event.get("x-sas-form", "")), wanted.form)  # type: ignore[assignment]
    capacity = 1 if form == "single" else int(str(event.get("x-sas-capacity", wanted.capacity)))
    return AgendaSlot(
        starts_on=begins.date(),
        until=begins.date(),
        start=begins.time(),
        end=ends.time(),
        form=form,
        capacity=capacity,
        modalities=_codes(_categories(event), MODALITIES) or wanted.modalities,
        visibility=_codes(str(event.get("x-sas-visibility", "")).split(), VISIBILITIES) or wanted.visibility,
    )


def _categories(event: Any) -> list[str]:
    given = event.get("categories", [])
    return [str(name) for part in (given if isinstance(given, list) else [given]) for name in part.cats]


def _codes(given: Iterable[str], known: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({code.upper() for code in given} & set(known)))


def _rule(event: Any, start: datetime, zone: ZoneInfo) -> Rule:
    own = start.tzinfo is None or _same(start, zone)
    given = event.get("exdate", [])
    dates = [item.dt for part in (given if isinstance(given, list) else [given]) for item in part.dts]
    if "rdate" in event:
        raise RuleRefused("recurrence")
    return Rule(
        text=event["rrule"].to_ical().decode() if "rrule" in event else None,
        members={str(name).upper(): value for name, value in event.get("rrule", {}).items()},
        own_zone=own,
        start=start,
        excluded=frozenset(
            _local(item, zone).date() if isinstance(item, datetime) else item for item in dates
        ),
    )


def _cut(slot: AgendaSlot, today: date) -> AgendaSlot:
    """The slot without its past."""
    if slot.weekly and slot.starts_on < today:
        slot = replace(slot, starts_on=today)
    if (slot.until is not None and slot.until < today) or slot.starts_on < today:
        raise RuleRefused("past")
    return slot
