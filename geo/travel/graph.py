"""Times by the road: a network in memory, places found on it, one search for as many targets as one likes."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, cast

import numpy as np
from scipy.spatial import KDTree

from geo.point import Point
from geo.travel import store
from geo.travel.isochrone import areas
from geo.travel.paths import Paths, paths
from geo.travel.profile import profile
from geo.travel.sphere import chord_km, on_sphere
from geo.travel.times import Minutes, Reach, Source, Targets, within

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from numpy.typing import NDArray

    from geo.travel.network import About, Network
    from geo.travel.times import ProfileName

_COVER_DEG = 0.05
_EDGE_DEG = 0.01
_LEAF = 64
_MANY = 10_000


class Graph:
    """Travel times on a road network. Loading one takes some seconds for a country; asking it,
    milliseconds.
    """

    def __init__(self, network: Network, *, name: str = "", compiled: bool | None = None) -> None:
        self.name = name
        self.network = network
        self._compiled = compiled
        self._profile = profile(cast("ProfileName", network.about.profile))
        self._anchors = np.flatnonzero(network.anchor).astype(np.int32)
        self._tree = KDTree(
            on_sphere(network.lon[self._anchors], network.lat[self._anchors]),
            leafsize=_LEAF,
            balanced_tree=False,
            compact_nodes=False,
        )
        self._forward = paths(network, compiled=compiled)
        self._cover = _cover(network)

    @classmethod
    def load(cls, path: Path, *, compiled: bool | None = None) -> Graph:
        """The graph of a file made by `sas ingest roads`.

        Raises
        ------
        FileUnreadable   see `geo.travel.store.read`
        """
        return cls(store.read(path), name=path.name.partition(".")[0], compiled=compiled)

    @property
    def about(self) -> About:
        """What it was built from."""
        return self.network.about

    @property
    def source(self) -> Source:
        """By the road."""
        return "road"

    @property
    def as_of(self) -> date | None:
        """Date of the extract."""
        return self.about.as_of

    @property
    def profile(self) -> ProfileName:
        """Who travels."""
        return self._profile.name

    @property
    def factor(self) -> float:
        """What the table of speeds was corrected by."""
        return self.about.factor

    def covers(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which places the network can speak for: inside its bounds, with a road of it some kilometres
        around.

        The bounds of a region are a box, and the extract is cut along the border of the region: beyond it the
        network is silent, which does not mean that there is no road.
        """
        west, south, east, north = self.about.bounds
        inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
        covered = np.zeros(len(lon), dtype=bool)  # a place without a position (NaN) is inside of nothing
        covered[inside] = self._cover[_boxes(self._cover, self.about.bounds, lon[inside], lat[inside])]
        return covered

    def prepare(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Targets:
        """See `TravelTimes.prepare`. Further than `most_gap_km` from any road, a place is out of reach."""
        lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
        node, gap_min = np.full(len(lon), -1, dtype=np.int32), np.full(len(lon), np.inf)
        known = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
        gap_km, found = self._nearest_anchor(lon[known], lat[known])
        near = gap_km <= self._profile.most_gap_km
        node[known[near]] = self._anchors[found[near]]
        gap_min[known[near]] = gap_km[near] * self._profile.gap_min_per_km
        return Targets(lon=lon, lat=lat, node=node, gap_min=gap_min)

    def minutes(self, origin: Point, targets: Targets, *, limit_min: float) -> Minutes:
        """See `TravelTimes.minutes`."""
        start = self._start(origin)
        asked = np.flatnonzero(targets.node >= 0)
        times = np.full(len(targets), np.inf)
        boat = np.zeros(len(targets), dtype=bool)
        if start.node[0] >= 0 and len(asked):
            found, by_boat = self._forward.to_targets(
                start.node, start.gap_min, targets.node[asked], limit_min
            )
            times[asked] = found + targets.gap_min[asked]
            boat[asked] = by_boat
        return self._within(times, boat, limit_min)

    def nearest(self, origins: Targets, offers: Targets, *, limit_min: float) -> Minutes:
        """See `TravelTimes.nearest`: all offers leave at once, against the way of the roads."""
        asked = np.flatnonzero(origins.node >= 0)
        usable = offers.node >= 0
        times = np.full(len(origins), np.inf)
        boat = np.zeros(len(origins), dtype=bool)
        if usable.any() and len(asked):
            found, by_boat = self._backward.to_targets(
                offers.node[usable], offers.gap_min[usable], origins.node[asked], limit_min
            )
            times[asked] = found + origins.gap_min[asked]
            boat[asked] = by_boat
        return self._within(times, boat, limit_min)

    def reach(self, origin: Point, minutes: Sequence[float]) -> list[Reach]:
        """See `TravelTimes.reach`: the cells that hold a road reached in time."""
        start = self._start(origin)
        limit_min = max(minutes)
        reached, times = np.empty(0, dtype=np.int32), np.empty(0)
        if start.node[0] >= 0:
            reached, times = self._forward.everywhere(start.node, start.gap_min, limit_min)
        return areas(self.network.cell[reached], times, self._at_edge(reached), minutes)

    def warm(self) -> None:
        """Search once, so that nobody waits for the compiler."""
        here = Point(lon=float(self.network.lon[0]), lat=float(self.network.lat[0]))
        self.minutes(here, self._start(here), limit_min=0.1)
        self.reach(here, [0.1])

    def _at_edge(self, nodes: NDArray[np.int32]) -> NDArray[np.bool_]:
        west, south, east, north = self.about.bounds
        lon, lat = self.network.lon[nodes], self.network.lat[nodes]
        inside = (lon > west + _EDGE_DEG) & (lon < east - _EDGE_DEG)
        return ~(inside & (lat > south + _EDGE_DEG) & (lat < north - _EDGE_DEG))

    def _nearest_anchor(
        self, lon: NDArray[np.float64], lat: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """Kilometres to the nearest node one may start from, and its rank among them."""
        points = on_sphere(lon, lat)
        if len(points) < _MANY:
            chord, found = self._tree.query(points)
            return chord_km(np.asarray(chord)), np.asarray(found)
        # Neighbours in turn find the same part of the tree in the cache of the processor: three times faster.
        order = np.lexsort((np.round(lon / _COVER_DEG), np.round(lat / _COVER_DEG)))
        chord, found = np.empty(len(points)), np.empty(len(points), dtype=np.intp)
        chord[order], found[order] = self._tree.query(points[order])
        return chord_km(chord), found

    def _start(self, origin: Point) -> Targets:
        return self.prepare(np.array([origin.lon]), np.array([origin.lat]))

    @cached_property
    def _backward(self) -> Paths:
        return paths(self.network, backwards=True, compiled=self._compiled)

    def _within(self, times: NDArray[np.float64], boat: NDArray[np.bool_], limit_min: float) -> Minutes:
        return within(
            times,
            limit_min=limit_min,
            source="road",
            low=self._profile.low,
            high=self._profile.high,
            ferry=boat & (times <= limit_min),
        )


def _cover(network: Network) -> NDArray[np.bool_]:
    """Boxes of a twentieth of a degree that hold a road, south-west first: (rows, columns)."""
    west, south, east, north = network.about.bounds
    rows = max(1, int(np.ceil((north - south) / _COVER_DEG)))
    columns = max(1, int(np.ceil((east - west) / _COVER_DEG)))
    cover = np.zeros((rows, columns), dtype=bool)
    cover[_boxes(cover, network.about.bounds, network.lon, network.lat)] = True
    return cover


def _boxes(
    cover: NDArray[np.bool_],
    bounds: tuple[float, float, float, float],
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Row and column of the box of each place; the boxes at the edge take what lies beyond."""
    west, south, _, _ = bounds
    row = np.clip(((lat - south) / _COVER_DEG).astype(np.int64), 0, cover.shape[0] - 1)
    return row, np.clip(((lon - west) / _COVER_DEG).astype(np.int64), 0, cover.shape[1] - 1)
