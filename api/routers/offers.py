"""Offers: the ranked search, by URL or by body, and one sheet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Body, Query
from starlette.responses import Response, StreamingResponse

from api.dependencies import ReaderDep, ServicesDep
from api.responses import INVALID, NOT_FOUND, UNAVAILABLE, UNREADABLE, GeoJson, Json, features
from api.schemas.offers import OffersAnswer, SheetAnswer
from api.schemas.offers_query import OffersQuery
from api.wiring import Services
from core.clock import utc_now
from search.live import Search, search_with_slots, stream_with_slots
from search.offers import Timings, offer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

router = APIRouter(prefix="/api/v1/offers", tags=["offres"])
_EXAMPLE = orjson.loads((Path(__file__).parent.parent / "examples" / "offers.json").read_bytes())

_RESPONSES: dict[int | str, dict[str, object]] = {
    200: {
        "model": OffersAnswer,
        "content": {
            "application/json": {"example": _EXAMPLE},
            "application/geo+json": {"schema": {"type": "object"}, "example": features(_EXAMPLE)},
        },
    },
    422: INVALID,
    503: UNAVAILABLE,
}
_STREAM: dict[int | str, dict[str, object]] = {
    200: {
        "description": "Événements `offers` (la réponse), `slots` (après chaque éditeur) et `end`",
        "content": {
            "text/event-stream": {
                # The schema is that of one event: its name, and its data as JSON text.
                "schema": {
                    "type": "object",
                    "properties": {
                        "event": {"enum": ["offers", "slots", "end", "error"]},
                        "data": {"type": "string", "contentMediaType": "application/json"},
                    },
                },
                "example": {"event": "slots", "data": '{"offers": [], "editors": [], "partial": false}'},
            }
        },
    },
    422: INVALID,
    503: UNAVAILABLE,
}


@router.get("", summary="Chercher des offres (paramètres dans l'URL)", responses=_RESPONSES)
async def search_by_url(asked: Annotated[OffersQuery, Query()], services: ServicesDep) -> Response:
    """For machines: an address written in a URL ends in histories and logs of others. Pages use POST."""
    return await _search(asked, services)


@router.post(
    "/search",
    summary="Chercher des offres (paramètres dans le corps)",
    responses={**_RESPONSES, 400: UNREADABLE},
)
async def search_by_body(asked: Annotated[OffersQuery, Body()], services: ServicesDep) -> Response:
    """Same parameters as JSON, so that the address of a patient never stands in a URL."""
    return await _search(asked, services)


@router.get(
    "/stream", summary="Chercher, créneaux au fil de l'eau (paramètres dans l'URL)", responses=_STREAM
)
async def stream_by_url(asked: Annotated[OffersQuery, Query()], services: ServicesDep) -> Response:
    """Same parameters as the search, answered as server-sent events. Pages use POST."""
    return await _stream(asked, services)


@router.post(
    "/stream",
    summary="Chercher, créneaux au fil de l'eau (paramètres dans le corps)",
    responses={**_STREAM, 400: UNREADABLE},
)
async def stream_by_body(asked: Annotated[OffersQuery, Body()], services: ServicesDep) -> Response:
    """`offers` at once, `slots` after each vendor, `end`; the order of the offers never changes."""
    return await _stream(asked, services)


@router.get(
    "/{id}",
    summary="Une offre",
    responses={
        200: {
            "model": SheetAnswer,
            "content": {
                "application/json": {
                    "example": {
                        **{
                            key: _EXAMPLE["offers"][0][key]
                            for key in SheetAnswer.model_fields
                            if key != "sources"
                        },
                        "sources": _EXAMPLE["sources"],
                    }
                }
            },
        },
        404: NOT_FOUND,
        422: INVALID,
        503: UNAVAILABLE,
    },
)
async def one(id: UUID, conn: ReaderDep) -> Response:  # noqa: A002 - name of the contract
    """The sheet of an offer, without rank nor distance."""
    return Json(await offer(conn, id))


def search_of(services: Services, timings: Timings) -> Search:
    """What a search with slots needs, from what the server holds."""
    return Search(
        connect=services.reader.connection,
        finder=services.places,
        index=services.index,
        travel=services.journeys,
        slots=services.slots,
        log=services.ranking_log,
        policies=services.policies,
        key=services.cursor_key,
        timings=timings,
    )


def observe(services: Services, timings: Timings, answer: dict[str, Any]) -> None:
    """Count what a search took and gave."""
    for phase, seconds in timings.seconds.items():
        services.metrics.search_seconds.labels(phase).observe(seconds)
    if not answer["total"]:
        services.metrics.search_empty.inc()
    if answer["partial"]:
        services.metrics.answer_partial.inc()


async def _search(asked: OffersQuery, services: Services) -> Response:
    timings = Timings()
    answer = await search_with_slots(
        search_of(services, timings),
        asked.parameters(),
        now=utc_now(),
        within_s=services.slot_settings.slots_answer_s,
    )
    observe(services, timings, answer)
    return GeoJson(features(answer)) if asked.f == "geojson" else Json(answer)


async def _stream(asked: OffersQuery, services: Services) -> Response:
    timings = Timings()
    events = stream_with_slots(
        search_of(services, timings),
        asked.parameters(),
        now=utc_now(),
        within_s=services.slot_settings.slots_deadline_s,
    )
    first = await anext(events)  # what is wrong with the parameters is said before the answer starts
    observe(services, timings, first[1])
    return StreamingResponse(_written(first, events), media_type="text/event-stream")


async def _written(
    first: tuple[str, dict[str, Any]], events: AsyncIterator[tuple[str, dict[str, Any]]]
) -> AsyncIterator[bytes]:
    yield _event(*first)
    async for name, data in events:
        yield _event(name, data)


def _event(name: str, data: dict[str, Any]) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + orjson.dumps(data) + b"\n\n"
