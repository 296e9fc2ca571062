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
        end = np.stack([to_lon, to_lat], axis=1)
        start = np.array([lon, lat])
        length_km = lengths_m(lon, lat, to_lon, to_lat) / 1000
        on_land = bool(shapely.contains_xy(self._outline, lon, lat))
        worst = np.zeros(len(end)) if on_land else length_km.copy()
        line, place = self._crossings(start, end)
        cut = np.flatnonzero(np.diff(line)) + 1
        for places, which in zip(
            np.split(place, cut), line[np.r_[0, cut]] if len(line) else (), strict=False
        ):
            worst[which] = length_km[which] * _longest_outside(np.sort(places), on_land=on_land)
        return worst

    def _crossings(
        self, start: NDArray[np.float64], end: NDArray[np.float64]
    ) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Where the lines cross the shore: number of the line, ascending, and share of the line done."""
        line, edge = self._edges.query(_lines(np.broadcast_to(start, end.shape), end))
        along, shore = end[line] - start, self._to[edge] - self._from[edge]
        gap = self._from[edge] - start
        turn = along[:, 0] * shore[:, 1] - along[:, 1] * shore[:, 0]
        with np.errstate(divide="ignore", invalid="ignore"):  # lines along the shore cross nothing
            share = (gap[:, 0] * shore[:, 1] - gap[:, 1] * shore[:, 0]) / turn
            beside = (gap[:, 0] * along[:, 1] - gap[:, 1] * along[:, 0]) / turn
        real = (turn != 0) & (share >= 0) & (share <= 1) & (beside >= 0) & (beside < 1)
        order = np.argsort(line[real], kind="stable")
        return line[real][order], share[real][order]


def _lines(start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.object_]:
    """Straight lines between pairs of points, (n, 2) each."""
    return np.asarray(shapely.linestrings(np.stack([start, end], axis=1)), dtype=object)


def _longest_outside(crossings: NDArray[np.float64], *, on_land: bool) -> float:
    """Longest share of a line between leaving the land and reaching it again."""
    marks = np.concatenate([[0.0], crossings, [1.0]])
    lengths = np.diff(marks)
    outside = lengths[1::2] if on_land else lengths[0::2]
    return float(outside.max(initial=0.0))
