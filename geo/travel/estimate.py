"""Travel times from the straight line: always there, always labelled `estimate`, always with an interval.

The formula is that of `geo.travel.straight`; eight journeys in ten lie between 0.85 and 1.28 times the
estimate. It is blind to water and mountains: where the straight line leaves the land for more than a
kilometre it says so (`barrier`), and the interval goes up to twice the estimate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pyproj import Geod
from scipy.spatial import KDTree
from shapely import get_parts
from shapely.affinity import translate
from shapely.geometry import MultiPolygon, Polygon, box

from geo.travel.profile import table
from geo.travel.sphere import chord_km, lengths_m, on_sphere
from geo.travel.straight import reach_km
from geo.travel.times import Minutes, Reach, Source, Targets, within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geo.point import Point
    from geo.travel.land import Land
    from geo.travel.times import ProfileName

_GEOD = Geod(ellps="WGS84")
_CIRCLE_POINTS = 72


class Estimate:
    """Travel times without a road network.

    land      where the straight line may go; None: no barrier is ever told, because nobody knows
    factor    multiplies every time; `geo.travel.straight.factor_of` gives those of the parameters
    """

    def __init__(
        self, land: Land | None = None, *, profile: ProfileName = "car", factor: float = 1.0
    ) -> None:
        self._land = land
        self._profile: ProfileName = profile
        self._factor = factor
        self._facts = table("estimate")

    @property
    def source(self) -> Source:
        """From the straight line."""
        return "estimate"

    @property
    def as_of(self) -> None:
        """No network, no date."""
        return

    @property
    def profile(self) -> ProfileName:
        """Who travels."""
        return self._profile

    @property
    def factor(self) -> float:
        """What every time is multiplied by."""
        return self._factor

    def prepare(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Targets:
        """The places as they are: nothing is looked up."""
        lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
        return Targets(
            lon=lon, lat=lat, node=np.full(len(lon), -1, dtype=np.int32), gap_min=np.full(len(lon), np.inf)
        )

    def minutes(self, origin: Point, targets: Targets, *, limit_min: float) -> Minutes:
        """See `TravelTimes.minutes`."""
        km = lengths_m(origin.lon, origin.lat, targets.lon, targets.lat) / 1000
        times = self._times(km)
        barrier = np.zeros(len(targets), dtype=bool)
        if self._land is not None:
            near = np.flatnonzero(times <= limit_min)
            barrier[near] = (
                self._land.outside_km(origin.lon, origin.lat, targets.lon[near], targets.lat[near])
                > self._facts["barrier_km"]
            )
        return self._within(times, barrier, limit_min)

    def nearest(self, origins: Targets, offers: Targets, *, limit_min: float) -> Minutes:
        """See `TravelTimes.nearest`: the nearest in a straight line is the nearest in minutes. No barrier is
        told.
        """
        known, usable = _placed(origins), _placed(offers)
        km = np.full(len(origins), np.inf)
        if known.any() and usable.any():
            tree = KDTree(on_sphere(offers.lon[usable], offers.lat[usable]))
            chord, _ = tree.query(on_sphere(origins.lon[known], origins.lat[known]))
            km[known] = chord_km(np.asarray(chord))
        return self._within(self._times(km), np.zeros(len(origins), dtype=bool), limit_min)

    def reach(self, origin: Point, minutes: Sequence[float]) -> list[Reach]:
        """See `TravelTimes.reach`: circles over the ground, blind to water and mountains."""
        return [Reach(minutes=limit, geometry=self._circle(origin, limit)) for limit in minutes]

    def _circle(self, origin: Point, limit_min: float) -> BaseGeometry:
        radius_m = 1000 * reach_km(limit_min / self._factor, profile=self._profile)
        if radius_m == 0:
            return Polygon()
        # Turning left keeps the inside on the left of the ring (RFC 7946).
        turns = -np.arange(_CIRCLE_POINTS) * 360 / _CIRCLE_POINTS
        lon, lat, _ = _GEOD.fwd(
            np.full(_CIRCLE_POINTS, origin.lon),
            np.full(_CIRCLE_POINTS, origin.lat),
            turns,
            np.full(_CIRCLE_POINTS, radius_m),
        )
        around = origin.lon + (lon - origin.lon + 180) % 360 - 180
        return _cut_at_antimeridian(Polygon(np.stack([around, lat], axis=1)))

    def _times(self, km: NDArray[np.float64]) -> NDArray[np.float64]:
        return self._factor * minutes_of(km, self._profile)

    def _within(self, times: NDArray[np.float64], barrier: NDArray[np.bool_], limit_min: float) -> Minutes:
        high = np.where(barrier, self._facts["barrier_high"], self._facts["high"])
        return within(
            times, limit_min=limit_min, source="estimate", low=self._facts["low"], high=high, barrier=barrier
        )


def _placed(places: Targets) -> NDArray[np.bool_]:
    """Which places have a position."""
    return np.isfinite(places.lon) & np.isfinite(places.lat)


def minutes_of(km: NDArray[np.float64], profile: ProfileName) -> NDArray[np.float64]:
    """`geo.travel.straight.travel_min` of many lines at once."""
    facts = table("estimate")
    if profile == "foot":
        return facts["foot_min_per_km"] * km
    near = np.minimum(km, facts["near_km"])
    return facts["start_min"] + facts["near_min_per_km"] * near + facts["far_min_per_km"] * (km - near)


def _cut_at_antimeridian(area: Polygon) -> BaseGeometry:
    """The area within ±180° of longitude, in two parts when it lies across (RFC 7946, 3.1.9)."""
    sound = area if area.is_valid else area.buffer(0)  # a circle around a pole folds
    west, _, east, _ = sound.bounds
    if sound.is_empty or (west >= -180 and east <= 180):
        return sound
    turn = 360 if west < -180 else -360
    here, beyond = box(-180, -90, 180, 90), box(-180 - turn, -90, 180 - turn, 90)
    parts = [sound.intersection(here), translate(sound.intersection(beyond), xoff=turn)]
    return MultiPolygon([part for whole in parts for part in get_parts(whole) if isinstance(part, Polygon)])
