"""Travel of the candidates of one search: all by road, or all estimated, never both in one order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from search.policy import HUNDREDTHS
from search.travel import (
    FAR_MIN_PER_KM,
    HIGH_FACTOR,
    LOW_FACTOR,
    NEAR_KM,
    NEAR_MIN_PER_KM,
    START_MIN,
)

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from geo.point import Point
    from search.index.directory import Index

FARTHEST = 24 * 60 * HUNDREDTHS
"""Hundredths of a minute that stand for "no known way": later than any journey."""


@dataclass(frozen=True, kw_only=True)
class Journeys:
    """Minutes by car to each offer, in whole hundredths, int64 (n,).

    low, high   hundredths between which four journeys in five lie; the same as `hundredths` by road
    source      how they were computed
    as_of       date of the roads; None for an estimate
    """

    hundredths: NDArray[np.int64]
    low: NDArray[np.int64]
    high: NDArray[np.int64]
    source: Literal["road", "estimate"]
    as_of: date | None = None

    def take(self, index: NDArray[np.intp]) -> Journeys:
        """Some of them, in that order."""
        return Journeys(
            hundredths=self.hundredths[index],
            low=self.low[index],
            high=self.high[index],
            source=self.source,
            as_of=self.as_of,
        )


class Estimates:
    """`search.ports.TravelFinder` on the straight line alone."""

    def journeys(
        self,
        index: Index,  # noqa: ARG002 - of the port
        point: Point,  # noqa: ARG002
        offers: NDArray[np.int32],  # noqa: ARG002
        distance_m: NDArray[np.float64],
    ) -> Journeys:
        """See the port."""
        return estimated(distance_m)


def estimated(distance_m: NDArray[np.float64]) -> Journeys:
    """Journeys estimated from straight lines over the ground, in metres."""
    near, far = np.minimum(distance_m, NEAR_KM * 1000), np.maximum(distance_m - NEAR_KM * 1000, 0.0)
    minutes = START_MIN + (NEAR_MIN_PER_KM * near + FAR_MIN_PER_KM * far) / 1000
    return Journeys(
        hundredths=_hundredths(minutes),
        low=_hundredths(minutes * LOW_FACTOR),
        high=_hundredths(minutes * HIGH_FACTOR),
        source="estimate",
    )


def _hundredths(minutes: NDArray[np.float64]) -> NDArray[np.int64]:
    """Whole hundredths; FARTHEST where there is no way."""
    return np.minimum(np.rint(np.nan_to_num(minutes, posinf=1e6) * HUNDREDTHS), FARTHEST).astype(np.int64)
