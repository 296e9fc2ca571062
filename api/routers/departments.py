"""Departments: where a SAS operates, since when, whom to call, from which source."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import orjson
from fastapi import APIRouter, Request
from psycopg import AsyncConnection
from psycopg.rows import dict_row
from starlette.responses import Response

from api.dependencies import ReaderDep
from api.responses import UNAVAILABLE, GeoJson, Json
from api.schemas.departments import DepartmentsAnswer
from core.db.queries import Queries
from maps.deployment import Department, deployment
from maps.public_map import QUERIES

router = APIRouter(prefix="/api/v1", tags=["territoires"])
_SHAPES = Queries.load(Path(__file__).parent.parent / "sql")
_TOLERANCE_DEG = 0.004
_CACHE = {"Cache-Control": "public, max-age=300"}
# Open data: other sites may read it.
_OPEN = {**_CACHE, "Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}

_SERVICE = {
    "code": "SAS-75",
    "name": "SAS de Paris",
    "status": "operating",
    "since": "2021-06-01",
    "since_precision": "month",
    "phone": "15",
    "contact": None,
    "part": "",
    "source": "Agence régionale de santé",
    "source_date": "2024-10-01",
    "note": None,
}
_EXAMPLE = {
    "source_date": "2024-10-01",
    "departments": [
        {
            "department": "75",
            "name": "Paris",
            "region": "Île-de-France",
            **{key: _SERVICE[key] for key in ("status", "since", "since_precision", "contact", "phone")},
            "source": _SERVICE["source"],
            "source_date": _SERVICE["source_date"],
            "partial": False,
            "services": [_SERVICE],
        }
    ],
}
_FEATURES = {
    "type": "FeatureCollection",
    "features": [
        {"type": "Feature", "id": "75", "geometry": None, "properties": {"department": "75", "name": "Paris"}}
    ],
}


@router.get(
    "/departments",
    summary="Déploiement du SAS par département",
    responses={
        200: {"model": DepartmentsAnswer, "content": {"application/json": {"example": _EXAMPLE}}},
        503: UNAVAILABLE,
    },
)
async def departments(conn: ReaderDep) -> Response:
    """One entry for each department; what the source does not say is `unknown` or null."""
    return Json(await _deployment(conn), headers=_OPEN)


@router.get(
    "/departments.geojson",
    summary="Déploiement du SAS, avec les contours",
    responses={
        200: {"content": {"application/geo+json": {"schema": {"type": "object"}, "example": _FEATURES}}},
        503: UNAVAILABLE,
    },
    response_class=GeoJson,
)
async def departments_geojson(request: Request, conn: ReaderDep) -> Response:
    """One feature for each department (RFC 7946); the geometry is null where no outline is loaded."""
    version = await _version(conn)
    kept = getattr(request.app.state, "departments_geojson", None)
    if kept is None or kept[0] != version:  # simplifying the outlines takes half a second
        kept = (version, GeoJson.encode(await _features(conn)))
        request.app.state.departments_geojson = kept
    return Response(kept[1], media_type=GeoJson.media_type, headers=_OPEN)


async def _features(conn: AsyncConnection[Any]) -> dict[str, Any]:
    answer = await _deployment(conn)
    async with conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_SHAPES["department_shapes"], {"tolerance_deg": _TOLERANCE_DEG})
        shapes = {row["department_code"]: orjson.loads(row["geometry"]) for row in await cursor.fetchall()}
    return {
        "type": "FeatureCollection",
        "source_date": answer["source_date"],
        "features": [
            {
                "type": "Feature",
                "id": item["department"],
                "geometry": shapes.get(item["department"]),
                "properties": item,
            }
            for item in answer["departments"]
        ],
    }


async def _version(conn: AsyncConnection[Any]) -> tuple[str, date | None]:
    """What the answers depend on: the loads in service, and the date of the table of deployment."""
    async with conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(QUERIES["deployment_version"])
        latest = await cursor.fetchone()
    return (latest["version"], latest["source_date"]) if latest else ("", None)


async def _deployment(conn: AsyncConnection[Any]) -> dict[str, Any]:
    _, source_date = await _version(conn)
    async with conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(QUERIES["deployment_rows"])
        facts = deployment(await cursor.fetchall(), source_date=source_date)
    return {
        "source_date": source_date,
        "departments": [_entry(item) for item in facts.departments],
    }


def _entry(item: Department) -> dict[str, Any]:
    leading = item.leading
    return {
        "department": item.code,
        "name": item.name,
        "region": item.region_name,
        "status": item.status,
        "partial": item.partial,
        "since": leading.since if leading else None,
        "since_precision": leading.since_precision if leading else None,
        "contact": leading.contact if leading else None,
        "phone": leading.phone if leading else None,
        "source": leading.source if leading else None,
        "source_date": leading.source_date if leading else None,
        "services": [
            {
                "code": sas.code,
                "name": sas.name,
                "status": sas.status,
                "since": sas.since,
                "since_precision": sas.since_precision,
                "phone": sas.phone,
                "contact": sas.contact,
                "part": sas.part,
                "source": sas.source,
                "source_date": sas.source_date,
                "note": sas.note,
            }
            for sas in item.services
        ],
    }
