"""Travel of the candidates of one search: all by road, or all estimated, never both in one order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.travel.choice import Places
from geo.travel.estimate import minutes_of
from search.policy import HUNDREDTHS

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from numpy.typing import NDArray

    from geo.point import Point
    from geo.travel.choice import RoadOrEstimate
    from geo.travel.times import Source
    from search.index.directory import Index

FARTHEST = 24 * 60 * HUNDREDTHS
"""Hundredths of a minute that stand for "no known way": later than any journey."""
LIMIT_MIN = 180.0
"""The way is looked for no further; `max_minutes` goes no further either."""


@dataclass(frozen=True, kw_only=True)
class Journeys:
    """Minutes by car to each offer, in whole hundredths, int64 (n,); FARTHEST where no way is known.

    source   how they were computed
    as_of    date of the roads; None for an estimate
    """

    hundredths: NDArray[np.int64]
    source: Source
    as_of: date | None = None

    def take(self, index: NDArray[np.intp]) -> Journeys:
        """Some of them, in that order."""
        return Journeys(hundredths=self.hundredths[index], source=self.source, as_of=self.as_of)


@dataclass(frozen=True, kw_only=True)
class Range:
    """What a card says of a journey besides its minutes, all in hundredths.

    low, high   four journeys in five lie between
    barrier     the straight line crosses water or leaves the country: it may take far longer
    ferry       the way goes by ferry
    """

    low: int
    high: int
    barrier: bool
    ferry: bool


class RoadsOrEstimates:
    """`search.ports.TravelFinder` on the road networks at hand. `choice` gives those of the moment."""

    def __init__(self, choice: Callable[[], RoadOrEstimate]) -> None:
        self._choice = choice

    @property
    def notices(self) -> tuple[str, ...]:
        """See the port."""
        return self._choice().notices

    def source(self, index: Index, point: Point, offers: NDArray[np.int32]) -> Source:
        """See the port."""
        choice = self._choice()
        if not choice.graphs:
            return "estimate"
        places = places_of(index)
        return choice.choose(point, places.lon[offers], places.lat[offers]).source

    def journeys(
        self,
        index: Index,
        point: Point,
        offers: NDArray[np.int32],
        distance_m: NDArray[np.float64],
        *,
        estimated: bool,
    ) -> Journeys:
        """See the port."""
        choice = self._choice()
        if choice.graphs and not estimated:
            times, targets = places_of(index).choose(choice, point, offers)
            if times.source == "road":
                found = times.minutes(point, targets, limit_min=LIMIT_MIN)
                return Journeys(hundredths=_hundredths(found.minutes), source=times.source, as_of=times.as_of)
        # Whether a straight line leaves the land is told of the cards shown only: see `ranges`.
        return Journeys(hundredths=_hundredths(minutes_of(distance_m / 1000, "car")), source="estimate")

    def ranges(
        self, index: Index, point: Point, offers: NDArray[np.int32], journeys: Journeys
    ) -> list[Range]:
        """See the port."""
        choice, places = self._choice(), places_of(index)
        if journeys.source == "road":
            times, targets = places.choose(choice, point, offers)
        else:
            times = choice.estimate()
            targets = times.prepare(places.lon[offers], places.lat[offers])
        found = times.minutes(point, targets, limit_min=LIMIT_MIN)
        low, high = _hundredths(found.low).tolist(), _hundredths(found.high).tolist()
        return [
            Range(low=low[n], high=high[n], barrier=bool(found.barrier[n]), ferry=bool(found.ferry[n]))
            for n in range(len(offers))
        ]


def places_of(index: Index) -> Places:
    """The offers of an index as a table of places, found once on each road network."""
    if "places" not in index.beside:
        index.beside["places"] = Places(index.offers.lon, index.offers.lat)
    return index.beside["places"]


def _hundredths(minutes: NDArray[np.float64]) -> NDArray[np.int64]:
    """Whole hundredths; FARTHEST where there is no way."""
    return np.rint(np.fmin(minutes * HUNDREDTHS, FARTHEST)).astype(
        np.int64
    )  # of NaN and a number: the number
