"""Points are checked where they are built; distances behave as distances."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidParameter
from geo.distance import EARTH_RADIUS_M, great_circle_m
from geo.point import Point

points = st.builds(Point, lon=st.floats(-180, 180), lat=st.floats(-90, 90))


@pytest.mark.parametrize(
    ("lon", "lat", "parameter"),
    [
        (math.nan, 48.0, "lon"),
        (2.0, math.nan, "lat"),
        (math.inf, 0.0, "lon"),
        (180.5, 0.0, "lon"),
        (0.0, -90.1, "lat"),
    ],
)
def test_a_point_that_is_nowhere_names_the_coordinate_at_fault(lon, lat, parameter):
    with pytest.raises(InvalidParameter) as error:
        Point(lon=lon, lat=lat)
    assert error.value.details["parameter"] == parameter


@pytest.mark.parametrize("text", ["", "2.35", "2.35;48.85", "a,b", "1,2,3", "nan,1", "200,0"])
def test_a_parameter_that_is_no_point_is_refused_under_its_own_name(text):
    with pytest.raises(InvalidParameter) as error:
        Point.from_param(text, parameter="centre")
    assert error.value.details["parameter"] == "centre"


@given(points)
def test_a_point_printed_is_read_back_within_a_decimetre(point):
    assert great_circle_m(point, Point.from_param(str(point))) < 0.2


@given(points, points)
def test_distance_is_symmetric_and_never_beyond_the_antipode(a, b):
    there = great_circle_m(a, b)
    assert there == pytest.approx(great_circle_m(b, a), abs=1e-6)
    assert 0 <= there <= math.pi * EARTH_RADIUS_M + 1


@given(points, points, points)
def test_a_detour_is_never_shorter(a, b, c):
    assert great_circle_m(a, c) <= great_circle_m(a, b) + great_circle_m(b, c) + 1e-3
