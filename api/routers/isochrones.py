"""Isochrones: where one gets from a place within some minutes, by the road or estimated."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import ServicesDep
from api.responses import INVALID, UNREADABLE, GeoJson
from api.schemas.isochrones import IsochronesAnswer, IsochronesQuery
from geo.travel.areas import collection
from geo.travel.times import ATTRIBUTION

router = APIRouter(prefix="/api/v1", tags=["temps de trajet"])

_EXAMPLE = {
    "type": "FeatureCollection",
    "source": "road",
    "as_of": "2026-11-20",
    "profile": "car",
    "attribution": ATTRIBUTION,
    "notices": [],
    "features": [
        {
            "type": "Feature",
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[7.74, 48.57], [7.77, 48.57], [7.77, 48.6], [7.74, 48.57]]],
            },
            "properties": {"minutes": 10, "label": "10 min par la route, hors trafic", "cut": False},
        }
    ],
}


@router.post(
    "/isochrones",
    summary="Aires atteintes en un temps de trajet",
    responses={
        200: {
            "model": IsochronesAnswer,
            "content": {"application/geo+json": {"schema": {"type": "object"}, "example": _EXAMPLE}},
        },
        400: UNREADABLE,
        422: INVALID,
    },
    response_class=GeoJson,
)
async def isochrones(asked: Annotated[IsochronesQuery, Body()], services: ServicesDep) -> Response:
    """Polygons by the road where a network is loaded, else circles labelled as an estimate; never both."""
    answer = await run_in_threadpool(
        collection, services.travel.choice, asked.point(), asked.minutes, profile=asked.profile
    )
    return GeoJson(answer)
