"""From the parameters of a place to a `Place` with its department and its time zone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from core.errors import UnknownPlace
from geo.geocoding.normalise import fold
from geo.point import Point
from geo.territory import department_of
from search.departments import departments, outlines, read_departments
from search.place import DEFAULT_TIMEZONE, Place
from search.statements import rows

if TYPE_CHECKING:
    from psycopg import AsyncConnection
    from shapely import Polygon

    from search.departments import Departments
    from search.index.directory import Index
    from search.ports import PlaceFinder
    from search.query import Parameters

LEAST_SCORE = 0.4
_SUGGESTIONS = 5


async def locate(
    conn: AsyncConnection[Any], asked: Parameters, *, finder: PlaceFinder, index: Index
) -> Place:
    """The place asked; a zone drawn on the map is looked at from the place given beside it, if one is.

    Raises
    ------
    UnknownPlace   not understood; the nearest ones are in `details["suggestions"]`
    """
    place = await _named(conn, asked, finder, index)
    if asked.outline is not None:
        return await _drawn(conn, asked.outline, place, index)
    if place is None:
        raise ValueError("parameters without a place")
    return place


async def _named(
    conn: AsyncConnection[Any], asked: Parameters, finder: PlaceFinder, index: Index
) -> Place | None:
    """The place given by a name, a code or a point; None where only a zone is given."""
    if asked.department is not None:
        return _department(await departments(conn, index), asked.department)
    if asked.citycode is not None:
        return await _commune(conn, asked.citycode)
    if asked.place_id is not None:
        return await _identified(conn, asked.place_id, finder, index)
    if asked.point is not None:
        label = f"{asked.point.lat:.5f}, {asked.point.lon:.5f}"
        return await placed(conn, Place(label=label, type="coordinates", point=asked.point), index)
    return None if asked.place is None else await _text(conn, asked.place, finder, index)


async def placed(conn: AsyncConnection[Any], place: Place, index: Index) -> Place:
    """The place with its department and its time zone, when they can be known."""
    code = place.department_code
    if code is None and place.citycode is not None:
        code = department_of(place.citycode)
    if code is None and place.point is not None:
        code = (await outlines(conn, index)).under(place.point)
    if code is None:
        return place
    return replace(place, department_code=code, timezone=(await departments(conn, index)).timezone(code))


def _department(known: Departments, text: str) -> Place:
    found = known.named(text, beginning=False)
    if found:
        return found[0]
    near = known.named(text[:3], beginning=True)[:_SUGGESTIONS]
    raise UnknownPlace(
        "Ce département n'est pas connu : donnez son code (75, 2A, 974) ou son nom.",
        parameter="department",
        suggestions=[{"department": item.department_code, "label": item.label} for item in near],
    )


async def _commune(conn: AsyncConnection[Any], citycode: str) -> Place:
    found = await rows(conn, "commune_place", citycode=citycode)
    if not found or found[0]["lon"] is None:
        raise UnknownPlace(
            "Cette commune n'est pas connue, ou n'a pas de position.", parameter="citycode", suggestions=[]
        )
    row = found[0]
    return Place(
        id=row["citycode"],
        label=row["name"],
        type="municipality",
        point=Point(lon=row["lon"], lat=row["lat"]),
        citycode=row["citycode"],
        department_code=row["department_code"],
        timezone=row["timezone"],
    )


async def _identified(conn: AsyncConnection[Any], place_id: str, finder: PlaceFinder, index: Index) -> Place:
    """The place that was chosen among suggestions, as it was."""
    of_that_code = (await departments(conn, index)).coded(place_id)
    found = of_that_code or await finder.identified(conn, place_id)
    if found is None:
        raise UnknownPlace(
            "Cet identifiant de lieu n'est pas connu, ou ne l'est plus : donnez le lieu en texte.",
            parameter="place_id",
            suggestions=[],
        )
    return await placed(conn, found, index)


async def _drawn(conn: AsyncConnection[Any], outline: Polygon, origin: Place | None, index: Index) -> Place:
    """A zone drawn on the map; its time zone is that of its origin, else of a point inside it."""
    if origin is not None and origin.point is not None:
        return replace(origin, label=f"Zone dessinée, depuis {origin.label}", type="polygon", outline=outline)
    inside = outline.representative_point()
    code = (await outlines(conn, index)).under(Point(lon=inside.x, lat=inside.y))
    zone = DEFAULT_TIMEZONE if code is None else (await departments(conn, index)).timezone(code)
    return Place(label="Zone dessinée", type="polygon", point=None, timezone=zone, outline=outline)


async def _text(conn: AsyncConnection[Any], text: str, finder: PlaceFinder, index: Index) -> Place:
    found = await finder.find(conn, text, limit=_SUGGESTIONS, autocomplete=False)
    best = found[0] if found and found[0].score >= LEAST_SCORE else None
    named = (await departments(conn, index)).named(text, beginning=False)
    if named and (best is None or fold(best.label) != fold(text)):
        return named[0]  # "Lozère", "2A"; "Paris" stays the commune
    if best is not None:
        return await placed(conn, best, index)
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
    known = await read_departments(conn) if len(fold(text)) > 1 else None
    named = known.named(text, beginning=True) if known is not None else []
    found = await finder.find(conn, text, limit=limit, autocomplete=True)
    return [*named, *found][:limit]
