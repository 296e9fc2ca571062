"""Vector tiles: which statement draws which layer at which zoom."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from core.db.queries import Queries
from core.errors import InvalidParameter

if TYPE_CHECKING:
    from psycopg import AsyncConnection

Layer = Literal["offers", "departments", "communes"]

MAX_FEATURES = 500
"""Most features of one tile."""
MAX_ZOOM = 18
POINTS_FROM_ZOOM = 9
"""Below, offers are groups counted at load time; from there on, points."""
COMMUNES_FROM_ZOOM = 9

_QUERIES = Queries.load(Path(__file__).with_name("sql"))


@dataclass(frozen=True, kw_only=True)
class Tile:
    """A tile of the usual grid (Web Mercator, origin at the north-west).

    Raises
    ------
    InvalidParameter   the tile is outside the grid
    """

    z: int
    x: int
    y: int

    def __post_init__(self) -> None:
        if not 0 <= self.z <= MAX_ZOOM:
            raise InvalidParameter(f"Le niveau de zoom va de 0 à {MAX_ZOOM}.", parameter="z")
        for name, value in (("x", self.x), ("y", self.y)):
            if not 0 <= value < 2**self.z:
                raise InvalidParameter(f"À ce zoom, « {name} » va de 0 à {2**self.z - 1}.", parameter=name)


async def draw(conn: AsyncConnection[Any], layer: Layer, tile: Tile) -> bytes:
    """The tile as Mapbox Vector Tile bytes; empty bytes when it holds nothing."""
    place: dict[str, Any] = {"z": tile.z, "x": tile.x, "y": tile.y, "max_features": MAX_FEATURES}
    match layer:
        case "offers":
            name = "tile_offer_points" if tile.z >= POINTS_FROM_ZOOM else "tile_offer_groups"
        case "departments":
            name, place["level"] = "tile_outlines", "department"
        case "communes":
            if tile.z < COMMUNES_FROM_ZOOM:
                return b""
            name, place["level"] = "tile_outlines", "commune"
    row = await (await conn.execute(_QUERIES[name], place)).fetchone()
    return bytes(row[0]) if row and row[0] else b""
