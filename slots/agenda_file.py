"""An iCalendar file taken into the calendar of a place."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from care.agenda import canonical, check
from care.local_time import local_day
from core.errors import InvalidParameter
from slots import ical
from slots.agenda import zone_of
from slots.agenda_calendar import held, open_calendar
from slots.agenda_edit import Written, add
from slots.agenda_week import absences, absent

if TYPE_CHECKING:
    from datetime import datetime

    from psycopg import AsyncConnection

    from care.hand import Hand


@dataclass(kw_only=True)
class TakenIn:
    """What a file brought: slots written, what was there already, absences, events refused (rank, reason)."""

    written: list[Written] = field(default_factory=list)
    present: int = 0
    unavailabilities: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


async def give_out(conn: AsyncConnection[Any], offer_id: str, now: datetime) -> bytes:
    """The calendar of a place as a file: what is not over.

    Raises
    ------
    NotFoundError   the place has no calendar
    """
    zone = await zone_of(conn, offer_id)
    slots = await held(conn, offer_id, zone, now)
    periods = await absences(conn, offer_id, local_day(now, zone))
    return await asyncio.to_thread(ical.write, slots, periods, zone, now=now)


async def take_in(
    conn: AsyncConnection[Any], offer_id: str, content: bytes, wanted: ical.Wanted, hand: Hand
) -> TakenIn:
    """Write the slots and absences of a file; the same file twice writes them once.

    Raises
    ------
    NotFoundError      no such place
    InvalidParameter   not an iCalendar file, or too many events
    """
    zone = await open_calendar(conn, offer_id)
    today = local_day(hand.now, zone)
    found = await asyncio.to_thread(ical.read, content, zone, wanted=wanted, today=today)
    done = TakenIn(refused=list(found.refused))
    known = {
        canonical(item.slot, zone=zone, now=hand.now) for item in await held(conn, offer_id, zone, hand.now)
    }
    for rank, slot, excluded in found.slots:
        alike = canonical(slot, zone=zone, now=hand.now)
        if alike in known:
            done.present += 1
            continue
        try:
            check(slot, zone=zone, now=hand.now)
        except InvalidParameter as refusal:
            done.refused.append((rank, str(refusal.details["parameter"])))
            continue
        known.add(alike)
        done.written.append(await add(conn, offer_id, slot, hand, excluded=excluded))
    absent_days = {(item.first_on, item.last_on) for item in await absences(conn, offer_id, today)}
    for first_on, last_on in found.absences:
        if (first_on, last_on) in absent_days:
            done.present += 1
        else:
            await absent(conn, offer_id, first_on, last_on, hand)
            done.unavailabilities += 1
    return done
