"""The nearest addresses to a point: streets by their extent, then numbers one by one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.db.queries import Queries
from geo.distance import haversine_m
from geo.geocoding.answer import Located
from geo.geocoding.label import Label, label_of
from geo.geocoding.normalise import NUMBER_STEP
from geo.geocoding.street import House, Street

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psycopg

    from geo.geocoding.gazetteer import Gazetteer
    from geo.point import Point

QUERIES = Queries.load(Path(__file__).with_name("sql"))
FARTHEST_M = 10_000.0
_STREETS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """An address near a point, with the distance over the ground."""

    located: Located
    label: Label
    distance_m: float


async def reverse(
    conn: psycopg.AsyncConnection[Any],
    point: Point,
    *,
    gazetteer: Gazetteer,
    limit: int = 1,
    street_only: bool = False,
) -> list[Near]:
    """Nearest addresses, one for each street, no further than 10 km; `street_only` leaves the numbers out."""
    parameters = _parameters(point, limit)
    rows = await (await conn.execute(QUERIES["streets_near"], parameters)).fetchall()
    return nearest(rows, point, gazetteer=gazetteer, limit=limit, street_only=street_only)


def reverse_now(
    conn: psycopg.Connection[Any],
    point: Point,
    *,
    gazetteer: Gazetteer,
    limit: int = 1,
    street_only: bool = False,
) -> list[Near]:
    """Same as `reverse` on a plain connection."""
    rows = conn.execute(QUERIES["streets_near"], _parameters(point, limit)).fetchall()
    return nearest(rows, point, gazetteer=gazetteer, limit=limit, street_only=street_only)


def town_of(near: Sequence[Near], point: Point, gazetteer: Gazetteer) -> list[Near]:
    """The commune of the nearest address, as an answer; empty when there is none or its centre is unknown."""
    commune = gazetteer.communes.get(near[0].located.citycode) if near else None
    if commune is None or commune.lon is None or commune.lat is None:
        return []
    distance_m = haversine_m(lon=point.lon, lat=point.lat, to_lon=commune.lon, to_lat=commune.lat)
    located = Located(
        level="municipality",
        score=round(max(0.0, 1 - distance_m / FARTHEST_M), 4),
        lon=commune.lon,
        lat=commune.lat,
        citycode=commune.citycode,
        commune="nearest",
    )
    return [Near(located=located, label=label_of(located, gazetteer), distance_m=distance_m)]


def nearest(
    rows: Sequence[tuple[Any, ...]],
    point: Point,
    *,
    gazetteer: Gazetteer,
    limit: int,
    street_only: bool = False,
) -> list[Near]:
    """The nearest position of each street of `streets_near`, nearest first."""
    found: list[tuple[float, Located]] = []
    for row in rows:
        *head, numbers, suffixes, lons_e6, lats_e6, _ = row
        street = Street(*head, numbers=len(numbers))
        house, distance_m = _nearest_house(point, street, numbers, suffixes, lons_e6, lats_e6)
        if distance_m > FARTHEST_M:
            continue
        place: House | Street = house or street
        found.append(
            (
                distance_m,
                Located(
                    level="housenumber" if house and not street_only else street.kind,
                    score=round(1 - distance_m / FARTHEST_M, 4),
                    lon=place.lon,
                    lat=place.lat,
                    citycode=street.citycode,
                    found=street,
                    house=None if street_only else house,
                    commune="nearest",
                    street="nearest",
                    number="nearest" if house and not street_only else "not-asked",
                ),
            )
        )
    found.sort(key=lambda pair: (pair[0], pair[1].found.street_id if pair[1].found else 0))
    return [
        Near(located=located, label=label_of(located, gazetteer), distance_m=distance_m)
        for distance_m, located in found[:limit]
    ]


def _nearest_house(
    point: Point,
    street: Street,
    numbers: Sequence[int],
    suffixes: Sequence[str],
    lons_e6: Sequence[int],
    lats_e6: Sequence[int],
) -> tuple[House | None, float]:
    """The number nearest to the point, and its distance; the street's own position when it has no number."""
    best, best_m = None, float("inf")
    for at, (lon_e6, lat_e6) in enumerate(zip(lons_e6, lats_e6, strict=True)):
        distance_m = haversine_m(lon=point.lon, lat=point.lat, to_lon=lon_e6 / 1e6, to_lat=lat_e6 / 1e6)
        if distance_m < best_m:
            best, best_m = at, distance_m
    if best is None:
        return None, haversine_m(lon=point.lon, lat=point.lat, to_lon=street.lon, to_lat=street.lat)
    suffix = suffixes[best] if suffixes else ""
    return (
        House("nearest", numbers[best] // NUMBER_STEP, suffix, lons_e6[best] / 1e6, lats_e6[best] / 1e6),
        best_m,
    )


def _parameters(point: Point, limit: int) -> dict[str, Any]:
    return {"lon": point.lon, "lat": point.lat, "max_rows": _STREETS + limit}
