"""Suggestions while one types."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from psycopg import AsyncConnection

from api.dependencies import ReaderDep, ServicesDep
from api.responses import INVALID, UNAVAILABLE, UNREADABLE
from api.schemas.suggestions import (
    PlacesAnswer,
    PlacesRequest,
    PlaceSuggestion,
    SpecialtiesAnswer,
    SpecialtiesRequest,
    SpecialtyName,
    SpecialtySuggestion,
)
from api.wiring import Services
from care.specialty import nomenclature
from search.locate import suggest_places
from search.specialty_match import suggest

router = APIRouter(prefix="/api/v1", tags=["suggestions"])

_SPECIALTIES = {
    "specialties": [
        {
            "code": "70",
            "label": "Masseur-kinésithérapeute",
            "kind": "profession",
            "matched": "kiné",
            "why": "synonym",
            "score": 1.0,
            "also": [],
        }
    ],
    "version": "2026.11.26",
}
_PLACES = {
    "places": [
        {
            "id": "75056",
            "label": "Paris",
            "type": "municipality",
            "lon": 2.347,
            "lat": 48.859,
            "citycode": "75056",
            "department": "75",
            "score": 0.97,
        }
    ]
}
Limit = Annotated[int, Query(ge=1, le=50, description="Nombre de suggestions")]


_SPECIALTIES_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/json": {"example": _SPECIALTIES}}},
    422: INVALID,
}


@router.get("/specialties", summary="Spécialités, métiers et structures", responses=_SPECIALTIES_RESPONSES)
async def specialties(
    q: Annotated[str, Query(max_length=100, description="Début d'un mot, sigle, code")] = "",
    limit: Limit = 10,
) -> SpecialtiesAnswer:
    """Best first, each with the word it was found by; without text, the most frequent searches."""
    return _specialties(q, limit)


@router.post(
    "/specialties/search",
    summary="Spécialités, métiers et structures, le texte hors de l'adresse web",
    responses={**_SPECIALTIES_RESPONSES, 400: UNREADABLE},
)
async def search_specialties(asked: SpecialtiesRequest) -> SpecialtiesAnswer:
    """The same as `GET /api/v1/specialties`: a need may be the reason of a call, it stands in no URL."""
    return _specialties(asked.q, asked.limit)


def _specialties(text: str, limit: int) -> SpecialtiesAnswer:
    return SpecialtiesAnswer(
        specialties=[
            SpecialtySuggestion(
                code=item.specialty.code,
                label=item.specialty.label,
                kind=item.specialty.kind,
                matched=item.matched,
                why=item.why,
                score=item.score,
                also=[SpecialtyName(code=other.code, label=other.label) for other in item.also],
            )
            for item in suggest(text, limit=limit)
        ],
        version=nomenclature().version,
    )


_PLACES_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/json": {"example": _PLACES}}},
    422: INVALID,
    503: UNAVAILABLE,
}


@router.get("/places", summary="Lieux : adresses, communes, départements", responses=_PLACES_RESPONSES)
async def places(
    q: Annotated[
        str, Query(min_length=1, max_length=200, description="Début d'une adresse, d'un nom, d'un code")
    ],
    services: ServicesDep,
    conn: ReaderDep,
    limit: Limit = 8,
) -> PlacesAnswer:
    """Best first, departments before towns of the same score; nothing of what is typed is kept."""
    return await _suggested(services, conn, q, limit)


@router.post(
    "/places/search",
    summary="Lieux, le texte hors de l'adresse web",
    responses={**_PLACES_RESPONSES, 400: UNREADABLE},
)
async def search_places(asked: PlacesRequest, services: ServicesDep, conn: ReaderDep) -> PlacesAnswer:
    """The same as `GET /api/v1/places`, so that what is typed stands in no URL."""
    return await _suggested(services, conn, asked.q, asked.limit)


async def _suggested(services: Services, conn: AsyncConnection[Any], text: str, limit: int) -> PlacesAnswer:
    return PlacesAnswer(
        places=[
            PlaceSuggestion(
                id=item.id,
                label=item.label,
                type=item.type,
                lon=item.point.lon if item.point else None,
                lat=item.point.lat if item.point else None,
                citycode=item.citycode,
                department=item.department_code,
                score=round(item.score, 3),
            )
            for item in await suggest_places(conn, text, finder=services.places, limit=limit)
        ]
    )
