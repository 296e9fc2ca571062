"""The SAS calendar, written: slots and series, absences, the history of who did what.

Each function takes a connection inside a transaction of the door, locks the calendar, and never commits. What
has begun is never rewritten: changing a series ends it the day before and starts another, so that the hours
already published stay true. A slot to which a patient was sent is neither changed nor removed.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from care.agenda import AgendaSlot, Warned, check, days, to_come, warnings
from core.errors import InvalidParameter, NotFoundError, SlotLocked, SlotOver
from slots.agenda import rows
from slots.agenda_calendar import Kept, columns, described, held, open_calendar, read, record

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from psycopg import AsyncConnection

    from care.hand import Hand

_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Written:
    """A slot written, and what its writer should know."""

    slot_id: str
    slot: AgendaSlot
    warnings: list[Warned] = field(default_factory=list)


async def add(
    conn: AsyncConnection[Any],
    offer_id: str,
    slot: AgendaSlot,
    hand: Hand,
    *,
    excluded: frozenset[date] = frozenset(),
) -> Written:
    """Write a slot at a place, without some of its days; the calendar is made with its first slot.

    Raises
    ------
    NotFoundError      no such place in the directory
    InvalidParameter   not a slot, see `care.agenda.check`
    """
    zone = await open_calendar(conn, offer_id)
    slot = to_come(slot, zone=zone, now=hand.now)
    check(slot, zone=zone, now=hand.now)
    return await _add(conn, offer_id, slot, hand, zone=zone, action="slot-added", excluded=excluded)


async def change(conn: AsyncConnection[Any], slot_id: str, slot: AgendaSlot, hand: Hand) -> Written:
    """Change a dated slot, or every occurrence of a series that has not begun.

    A series that has begun ends the day before, and another follows it, without the days already taken out.

    Raises
    ------
    NotFoundError · SlotOver · SlotLocked · InvalidParameter
    """
    kept = await _kept(conn, slot_id, hand.now)
    wanted = slot
    if slot.weekly:
        wanted = replace(slot, starts_on=max(slot.starts_on, kept.open_from))
        wanted = to_come(wanted, zone=kept.zone, now=hand.now)
    check(wanted, zone=kept.zone, now=hand.now)
    await _refuse_taken(conn, slot_id, kept.open_from)
    if kept.slot.starts_on >= kept.open_from:
        others = await held(conn, kept.offer_id, kept.zone, hand.now)
        warned = warnings(
            wanted, [item for item in others if item.slot_id != slot_id], excluded=kept.excluded
        )
        await rows(conn, "agenda_rewrite", slot_id=slot_id, **columns(wanted))
        if not wanted.weekly:
            await rows(conn, "agenda_include", slot_id=slot_id)
        await _record(conn, hand, "slot-changed", kept, before=kept.slot, after=wanted)
        return Written(slot_id=slot_id, slot=wanted, warnings=warned)
    last = wanted.starts_on - _DAY
    await rows(conn, "agenda_close", slot_id=slot_id, until=min(last, kept.slot.until or last))
    return await _add(
        conn,
        kept.offer_id,
        wanted,
        hand,
        zone=kept.zone,
        action="series-changed",
        previous=kept,
        excluded=frozenset(day for day in kept.excluded if day >= wanted.starts_on),
    )


async def change_one(
    conn: AsyncConnection[Any], slot_id: str, day: date, slot: AgendaSlot, hand: Hand
) -> Written:
    """Change one occurrence of a series: the day leaves the series, a dated slot takes its place.

    Raises
    ------
    NotFoundError · SlotOver · SlotLocked · InvalidParameter
    """
    kept = await _occurring(conn, slot_id, day, hand.now)
    if not kept.slot.weekly:
        return await change(conn, slot_id, slot, hand)
    if slot.weekly:
        raise InvalidParameter("Un seul jour se remplace par un créneau daté.", parameter="weekdays")
    check(slot, zone=kept.zone, now=hand.now)
    await rows(conn, "agenda_exclude", slot_id=slot_id, occurs_on=day)
    return await _add(
        conn, kept.offer_id, slot, hand, zone=kept.zone, action="occurrence-changed", previous=kept
    )


async def remove_one(conn: AsyncConnection[Any], slot_id: str, day: date, hand: Hand) -> None:
    """Remove one occurrence.

    Raises
    ------
    NotFoundError · SlotOver · SlotLocked
    """
    kept = await _occurring(conn, slot_id, day, hand.now)
    await rows(conn, "agenda_exclude", slot_id=slot_id, occurs_on=day)
    await _record(conn, hand, "occurrence-removed", kept, before=kept.slot, after=None, day=day)


async def remove_from(conn: AsyncConnection[Any], slot_id: str, day: date | None, hand: Hand) -> None:
    """Remove a slot from a day on (by default: all that has not begun). What has begun stays.

    Raises
    ------
    NotFoundError · SlotOver · SlotLocked
    """
    kept = await _kept(conn, slot_id, hand.now)
    first = max(day or kept.open_from, kept.open_from)
    await _refuse_taken(conn, slot_id, first)
    if kept.slot.starts_on < first:
        if kept.slot.until is None or kept.slot.until >= first:
            await rows(conn, "agenda_close", slot_id=slot_id, until=first - _DAY)
    elif (await rows(conn, "agenda_ever_taken", slot_id=slot_id))[0]["ever"]:
        # A place given back still tells of this slot: it stays, empty.
        await rows(conn, "agenda_close", slot_id=slot_id, until=kept.slot.starts_on)
        await rows(conn, "agenda_exclude", slot_id=slot_id, occurs_on=kept.slot.starts_on)
    else:
        await rows(conn, "agenda_remove", slot_id=slot_id)
    await _record(conn, hand, "slot-removed", kept, before=kept.slot, after=None, day=first)


async def _kept(conn: AsyncConnection[Any], slot_id: str, now: datetime) -> Kept:
    kept = await read(conn, slot_id, now)
    if kept.slot.until is not None and kept.slot.until < kept.open_from:
        raise SlotOver("Ce créneau a commencé ou est passé : il ne se modifie plus.")
    return kept


async def _occurring(conn: AsyncConnection[Any], slot_id: str, day: date, now: datetime) -> Kept:
    """A slot that falls on a day, has not begun there and has no patient there."""
    kept = await _kept(conn, slot_id, now)
    if day not in days(kept.slot, day, day, excluded=kept.excluded):
        raise NotFoundError("Ce créneau ne tombe pas ce jour-là.", parameter="day")
    if day < kept.open_from:
        raise SlotOver("Ce créneau a commencé ou est passé : il ne se modifie plus.")
    await _refuse_taken(conn, slot_id, day, last=day)
    return kept


async def _refuse_taken(
    conn: AsyncConnection[Any], slot_id: str, first: date, *, last: date | None = None
) -> None:
    for row in await rows(conn, "agenda_taken_days", slot_id=slot_id, from_day=first):
        if row["booked"] and (last is None or row["occurs_on"] <= last):
            raise SlotLocked(
                f"Un patient a été orienté sur ce créneau le {row['occurs_on']:%d/%m/%Y} : il ne se modifie "
                "ni ne se supprime.",
                day=row["occurs_on"].isoformat(),
            )


async def _add(
    conn: AsyncConnection[Any],
    offer_id: str,
    slot: AgendaSlot,
    hand: Hand,
    *,
    zone: ZoneInfo,
    action: str,
    previous: Kept | None = None,
    excluded: frozenset[date] = frozenset(),
) -> Written:
    slot_id = str(uuid.uuid4())
    warned = warnings(slot, await held(conn, offer_id, zone, hand.now), excluded=excluded)
    await rows(
        conn,
        "agenda_add",
        slot_id=slot_id,
        offer_id=offer_id,
        previous_slot_id=previous.slot_id if previous else None,
        **columns(slot),
    )
    for day in sorted(excluded):
        await rows(conn, "agenda_exclude", slot_id=slot_id, occurs_on=day)
    await record(
        conn,
        hand,
        action,
        offer_id=offer_id,
        slot_id=slot_id,
        before=described(previous.slot) if previous else None,
        after=described(slot),
    )
    return Written(slot_id=slot_id, slot=slot, warnings=warned)


async def _record(
    conn: AsyncConnection[Any],
    hand: Hand,
    action: str,
    kept: Kept,
    *,
    before: AgendaSlot,
    after: AgendaSlot | None,
    day: date | None = None,
) -> None:
    on = {} if day is None else {"day": day.isoformat()}
    await record(
        conn,
        hand,
        action,
        offer_id=kept.offer_id,
        slot_id=kept.slot_id,
        before={**described(before), **on},
        after=None if after is None else described(after),
    )
