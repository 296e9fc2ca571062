"""Land, and how far straight lines leave it: what an estimate needs to be told of estuaries, lakes and
straits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.travel.sphere import lengths_m

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

_TOUCH = 1e-9  # share of a line that is no stretch: it only touches the shore
_TOLERANCE_DEG = 0.002  # about 200 m: a fifth of the shortest barrier told


class Land:
    """A polygon of land (degrees, EPSG:4326), coarsened to about 200 m and indexed. Safe from several
    threads.
    """

    def __init__(self, outline: BaseGeometry) -> None:
        self._outline = shapely.simplify(outline, _TOLERANCE_DEG)
        if self._outline.is_empty:
            self._outline = outline
        shapely.prepare(self._outline)
        rings = shapely.get_rings(shapely.get_parts(self._outline))
        corners, ring = shapely.get_coordinates(rings, return_index=True)
        same = ring[:-1] == ring[1:]
        self._from, self._to = corners[:-1][same], corners[1:][same]
        self._edges = shapely.STRtree(_lines(self._from, self._to))

    @classmethod
    def of(cls, outlines: list[BaseGeometry]) -> Land | None:
        """The land made of outlines that touch one another; None when there are none."""
        # Borders drawn twice leave slivers between neighbours, which are no sea.
        grown = [outline.buffer(_TOLERANCE_DEG / 4, quad_segs=1) for outline in outlines]
        joined = shapely.union_all(grown)
        return None if joined.is_empty else cls(joined)

    def outside_km(
        self, lon: float, lat: float, to_lon: NDArray[np.float64], to_lat: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Kilometres of the longest stretch off the land, on the straight line to each point."""
        start, end = np.array([lon, lat]), np.stack([to_lon, to_lat], axis=1)
        crossed, share = self._crossings(start, end)
        # Pieces of lines between two crossings, or an end: each lies wholly on land or off it.
        line = np.concatenate([np.arange(len(end)), np.arange(len(end)), crossed])
        place = np.concatenate([np.zeros(len(end)), np.ones(len(end)), share])
        order = np.lexsort((place, line))
        line, place = line[order], place[order]
        length = np.diff(place)
        real = (line[1:] == line[:-1]) & (length > _TOUCH)
        line, middle, length = line[1:][real], ((place[1:] + place[:-1]) / 2)[real], length[real]
        points = start + middle[:, None] * (end[line] - start)
        off = ~shapely.intersects_xy(self._outline, points[:, 0], points[:, 1])
        stretch = np.cumsum(
            np.concatenate([[1], (line[1:] != line[:-1]) | (off[1:] != off[:-1])])[: len(line)]
        )
        longest = np.zeros(len(end))
        np.maximum.at(
            longest, line, np.bincount(stretch, weights=length * off)[stretch] if len(line) else 0.0
        )
        return longest * lengths_m(lon, lat, to_lon, to_lat) / 1000

    def _crossings(
        self, start: NDArray[np.float64], end: NDArray[np.float64]
    ) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Where the lines cross the shore: number of the line, and share of the line done."""
        line, edge = self._edges.query(_lines(np.broadcast_to(start, end.shape), end))
        along = end[line] - start
        one, other = _side(along, self._from[edge] - start), _side(along, self._to[edge] - start)
        across = (one >= 0) != (other >= 0)
        line, edge, one, other = line[across], edge[across], one[across], other[across]
        meet = self._from[edge] + (one / (one - other))[:, None] * (self._to[edge] - self._from[edge]) - start
        share = (meet * along[across]).sum(axis=1) / (along[across] ** 2).sum(axis=1)
        inside = (share > 0) & (share < 1)
        return line[inside], share[inside]


def _side(along: NDArray[np.float64], corner: NDArray[np.float64]) -> NDArray[np.float64]:
    """On which side of a line through the origin a corner lies: positive on the left."""
    return along[:, 0] * corner[:, 1] - along[:, 1] * corner[:, 0]


def _lines(start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.object_]:
    """Straight lines between pairs of points, (n, 2) each."""
    return np.asarray(shapely.linestrings(np.stack([start, end], axis=1)), dtype=object)
