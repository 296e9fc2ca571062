"""Territories drawn by users: a polygon, or the view of a map, from text."""

from __future__ import annotations

import math

import shapely
from shapely import Polygon

from core.errors import InvalidParameter
from geo.point import Point

MAX_POINTS = 500
_MAX_SPAN_DEGREES = 12.0


def outline_from_text(text: str, *, parameter: str = "polygon") -> Polygon:
    """A polygon from `lon,lat;lon,lat;…` (degrees, EPSG:4326), closed or not, in either direction.

    Raises
    ------
    InvalidParameter   unreadable, fewer than three points or too many, crossing itself, or larger than France
    """
    pairs = [part for part in text.split(";") if part.strip()]
    if not 3 <= len(pairs) <= MAX_POINTS:
        raise InvalidParameter(
            f"« {parameter} » est fait de 3 à {MAX_POINTS} points « longitude,latitude » séparés par « ; ».",
            parameter=parameter,
        )
    points = [Point.from_param(pair, parameter=parameter) for pair in pairs]
    made = Polygon([(point.lon, point.lat) for point in points])
    if not made.is_valid or made.area == 0:
        raise InvalidParameter(f"« {parameter} » se recoupe ou n'a pas de surface.", parameter=parameter)
    return _bounded(made, parameter)


def box_from_text(text: str, *, parameter: str = "bbox") -> Polygon:
    """The view of a map from `west,south,east,north` (degrees, EPSG:4326).

    Raises
    ------
    InvalidParameter   unreadable, out of range, empty, or larger than France
    """
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise InvalidParameter(
            f"« {parameter} » est « ouest,sud,est,nord », en degrés.", parameter=parameter
        ) from None
    inside = all(map(math.isfinite, (west, south, east, north)))
    if not inside or not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise InvalidParameter(f"« {parameter} » n'est pas un rectangle de la Terre.", parameter=parameter)
    return _bounded(shapely.box(west, south, east, north), parameter)


def _bounded(made: Polygon, parameter: str) -> Polygon:
    west, south, east, north = made.bounds
    if east - west > _MAX_SPAN_DEGREES or north - south > _MAX_SPAN_DEGREES:
        raise InvalidParameter(
            f"« {parameter} » dépasse {_MAX_SPAN_DEGREES:.0f} degrés de côté : réduisez-le.",
            parameter=parameter,
        )
    return made
