"""Whole days and whole weeks of the SAS calendar: absences, the copy of a week."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from care.agenda import MOST_AHEAD
from care.local_time import instant, local_day, monday_of
from core.errors import InvalidParameter, NotFoundError
from slots.agenda import rows, week
from slots.agenda_calendar import lock, open_calendar, record
from slots.agenda_edit import Written, add

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    from care.hand import Hand

_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Absence:
    """Whole local days without slots; `last_on` None: until switched off."""

    unavailability_id: str
    first_on: date
    last_on: date | None


@dataclass(frozen=True, kw_only=True)
class Copied:
    """What the copy of a week wrote, and the days it left as they were, because the slot was there already
    (`present`) or because they are over (`over`).
    """

    written: list[Written]
    present: list[date]
    over: list[date]


async def absences(conn: AsyncConnection[Any], offer_id: str, today: date) -> list[Absence]:
    """The absences of a place that are not over."""
    return [
        Absence(**row) for row in await rows(conn, "agenda_unavailabilities", offer_id=offer_id, today=today)
    ]


async def absent(
    conn: AsyncConnection[Any], offer_id: str, first_on: date | None, last_on: date | None, hand: Hand
) -> Absence:
    """Make a place unavailable for whole days; by default from today, without end.

    Raises
    ------
    NotFoundError      no such place
    InvalidParameter   in the past, or ends before it begins
    """
    zone = await open_calendar(conn, offer_id)
    today = local_day(hand.now, zone)
    first_on = first_on or today
    if first_on < today:
        raise InvalidParameter("Une indisponibilité ne commence pas dans le passé.", parameter="first_on")
    if last_on is not None and last_on < first_on:
        raise InvalidParameter("L'indisponibilité finit avant de commencer.", parameter="last_on")
    if max(first_on, last_on or first_on) > today + MOST_AHEAD:
        raise InvalidParameter("Cette date est à plus de trois ans.", parameter="first_on")
    made = Absence(unavailability_id=str(uuid.uuid4()), first_on=first_on, last_on=last_on)
    await rows(
        conn,
        "agenda_absent",
        unavailability_id=made.unavailability_id,
        offer_id=offer_id,
        first_on=first_on,
        last_on=last_on,
    )
    await record(conn, hand, "absent", offer_id=offer_id, after=_described(made))
    return made


async def back(conn: AsyncConnection[Any], offer_id: str, unavailability_id: str, hand: Hand) -> None:
    """End an absence now: today is available again; the days already absent stay so.

    Raises
    ------
    NotFoundError   no such absence at this place, or it is over
    """
    zone = await lock(conn, offer_id)
    today = local_day(hand.now, zone)
    known = {item.unavailability_id: item for item in await absences(conn, offer_id, today)}
    if unavailability_id not in known:
        raise NotFoundError(
            "Cette indisponibilité n'existe pas, ou est finie.", parameter="unavailability_id"
        )
    ended = known[unavailability_id]
    if ended.first_on < today:
        await rows(conn, "agenda_back", unavailability_id=unavailability_id, last_on=today - _DAY)
    else:
        await rows(conn, "agenda_never_absent", unavailability_id=unavailability_id)
    await record(conn, hand, "available", offer_id=offer_id, before=_described(ended))


async def copy_week(
    conn: AsyncConnection[Any], offer_id: str, source: date, target: date, hand: Hand
) -> Copied:
    """Copy the slots of the week of one day into the week of another, as dated slots.

    A series that reaches the target week is there already and is not doubled; overlaps with other slots are
    told, not refused. Absences and places taken are not copied.

    Raises
    ------
    NotFoundError      the place has no calendar
    InvalidParameter   one week onto itself, or more than three years ahead
    """
    zone = await lock(conn, offer_id)
    shift = monday_of(target) - monday_of(source)
    if not shift:
        raise InvalidParameter("Choisissez deux semaines différentes.", parameter="target")
    present = {(item.day, item.slot.start, item.slot.end) for item in await week(conn, offer_id, target)}
    copied = Copied(written=[], present=[], over=[])
    for item in await week(conn, offer_id, source):
        day = item.day + shift
        if (day, item.slot.start, item.slot.end) in present:
            copied.present.append(day)
        elif instant(day, item.slot.start, zone) <= hand.now:
            copied.over.append(day)
        else:
            slot = replace(item.slot, starts_on=day, until=day, weekdays=())
            copied.written.append(await add(conn, offer_id, slot, hand))
    return copied


def _described(item: Absence) -> dict[str, str | None]:
    return {
        "first_on": item.first_on.isoformat(),
        "last_on": item.last_on.isoformat() if item.last_on else None,
    }
