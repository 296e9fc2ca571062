"""The estimate of travel time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.travel import reach_km, travel_min


@given(st.floats(min_value=0, max_value=200), st.floats(min_value=0, max_value=200))
def test_further_is_never_quicker(a, b):
    near, far = sorted((a, b))
    assert travel_min(near) <= travel_min(far)


@given(st.floats(min_value=0, max_value=200))
def test_reach_is_the_inverse_of_travel(distance_km):
    assert reach_km(travel_min(distance_km)) == pytest.approx(distance_km, abs=1e-9)


def test_nothing_is_within_two_minutes():
    assert reach_km(2) == 0.0
