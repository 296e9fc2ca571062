"""Neutrality: the rule of ranking and its audit, as a page and for programs; public facts."""

from __future__ import annotations

from importlib import resources
from typing import Any

from fastapi import APIRouter, Request
from psycopg import AsyncConnection
from starlette.responses import Response

from api.dependencies import ReaderDep, ServicesDep
from api.responses import NOT_FOUND, UNAVAILABLE, Json
from api.routers.pages import PagesDep, html
from api.schemas.neutrality import NeutralityAnswer
from core.errors import NotFoundError
from maps import neutrality
from search.audit.log import rows
from search.policy import published

router = APIRouter(tags=["neutralité"])

_CACHE = "public, max-age=300"
_OPEN = {
    "Cache-Control": _CACHE,
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
_VERSION = {
    "version": "time-to-care-1",
    "title": "Participation au SAS, puis délai jusqu’aux soins",
    "published_on": "2026-11-26",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}
_EXAMPLE = {
    "policy": _VERSION,
    "versions": [_VERSION],
    "territories": [],
    "refused": [],
    "report": {
        "made_at": "2026-12-01T05:00:00+00:00",
        "since": "2026-11-01",
        "until": "2026-11-30",
        "rankings": 12_500,
        "verdict": "clean",
        "title": "Aucun favoritisme décelé",
        "sentences": ["Le journal compte 12 500 classements enchaînés ; aucun n’a été modifié."],
        "chain": {"held": 12_500, "head": "5e884898da28…", "broken": None},
        "replay": {"made": 12_500, "identical": 12_500, "without_policy": 0, "differs": 0, "first": []},
        "tests": [{"test": "order", "factor": "vendor", "label": "lilas", "ratio": 1.002, "p_holm": 1.0}],
    },
}


@router.get("/neutralite", include_in_schema=False)
async def page(request: Request, shared: PagesDep, services: ServicesDep, conn: ReaderDep) -> Response:
    """The rule in plain French, the cases it settles, the last report, and how to check."""
    values = neutrality.context(services.policies, await _last(conn))
    return html(request, shared.render("neutralite.html", **values), cache=_CACHE)


@router.get(
    "/api/v1/neutrality",
    summary="La règle de classement, ses versions, le dernier rapport d'audit",
    responses={
        200: {"model": NeutralityAnswer, "content": {"application/json": {"example": _EXAMPLE}}},
        503: UNAVAILABLE,
    },
)
async def answer(services: ServicesDep, conn: ReaderDep) -> Response:
    """The rule in force, every version with its digest, and the report published last."""
    return Json(neutrality.document(services.policies, await _last(conn)), headers=_OPEN)


@router.get(
    "/api/v1/neutrality/policies/{version}",
    summary="Le fichier d'une règle de classement",
    responses={
        200: {"content": {"application/toml": {"schema": {"type": "string"}, "example": 'version = "…"\n'}}},
        404: NOT_FOUND,
    },
    response_class=Response,
)
async def policy_file(version: str, services: ServicesDep) -> Response:
    """The file as published, whose SHA-256 is the digest given everywhere."""
    text = next((item.text for item in services.policies.accepted if item.policy.version == version), None)
    if text is None and version in published():
        text = resources.files("search.policies").joinpath(f"{version}.toml").read_bytes()
    if text is None:
        raise NotFoundError("Cette règle n'existe pas.", parameter="version")
    return Response(text, media_type="application/toml", headers=_OPEN)


async def _last(conn: AsyncConnection[Any]) -> dict[str, Any] | None:
    found = await rows(conn, "audit_last_report")
    return found[0] if found else None
