"""Legal projections of France, by department: projected metres to degrees, with axis and range checks.

Boxes are the ranges given by the legal systems, opened to the widest values seen in official files
(FINESS 2021). The ranges of the Antilles, Guyane and Réunion overlap: the projection is never guessed
from the numbers, the department tells it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pyproj import Transformer

from core.errors import UsageError
from geo.point import Point

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class Projection:
    """A legal projection: EPSG code and the box, in metres, that its territory fills."""

    srid: int
    name: str
    west_m: float
    east_m: float
    south_m: float
    north_m: float

    def holds(self, *, x_m: float, y_m: float) -> bool:
        """Whether the pair is inside the box of the territory."""
        return self.west_m <= x_m <= self.east_m and self.south_m <= y_m <= self.north_m


_MAINLAND = Projection(
    srid=2154, name="Lambert-93", west_m=95_000, east_m=1_250_000, south_m=6_040_000, north_m=7_120_000
)
_ANTILLES = Projection(
    srid=5490, name="RGAF09 UTM 20N", west_m=480_000, east_m=740_000, south_m=1_585_000, north_m=2_010_000
)
_BY_DEPARTMENT: dict[str, Projection] = {
    "971": _ANTILLES,
    "972": _ANTILLES,
    "977": _ANTILLES,
    "978": _ANTILLES,
    "973": Projection(
        srid=2972, name="RGFG95 UTM 22N", west_m=93_000, east_m=434_000, south_m=232_000, north_m=643_000
    ),
    "974": Projection(
        srid=2975, name="RGR92 UTM 40S", west_m=310_000, east_m=385_000, south_m=7_630_000, north_m=7_695_000
    ),
    "976": Projection(
        srid=4471, name="RGM04 UTM 38S", west_m=500_000, east_m=535_000, south_m=8_557_000, north_m=8_607_500
    ),
    "975": Projection(
        srid=4467,
        name="RGSPM06 UTM 21N",
        west_m=541_500,
        east_m=569_000,
        south_m=5_176_000,
        north_m=5_222_500,
    ),
    "986": Projection(
        srid=32701, name="WGS 84 UTM 1S", west_m=369_900, east_m=597_600, south_m=8_407_500, north_m=8_546_500
    ),
}


class PositionUnusable(UsageError):
    """A projected pair that is no position of its department; `details["reason"]` is a stable code.

    Reasons: `missing`, `null-island` (0, 0), `swapped-axes`, `degrees`, `lambert-2` (old Lambert II étendu),
    `out-of-range`.
    """

    code = "position-unusable"


def projection_of(department_code: str) -> Projection:
    """Legal projection of a department: Lambert-93 for the mainland and Corsica, else the local one."""
    return _BY_DEPARTMENT.get(department_code, _MAINLAND)


def to_degrees(*, x_m: float, y_m: float, department_code: str) -> Point:
    """The point of a projected pair of that department.

    Raises
    ------
    PositionUnusable   the pair cannot be of that department; the reason says which trap it looks like
    """
    projection = projection_of(department_code)
    reason = why_unusable(x_m=x_m, y_m=y_m, projection=projection)
    if reason is not None:
        raise PositionUnusable("Coordonnées inutilisables dans ce département.", reason=reason)
    lon, lat = _transformer(projection.srid).transform(x_m, y_m)
    return Point(lon=lon, lat=lat)


def to_degrees_many(
    x_m: Sequence[float] | NDArray[np.float64], y_m: Sequence[float] | NDArray[np.float64], *, srid: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Longitudes and latitudes of many pairs of one projection; ranges are the caller's to check."""
    import numpy as np  # noqa: PLC0415 - only bulk work needs it

    lons, lats = _transformer(srid).transform(np.asarray(x_m, dtype=float), np.asarray(y_m, dtype=float))
    return lons, lats


def to_metres(point: Point, *, department_code: str) -> tuple[float, float]:
    """Projected pair (x, y), in metres, of a point, in the legal projection of the department."""
    transformer = _transformer(projection_of(department_code).srid)
    x_m, y_m = transformer.transform(point.lon, point.lat, direction="INVERSE")
    return x_m, y_m


def why_unusable(  # noqa: PLR0911 - one line per trap
    *, x_m: float, y_m: float, projection: Projection
) -> str | None:
    """None when the pair is inside the box of its projection, else the reason code."""
    if not (math.isfinite(x_m) and math.isfinite(y_m)):
        return "missing"
    if projection.holds(x_m=x_m, y_m=y_m):
        return None
    if x_m == 0 and y_m == 0:
        return "null-island"
    if projection.holds(x_m=y_m, y_m=x_m):
        return "swapped-axes"
    if abs(x_m) <= 180 and abs(y_m) <= 180:
        return "degrees"
    if projection.srid == _MAINLAND.srid and 40_000 <= x_m <= 1_250_000 and 1_600_000 <= y_m <= 2_700_000:
        return "lambert-2"
    return "out-of-range"


@cache
def _transformer(srid: int) -> Transformer:
    return Transformer.from_crs(srid, 4326, always_xy=True)
