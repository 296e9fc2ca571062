"""Where and when a ranking is made again for the audit: coarse enough to say nothing of a call."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

import h3

from geo.point import Point

if TYPE_CHECKING:
    from datetime import datetime

RESOLUTION = 6
"""H3 cells of 36 km² on average."""

QUARTER = timedelta(hours=6)


def cell(point: Point) -> tuple[str, Point]:
    """Area of a record for a place, and the centre from which the search is made again.

    >>> area, centre = cell(Point(lon=2.371317, lat=48.857719))
    >>> area, round(centre.lon, 2), round(centre.lat, 2)
    ('cell:861fb4667ffffff', 2.37, 48.88)
    """
    name = h3.latlng_to_cell(point.lat, point.lon, RESOLUTION)
    return f"cell:{name}", centre(name)


def is_cell(name: str) -> bool:
    """Whether a name is that of a cell of the resolution kept."""
    return h3.is_valid_cell(name) and h3.get_resolution(name) == RESOLUTION


def centre(name: str) -> Point:
    """Centre of a cell, EPSG:4326."""
    lat, lon = h3.cell_to_latlng(name)
    return Point(lon=lon, lat=lat)


def instant(now: datetime) -> datetime:
    """The next 0, 6, 12 or 18 h UTC, from which the waits of a record are counted.

    Waits counted from the call itself would tell its minute to whoever knows when the slots start.

    >>> from datetime import datetime
    >>> instant(datetime(2026, 11, 26, 13, 42, tzinfo=UTC)).isoformat()
    '2026-11-26T18:00:00+00:00'
    """
    utc = now.astimezone(UTC)
    day = utc.replace(hour=0, minute=0, second=0, microsecond=0)
    return day - ((day - utc) // QUARTER) * QUARTER
