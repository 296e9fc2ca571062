"""What the tags of a way say to a car and to a walker."""

from __future__ import annotations

import pytest

from geo.travel.profile import duration_min, maxspeed_kmh, profile

CAR, FOOT = profile("car"), profile("foot")


@pytest.mark.parametrize(
    ("highway", "kmh"),
    [
        ("motorway", 110),
        ("trunk", 90),
        ("primary", 65),
        ("secondary", 55),
        ("tertiary", 45),
        ("unclassified", 40),
        ("residential", 25),
        ("service", 12),
        ("living_street", 12),
        ("motorway_link", 60),
        ("tertiary_link", 35),
    ],
)
def test_each_class_of_road_has_its_speed(highway, kmh):
    found = CAR.passage({"highway": highway})
    assert found is not None
    assert found.forward_kmh == kmh


@pytest.mark.parametrize("highway", ["footway", "path", "track", "steps", "construction", "pedestrian", ""])
def test_a_car_does_not_take_what_is_not_a_road(highway):
    assert CAR.passage({"highway": highway}) is None


def test_a_walker_takes_paths_and_no_motorway():
    assert FOOT.passage({"highway": "path"}) is not None
    assert FOOT.passage({"highway": "motorway"}) is None


@pytest.mark.parametrize(
    ("maxspeed", "kmh"),
    [
        ("50", 42.5),
        ("130", 71.5),
        ("FR:urban", 42.5),
        ("30 mph", 0.85 * 48.28032),
        ("none", 65),
        ("fast", 65),
    ],
)
def test_a_posted_limit_slows_and_lifts_within_bounds(maxspeed, kmh):
    found = CAR.passage({"highway": "primary", "maxspeed": maxspeed})
    assert found is not None
    assert found.forward_kmh == pytest.approx(kmh)


def test_a_limit_may_hold_one_way_only():
    found = CAR.passage({"highway": "primary", "maxspeed": "80", "maxspeed:backward": "50"})
    assert found is not None
    assert (found.forward_kmh, found.backward_kmh) == pytest.approx((68.0, 42.5))


@pytest.mark.parametrize(
    ("tags", "forward", "backward"),
    [
        ({"oneway": "yes"}, True, False),
        ({"oneway": "-1"}, False, True),
        ({"oneway": "no"}, True, True),
        ({"junction": "roundabout"}, True, False),
        ({"highway": "motorway"}, True, False),
        ({"highway": "motorway", "oneway": "no"}, True, True),
        ({}, True, True),
    ],
)
def test_directions(tags, forward, backward):
    found = CAR.passage({"highway": "tertiary", **tags})
    assert found is not None
    assert (found.forward_kmh is not None, found.backward_kmh is not None) == (forward, backward)


def test_a_way_whose_direction_changes_with_the_hour_is_taken_neither_way():
    assert CAR.passage({"highway": "primary", "oneway": "reversible"}) is None


def test_a_walker_goes_against_the_traffic():
    found = FOOT.passage({"highway": "residential", "oneway": "yes"})
    assert found is not None
    assert found.backward_kmh == 4.5


@pytest.mark.parametrize(
    ("tags", "is_open"),
    [
        ({"access": "no"}, False),
        ({"access": "private"}, False),
        ({"motor_vehicle": "no"}, False),
        ({"access": "no", "motor_vehicle": "yes"}, True),
        ({"access": "destination"}, True),
        ({"motor_vehicle": "agricultural"}, False),
        ({"motor_vehicle": "no", "motorcar": "yes"}, True),
        ({"foot": "no"}, True),
    ],
)
def test_the_most_special_access_decides(tags, is_open):
    assert (CAR.passage({"highway": "residential", **tags}) is not None) == is_open


def test_a_ferry_has_the_duration_of_its_timetable():
    found = CAR.passage({"route": "ferry", "duration": "00:45"})
    assert found is not None
    assert (found.ferry, found.ferry_min) == (True, 45)
    assert CAR.passage({"route": "ferry", "motor_vehicle": "no"}) is None


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("45", 45),
        ("1:30", 90),
        ("01:30:00", 90),
        ("PT1H30M", 90),
        ("PT20M", 20),
        ("0", None),
        ("", None),
        ("1 h", None),
    ],
)
def test_durations(text, minutes):
    assert duration_min(text) == minutes


@pytest.mark.parametrize("text", ["", "0", "50 elephants", "signals", "-50", ";", "50 knots km/h"])
def test_an_unreadable_limit_is_no_limit(text):
    assert maxspeed_kmh(text) is None
