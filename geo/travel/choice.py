"""Which travel times a request gets: by the road when one network speaks for every place of it, else
estimated.

Never both in one ranked list: if one candidate lies outside, all are estimated, and the answer says so.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from geo.travel.estimate import Estimate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geo.point import Point
    from geo.travel.graph import Graph
    from geo.travel.land import Land
    from geo.travel.times import ProfileName, Targets, TravelTimes


class RoadOrEstimate:
    """The road networks at hand, newest first, and the estimate. Never changed once made.

    notices   French sentences on networks that could not be used, for whoever reads the answers
    """

    def __init__(
        self, graphs: Sequence[Graph] = (), *, land: Land | None = None, notices: Sequence[str] = ()
    ) -> None:
        self.graphs = tuple(
            sorted(graphs, key=lambda graph: (graph.as_of or date.min, graph.name), reverse=True)
        )
        self.land = land
        self.notices = tuple(notices)
        self._estimates: dict[str, Estimate] = {
            "car": Estimate(land),
            "foot": Estimate(land, profile="foot"),
        }

    def estimate(self, profile: ProfileName = "car") -> Estimate:
        """The estimate, whatever networks there are."""
        return self._estimates[profile]

    def choose(
        self,
        origin: Point,
        lon: NDArray[np.float64],
        lat: NDArray[np.float64],
        *,
        profile: ProfileName = "car",
    ) -> TravelTimes:
        """The times for journeys from a place to all those places: of one source."""
        for graph in self.graphs:
            if graph.profile == profile and _all_inside(graph, origin, lon, lat):
                return graph
        return self._estimates[profile]


class Places:
    """A long table of places (every offer), found once on each network it is asked through, and kept by the
    caller.

    All arrays are float64 degrees, EPSG:4326. Safe from several threads; two that come first do the work
    twice.
    """

    def __init__(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> None:
        self.lon = np.asarray(lon, dtype=np.float64)
        self.lat = np.asarray(lat, dtype=np.float64)
        self._prepared: WeakKeyDictionary[TravelTimes, Targets] = WeakKeyDictionary()

    def __len__(self) -> int:
        return len(self.lon)

    def prepare(self, times: TravelTimes) -> Targets:
        """The whole table prepared for a source of times: at once, or ahead of the first request."""
        found = self._prepared.get(times)
        if found is None:
            found = times.prepare(self.lon, self.lat)
            self._prepared[times] = found
        return found

    def choose(
        self,
        choice: RoadOrEstimate,
        origin: Point,
        index: NDArray[np.integer],
        *,
        profile: ProfileName = "car",
    ) -> tuple[TravelTimes, Targets]:
        """The times for journeys to the rows of that index, and these rows prepared for them."""
        times = choice.choose(origin, self.lon[index], self.lat[index], profile=profile)
        return times, self.prepare(times).take(index)


def _all_inside(graph: Graph, origin: Point, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> bool:
    return bool(
        graph.covers(np.array([origin.lon]), np.array([origin.lat])).all() and graph.covers(lon, lat).all()
    )
