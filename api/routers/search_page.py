"""The search page: a form sent by POST, so that the place is never in an address; rows made on the server."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response

from api.dependencies import ReaderDep, ServicesDep
from api.routers.pages import PagesDep, html
from care.specialty import nomenclature
from core.clock import utc_now
from core.errors import InvalidParameter, UsageError
from geo.point import Point
from maps import french
from maps.base import around, base
from maps.offline import json_text
from search.offers import Timings, search_offers
from search.query import Parameters

router = APIRouter(include_in_schema=False)

_RADII_KM = (2, 5, 10, 20, 50)
_DEFAULT_SPECIALTY = "Médecine générale"
_COORDINATES = re.compile(r"\s*(?P<lat>[-+]?\d{1,2}\.\d+)\s*[,; ]\s*(?P<lon>[-+]?\d{1,3}\.\d+)\s*")
_PLACE_WORDS = {
    "housenumber": "au numéro",
    "street": "à la rue",
    "locality": "au lieu-dit",
    "municipality": "à la commune",
    "department": "tout le département",
    "coordinates": "coordonnées données",
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The fields of the form as typed; they go back into the page and nowhere else."""

    place: str = ""
    specialty: str = _DEFAULT_SPECIALTY
    radius_km: str = ""
    cursor: str = ""

    def parameters(self) -> Parameters:
        """The same, checked.

        Raises
        ------
        InvalidParameter   names the field
        """
        try:
            radius_km = float(self.radius_km) if self.radius_km else None
        except ValueError as exc:
            raise InvalidParameter("Le rayon est un nombre de kilomètres.", parameter="radius_km") from exc
        point = _coordinates(self.place)
        return Parameters(
            specialty=self.specialty.strip(),
            place=None if point else self.place.strip(),
            point=point,
            radius_km=radius_km,
            cursor=self.cursor or None,
            explain=True,
        )


@router.get("/recherche")
async def form(request: Request, shared: PagesDep) -> Response:
    """The empty form."""
    return html(request, shared.render("recherche.html", **_context(Asked())))


@router.post("/recherche")
async def results(
    request: Request,
    shared: PagesDep,
    services: ServicesDep,
    conn: ReaderDep,
    *,
    place: Annotated[str, Form()] = "",
    specialty: Annotated[str, Form()] = "",
    radius_km: Annotated[str, Form()] = "",
    cursor: Annotated[str, Form()] = "",
) -> Response:
    """The ranked offers; what is not understood is said beside the field, with the nearest words."""
    asked = Asked(place=place, specialty=specialty, radius_km=radius_km, cursor=cursor)
    timings = Timings()
    try:
        answer = await search_offers(
            conn,
            asked.parameters(),
            finder=services.places,
            key=services.cursor_key,
            now=utc_now(),
            timings=timings,
        )
    except UsageError as error:
        return html(request, shared.render("recherche.html", **_context(asked, problem=error)), status=422)
    for phase, seconds in timings.seconds.items():
        services.metrics.search_seconds.labels(phase).observe(seconds)
    drawn = await base(conn, box) if (box := around(_points(answer))) else {}
    return html(request, shared.render("recherche.html", **_context(asked, answer=answer, drawn=drawn)))


def _coordinates(text: str) -> Point | None:
    """The point of a text such as "48.8566, 2.3522" (latitude first, as people and phones write it).

    Raises
    ------
    InvalidParameter   two numbers that are not a latitude and a longitude
    """
    found = _COORDINATES.fullmatch(text)
    if found is None:
        return None
    try:
        return Point(lon=float(found["lon"]), lat=float(found["lat"]))
    except InvalidParameter as error:
        raise InvalidParameter(error.message, parameter="place") from error


def _context(
    asked: Asked,
    *,
    answer: dict[str, Any] | None = None,
    drawn: dict[str, Any] | None = None,
    problem: UsageError | None = None,
) -> dict[str, Any]:
    as_of = answer["sources"]["directory"]["as_of"] if answer else None
    return {
        "asked": asked,
        "answer": answer,
        "problem": _problem(problem) if problem else None,
        "base_json": json_text(drawn or {}),
        "as_of": french.day(date.fromisoformat(as_of[:10])) if as_of else "",
        "radii": _RADII_KM,
        "place_words": _PLACE_WORDS,
        "specialties": sorted({item.label for item in nomenclature() if item.is_head}, key=french.sort_key),
    }


def _problem(error: UsageError) -> dict[str, Any]:
    suggestions = error.details.get("suggestions") or []
    return {
        "field": error.details.get("parameter", ""),
        "message": error.message,
        "suggestions": [item["label"] if isinstance(item, dict) else str(item) for item in suggestions],
    }


def _points(answer: dict[str, Any]) -> list[tuple[float, float]]:
    """Positions (lon, lat) of what is drawn: the place, then the offers."""
    drawn = [answer["query"]["place"], *answer["offers"]]
    return [(item["lon"], item["lat"]) for item in drawn if item["lon"] is not None]
