"""The SAS calendar as an iCalendar file: given out, taken in."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Body, Query
from starlette.responses import Response

from api.dependencies import ServicesDep
from api.responses import Json
from api.routers.agenda import _SLOT, WRITES, answered, slot_answer
from api.schemas.agenda import ImportAnswer, Modality, Visibility
from api.security import HandDep
from care.agenda import MOST_PATIENTS
from slots import agenda_file, ical

router = APIRouter(prefix="/api/v1/agenda", tags=["agenda SAS"])
_FILE = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Plateforme SAS ouverte//Agenda SAS//FR\r\nEND:VCALENDAR\r\n"
)
_CALENDAR = {"text/calendar": {"schema": {"type": "string"}, "example": _FILE}}


@router.get(
    "/places/{offer_id}/calendar.ics",
    summary="L'agenda SAS d'un lieu, en iCalendar",
    responses={**WRITES, 200: {"content": _CALENDAR}},
    response_class=Response,
)
async def written(offer_id: UUID, hand: HandDep, services: ServicesDep) -> Response:
    """What is not over: one event for each slot or series, absences as whole days."""
    async with services.writer.connection() as conn:
        content = await agenda_file.give_out(conn, str(offer_id), hand.now)
    return Response(content, media_type="text/calendar")


@router.post(
    "/places/{offer_id}/calendar.ics",
    summary="Reprendre un fichier iCalendar de disponibilités",
    responses=answered(
        ImportAnswer,
        {
            "applied": True,
            "written": [_SLOT],
            "present": 0,
            "unavailabilities": 0,
            "refused": [{"rank": 3, "reason": "appointment"}],
        },
    ),
)
async def taken_in(
    offer_id: UUID,
    hand: HandDep,
    services: ServicesDep,
    content: Annotated[bytes, Body(media_type="text/calendar")],
    apply: Annotated[bool, Query(description="« false » : montrer sans écrire")] = True,
    form: Annotated[
        Literal["single", "range"], Query(description="Quand l'événement ne le dit pas")
    ] = "range",
    capacity: Annotated[int, Query(ge=1, le=MOST_PATIENTS)] = 1,
    modality: Annotated[list[Modality] | None, Query()] = None,
    visibility: Annotated[list[Visibility] | None, Query()] = None,
) -> Response:
    """Times only: titles, descriptions and guests are never read. What is there already is not doubled."""
    wanted = ical.Wanted(
        form=form,
        capacity=1 if form == "single" else capacity,
        modalities=tuple(sorted(set(modality or ["AMB"]))),
        visibility=tuple(sorted(set(visibility or ["SNP"]))),
    )
    async with services.writer.connection() as conn:
        done = await agenda_file.take_in(conn, str(offer_id), content, wanted, hand)
        if not apply:
            await conn.rollback()
    return Json({"applied": apply, **_answer(done)})


def _answer(done: agenda_file.TakenIn) -> dict[str, Any]:
    return {
        "written": [slot_answer(item) for item in done.written],
        "present": done.present,
        "unavailabilities": done.unavailabilities,
        "refused": [{"rank": rank, "reason": reason} for rank, reason in done.refused],
    }
