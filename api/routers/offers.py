"""Offers: the ranked search, by URL or by body, and one sheet."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from uuid import UUID

import orjson
from fastapi import APIRouter, Body, Query
from starlette.responses import Response

from api.dependencies import ReaderDep, ServicesDep
from api.responses import INVALID, NOT_FOUND, UNAVAILABLE, UNREADABLE, GeoJson, Json, features
from api.schemas.offers import OffersAnswer, OffersQuery, SheetAnswer
from core.clock import utc_now
from search.offers import Timings, offer, search_offers

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


@router.get("", summary="Chercher des offres (paramètres dans l'URL)", responses=_RESPONSES)
async def search_by_url(
    asked: Annotated[OffersQuery, Query()], services: ServicesDep, conn: ReaderDep
) -> Response:
    """For machines: an address written in a URL ends in histories and logs of others. Pages use POST."""
    return await _search(asked, services, conn)


@router.post(
    "/search",
    summary="Chercher des offres (paramètres dans le corps)",
    responses={**_RESPONSES, 400: UNREADABLE},
)
async def search_by_body(
    asked: Annotated[OffersQuery, Body()], services: ServicesDep, conn: ReaderDep
) -> Response:
    """Same parameters as JSON, so that the address of a patient never stands in a URL."""
    return await _search(asked, services, conn)


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


async def _search(asked: OffersQuery, services: ServicesDep, conn: ReaderDep) -> Response:
    timings = Timings()
    answer = await search_offers(
        conn,
        asked.parameters(),
        finder=services.places,
        key=services.cursor_key,
        now=utc_now(),
        timings=timings,
    )
    for phase, seconds in timings.seconds.items():
        services.metrics.search_seconds.labels(phase).observe(seconds)
    if not answer["total"]:
        services.metrics.search_empty.inc()
    return GeoJson(features(answer)) if asked.f == "geojson" else Json(answer)
