"""Agenda vendors, for managers: behind the secret of administration."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.responses import Response

from api.dependencies import ReaderDep, ServicesDep, administrator
from api.responses import FORBIDDEN, INVALID, NOT_FOUND, UNAVAILABLE, UNREADABLE, Json
from api.schemas.editors import EditorAnswer, EditorRecord, EditorsAnswer, shown
from slots import editors

router = APIRouter(
    prefix="/api/v1/editors",
    tags=["éditeurs d'agenda"],
    dependencies=[Depends(administrator)],
    responses={403: FORBIDDEN, 422: INVALID, 503: UNAVAILABLE},
)
_EXAMPLE = {
    "slug": "exemple",
    **EditorRecord.model_validate(
        {"name": "Agenda Exemple", "base_url": "https://agenda.example/fhir"}
    ).model_dump(),
}
Slug = Annotated[str, Path(max_length=40, description="Nom court : minuscules, chiffres, tirets")]


@router.get(
    "",
    summary="Les éditeurs d'agenda",
    responses={
        200: {
            "model": EditorsAnswer,
            "content": {"application/json": {"example": {"editors": [_EXAMPLE]}}},
        }
    },
)
async def every(conn: ReaderDep) -> Response:
    """Every record, by short name. Certificates and keys are named, not shown."""
    return Json({"editors": [shown(editor) for editor in await editors.all_editors(conn)]})


@router.get(
    "/{slug}",
    summary="Un éditeur d'agenda",
    responses={
        200: {"model": EditorAnswer, "content": {"application/json": {"example": _EXAMPLE}}},
        404: NOT_FOUND,
    },
)
async def one(slug: Slug, conn: ReaderDep) -> Response:
    """One record."""
    return Json(shown(await editors.editor_named(conn, slug)))


@router.put(
    "/{slug}",
    summary="Ajouter un éditeur, ou remplacer sa fiche",
    responses={
        400: UNREADABLE,
        200: {"model": EditorAnswer, "content": {"application/json": {"example": _EXAMPLE}}},
        201: {"model": EditorAnswer, "content": {"application/json": {"example": _EXAMPLE}}},
    },
)
async def put(slug: Slug, record: EditorRecord, services: ServicesDep) -> Response:
    """The whole record; searches use it within ten seconds (at once in this process)."""
    editor = record.editor(slug)
    async with services.writer.connection() as conn:
        added = await editors.put(conn, editor)
    services.slots.forget()
    return Json(shown(editor), status_code=201 if added else 200)


@router.delete(
    "/{slug}",
    summary="Retirer un éditeur",
    responses={
        200: {"model": EditorAnswer, "content": {"application/json": {"example": _EXAMPLE}}},
        404: NOT_FOUND,
    },
)
async def remove(slug: Slug, services: ServicesDep) -> Response:
    """It is not asked any more; its last record is the answer, and stays in the history."""
    async with services.writer.connection() as conn:
        editor = await editors.editor_named(conn, slug)
        await editors.remove(conn, slug)
    services.slots.forget()
    return Json(shown(editor))
