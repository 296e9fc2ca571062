"""The SAS calendar: the week as its holder sees it, absences, copy of a week, places taken."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.dependencies import ServicesDep
from api.responses import Json
from api.routers.agenda import _FREE, _SLOT, WRITES, answered, free_slot, slot_answer
from api.schemas.agenda import (
    Absence,
    AbsenceBody,
    BookingAnswer,
    BookingBody,
    CopyAnswer,
    CopyBody,
    WeekAnswer,
)
from api.security import HandDep
from care.local_time import local_day, monday_of
from slots import agenda, agenda_booking, agenda_week
from slots.agenda_booking import Booking

router = APIRouter(prefix="/api/v1/agenda", tags=["agenda SAS"])
_ABSENCE = {
    "unavailability_id": "3f0b0b1e-7c55-4a44-9d2d-5f7d1f0e8a11",
    "first_on": "2026-12-24",
    "last_on": "2027-01-02",
}
_BOOKING = {
    "booking_id": "9a6a3c1e-3c62-4b6b-8d4c-6c3f6e2b7b10",
    "slot_id": _SLOT["slot_id"],
    "day": "2026-12-03",
    "start": "2026-12-03T09:30:00+01:00",
    "modality": "AMB",
    "state": "booked",
}
_WEEK = {
    "offer_id": "0b6c…",
    "timezone": "Europe/Paris",
    "monday": "2026-11-30",
    "slots": [{**_FREE, "capacity": 6, "taken": 2, "absent": False, "weekly": True}],
    "unavailabilities": [_ABSENCE],
}


@router.get(
    "/places/{offer_id}/week",
    summary="La semaine d'un lieu, telle qu'écrite",
    responses=answered(WeekAnswer, _WEEK),
)
async def week(
    offer_id: UUID,
    hand: HandDep,
    services: ServicesDep,
    day: Annotated[date | None, Query(description="Un jour de la semaine voulue")] = None,
) -> Response:
    """Free, full, over, hidden by an absence: everything, with the places taken."""
    async with services.writer.connection() as conn:
        zone = await agenda.zone_of(conn, str(offer_id))
        monday = monday_of(day or local_day(hand.now, zone))
        slots = await agenda.week(conn, str(offer_id), monday)
        absences = await agenda_week.absences(conn, str(offer_id), monday)
    return Json(
        {
            "offer_id": str(offer_id),
            "timezone": zone.key,
            "monday": monday,
            "slots": [
                {
                    **free_slot(item),
                    "capacity": item.slot.capacity,
                    "taken": item.taken,
                    "absent": item.absent,
                    "weekly": item.slot.weekly,
                }
                for item in slots
            ],
            "unavailabilities": absences,
        }
    )


@router.post(
    "/places/{offer_id}/unavailabilities",
    summary="Rendre un lieu indisponible",
    status_code=201,
    responses=answered(Absence, _ABSENCE, 201),
)
async def absent(offer_id: UUID, body: AbsenceBody, hand: HandDep, services: ServicesDep) -> Response:
    """Whole days; as many periods as wanted; nothing given: from today, until switched off."""
    async with services.writer.connection() as conn:
        made = await agenda_week.absent(conn, str(offer_id), body.first_on, body.last_on, hand)
    return Json(made, status_code=201)


@router.delete(
    "/places/{offer_id}/unavailabilities/{unavailability_id}",
    summary="Rendre un lieu de nouveau disponible",
    status_code=204,
    responses=WRITES,
)
async def back(offer_id: UUID, unavailability_id: UUID, hand: HandDep, services: ServicesDep) -> Response:
    """From today on; the days already absent stay so."""
    async with services.writer.connection() as conn:
        await agenda_week.back(conn, str(offer_id), str(unavailability_id), hand)
    return Response(status_code=204)


@router.post(
    "/places/{offer_id}/weeks/copy",
    summary="Copier une semaine",
    responses=answered(CopyAnswer, {"written": [_SLOT], "present": [], "over": []}),
)
async def copy(offer_id: UUID, body: CopyBody, hand: HandDep, services: ServicesDep) -> Response:
    """Dated slots; what is there already is not doubled, overlaps are told."""
    async with services.writer.connection() as conn:
        copied = await agenda_week.copy_week(conn, str(offer_id), body.source, body.target, hand)
    return Json(
        {
            "written": [slot_answer(item) for item in copied.written],
            "present": copied.present,
            "over": copied.over,
        }
    )


@router.put(
    "/slots/{slot_id}/days/{day}/bookings/{booking_id}",
    summary="Prendre une place",
    responses=answered(BookingAnswer, _BOOKING),
)
async def book(
    slot_id: UUID, day: date, booking_id: UUID, body: BookingBody, hand: HandDep, services: ServicesDep
) -> Response:
    """The same identifier twice takes one place. `slot_full` when it has just been taken."""
    async with services.writer.connection() as conn:
        made = await agenda_booking.book(
            conn,
            str(slot_id),
            day,
            hand,
            booking_id=str(booking_id),
            start=body.start,
            modality=body.modality,
        )
    return Json(_booking(made))


@router.delete(
    "/bookings/{booking_id}", summary="Rendre une place", responses=answered(BookingAnswer, _BOOKING)
)
async def cancel(booking_id: UUID, hand: HandDep, services: ServicesDep) -> Response:
    """Done twice, it is done once."""
    async with services.writer.connection() as conn:
        made = await agenda_booking.cancel(conn, str(booking_id), hand)
    return Json(_booking(made))


def _booking(made: Booking) -> dict[str, Any]:
    return {name: getattr(made, name) for name in BookingAnswer.model_fields}
