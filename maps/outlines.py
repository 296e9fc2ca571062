"""Outlines turned into small SVG paths: simplified together, drawn in frames.

Each frame is one territory in its own legal projection (metres). Neighbours are simplified as a coverage
(Visvalingam-Whyatt on shared edges), so that common borders stay common: no gap, no overlap.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import shapely
from shapely.geometry import MultiPolygon, Polygon

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

_ILE_DE_FRANCE = "11"
_METROPOLITAN_SRID = 2154


@dataclass(frozen=True, kw_only=True)
class Shape:
    """One department in one frame; `path` is the `d` of an SVG path, `x`, `y` a point inside it."""

    code: str
    region_code: str
    path: str
    x: int
    y: int


@dataclass(frozen=True, kw_only=True)
class Frame:
    """A drawing of its own: `width` × `height` in SVG units, shapes in the order of their codes."""

    key: str
    title: str
    width: int
    height: int
    shapes: tuple[Shape, ...]


@dataclass(frozen=True, kw_only=True)
class _Outline:
    code: str
    region_code: str
    srid: int
    geom: BaseGeometry


def frames(
    rows: Iterable[Mapping[str, Any]], names: Mapping[str, str], *, detail: float = 1.0
) -> list[Frame]:
    """Frames: the mainland with Corsica, Île-de-France enlarged, then each overseas department.

    Parameters
    ----------
    rows      rows of the statement `department_outlines`
    names     title of each department by code
    detail    1 is about 30 kB of paths; 0.5 keeps half of the points or so
    """
    outlines = [
        _Outline(
            code=row["department_code"],
            region_code=row["region_code"],
            srid=row["srid"],
            geom=shapely.from_wkb(bytes(row["outline"])),
        )
        for row in rows
    ]
    mainland = [item for item in outlines if item.srid == _METROPOLITAN_SRID]
    overseas = [item for item in outlines if item.srid != _METROPOLITAN_SRID]
    capital = [item for item in mainland if item.region_code == _ILE_DE_FRANCE]
    drawn: list[Frame] = []
    if mainland:
        drawn.append(_frame("metropole", "France métropolitaine", mainland, width=1000, detail=detail))
    if capital:
        drawn.append(_frame("ile-de-france", "Île-de-France", capital, width=300, detail=detail))
    drawn += [
        _frame(item.code, names.get(item.code, item.code), [item], width=200, detail=detail)
        for item in overseas
    ]
    return drawn


def simplified(geoms: Sequence[BaseGeometry], *, tolerance: float) -> list[BaseGeometry]:
    """The geometries simplified together: what two of them share, they still share.

    `tolerance` is in the unit of the coordinates: about the side of the smallest triangle kept. Islets
    smaller than its square are left out, except that a geometry never vanishes.
    """
    kept = [_without_islets(geom, area=tolerance**2) for geom in geoms]
    return list(shapely.coverage_simplify(kept, tolerance, simplify_boundary=True))


def _frame(key: str, title: str, outlines: Sequence[_Outline], *, width: int, detail: float) -> Frame:
    min_x, min_y, max_x, max_y = shapely.total_bounds([item.geom for item in outlines])
    margin = 4
    # A territory taller than wide fills the same square, not a tower.
    scale = (width - 2 * margin) / max(max_x - min_x, (max_y - min_y) if width < 1000 else 0)
    tolerance = 2.2 / scale / detail
    geoms = simplified([item.geom for item in outlines], tolerance=tolerance)
    shapes = []
    for item, geom in zip(outlines, geoms, strict=True):
        placed = shapely.transform(
            geom, lambda xy: ((xy - (min_x, max_y)) * (scale, -scale) + margin).round().astype(int)
        )
        inside = shapely.point_on_surface(geom)
        shapes.append(
            Shape(
                code=item.code,
                region_code=item.region_code,
                path=_path(placed),
                x=round((inside.x - min_x) * scale + margin),
                y=round((max_y - inside.y) * scale + margin),
            )
        )
    return Frame(
        key=key,
        title=title,
        width=round((max_x - min_x) * scale) + 2 * margin,
        height=round((max_y - min_y) * scale) + 2 * margin,
        shapes=tuple(shapes),
    )


def _polygons(geom: BaseGeometry) -> list[Polygon]:
    match geom:
        case Polygon():
            return [geom]
        case MultiPolygon():
            return list(geom.geoms)
        case _:
            return []


def _without_islets(geom: BaseGeometry, *, area: float) -> BaseGeometry:
    parts = sorted(_polygons(geom), key=lambda part: -part.area)
    return MultiPolygon([parts[0], *(part for part in parts[1:] if part.area >= area)])


def _path(geom: BaseGeometry) -> str:
    """The `d` of a path in whole units, each point relative to the one before: the shortest text."""
    rings = (ring for polygon in _polygons(geom) for ring in (polygon.exterior, *polygon.interiors))
    return "".join(_ring([(int(x), int(y)) for x, y in ring.coords]) for ring in rings)


def _ring(points: list[tuple[int, int]]) -> str:
    (last_x, last_y), *others = points
    moves: list[str] = []
    for x, y in others[:-1]:
        if (x, y) != (last_x, last_y):
            moves.append(f"{x - last_x}{'' if y < last_y else ' '}{y - last_y}")
            last_x, last_y = x, y
    if len(moves) < 2:
        return ""
    steps = "".join(move if move.startswith("-") else f" {move}" for move in moves).strip()
    return f"M{points[0][0]} {points[0][1]}l{steps}z"
