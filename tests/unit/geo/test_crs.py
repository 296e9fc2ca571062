"""Projected coordinates of official files: the right projection, and the traps seen in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.crs import PositionUnusable, projection_of, to_degrees, to_degrees_many, to_metres
from geo.distance import great_circle_m
from geo.point import Point

# One known place by territory: department, x, y (metres), longitude, latitude.
PLACES = [
    ("75", 652_089.0, 6_862_305.0, 2.3475, 48.8592),
    ("974", 338_000.0, 7_690_000.0, 55.4466, -20.8833),
]


def test_mainland_and_overseas_departments_have_their_own_projection():
    assert [projection_of(code).srid for code in ("01", "2A", "971", "973", "974", "976", "975")] == [
        2154, 2154, 5490, 2972, 2975, 4471, 4467,
    ]  # fmt: skip


@pytest.mark.parametrize(("department", "x_m", "y_m", "lon", "lat"), PLACES)
def test_a_known_place_falls_where_it_is(department, x_m, y_m, lon, lat):
    point = to_degrees(x_m=x_m, y_m=y_m, department_code=department)
    assert great_circle_m(point, Point(lon=lon, lat=lat)) < 500


@given(
    department=st.sampled_from(["75", "2B", "971", "973", "974", "976"]),
    across=st.floats(0.05, 0.95),
    up=st.floats(0.05, 0.95),
)
def test_there_and_back_again_within_a_centimetre(department, across, up):
    box = projection_of(department)
    x_m = box.west_m + across * (box.east_m - box.west_m)
    y_m = box.south_m + up * (box.north_m - box.south_m)
    point = to_degrees(x_m=x_m, y_m=y_m, department_code=department)
    assert to_metres(point, department_code=department) == pytest.approx((x_m, y_m), abs=0.01)


@pytest.mark.parametrize(
    ("x_m", "y_m", "reason"),
    [
        (0.0, 0.0, "null-island"),
        (6_862_305.0, 652_089.0, "swapped-axes"),
        (2.35, 48.85, "degrees"),
        (600_000.0, 2_428_000.0, "lambert-2"),
        (338_000.0, 7_690_000.0, "out-of-range"),
        (float("nan"), 6_862_305.0, "missing"),
    ],
)
def test_a_trap_of_official_files_is_named_and_never_placed(x_m, y_m, reason):
    with pytest.raises(PositionUnusable) as error:
        to_degrees(x_m=x_m, y_m=y_m, department_code="75")
    assert error.value.details["reason"] == reason


def test_many_pairs_at_once_give_the_same_as_one_by_one():
    lons, lats = to_degrees_many([652_089.0], [6_862_305.0], srid=2154)
    one = to_degrees(x_m=652_089.0, y_m=6_862_305.0, department_code="75")
    assert (lons[0], lats[0]) == pytest.approx((one.lon, one.lat), abs=1e-9)
