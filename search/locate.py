"""From the parameters of a place to a `Place` with its department and its time zone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from core.errors import UnknownPlace
from geo.geocoding.normalise import fold
from geo.point import Point
from geo.territory import department_of
from search.place import DEFAULT_TIMEZONE, Place
from search.statements import rows

if TYPE_CHECKING:
    from psycopg import AsyncConnection
    from shapely import Polygon

    from search.ports import PlaceFinder
    from search.query import Parameters

LEAST_SCORE = 0.4
_SUGGESTIONS = 5


async def locate(conn: AsyncConnection[Any], asked: Parameters, finder: PlaceFinder) -> Place:
    """The place asked.

    Raises
    ------
    UnknownPlace   not understood; the nearest ones are in `details["suggestions"]`
    """
    if asked.department is not None:
        return await _department(conn, asked.department)
    if asked.outline is not None:
        return await _drawn(conn, asked.outline)
    if asked.citycode is not None:
        return await _commune(conn, asked.citycode)
    if asked.point is not None:
        return await placed(
            conn,
            Place(
                label=f"{asked.point.lat:.5f}, {asked.point.lon:.5f}", type="coordinates", point=asked.point
            ),
        )
    return await _text(conn, asked.place or "", finder)


async def placed(conn: AsyncConnection[Any], place: Place) -> Place:
    """The place with its department and its time zone, when they can be known."""
    if place.department_code is None and place.citycode is not None:
        place = replace(place, department_code=department_of(place.citycode))
    if place.department_code is not None:
        zones = {row["department_code"]: row["timezone"] for row in await rows(conn, "all_departments")}
        return replace(place, timezone=zones.get(place.department_code, DEFAULT_TIMEZONE))
    if place.point is None:
        return place
    under = await rows(conn, "department_under", lon=place.point.lon, lat=place.point.lat)
    return replace(place, **under[0]) if under else place


async def departments_named(conn: AsyncConnection[Any], text: str, *, beginning: bool) -> list[Place]:
    """Departments of that code or name, or that begin so, by code."""
    key = fold(text)
    if not key:
        return []
    return [
        Place(
            label=f"{row['name']} ({row['department_code']})",
            type="department",
            point=None,
            department_code=row["department_code"],
            timezone=row["timezone"],
        )
        for row in await rows(conn, "all_departments")
        if key in {row["department_code"].lower(), fold(row["name"])}
        or (beginning and fold(row["name"]).startswith(key))
    ]


async def _department(conn: AsyncConnection[Any], text: str) -> Place:
    found = await departments_named(conn, text, beginning=False)
    if found:
        return found[0]
    near = await departments_named(conn, text[:3], beginning=True)
    raise UnknownPlace(
        "Ce département n'est pas connu : donnez son code (75, 2A, 974) ou son nom.",
        parameter="department",
        suggestions=[{"department": item.department_code, "label": item.label} for item in near][
            :_SUGGESTIONS
        ],
    )


async def _commune(conn: AsyncConnection[Any], citycode: str) -> Place:
    found = await rows(conn, "commune_place", citycode=citycode)
    if not found or found[0]["lon"] is None:
        raise UnknownPlace(
            "Cette commune n'est pas connue, ou n'a pas de position.", parameter="citycode", suggestions=[]
        )
    row = found[0]
    return Place(
        label=row["name"],
        type="municipality",
        point=Point(lon=row["lon"], lat=row["lat"]),
        citycode=row["citycode"],
        department_code=row["department_code"],
        timezone=row["timezone"],
    )


async def _drawn(conn: AsyncConnection[Any], outline: Polygon) -> Place:
    """A territory drawn on the map; its department and zone are those of a point inside it."""
    inside = outline.representative_point()
    under = await rows(conn, "department_under", lon=inside.x, lat=inside.y)
    zone = under[0]["timezone"] if under else DEFAULT_TIMEZONE
    return Place(label="Zone dessinée", type="polygon", point=None, timezone=zone, outline=outline)


async def _text(conn: AsyncConnection[Any], text: str, finder: PlaceFinder) -> Place:
    found = await finder.find(conn, text, limit=_SUGGESTIONS, autocomplete=False)
    best = found[0] if found and found[0].score >= LEAST_SCORE else None
    named = await departments_named(conn, text, beginning=False)
    if named and (best is None or fold(best.label) != fold(text)):
        return named[0]  # "Lozère", "2A"; "Paris" stays the commune
    if best is not None:
        return await placed(conn, best)
    nearest = found or await finder.nearest(conn, text, limit=_SUGGESTIONS)
    raise UnknownPlace(
        "Ce lieu n'est pas reconnu. Donnez une adresse, une commune, un code postal ou un département.",
        parameter="place",
        suggestions=[{"label": item.label, "citycode": item.citycode} for item in nearest],
    )


async def suggest_places(
    conn: AsyncConnection[Any], text: str, *, finder: PlaceFinder, limit: int
) -> list[Place]:
    """Departments, then places, that begin like the text."""
    named = await departments_named(conn, text, beginning=True) if len(fold(text)) > 1 else []
    found = await finder.find(conn, text, limit=limit, autocomplete=True)
    return [*named, *found][:limit]
