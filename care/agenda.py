"""The calendar that practitioners fill themselves: what a slot is, when it occurs, what it runs into.

A slot is `dated` (one day) or `weekly` (chosen weekdays, until a last day or without end), in local time of
its place. It is `single` (créneau: one patient) or a `range` (plage: several). Pure: no clock, no database.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final, Literal

from care.local_time import instant, local_day
from care.visibility import VISIBILITIES
from core.errors import InvalidParameter

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from zoneinfo import ZoneInfo

Form = Literal["single", "range"]

STEP_MIN: Final = 15
LAST_END: Final = time(23, 59)
MODALITIES: Final = ("AMB", "HH", "VR")
"""AMB at the practice, HH at home, VR at a distance."""
MOST_PATIENTS: Final = 200
LONG_SINGLE: Final = timedelta(hours=1)
MOST_AHEAD: Final = timedelta(days=3 * 366)


@dataclass(frozen=True, kw_only=True, slots=True)
class AgendaSlot:
    """One slot or series of slots.

    starts_on   first local day
    until       last local day, included; None: without end. Equal to `starts_on` when dated
    weekdays    ISO numbers (Monday 1) of a weekly slot; empty when dated
    start, end  local times; `end` is the same day, 23:59 at the latest
    capacity    patients; 1 when single
    modalities  among MODALITIES, sorted
    visibility  among VISIBILITIES, sorted
    """

    starts_on: date
    until: date | None
    start: time
    end: time
    weekdays: tuple[int, ...] = ()
    form: Form = "range"
    capacity: int = 1
    modalities: tuple[str, ...] = ("AMB",)
    visibility: tuple[str, ...] = ("SNP",)

    @property
    def weekly(self) -> bool:
        """Whether it comes back every week."""
        return bool(self.weekdays)


@dataclass(frozen=True, kw_only=True, slots=True)
class Occurrence:
    """A slot on one day; `start` and `end` are in UTC, the end comes after the start."""

    day: date
    start: datetime
    end: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Warned:
    """Something to tell who writes; nothing is refused."""

    code: Literal["long-single", "overlap"]
    text: str
    day: date | None = None
    slot_id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """A slot already in the calendar: its identifier and the days taken out of it."""

    slot_id: str
    slot: AgendaSlot
    excluded: frozenset[date] = field(default_factory=frozenset)


def check(slot: AgendaSlot, *, zone: ZoneInfo, now: datetime) -> None:
    """Refuse what cannot be a slot.

    Raises
    ------
    InvalidParameter   names the field: times, weekdays, capacity, modalities, visibility, a day already over
    """
    _check_times(slot)
    _check_days(slot, zone=zone, now=now)
    if slot.form == "single" and slot.capacity != 1:
        raise InvalidParameter(
            "Un créneau est pour un seul patient : faites-en une plage.", parameter="capacity"
        )
    if not 1 <= slot.capacity <= MOST_PATIENTS:
        raise InvalidParameter(f"« capacity » va de 1 à {MOST_PATIENTS} patients.", parameter="capacity")
    _check_codes("modalities", slot.modalities, MODALITIES)
    _check_codes("visibility", slot.visibility, VISIBILITIES)


def _check_times(slot: AgendaSlot) -> None:
    for name, clock in (("start", slot.start), ("end", slot.end)):
        whole = clock.second == 0 and clock.microsecond == 0 and clock.minute % STEP_MIN == 0
        if not whole and not (name == "end" and clock == LAST_END):
            raise InvalidParameter(
                f"Les heures vont de {STEP_MIN} en {STEP_MIN} minutes (dernière fin : 23:59).", parameter=name
            )
    if slot.end <= slot.start:
        raise InvalidParameter("La fin doit venir après le début, le même jour.", parameter="end")


def _check_days(slot: AgendaSlot, *, zone: ZoneInfo, now: datetime) -> None:
    today = local_day(now, zone)
    if any(not 1 <= day <= 7 for day in slot.weekdays) or len(set(slot.weekdays)) != len(slot.weekdays):
        raise InvalidParameter("Les jours vont de 1 (lundi) à 7, chacun une fois.", parameter="weekdays")
    if not slot.weekly and slot.until != slot.starts_on:
        raise InvalidParameter("Une date unique n'a pas de fin de série.", parameter="until")
    if slot.starts_on > today + MOST_AHEAD:
        raise InvalidParameter("Cette date est à plus de trois ans.", parameter="starts_on")
    if slot.until is not None and slot.until < slot.starts_on:
        raise InvalidParameter("La série finit avant de commencer.", parameter="until")
    if slot.starts_on < today or (not slot.weekly and instant(slot.starts_on, slot.start, zone) < now):
        raise InvalidParameter("Ce moment est déjà passé.", parameter="starts_on")
    if next(days(slot, slot.starts_on, slot.until or slot.starts_on + timedelta(days=7)), None) is None:
        raise InvalidParameter("Aucun des jours choisis ne tombe dans cette période.", parameter="weekdays")


def _check_codes(name: str, given: tuple[str, ...], known: tuple[str, ...]) -> None:
    if not given or tuple(sorted(set(given))) != given or not set(given) <= set(known):
        raise InvalidParameter(f"« {name} » : au moins une valeur parmi {', '.join(known)}.", parameter=name)


def days(
    slot: AgendaSlot, first: date, last: date, *, excluded: Collection[date] = frozenset()
) -> Iterator[date]:
    """The local days it falls on between two days, both included, in order."""
    begin = max(first, slot.starts_on)
    end = last if slot.until is None else min(last, slot.until)
    if not slot.weekly:
        if begin <= slot.starts_on <= end and slot.starts_on not in excluded:
            yield slot.starts_on
        return
    for number in range((end - begin).days + 1):
        day = begin + timedelta(days=number)
        if day.isoweekday() in slot.weekdays and day not in excluded:
            yield day


def to_come(slot: AgendaSlot, *, zone: ZoneInfo, now: datetime) -> AgendaSlot:
    """The same slot without today's occurrence when it has begun: nothing is offered after the event."""
    today = local_day(now, zone)
    if slot.weekly and slot.starts_on == today and instant(today, slot.start, zone) < now:
        return replace(slot, starts_on=today + timedelta(days=1))
    return slot


def canonical(slot: AgendaSlot, *, zone: ZoneInfo, now: datetime) -> AgendaSlot:
    """The same slot from its first day to come on: what two writings of it share."""
    if not slot.weekly:
        return slot
    begin = max(slot.starts_on, local_day(now, zone))
    slot = to_come(replace(slot, starts_on=begin), zone=zone, now=now)
    first = next(days(slot, slot.starts_on, slot.starts_on + timedelta(days=7)), slot.starts_on)
    return replace(slot, starts_on=first)


def occurrence(slot: AgendaSlot, day: date, zone: ZoneInfo) -> Occurrence | None:
    """The slot on a day; None when a clock change leaves nothing of it."""
    start, end = instant(day, slot.start, zone), instant(day, slot.end, zone)
    return Occurrence(day=day, start=start, end=end) if start < end else None


def occurrences(
    slot: AgendaSlot,
    zone: ZoneInfo,
    window: tuple[datetime, datetime],
    *,
    excluded: Collection[date] = frozenset(),
) -> list[Occurrence]:
    """What of the slot is not over at the start of a window and begins by its end, in order."""
    first, last = local_day(window[0], zone), local_day(window[1], zone)
    found = (occurrence(slot, day, zone) for day in days(slot, first, last, excluded=excluded))
    return [item for item in found if item is not None and item.start <= window[1] and window[0] < item.end]


def warnings(
    slot: AgendaSlot, held: Iterable[Held], *, excluded: Collection[date] = frozenset()
) -> list[Warned]:
    """What to tell who writes this slot into a calendar: a long créneau, the slots it runs into."""
    told: list[Warned] = []
    length = timedelta(hours=slot.end.hour - slot.start.hour, minutes=slot.end.minute - slot.start.minute)
    if slot.form == "single" and length > LONG_SINGLE:
        text = "Un créneau de plus d'une heure pour un seul patient : une plage conviendrait mieux."
        told.append(Warned(code="long-single", text=text))
    for other in held:
        day = first_clash(slot, other.slot, excluded={*excluded, *other.excluded})
        if day is not None:
            text = f"Chevauche un créneau du même lieu, le {day:%d/%m/%Y} pour la première fois."
            told.append(Warned(code="overlap", text=text, day=day, slot_id=other.slot_id))
    return told


def first_clash(
    one: AgendaSlot, other: AgendaSlot, *, excluded: Collection[date] = frozenset()
) -> date | None:
    """The first day on which two slots of one calendar overlap; None when they never do.

    Compared in local time, as they are written: a clock change moves both.
    """
    if one.end <= other.start or other.end <= one.start:
        return None
    first = max(one.starts_on, other.starts_on)
    # Shared days come back every week: a week for each day excluded, and one more, settle it.
    last = first + timedelta(days=7 * (len(excluded) + 1))
    theirs = set(days(other, first, last))
    return next((day for day in days(one, first, last, excluded=excluded) if day in theirs), None)
