"""Stretches of time: half-open pairs of aware instants, and their union."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

Interval = tuple[datetime, datetime]
"""Start (included) and end (excluded); an interval whose end does not come after its start is empty."""


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time, as disjoint intervals in order that do not touch."""
    merged: list[Interval] = []
    for start, end in sorted(item for item in intervals if item[0] < item[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def covered(intervals: Iterable[Interval]) -> timedelta:
    """How long at least one of the intervals lasts: time covered twice counts once."""
    return sum((end - start for start, end in union(intervals)), timedelta())


def clipped(interval: Interval, bounds: Interval) -> Interval | None:
    """The part of an interval inside bounds; None when there is none."""
    start, end = max(interval[0], bounds[0]), min(interval[1], bounds[1])
    return (start, end) if start < end else None


def overlap(one: Interval, other: Interval) -> bool:
    """Whether two intervals share some time; touching is not sharing."""
    return clipped(one, other) is not None
