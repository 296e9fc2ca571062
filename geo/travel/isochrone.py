"""Where one gets within a time, as polygons: the hexagons (H3) that hold a road reached in time, joined.

The edge of the area is as fine as a hexagon: 66 m of side up to 10 minutes, 174 m up to half an hour, 461 m
beyond. A hexagon without a road among reached ones is filled; a hole larger than that stays a hole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from h3.api import basic_int as h3
from shapely.geometry import MultiPolygon, shape

from geo.travel.network import CELL_RESOLUTION
from geo.travel.times import Reach

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

_FINEST_UNTIL_MIN = 10.0
_FINE_UNTIL_MIN = 30.0
_FILLED_FROM = 4
_Rings = dict[int, list[int]]


def areas(
    cell: NDArray[np.uint64],
    times: NDArray[np.float64],
    at_edge: NDArray[np.bool_],
    minutes: Sequence[float],
) -> list[Reach]:
    """The area of each number of minutes, from the nodes reached: their cells (resolution 10), the times
    there, and which stand at the edge of the network.

    All areas of one call have the same hexagons, so that the shorter lies within the longer.
    """
    resolution = resolution_for(max(minutes))
    coarse = parents(cell, resolution)
    rings: _Rings = {}
    return [
        Reach(
            minutes=limit,
            geometry=outline(set(np.unique(coarse[times <= limit]).tolist()), rings),
            cut=bool(at_edge[times <= limit].any()),
        )
        for limit in minutes
    ]


def resolution_for(minutes: float) -> int:
    """Resolution of the hexagons of an area of that many minutes.

    >>> resolution_for(10), resolution_for(30), resolution_for(31)
    (10, 9, 8)
    """
    return CELL_RESOLUTION - (minutes > _FINEST_UNTIL_MIN) - (minutes > _FINE_UNTIL_MIN)


def parents(cell: NDArray[np.uint64], resolution: int) -> NDArray[np.uint64]:
    """Cells of a coarser resolution that hold the cells given (any resolution), for many at once.

    Layout of an index: 4 bits of resolution from bit 52, then fifteen digits of 3 bits, 7 where unused
    (https://h3geo.org/docs/core-library/h3Indexing).
    """
    unused = np.uint64((1 << (3 * (15 - resolution))) - 1)
    level = np.uint64(resolution << 52)
    return (cell & ~np.uint64(0xF << 52)) | level | unused


def outline(cells: set[int], rings: _Rings | None = None) -> BaseGeometry:
    """The polygon, or polygons, of a set of cells of one resolution; degrees, right-hand rule (RFC 7946).

    `rings` holds the neighbours already looked up, and takes those that are.
    """
    if not cells:
        return MultiPolygon()
    joined = shape(h3.cells_to_h3shape(_filled(cells, {} if rings is None else rings)).__geo_interface__)
    return shapely.orient_polygons(joined)


def _filled(cells: set[int], rings: _Rings) -> set[int]:
    """The cells, and those that lie among them: four neighbours of six or more."""
    around: dict[int, int] = {}
    for cell in cells:
        ring = rings.get(cell)
        if ring is None:
            ring = rings[cell] = h3.grid_ring(cell, 1)
        for neighbour in ring:
            if neighbour not in cells:
                around[neighbour] = around.get(neighbour, 0) + 1
    return cells | {cell for cell, count in around.items() if count >= _FILLED_FROM}
