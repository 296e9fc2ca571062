"""The geocoder over HTTP: same addresses, parameters and fields as addok and the national service."""

from __future__ import annotations

from typing import Any

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.dependencies import services
from api.geocoding_query import REVERSE_PARAMETERS, SEARCH_PARAMETERS, read_reverse, read_search
from api.responses import GEOCODING
from geo.geocoding.geojson import feature, feature_collection
from geo.geocoding.reverse import reverse as find_nearest
from geo.geocoding.reverse import town_of

router = APIRouter(prefix="/geocodage", tags=["geocoding"])

_NEAR_ENOUGH = 100
_JSON = "application/json; charset=utf-8"


@router.get("/search/", include_in_schema=False)
@router.get(
    "/search",
    summary="Adresse, voie, lieu-dit ou commune",
    responses=GEOCODING,
    openapi_extra={"parameters": SEARCH_PARAMETERS},
)
async def search(request: Request) -> Response:
    """GeoJSON, best first. `match` says which level was reached and why."""
    asked = read_search(request.query_params)
    held = services(request)
    async with held.reader.connection() as conn:
        query = asked.within(await held.geocoder.gazetteer(conn)) if asked.city else asked.query
        results = await held.geocoder.search(conn, query)
    return _json(
        feature_collection(
            [feature(result.located, result.label, distance_m=result.distance_m) for result in results],
            query=asked.shown,
            filters=asked.filters,
            centre=query.centre,
            limit=query.limit,
        )
    )


@router.get("/reverse/", include_in_schema=False)
@router.get(
    "/reverse",
    summary="Adresse la plus proche d'un point",
    responses=GEOCODING,
    openapi_extra={"parameters": REVERSE_PARAMETERS},
)
async def reverse(request: Request) -> Response:
    """GeoJSON, nearest first, one answer for each street; `distance` in metres."""
    asked = read_reverse(request.query_params)
    held = services(request)
    filtered = asked.types or asked.postcodes or asked.citycodes
    async with held.reader.connection() as conn:
        gazetteer = await held.geocoder.gazetteer(conn)
        near = await find_nearest(
            conn,
            asked.point,
            gazetteer=gazetteer,
            limit=_NEAR_ENOUGH if filtered else asked.limit,
            street_only=bool(asked.types) and "housenumber" not in asked.types,
        )
    if "municipality" in asked.types:
        near = sorted([*near, *town_of(near, asked.point, gazetteer)], key=lambda item: item.distance_m)
    features = [
        feature(item.located, item.label, distance_m=item.distance_m)
        for item in near
        if (not asked.types or item.located.level in asked.types)
        and (not asked.postcodes or item.label.postcode in asked.postcodes)
        and (not asked.citycodes or item.located.citycode in asked.citycodes)
    ]
    return _json(
        feature_collection(
            features[: asked.limit], query=None, filters=asked.filters, centre=asked.point, limit=asked.limit
        )
    )


def _json(body: dict[str, Any]) -> Response:
    return Response(orjson.dumps(body), media_type=_JSON)
