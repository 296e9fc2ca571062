"""Whether the server lives, whether it can serve, and what it counts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import psycopg
from fastapi import APIRouter, Response
from fastapi.concurrency import run_in_threadpool
from psycopg.rows import dict_row
from psycopg_pool import PoolTimeout
from pydantic import BaseModel, Field

from api.dependencies import ServicesDep
from api.wiring import Services
from core.clock import utc_now
from core.db import migrate
from core.db.queries import Queries
from core.errors import SasError

router = APIRouter(tags=["santé du service"])
_QUERIES = Queries.load(Path(__file__).parent.parent / "sql")


class Alive(BaseModel):
    """The process answers."""

    status: Literal["ok"]

    model_config = {"json_schema_extra": {"examples": [{"status": "ok"}]}}


class Reason(BaseModel):
    """One thing that keeps the server from serving."""

    code: Literal["database", "migrations", "data"]
    detail: str


class Ready(BaseModel):
    """Whether requests can be served, and from which data."""

    status: Literal["ready", "not-ready"]
    reasons: list[Reason]
    sources: Annotated[
        dict[str, str | None], Field(description="Date de chaque source en service (AAAA-MM-JJ)")
    ]

    model_config = {
        "json_schema_extra": {
            "examples": [{"status": "ready", "reasons": [], "sources": {"annuaire": "2026-11-20"}}]
        }
    }


@router.get("/healthz", summary="Le processus répond")
async def healthz() -> Alive:
    """Answers whatever the state of the database."""
    return Alive(status="ok")


@router.get(
    "/readyz",
    summary="Le service peut répondre",
    responses={503: {"model": Ready, "description": "Pas prêt ; les raisons sont données"}},
)
async def readyz(services: ServicesDep, response: Response) -> Ready:
    """Database reachable, migrations applied, data loaded; 503 with the reasons otherwise."""
    ready = await _readiness(services)
    if ready.status != "ready":
        response.status_code = 503
        response.headers["Retry-After"] = "5"
    return ready


@router.get(
    "/metrics",
    summary="Compteurs au format Prometheus",
    response_class=Response,
    responses={
        200: {"content": {"text/plain": {"example": 'sas_load_age_seconds{source="annuaire"} 86400.0\n'}}}
    },
)
async def metrics(services: ServicesDep) -> Response:
    """Latency by route template, age of the sources, state of the pools; no place, no person."""
    try:
        await _refresh_ages(services)
    except (psycopg.Error, PoolTimeout):
        services.metrics.forget_ages()
    services.metrics.set_pool("reader", services.reader.get_stats())
    return Response(services.metrics.render(), media_type="text/plain; version=0.0.4; charset=utf-8")


async def _readiness(services: Services) -> Ready:
    try:
        missing = await run_in_threadpool(migrate.pending, services.database, services.home)
    except (psycopg.Error, SasError, OSError):
        return _not_ready("database", "La base de données ne répond pas.")
    if missing:
        return _not_ready("migrations", f"{len(missing)} migration(s) à appliquer, dont {missing[0]}.")
    try:
        rows = await _rows(services, "data_in_service")
        located = await _rows(services, "offers_located")
        named = await _rows(services, "specialties_loaded")
    except (psycopg.Error, PoolTimeout):
        return _not_ready("database", "La base de données ne répond pas.")
    sources = {row["source"]: row["source_date"] and row["source_date"].isoformat() for row in rows}
    if not located[0]["found"] or not named[0]["found"]:
        return _not_ready("data", "Aucune offre n'est chargée : lancez « sas ingest ».", sources)
    return Ready(status="ready", reasons=[], sources=sources)


def _not_ready(
    code: Literal["database", "migrations", "data"], detail: str, sources: dict[str, str | None] | None = None
) -> Ready:
    return Ready(status="not-ready", reasons=[Reason(code=code, detail=detail)], sources=sources or {})


async def _refresh_ages(services: Services) -> None:
    now = utc_now()
    for row in await _rows(services, "data_in_service"):
        if row["source_date"] is not None:
            age_s = (now.date() - row["source_date"]).total_seconds()
            services.metrics.set_age(row["source"], max(0.0, age_s))


async def _rows(services: Services, name: str) -> list[dict[str, Any]]:
    async with services.reader.connection() as conn, conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_QUERIES[name])
        return await cursor.fetchall()
