"""Places taken on the SAS calendar: one patient sent to one slot; when and by whom, never who."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from care.agenda import Occurrence, days, occurrence
from core.errors import Conflict, InvalidParameter, NotFoundError, SlotFull, SlotOver
from slots.agenda import rows
from slots.agenda_calendar import Kept, read, record

if TYPE_CHECKING:
    from datetime import date, datetime

    from psycopg import AsyncConnection

    from care.hand import Hand


@dataclass(frozen=True, kw_only=True)
class Booking:
    """One place taken; `start` is the time given to the patient, inside a range."""

    booking_id: str
    slot_id: str
    offer_id: str
    day: date
    start: datetime
    modality: str
    state: str


async def book(
    conn: AsyncConnection[Any],
    slot_id: str,
    day: date,
    hand: Hand,
    *,
    booking_id: str,
    start: datetime | None = None,
    modality: str | None = None,
) -> Booking:
    """Take a place; the same `booking_id` twice takes one.

    Raises
    ------
    NotFoundError      the slot does not fall on that day, or the place is unavailable
    SlotOver           begun (single) or over (range)
    SlotFull           every place is taken
    Conflict           this identifier was used for another place, or given back
    InvalidParameter   time outside the slot, or to be chosen; modality not offered, or to be chosen
    """
    kept = await read(conn, slot_id, hand.now)
    known = await _booking(conn, booking_id)
    if known is not None:
        if (known.slot_id, known.day, known.state) != (slot_id, day, "booked"):
            raise Conflict("Cet identifiant a déjà servi à une autre orientation.", parameter="booking_id")
        return known
    item = await _open_occurrence(conn, kept, day, hand.now)
    begins = _time_given(kept, item, start)
    chosen = _modality(kept, modality)
    taken = await rows(conn, "agenda_taken_days", slot_id=slot_id, from_day=day)
    if any(row["occurs_on"] == day and row["booked"] >= kept.slot.capacity for row in taken):
        raise SlotFull("Ce créneau vient d'être pris : choisissez-en un autre.")
    await rows(
        conn,
        "agenda_book",
        booking_id=booking_id,
        slot_id=slot_id,
        occurs_on=day,
        start_at=begins,
        modality=chosen,
        made_at=hand.now,
        made_by=hand.actor,
    )
    after = {"day": day.isoformat(), "start": begins.isoformat(), "modality": chosen}
    await record(conn, hand, "booked", offer_id=kept.offer_id, slot_id=slot_id, after=after)
    return Booking(
        booking_id=booking_id,
        slot_id=slot_id,
        offer_id=kept.offer_id,
        day=day,
        start=begins,
        modality=chosen,
        state="booked",
    )


async def cancel(conn: AsyncConnection[Any], booking_id: str, hand: Hand) -> Booking:
    """Give a place back; done twice, it is done once.

    Raises
    ------
    NotFoundError   no such booking
    """
    known = await _booking(conn, booking_id)
    if known is None:
        raise NotFoundError("Cette orientation n'existe pas.", parameter="booking_id")
    await read(conn, known.slot_id, hand.now)
    known = await _booking(conn, booking_id) or known
    if known.state == "booked":
        await rows(
            conn,
            "agenda_unbook",
            booking_id=booking_id,
            cancelled_at=hand.now,
            cancelled_by=hand.actor,
        )
        before = {"day": known.day.isoformat(), "start": known.start.isoformat()}
        await record(conn, hand, "given-back", offer_id=known.offer_id, slot_id=known.slot_id, before=before)
    return Booking(**{**_members(known), "state": "cancelled"})


async def _booking(conn: AsyncConnection[Any], booking_id: str) -> Booking | None:
    found = await rows(conn, "agenda_booking", booking_id=booking_id)
    if not found:
        return None
    row = found[0]
    return Booking(
        booking_id=row["booking_id"],
        slot_id=row["slot_id"],
        offer_id=row["offer_id"],
        day=row["occurs_on"],
        start=row["start_at"],
        modality=row["modality"],
        state=row["state"],
    )


def _members(booking: Booking) -> dict[str, Any]:
    return {name: getattr(booking, name) for name in Booking.__dataclass_fields__}


async def _open_occurrence(conn: AsyncConnection[Any], kept: Kept, day: date, now: datetime) -> Occurrence:
    item = (
        occurrence(kept.slot, day, kept.zone)
        if day in days(kept.slot, day, day, excluded=kept.excluded)
        else None
    )
    if item is None:
        raise NotFoundError("Ce créneau ne tombe pas ce jour-là.", parameter="day")
    over = item.end if kept.slot.form == "range" else item.start
    if over <= now:
        raise SlotOver("Ce créneau est passé.")
    absences = await rows(conn, "agenda_unavailabilities", offer_id=kept.offer_id, today=day)
    if any(row["first_on"] <= day for row in absences):
        raise NotFoundError("Ce lieu est indisponible ce jour-là.", parameter="day")
    return item


def _time_given(kept: Kept, item: Occurrence, start: datetime | None) -> datetime:
    if start is None:
        if kept.slot.form == "range":
            raise InvalidParameter("Donnez l'heure du patient dans la plage.", parameter="start")
        return item.start
    if not (item.start <= start < item.end) or (kept.slot.form == "single" and start != item.start):
        raise InvalidParameter("Cette heure n'est pas dans le créneau.", parameter="start")
    return start


def _modality(kept: Kept, modality: str | None) -> str:
    offered = kept.slot.modalities
    if modality is None and len(offered) == 1:
        return offered[0]
    if modality not in offered:
        raise InvalidParameter(f"« modality » : l'une de {', '.join(offered)}.", parameter="modality")
    return modality
