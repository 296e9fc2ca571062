"""Local time of a place to instants and back, through clock changes.

A practitioner writes the time of the clock on the wall. On the night it goes forward, the times skipped are
those of the moment of the change: what stands before and after it is kept, what lies inside is empty. On the
night it goes back, a time read twice is the first of the two. Both rules keep the order of times.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

if TYPE_CHECKING:
    from collections.abc import Iterator

DEFAULT_TIMEZONE = "Europe/Paris"

_SECOND = timedelta(seconds=1)


@cache
def zone(name: str) -> ZoneInfo | None:
    """The IANA zone of that name; None when there is none.

    >>> zone("Indian/Reunion"), zone("Mars/Olympus") is None
    (zoneinfo.ZoneInfo(key='Indian/Reunion'), True)
    """
    return ZoneInfo(name) if name in _names() else None


@cache
def _names() -> frozenset[str]:
    return frozenset(available_timezones())


def instant(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, when the clock of the place shows `clock` on that day.

    >>> instant(date(2026, 3, 29), time(2, 30), ZoneInfo("Europe/Paris")).isoformat()  # skipped: the change
    '2026-03-29T01:00:00+00:00'
    >>> instant(date(2026, 10, 25), time(2, 30), ZoneInfo("Europe/Paris")).isoformat()  # twice: the first
    '2026-10-25T00:30:00+00:00'
    """
    local = datetime.combine(day, clock.replace(fold=0), tzinfo=zone)
    early = local.astimezone(UTC)
    if early.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return early
    return _change(local.replace(fold=1).astimezone(UTC), early, zone)


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The first instant under the new offset, in ]before, after]."""
    old = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """First instant of a local day and first instant of the next, in UTC; 23, 24 or 25 hours apart."""
    return instant(day, time(0), zone), instant(day + timedelta(days=1), time(0), zone)


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """The date on the wall of the place at an instant."""
    return moment.astimezone(zone).date()


def monday_of(day: date) -> date:
    """The Monday of the ISO week of a day.

    >>> monday_of(date(2026, 11, 29)).isoformat()
    '2026-11-23'
    """
    return day - timedelta(days=day.isoweekday() - 1)


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day from `first` to `last`, both included."""
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)
