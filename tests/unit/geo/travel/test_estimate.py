"""The estimate: formula, interval, barriers, circles."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Polygon, box

from geo.point import Point
from geo.travel import straight
from geo.travel.estimate import Estimate
from geo.travel.land import Land
from geo.travel.sphere import lengths_m
from geo.travel.times import Targets

lons, lats = st.floats(-180, 180), st.floats(-89, 89)
kilometres = st.floats(0, 20_000)
HERE = Point(lon=2.0, lat=47.0)


def at(estimate: Estimate, *places: tuple[float, float]) -> Targets:
    return estimate.prepare(np.array([lon for lon, _ in places]), np.array([lat for _, lat in places]))


@given(kilometres, st.sampled_from(["car", "foot"]))
def test_reach_is_the_inverse_of_travel(distance_km, profile):
    there = straight.travel_min(distance_km, profile=profile)
    assert straight.reach_km(there, profile=profile) == pytest.approx(distance_km, abs=1e-9)


@given(lons, lats, st.lists(st.tuples(lons, lats), max_size=5), st.sampled_from(["car", "foot"]))
def test_many_at_once_are_each_one(lon, lat, places, profile):
    estimate = Estimate(profile=profile)
    targets = at(estimate, *places)
    found = estimate.minutes(Point(lon=lon, lat=lat), targets, limit_min=1e9)
    km = lengths_m(lon, lat, targets.lon, targets.lat) / 1000
    assert found.minutes == pytest.approx([straight.travel_min(float(d), profile=profile) for d in km])
    assert found.low == pytest.approx(0.85 * found.minutes)
    assert found.high == pytest.approx(1.28 * found.minutes)
    assert found.source == "estimate"
    assert estimate.as_of is None


def test_the_limit_is_kept():
    estimate = Estimate()
    found = estimate.minutes(HERE, at(estimate, (2.01, 47.0), (3.0, 47.0)), limit_min=20)
    assert np.isfinite(found.minutes).tolist() == [True, False]


@given(st.lists(st.tuples(st.floats(1, 3), st.floats(46, 48)), min_size=1, max_size=8))
def test_the_nearest_is_the_least_of_all_pairs(places):
    estimate = Estimate()
    offers = at(estimate, *places)
    origins = at(estimate, (2.0, 47.0), (1.2, 46.1))
    nearest = estimate.nearest(origins, offers, limit_min=500).minutes
    pairs = [
        estimate.minutes(Point(lon=lon, lat=lat), offers, limit_min=500).minutes.min()
        for lon, lat in ((2.0, 47.0), (1.2, 46.1))
    ]
    assert nearest == pytest.approx(pairs)


def test_without_an_offer_nobody_is_near():
    estimate = Estimate()
    assert np.isinf(estimate.nearest(at(estimate, (2.0, 47.0)), at(estimate), limit_min=60).minutes).all()


def test_places_without_a_position_are_near_nobody():
    estimate, nowhere = Estimate(), (np.nan, np.nan)
    there = at(estimate, (2.1, 47.0), nowhere)
    found = estimate.nearest(there, there, limit_min=60).minutes
    assert found.tolist() == [pytest.approx(straight.travel_min(0)), np.inf]


def test_a_factor_lengthens_times_and_shortens_circles():
    usual, peak = Estimate(), Estimate(factor=straight.factor_of(peak=True))
    there = at(usual, (2.1, 47.0))
    assert peak.minutes(HERE, there, limit_min=90).minutes == pytest.approx(
        1.5 * usual.minutes(HERE, there, limit_min=90).minutes
    )
    assert peak.reach(HERE, [20])[0].geometry.area < usual.reach(HERE, [20])[0].geometry.area
    assert peak.factor == 1.5


def test_the_circle_of_twenty_minutes_is_where_twenty_minutes_are():
    estimate = Estimate()
    corners = shapely.get_coordinates(estimate.reach(HERE, [20])[0].geometry)
    found = estimate.minutes(HERE, estimate.prepare(corners[:, 0], corners[:, 1]), limit_min=60)
    assert found.minutes == pytest.approx(np.full(len(corners), 20.0), rel=0.01)


@given(lons, st.floats(-90, 90), st.lists(st.floats(0.1, 120), min_size=1, max_size=3))
def test_circles_are_valid_wherever_they_are(lon, lat, minutes):
    for area in Estimate().reach(Point(lon=lon, lat=lat), minutes):
        assert area.geometry.is_valid
        if not area.geometry.is_empty:
            west, south, east, north = area.geometry.bounds
            assert -180 <= west <= east <= 180
            assert -90 <= south <= north <= 90


def test_a_circle_across_the_antimeridian_is_in_two_parts():
    area = Estimate().reach(Point(lon=179.95, lat=-17.0), [30])[0].geometry
    assert len(shapely.get_parts(area)) == 2


def test_three_minutes_reach_nowhere_by_car():
    assert Estimate().reach(HERE, [3])[0].geometry.is_empty


# Land: a square with a bay cut from the south, 0.1° wide (7.6 km), and a lake of 0.004° (300 m).
BAY = box(1.95, 46.0, 2.05, 47.5)
LAND = Land(box(1.0, 46.0, 3.0, 48.0).difference(BAY).difference(box(2.5, 47.0, 2.504, 47.2)))
WEST, EAST, NORTH = (1.9, 46.5), (2.1, 46.5), (2.0, 47.8)


def test_a_straight_line_over_water_is_told_and_widened():
    estimate = Estimate(LAND)
    found = estimate.minutes(
        Point(lon=WEST[0], lat=WEST[1]), at(estimate, EAST, NORTH, (1.2, 46.5)), limit_min=500
    )
    assert found.barrier.tolist() == [True, True, False]
    assert found.high / found.minutes == pytest.approx([2.0, 2.0, 1.28])
    assert found.low / found.minutes == pytest.approx([0.85, 0.85, 0.85])


def test_a_pond_is_no_barrier():
    estimate = Estimate(LAND)
    found = estimate.minutes(Point(lon=2.4, lat=47.1), at(estimate, (2.6, 47.1)), limit_min=500)
    assert not found.barrier.any()


def test_nothing_beyond_the_limit_is_looked_at():
    estimate = Estimate(LAND)
    found = estimate.minutes(Point(lon=WEST[0], lat=WEST[1]), at(estimate, EAST), limit_min=5)
    assert np.isinf(found.minutes).all()
    assert not found.barrier.any()


def test_without_a_land_no_barrier_is_told():
    estimate = Estimate()
    assert not estimate.minutes(
        Point(lon=WEST[0], lat=WEST[1]), at(estimate, EAST), limit_min=90
    ).barrier.any()


@given(
    st.tuples(st.floats(0.9, 3.1), st.floats(45.9, 48.1)),
    st.lists(st.tuples(st.floats(0.9, 3.1), st.floats(45.9, 48.1)), min_size=1, max_size=6),
)
def test_the_longest_stretch_off_land_is_that_of_the_geometry(start, ends):
    land = box(1.0, 46.0, 3.0, 48.0).difference(BAY)
    found = Land(land).outside_km(*start, np.array([x for x, _ in ends]), np.array([y for _, y in ends]))
    for (x, y), km in zip(ends, found, strict=True):
        line = shapely.LineString([start, (x, y)])
        off = shapely.get_parts(shapely.difference(line, land))
        whole_km = float(lengths_m(*start, np.array([x]), np.array([y]))[0]) / 1000
        expected = (
            max((part.length for part in off), default=0.0) / line.length * whole_km if line.length else 0.0
        )
        assert km == pytest.approx(expected, abs=1e-6)


def test_departments_that_touch_make_one_land_without_a_gap():
    land = Land.of([box(1.0, 46.0, 2.0, 48.0), box(2.0001, 46.0, 3.0, 48.0)])
    assert land is not None
    assert land.outside_km(1.5, 47.0, np.array([2.5]), np.array([47.0])).tolist() == [0.0]
    assert Land.of([]) is None
    assert Land.of([Polygon()]) is None
