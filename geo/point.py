"""A point on the ground, checked where it is built."""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.errors import InvalidParameter


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """Longitude and latitude in degrees, EPSG:4326. Never NaN, never out of range.

    Raises
    ------
    InvalidParameter   not a number, infinite, longitude outside ±180 or latitude outside ±90
    """

    lon: float
    lat: float

    def __post_init__(self) -> None:
        for name, value, limit in (("lon", self.lon, 180.0), ("lat", self.lat, 90.0)):
            if not math.isfinite(value) or abs(value) > limit:
                raise InvalidParameter(
                    f"« {name} » doit être un nombre de degrés entre -{limit:.0f} et {limit:.0f}.",
                    parameter=name,
                )

    @classmethod
    def from_param(cls, text: str, *, parameter: str = "at") -> Point:
        """The point written "longitude,latitude", as in a URL or on the command line.

        >>> Point.from_param("2.35,48.85")
        Point(lon=2.35, lat=48.85)

        Raises
        ------
        InvalidParameter   not two numbers separated by a comma, or out of range
        """
        parts = text.split(",")
        try:
            lon, lat = (float(part) for part in parts)
        except ValueError:
            raise InvalidParameter(
                f"« {parameter} » doit être « longitude,latitude », par exemple 2.35,48.85.",
                parameter=parameter,
            ) from None
        try:
            return cls(lon=lon, lat=lat)
        except InvalidParameter as error:
            raise InvalidParameter(error.message, parameter=parameter) from None

    def __str__(self) -> str:
        return f"{self.lon:.6f},{self.lat:.6f}"
