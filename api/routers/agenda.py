"""The SAS calendar: slots of a place, free and written."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime
from starlette.responses import Response

from api.dependencies import ReaderDep, ServicesDep
from api.responses import INVALID, UNAVAILABLE, UNREADABLE, Json, problem
from api.schemas.agenda import FreeSlots, History, SlotAnswer, SlotBody
from api.security import CLOSED, NOT_SIGNED_IN, HandDep, hand
from care.agenda import AgendaSlot
from core.clock import utc_now
from core.errors import InvalidParameter
from slots import agenda, agenda_edit
from slots.agenda import CalendarSlot
from slots.agenda_calendar import described
from slots.agenda_edit import Written

router = APIRouter(prefix="/api/v1/agenda", tags=["agenda SAS"])
MOST_WINDOW = timedelta(days=31)

NOT_FOUND = problem(
    "Introuvable", code="not-found", status=404, detail="Ce créneau n'existe pas, ou n'existe plus."
)
CONFLICT = problem(
    "Conflit",
    code="slot-locked",
    status=409,
    detail="Un patient a été orienté sur ce créneau le 01/12/2026 : il ne se modifie ni ne se supprime.",
)
WRITES: dict[int | str, dict[str, Any]] = {
    400: UNREADABLE,
    401: NOT_SIGNED_IN,
    403: CLOSED,
    404: NOT_FOUND,
    409: CONFLICT,
    422: INVALID,
    503: UNAVAILABLE,
}
_SLOT = {
    "slot_id": "7f1d0f0a-2f9e-4d57-9a53-0d3bb1a3b0b1",
    "slot": SlotBody.model_config["json_schema_extra"]["examples"][0]  # type: ignore[index,call-overload]
    | {"until": None, "visibility": ["SNP"]},
    "warnings": [],
}
_FREE = {
    "slot_id": _SLOT["slot_id"],
    "day": "2026-12-03",
    "start": "2026-12-03T09:00:00+01:00",
    "end": "2026-12-03T11:00:00+01:00",
    "form": "range",
    "remaining": 4,
    "modalities": ["AMB"],
    "visibility": ["SNP"],
    "source": "sas",
    "as_of": "2026-11-25T22:00:00Z",
}


def answered(model: type, example: Any, status: int = 200) -> dict[int | str, dict[str, Any]]:
    """The success of a route, with its example, beside the refusals of those that write."""
    return {status: {"model": model, "content": {"application/json": {"example": example}}}, **WRITES}


@router.get(
    "/places/{offer_id}/slots",
    summary="Créneaux libres de l'agenda SAS d'un lieu",
    responses={
        200: {
            "model": FreeSlots,
            "content": {
                "application/json": {
                    "example": {
                        "offer_id": "0b6c…",
                        "timezone": "Europe/Paris",
                        "slots": [_FREE],
                    }
                }
            },
        },
        404: NOT_FOUND,
        422: INVALID,
        503: UNAVAILABLE,
    },
)
async def free(
    offer_id: UUID,
    conn: ReaderDep,
    from_: Annotated[AwareDatetime | None, Query(alias="from")] = None,
    until: AwareDatetime | None = None,
) -> Response:
    """By default from now to the end of the day after tomorrow, there. What is reserved is never shown."""
    zone = await agenda.zone_of(conn, str(offer_id))
    start, end = _window(from_, until, zone=zone)
    found = await agenda.free_slots(conn, [str(offer_id)], start=start, until=end)
    slots = [free_slot(item) for item in found.get(str(offer_id), [])]
    return Json({"offer_id": str(offer_id), "timezone": zone.key, "slots": slots})


def _window(start: datetime | None, until: datetime | None, *, zone: Any) -> tuple[datetime, datetime]:
    begins = (start or utc_now()).astimezone(UTC)
    if begins.year < 2000 or begins.year > 2200:
        raise InvalidParameter("« from » est hors du siècle.", parameter="from")
    last = begins.astimezone(zone).date() + timedelta(days=2)
    ends = until or datetime.combine(last, datetime.max.time(), tzinfo=zone)
    if not begins < ends <= begins + MOST_WINDOW:
        raise InvalidParameter(
            f"« until » vient après « from », {MOST_WINDOW.days} jours au plus.", parameter="until"
        )
    return begins, ends


@router.post(
    "/places/{offer_id}/slots",
    summary="Écrire un créneau, une plage ou une série",
    status_code=201,
    responses=answered(SlotAnswer, _SLOT, 201),
)
async def add(offer_id: UUID, body: SlotBody, by: HandDep, services: ServicesDep) -> Response:
    """Overlaps with other slots of the place are told in `warnings`; nothing is refused for them."""
    async with services.writer.connection() as conn:
        written = await agenda_edit.add(conn, str(offer_id), body.slot(), by)
    return Json(slot_answer(written), status_code=201)


@router.put(
    "/slots/{slot_id}",
    summary="Modifier un créneau, ou toute la série",
    responses=answered(SlotAnswer, _SLOT),
)
async def change(slot_id: UUID, body: SlotBody, by: HandDep, services: ServicesDep) -> Response:
    """A series that has begun ends the day before; another, whose identifier is answered, follows it."""
    async with services.writer.connection() as conn:
        written = await agenda_edit.change(conn, str(slot_id), body.slot(), by)
    return Json(slot_answer(written))


@router.put(
    "/slots/{slot_id}/days/{day}",
    summary="Modifier une seule occurrence d'une série",
    responses=answered(SlotAnswer, _SLOT),
)
async def change_one(
    slot_id: UUID, day: date, body: SlotBody, by: HandDep, services: ServicesDep
) -> Response:
    """The day leaves the series; a dated slot, whose identifier is answered, takes its place."""
    async with services.writer.connection() as conn:
        written = await agenda_edit.change_one(conn, str(slot_id), day, body.slot(), by)
    return Json(slot_answer(written))


@router.delete(
    "/slots/{slot_id}",
    summary="Supprimer un créneau, ou la suite d'une série",
    status_code=204,
    responses=WRITES,
)
async def remove(
    slot_id: UUID,
    by: HandDep,
    services: ServicesDep,
    from_: Annotated[date | None, Query(alias="from", description="Premier jour supprimé")] = None,
) -> Response:
    """Everything that has not begun, or from a day on; what has begun stays."""
    async with services.writer.connection() as conn:
        await agenda_edit.remove_from(conn, str(slot_id), from_, by)
    return Response(status_code=204)


@router.delete(
    "/slots/{slot_id}/days/{day}", summary="Supprimer une seule occurrence", status_code=204, responses=WRITES
)
async def remove_one(slot_id: UUID, day: date, by: HandDep, services: ServicesDep) -> Response:
    """The other days of the series stay."""
    async with services.writer.connection() as conn:
        await agenda_edit.remove_one(conn, str(slot_id), day, by)
    return Response(status_code=204)


@router.get(
    "/places/{offer_id}/history",
    summary="Qui a changé l'agenda d'un lieu",
    dependencies=[Depends(hand)],
    responses=answered(
        History,
        {
            "changes": [
                {
                    "changed_at": "2026-11-25T22:00:00Z",
                    "actor": "token:secretariat-12",
                    "action": "slot-added",
                    "slot_id": _SLOT["slot_id"],
                    "before": None,
                    "after": _SLOT["slot"],
                }
            ]
        },
    ),
)
async def history(offer_id: UUID, services: ServicesDep) -> Response:
    """The last hundred changes, newest first."""
    async with services.writer.connection() as conn:
        changes = await agenda.rows(conn, "agenda_changes", offer_id=str(offer_id), max_rows=100)
    return Json({"changes": changes})


def slot_answer(written: Written) -> dict[str, Any]:
    """A slot as written."""
    return {
        "slot_id": written.slot_id,
        "slot": described(written.slot),
        "warnings": [
            {"code": item.code, "text": item.text, "day": item.day, "slot_id": item.slot_id}
            for item in written.warnings
        ],
    }


def free_slot(item: CalendarSlot) -> dict[str, Any]:
    """An occurrence; its instants are written with the offset of the place."""
    zone = agenda.place_zone(item.timezone)
    slot: AgendaSlot = item.slot
    return {
        "slot_id": item.slot_id,
        "day": item.day,
        "start": item.start.astimezone(zone),
        "end": item.end.astimezone(zone),
        "form": slot.form,
        "remaining": item.remaining,
        "modalities": slot.modalities,
        "visibility": slot.visibility,
        "source": "sas",
        "as_of": item.changed_at,
    }
