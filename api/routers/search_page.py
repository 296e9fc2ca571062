"""The search page: a form sent by POST, so that the place is never in an address; rows made on the server."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import orjson
from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel
from shapely import Polygon
from starlette.responses import StreamingResponse

from api.dependencies import ServicesDep
from api.routers.offers import observe, search_of
from api.routers.pages import PagesDep, html
from care.specialty import nomenclature
from core.clock import utc_now
from core.errors import InvalidParameter, UsageError
from geo.point import Point
from maps import french
from maps.base import around, base
from maps.offline import json_text
from maps.web.pages import Pages
from search import explain
from search.live import search_with_slots, stream_with_slots
from search.offers import Timings
from search.outline import box_from_text, outline_from_text
from search.query import Filters, Kind, Modality, Parameters, SlotClass

router = APIRouter(include_in_schema=False)

_RADII_KM = (2, 5, 10, 20, 50)
_KINDS: dict[str, Kind] = {"practitioner": "practitioner", "structure": "structure"}
_DEFAULT_SPECIALTY = "Médecine générale"
_COORDINATES = re.compile(r"\s*(?P<lat>[-+]?\d{1,2}\.\d+)\s*[,; ]\s*(?P<lon>[-+]?\d{1,3}\.\d+)\s*")
_PLACE_WORDS = {
    "housenumber": "au numéro",
    "street": "à la rue",
    "locality": "au lieu-dit",
    "municipality": "à la commune",
    "department": "tout le département",
    "coordinates": "coordonnées données",
    "polygon": "zone dessinée",
}


class Asked(BaseModel):
    """The fields of the form as typed; they go back into the page and nowhere else."""

    place: str = ""
    place_id: str = ""
    bbox: str = ""
    polygon: str = ""
    specialty: str = ""
    radius_km: str = ""
    max_minutes: str = ""
    preferred: str = ""
    full: str = ""
    en_sus: str = ""
    participating: str = ""
    within_h: list[SlotClass] = []
    modality: list[Modality] = []
    kind: str = ""
    place_kind: list[str] = []
    group: str = ""
    cursor: str = ""
    seed: str = ""

    def fields(self, **replaced: Any) -> list[tuple[str, str]]:
        """Names and values of the same search as hidden fields, some replaced; the page starts again."""
        kept = self.model_copy(update={"cursor": "", "seed": "", **replaced})
        return [
            (name, value)
            for name, given in kept.model_dump().items()
            for value in (given if isinstance(given, list) else [given])
            if value
        ]

    @property
    def outline(self) -> Polygon | None:
        """The zone drawn on the map, or its view; None when a place is searched."""
        if self.polygon:
            return outline_from_text(self.polygon)
        return box_from_text(self.bbox) if self.bbox else None

    def parameters(self) -> Parameters:
        """The same, checked.

        Raises
        ------
        InvalidParameter   names the field
        """
        outline = self.outline
        point = _coordinates(self.place)
        known = "" if point else self.place_id
        return Parameters(
            specialty=self.specialty.strip(),
            place=None if point or known else self.place.strip(),
            place_id=known or None,
            point=point,
            outline=outline,
            # A zone is searched by its limits.
            radius_km=_number("radius_km", self.radius_km) if outline is None else None,
            max_minutes=_number("max_minutes", self.max_minutes),
            filters=Filters(
                modality=tuple(sorted(set(self.modality))),
                kind=_KINDS.get(self.kind),
                participating=True if self.participating == "true" else None,
                # On top of what is published: whoever accepts, with or without a free slot.
                with_slots=not (self.full or self.en_sus),
                within_h=tuple(sorted(set(self.within_h))),
                place_kind=tuple(sorted(set(self.place_kind))),
                en_sus=bool(self.en_sus),
                group=self.group or None,
            ),
            cursor=self.cursor or None,
            seed=self.seed or None,
            preferred=self.preferred.strip() or None,
            explain=True,
            facets=True,
        )


@router.get("/recherche")
async def form(request: Request, shared: PagesDep) -> Response:
    """The empty form."""
    return html(request, shared.render("recherche.html", **_context(Asked(specialty=_DEFAULT_SPECIALTY))))


@router.post("/recherche")
async def results(
    request: Request, shared: PagesDep, services: ServicesDep, asked: Annotated[Asked, Form()]
) -> Response:
    """The ranked offers; what is not understood is said beside the field, with the nearest words."""
    timings = Timings()
    try:
        answer = await search_with_slots(
            search_of(services, timings),
            asked.parameters(),
            now=utc_now(),
            within_s=services.slot_settings.slots_answer_s,
        )
    except UsageError as error:
        return html(request, shared.render("recherche.html", **_context(asked, problem=error)), status=422)
    observe(services, timings, answer)
    async with services.reader.connection() as conn:
        drawn = await base(conn, box) if (box := around(_points(answer))) else {}
    return html(request, shared.render("recherche.html", **_context(asked, answer=answer, drawn=drawn)))


@router.post("/recherche/creneaux")
async def slots(shared: PagesDep, services: ServicesDep, asked: Annotated[Asked, Form()]) -> Response:
    """What the vendors answer after the page was made, drawn by the server, as server-sent events."""
    events = stream_with_slots(
        search_of(services, Timings()),
        asked.parameters(),
        now=utc_now(),
        within_s=services.slot_settings.slots_deadline_s,
    )
    _, first = await anext(events)
    return StreamingResponse(_drawn(shared, first, events), media_type="text/event-stream")


async def _drawn(
    shared: Pages, first: dict[str, Any], events: AsyncIterator[tuple[str, dict[str, Any]]]
) -> AsyncIterator[bytes]:
    today = _today(first)
    known: dict[str, Any] = {}
    async for name, event in events:
        sources = _sources(event["editors"])
        created = _by_offer(event["created"])
        known |= {offer["id"]: offer for offer in event["offers"]}
        changed = {offer["id"] for offer in event["offers"]} | (created.keys() & known.keys())
        drawn = {
            "offers": {
                key: shared.render(
                    "creneaux.html",
                    offer=known[key],
                    extra=created.get(key, []),
                    sources=sources,
                    today=today,
                )
                for key in changed
            },
            "agendas": shared.render("agendas.html", editors=event["editors"], waiting=event["waiting"]),
            "partial": event["partial"],
            "end": name == "end",
        }
        yield b"data: " + orjson.dumps(drawn) + b"\n\n"


def _today(answer: dict[str, Any]) -> date:
    """The day it is where one searches."""
    return utc_now().astimezone(ZoneInfo(answer["query"]["place"]["timezone"])).date()


def _sources(editors: list[dict[str, Any]]) -> dict[str, str]:
    return {"sas": "Agenda SAS"} | {line["editor"]: line["name"] for line in editors}


def _by_offer(created: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    by_offer: dict[str, list[dict[str, Any]]] = {}
    for card in created:
        by_offer.setdefault(card["offer_id"], []).append(card)
    return by_offer


def _number(name: str, text: str) -> float | None:
    try:
        return float(text) if text else None
    except ValueError as exc:
        raise InvalidParameter("Le rayon et le trajet sont des nombres.", parameter=name) from exc


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
    if answer is not None:  # what was understood stays what is searched, whatever filter is chosen next
        asked = asked.model_copy(update={"place_id": answer["query"]["place"]["id"] or ""})
    return {
        "asked": asked,
        "zone": list(asked.outline.exterior.coords) if answer and asked.outline else [],
        "answer": answer,
        "editors": answer["sources"]["editors"] if answer else [],
        "waiting": [],
        "sources": _sources(answer["sources"]["editors"]) if answer else {},
        "created": _by_offer(answer["created"]) if answer else {},
        "late": answer is not None
        and any(line["state"] == "timeout" for line in answer["sources"]["editors"]),
        "today": _today(answer) if answer else None,
        "problem": _problem(problem) if problem else None,
        "base_json": json_text(drawn or {}),
        "as_of": french.day(date.fromisoformat(as_of[:10])) if as_of else "",
        "radii": _RADII_KM,
        "place_words": _PLACE_WORDS,
        "explain": explain,
        "facets": _shown_facets(answer, asked) if answer else [],
        "specialties": sorted({item.label for item in nomenclature() if item.is_head}, key=french.sort_key),
    }


def _shown_facets(answer: dict[str, Any], asked: Asked) -> list[dict[str, Any]]:
    """The filters the page offers: those with a value that changes something, or that is chosen."""
    shown = []
    for facet in answer["facets"]:
        values = [value for value in facet["values"] if value["count"] or value["chosen"]]
        tells = len(values) > 1 or facet["name"] in {"participating", "en_sus"}
        if facet["name"] in _BOUNDS:
            shown += _bounds(facet, asked, answer["total"])
        elif facet["name"] in _FACETS and values and (tells or any(value["chosen"] for value in values)):
            values = values[:1] if facet["name"] == "participating" else values
            title = _FACETS[facet["name"]]
            shown.append({"name": facet["name"], "title": title, "values": values, "one": False})
    return sorted(shown, key=lambda facet: list(_FACETS).index(facet["name"]))


def _bounds(facet: dict[str, Any], asked: Asked, total: int) -> list[dict[str, Any]]:
    """Distance or travel: one bound of those that leave something out, or none."""
    name = _BOUNDS[facet["name"]]
    chosen = getattr(asked, name)
    values = [
        {**value, "chosen": value["value"] == chosen}
        for value in facet["values"]
        if 0 < value["count"] < total or value["value"] == chosen
    ]
    if not values:
        return []
    label = "selon l'offre" if name == "radius_km" else "sans limite"
    anything = {"value": "", "label": label, "count": None, "chosen": not chosen}
    return [{"name": name, "title": _FACETS[name], "values": [*values, anything], "one": True}]


_BOUNDS = {"distance_km": "radius_km", "travel_min": "max_minutes"}
_FACETS = {
    "within_h": "Créneau sous",
    "participating": "SAS",
    "en_sus": "En sus",
    "max_minutes": "Trajet",
    "radius_km": "Distance",
    "modality": "Mode",
    "kind": "Qui",
    "place_kind": "Lieu",
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
