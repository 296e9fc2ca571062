"""The base of the map beside a search: outlines and names around what was found, from our own tables."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.db.queries import Queries

if TYPE_CHECKING:
    from collections.abc import Iterable

    from psycopg import AsyncConnection

_QUERIES = Queries.load(Path(__file__).with_name("sql"))
_MAX_NAMES = 25
_SMALLEST_DEG = 0.02
_PIXELS = 600


@dataclass(frozen=True, kw_only=True)
class Box:
    """A box in degrees."""

    west: float
    south: float
    east: float
    north: float


def around(points: Iterable[tuple[float, float]]) -> Box | None:
    """The box of points (lon, lat), widened by half on each side and never tiny; None without points."""
    known = list(points)
    if not known:
        return None
    lons, lats = zip(*known, strict=True)
    margin = max(max(lons) - min(lons), max(lats) - min(lats), _SMALLEST_DEG) / 2
    return Box(
        west=min(lons) - margin, south=min(lats) - margin, east=max(lons) + margin, north=max(lats) + margin
    )


async def base(conn: AsyncConnection[Any], box: Box) -> dict[str, Any]:
    """Lines of departments and communes (GeoJSON geometries) and names, ready for JSON."""
    bounds = {"west": box.west, "south": box.south, "east": box.east, "north": box.north}
    tolerance = {"tolerance_deg": (box.east - box.west) / _PIXELS}
    lines: dict[str, list[Any]] = {"department": [], "commune": []}
    for level, _, geometry in await (
        await conn.execute(_QUERIES["base_outlines"], bounds | tolerance)
    ).fetchall():
        if geometry is not None:
            lines[level].append(json.loads(geometry))
    names = await (await conn.execute(_QUERIES["base_names"], bounds | {"max_rows": _MAX_NAMES})).fetchall()
    return {
        "departments": lines["department"],
        "communes": lines["commune"],
        "names": [[name, round(lon, 4), round(lat, 4)] for name, lon, lat in names],
    }
