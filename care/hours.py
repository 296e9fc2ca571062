"""Hours of care published by a practitioner, by ISO week.

The union of all the time offered that week, over places and sources: what is covered twice counts once.
A range counts its length whatever its patients, a slot taken counts, a slot hidden by an absence does not.
A week is that of the place: it begins on Monday at midnight there, and lasts 167 or 169 hours when the clock
changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from care.interval import Interval, clipped, covered
from care.local_time import day_bounds, local_day, monday_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from zoneinfo import ZoneInfo

_WEEK = timedelta(days=7)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """Time offered at a place: by the SAS calendar, or by a vendor that showed it at least once."""

    start: datetime
    end: datetime
    zone: ZoneInfo
    source: Literal["sas", "vendor"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Week:
    """Whole minutes of a week that begins on `monday`; the total counts once what both sources cover.

    `vendors_read` False: nobody read vendors that week, what they showed is not known.
    """

    monday: date
    sas_min: int
    vendor_min: int
    total_min: int
    vendors_read: bool = True


def weeks(published: Iterable[Published]) -> list[Week]:
    """The weeks in which something was offered, in order.

    >>> from datetime import UTC
    >>> from zoneinfo import ZoneInfo
    >>> morning = [datetime(2026, 11, 25, hour, tzinfo=UTC) for hour in (8, 9, 10, 11)]
    >>> paris = ZoneInfo("Europe/Paris")
    >>> both = [
    ...     Published(start=morning[0], end=morning[2], zone=paris, source="sas"),
    ...     Published(start=morning[1], end=morning[3], zone=paris, source="vendor"),
    ... ]
    >>> [(week.sas_min, week.vendor_min, week.total_min) for week in weeks(both)]
    [(120, 120, 180)]
    """
    cut: dict[date, dict[str, list[Interval]]] = {}
    for item in published:
        for monday, part in _by_week(item):
            cut.setdefault(monday, {"sas": [], "vendor": []})[item.source].append(part)
    return [
        Week(
            monday=monday,
            sas_min=covered(parts["sas"]) // _MINUTE,
            vendor_min=covered(parts["vendor"]) // _MINUTE,
            total_min=covered(parts["sas"] + parts["vendor"]) // _MINUTE,
        )
        for monday, parts in sorted(cut.items())
    ]


def _by_week(item: Published) -> Iterator[tuple[date, Interval]]:
    monday = monday_of(local_day(item.start, item.zone))
    while True:
        bounds = day_bounds(monday, item.zone)[0], day_bounds(monday + _WEEK, item.zone)[0]
        part = clipped((item.start, item.end), bounds)
        if part is not None:
            yield monday, part
        if item.end <= bounds[1]:
            return
        monday += _WEEK
