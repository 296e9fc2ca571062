"""The union of intervals: time covered twice counts once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from care.interval import clipped, covered, overlap, union

_ZERO = datetime(2026, 3, 28, tzinfo=UTC)
minutes = st.integers(0, 120)
intervals = st.lists(
    st.tuples(minutes, minutes).map(
        lambda pair: (_ZERO + timedelta(minutes=pair[0]), _ZERO + timedelta(minutes=pair[1]))
    ),
    max_size=12,
)


def _minutes_inside(found):
    return {
        minute
        for start, end in found
        for minute in range(120)
        if start <= _ZERO + timedelta(minutes=minute) < end
    }


@settings(deadline=None)
@given(intervals)
def test_a_union_covers_the_same_minutes_and_no_other(given_intervals):
    merged = union(given_intervals)
    assert _minutes_inside(merged) == _minutes_inside(given_intervals)
    assert covered(given_intervals) == timedelta(minutes=len(_minutes_inside(given_intervals)))
    assert all(one[1] < other[0] for one, other in pairwise(merged))


@settings(deadline=None)
@given(intervals, st.randoms())
def test_a_union_depends_neither_on_order_nor_on_repetition(given_intervals, random):
    shuffled = [*given_intervals, *given_intervals]
    random.shuffle(shuffled)
    assert union(shuffled) == union(given_intervals)
    assert union(union(given_intervals)) == union(given_intervals)


@settings(deadline=None)
@given(intervals, intervals)
def test_cover_grows_with_each_interval_and_never_past_the_sum(one, other):
    assert max(covered(one), covered(other)) <= covered(one + other) <= covered(one) + covered(other)


def test_touching_is_not_sharing():
    noon, one, two = (_ZERO + timedelta(hours=hour) for hour in (12, 13, 14))
    assert not overlap((noon, one), (one, two))
    assert clipped((noon, two), (one, two)) == (one, two)
    assert clipped((noon, one), (one, two)) is None
