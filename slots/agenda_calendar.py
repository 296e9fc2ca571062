"""One calendar of the SAS, held while it is written: made, locked, read, its history.

Changes of one calendar follow one another: whoever writes holds its row until the end of the transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from psycopg.types.json import Jsonb

from care.agenda import AgendaSlot, Held
from care.local_time import instant, local_day
from core.errors import NotFoundError
from slots.agenda import place_zone, rows, slot_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from psycopg import AsyncConnection

    from care.hand import Hand

_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A slot read under the lock of its calendar; `open_from` is the first day of it that has not begun."""

    slot_id: str
    offer_id: str
    zone: ZoneInfo
    slot: AgendaSlot
    excluded: frozenset[date]
    open_from: date


async def open_calendar(conn: AsyncConnection[Any], offer_id: str) -> ZoneInfo:
    """The calendar of a place, made when it is not there, and locked; its zone.

    Raises
    ------
    NotFoundError   no such place in the directory
    """
    try:
        return await lock(conn, offer_id)
    except NotFoundError:
        found = await rows(conn, "agenda_place", offer_id=offer_id)
        if not found:
            raise NotFoundError("Ce lieu n'est pas dans l'annuaire.", parameter="offer_id") from None
        place = found[0]
        zone = place_zone(place["timezone"])
        if place["timezone"] != zone.key:  # the place is not located: its times are those of Paris
            structlog.get_logger("slots").warning("calendar-zone-unknown", offer_id=offer_id)
        await rows(conn, "agenda_open", offer_id=offer_id, **{**place, "timezone": zone.key})
        return await lock(conn, offer_id)


async def lock(conn: AsyncConnection[Any], offer_id: str) -> ZoneInfo:
    """Lock the calendar of a place until the end of the transaction; its zone.

    Raises
    ------
    NotFoundError   the place has no calendar
    """
    found = await rows(conn, "agenda_lock", offer_id=offer_id)
    if not found:
        raise NotFoundError("Ce lieu n'a pas encore d'agenda SAS.", parameter="offer_id")
    return place_zone(found[0]["timezone"])


async def held(conn: AsyncConnection[Any], offer_id: str, zone: ZoneInfo, now: datetime) -> list[Held]:
    """Slots and series of a place that are not over, each with the days out of it from today on."""
    return [
        Held(slot_id=row["slot_id"], slot=slot_of(row), excluded=frozenset(row["excluded"]))
        for row in await rows(conn, "agenda_series", offer_id=offer_id, today=local_day(now, zone))
    ]


async def read(conn: AsyncConnection[Any], slot_id: str, now: datetime) -> Kept:
    """A slot, its calendar locked.

    Raises
    ------
    NotFoundError   no such slot
    """
    found = await rows(conn, "agenda_slot", slot_id=slot_id)
    if found:
        await lock(conn, found[0]["offer_id"])
        found = await rows(conn, "agenda_slot", slot_id=slot_id)  # as it is now that nobody else writes
    if not found:
        raise NotFoundError("Ce créneau n'existe pas, ou n'existe plus.", parameter="slot_id")
    slot, zone = slot_of(found[0]), place_zone(found[0]["timezone"])
    today = local_day(now, zone)
    begun = instant(today, slot.start, zone) <= now
    return Kept(
        slot_id=slot_id,
        offer_id=found[0]["offer_id"],
        zone=zone,
        slot=slot,
        excluded=frozenset(found[0]["excluded"]),
        open_from=today + _DAY if begun else today,
    )


def columns(slot: AgendaSlot) -> dict[str, Any]:
    """The slot as parameters of a statement."""
    return {
        "starts_on": slot.starts_on,
        "until": slot.until,
        "weekdays": list(slot.weekdays),
        "start_local": slot.start,
        "end_local": slot.end,
        "form": slot.form,
        "capacity": slot.capacity,
        "modalities": list(slot.modalities),
        "visibility": list(slot.visibility),
    }


def described(slot: AgendaSlot) -> dict[str, Any]:
    """The slot as JSON, with the names of the API."""
    return {
        "starts_on": slot.starts_on.isoformat(),
        "until": slot.until.isoformat() if slot.until else None,
        "weekdays": list(slot.weekdays),
        "start": f"{slot.start:%H:%M}",
        "end": f"{slot.end:%H:%M}",
        "form": slot.form,
        "capacity": slot.capacity,
        "modalities": list(slot.modalities),
        "visibility": list(slot.visibility),
    }


async def record(
    conn: AsyncConnection[Any],
    hand: Hand,
    action: str,
    *,
    offer_id: str,
    slot_id: str | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Add to the history of a calendar."""
    await rows(
        conn,
        "agenda_record",
        actor=hand.actor,
        action=action,
        offer_id=offer_id,
        slot_id=slot_id,
        before=None if before is None else Jsonb(before),
        after=None if after is None else Jsonb(after),
    )
