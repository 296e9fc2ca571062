"""What whoever asks for travel times relies on, whichever way they are computed.

A time is in minutes, by car (or on foot) without traffic, from door to door without parking. `road` comes
from a road network, `estimate` from the straight line; one ranked list holds only one of the two.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geo.point import Point

Source = Literal["road", "estimate"]
ProfileName = Literal["car", "foot"]

ATTRIBUTION = "© les contributeurs d'OpenStreetMap, ODbL"
"""To be shown wherever a time by the road is."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Targets:
    """Places prepared once for one source of times, to be asked from many origins. All arrays have one
    length.

    lon, lat   degrees, EPSG:4326, float64
    node       index of the nearest node of the road network, int32; -1 when none is near, or for estimates
    gap_min    minutes between the place and that node, float64; infinite when none is near enough
    """

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    node: NDArray[np.int32]
    gap_min: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.lon)

    def take(self, index: NDArray[np.integer]) -> Targets:
        """Those at these positions, in that order."""
        return Targets(
            lon=self.lon[index], lat=self.lat[index], node=self.node[index], gap_min=self.gap_min[index]
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Minutes:
    """Times in the order of the targets, minutes, float64; infinite where a target is beyond the limit.

    low, high   what eight journeys out of ten lie between, as measured (`docs/travel-time.md`)
    barrier     the straight line crosses water or leaves the country: the estimate may be far too short, and
                its interval is wider. Never set on a time by the road
    ferry       the way goes by ferry. Never set on an estimate, which does not know
    """

    minutes: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    source: Source
    barrier: NDArray[np.bool_]
    ferry: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.minutes)


@dataclass(frozen=True, kw_only=True, eq=False)
class Reach:
    """Where one gets within a number of minutes: a polygon or several, degrees, EPSG:4326, maybe empty.

    cut   the area comes to the edge of what the network holds: it may go on beyond
    """

    minutes: float
    geometry: BaseGeometry = field(repr=False)
    cut: bool = False


class TravelTimes(Protocol):
    """One source of travel times. Safe to use from several threads; never changed once made."""

    @property
    def source(self) -> Source:
        """`road` or `estimate`: to be told with every time."""
        ...

    @property
    def as_of(self) -> date | None:
        """Date of the road network; None for an estimate, or when the extract bears no date."""
        ...

    @property
    def profile(self) -> ProfileName:
        """Who travels."""
        ...

    @property
    def factor(self) -> float:
        """What every time was multiplied by to agree with the reference, or to add traffic."""
        ...

    def prepare(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Targets:
        """The places, found on the network; done once for a table that is asked often.

        About 3 s for a million places by the road, nothing for an estimate.
        """
        ...

    def minutes(self, origin: Point, targets: Targets, *, limit_min: float) -> Minutes:
        """Minutes from a place to each target (prepared by these same times), up to a limit."""
        ...

    def nearest(self, origins: Targets, offers: Targets, *, limit_min: float) -> Minutes:
        """Minutes from each origin to the offer it reaches first, up to a limit; one search for all."""
        ...

    def reach(self, origin: Point, minutes: Sequence[float]) -> list[Reach]:
        """Where one gets from a place within each number of minutes, in the order given, one inside
        another.
        """
        ...


def within(
    minutes: NDArray[np.float64],
    *,
    limit_min: float,
    source: Source,
    low: NDArray[np.float64] | float,
    high: NDArray[np.float64] | float,
    barrier: NDArray[np.bool_] | None = None,
    ferry: NDArray[np.bool_] | None = None,
) -> Minutes:
    """The times up to a limit, with their interval given as factors."""
    kept = np.where(minutes <= limit_min, minutes, np.inf)
    none = np.zeros(len(kept), dtype=bool)
    return Minutes(
        minutes=kept,
        low=kept * low,
        high=kept * high,
        source=source,
        barrier=none if barrier is None else barrier,
        ferry=none if ferry is None else ferry,
    )
