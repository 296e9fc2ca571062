"""Instants of RFC 3339: read with their offset, compared exactly, written in UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, Literal, NamedTuple

_USUAL_LENGTH: Final = 40
_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - naive on purpose: UTC arithmetic without zone objects
_SECOND: Final = timedelta(seconds=1)
_INSTANT: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]"
    r"((?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60))(?:\.([0-9]+))?"
    r"([Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])?"
)
# International Earth Rotation Service: a leap second ends June or December, in UTC.
_AFTER_LEAP: Final = frozenset({(1, 1), (7, 1)})

InstantProblem = Literal["instant-invalid", "instant-without-timezone"]


class Instant(NamedTuple):
    """A moment. Tuples compare in time order: fractions without trailing zeros sort like numbers."""

    second: int
    """Whole seconds since 1970-01-01T00:00:00Z."""
    fraction: str
    """Digits after the decimal point, any number of them, without trailing zeros."""
    utc: str
    """`2026-03-27T08:30:00Z`: decimals truncated."""


def read_instant(value: object) -> Instant | InstantProblem:
    """An RFC 3339 instant, or what is wrong with it. Decimals are optional, `Z` is accepted.

    A value without offset is refused: guessing the zone would move the appointment by hours. A date that is
    not on the calendar is invalid before anything is said of its offset.

    >>> read_instant("2026-03-27T09:30:00.000+01:00").utc
    '2026-03-27T08:30:00Z'
    >>> read_instant("2026-03-27T09:30:00"), read_instant("2026-02-30T09:30:00Z")
    ('instant-without-timezone', 'instant-invalid')
    """
    if not isinstance(value, str):
        return "instant-invalid"
    return _known(value) if len(value) <= _USUAL_LENGTH else _read(value)


def _read(value: str) -> Instant | InstantProblem:
    found = _INSTANT.fullmatch(value)
    if found is None:
        return "instant-invalid"
    date, clock, fraction, offset = found.groups()
    leap = clock.endswith("60")
    try:
        moment = datetime.fromisoformat(f"{date}T{clock[:6]}59" if leap else f"{date}T{clock}")
        if offset is None:
            return "instant-without-timezone"
        moment -= _offset(offset)
        moment += _SECOND if leap else timedelta()
    except (ValueError, OverflowError):  # not on the calendar, or outside years 1 to 9999 once in UTC
        return "instant-invalid"
    if leap and ((moment.month, moment.day) not in _AFTER_LEAP or moment.hour or moment.minute):
        return "instant-invalid"
    return _instant(moment, fraction or "")


# Agendas share their grid of hours, over answers as inside one: most instants were read a moment ago.
_known = lru_cache(maxsize=16_384)(_read)


def _instant(moment: datetime, fraction: str) -> Instant:
    """`moment` is naive, in UTC and of whole seconds."""
    return Instant((moment - _EPOCH) // _SECOND, fraction.rstrip("0"), f"{moment.isoformat()}Z")


def _offset(text: str) -> timedelta:
    if text in {"Z", "z"}:
        return timedelta()
    size = timedelta(hours=int(text[1:3]), minutes=int(text[4:6]))
    return -size if text[0] == "-" else size


def bound(value: datetime | str) -> Instant:
    """One end of the window: an aware datetime or an RFC 3339 text. ValueError on anything else."""
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            raise ValueError("a bound of the window needs a time zone")
        moment = value.astimezone(UTC).replace(tzinfo=None)
        return _instant(moment.replace(microsecond=0), f"{moment.microsecond:06d}")
    read = read_instant(value)
    if isinstance(read, str):
        raise ValueError(f"a bound of the window is not an instant: {read}")  # noqa: TRY004 - also a bad text
    return read
