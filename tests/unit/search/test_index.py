"""The offers in memory: near a point, in a box, one card for one person at one address."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.distance import ground_m
from geo.point import Point
from search.index.offers import FIELDS, Offers, build, identities

GROUP = 10_054


def records(places: list[tuple[float, float]], **given_) -> np.ndarray:
    """One offer at each place; `given_` are columns that replace the usual ones."""
    size = len(places)
    rows = np.zeros(size, dtype=[(name, kind) for name, kind in FIELDS])
    rows["specialty_id"] = GROUP
    rows["offer_id"] = np.array(
        [n.to_bytes(16, "big") for n in range(1 << 64, (size << 64) + 1, 1 << 64)], "V16"
    )
    rows["address_id"] = rows["offer_id"]
    rows["holder"] = np.arange(size)
    rows["lon"] = [place[0] for place in places]
    rows["lat"] = [place[1] for place in places]
    for name, values in given_.items():
        rows[name] = values
    return rows


def ids(offers: Offers, found: np.ndarray) -> set[int]:
    return set(offers.identity[found, 0].tolist())


places = st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), max_size=40)
around = st.lists(st.tuples(st.floats(2.0, 2.6), st.floats(48.6, 49.0)), max_size=60)


@settings(max_examples=200)
@given(
    st.one_of(places, around),
    st.builds(Point, lon=st.floats(-180, 180), lat=st.floats(-89, 89)),
    st.floats(10, 300_000),
)
def test_what_is_near_is_what_a_scan_of_everything_finds(drawn, point, radius_m):
    drawn = [place for place in drawn if abs(place[0] - point.lon) < 170]  # no search crosses the date line
    offers = build(records(drawn))
    found, distance_m = offers.near(GROUP, point, radius_m)
    measured = ground_m(point, np.array([p[0] for p in drawn]), np.array([p[1] for p in drawn]))
    assert ids(offers, found) == {n + 1 for n in np.flatnonzero(measured <= radius_m)}
    assert (distance_m <= radius_m).all()


@given(around, st.floats(2.0, 2.6), st.floats(48.6, 49.0), st.floats(0, 0.3), st.floats(0, 0.3))
def test_what_is_in_a_box_is_what_a_scan_of_everything_finds(drawn, west, south, width, height):
    offers = build(records(drawn))
    found = offers.within(GROUP, (west, south, west + width, south + height))
    inside = {
        n + 1
        for n, (lon, lat) in enumerate(drawn)
        if west <= lon <= west + width and south <= lat <= south + height
    }
    assert ids(offers, found) == inside


def test_groups_of_specialties_do_not_mix():
    rows = records([(2.35, 48.85), (2.35, 48.85), (2.35, 89.99)], specialty_id=[10_053, 10_054, 10_053])
    offers = build(rows)
    assert ids(offers, offers.of_group(10_053)) == {1, 3}
    assert ids(offers, offers.near(10_054, Point(lon=2.35, lat=48.85), 1_000)[0]) == {2}


def test_one_person_at_one_address_is_one_card_whatever_the_sources_say_twice():
    twice = records([(2.35, 48.85)] * 4, holder=[1, 1, 1, 2])
    twice["address_id"][1] = twice["address_id"][0]
    offers = build(twice)
    assert ids(offers, offers.of_group(GROUP)) == {1, 3, 4}
    # What is told of the second sheet is told of the card.
    first, second, unknown = offers.numbers(np.array([1, 2, 99], dtype=np.uint64)).tolist()
    assert first == second >= 0
    assert unknown == -1


def test_an_offer_of_two_groups_is_one_offer_in_both():
    rows = records([(2.35, 48.85)] * 2, specialty_id=[10_053, 10_054])
    rows["offer_id"][1] = rows["offer_id"][0]
    offers = build(rows)
    assert len(offers) == 1
    assert offers.of_group(10_053).tolist() == offers.of_group(10_054).tolist() == [0]


def test_an_empty_directory_answers_nothing():
    offers = build(records([]))
    assert len(offers.near(GROUP, Point(lon=2.35, lat=48.85), 5_000)[0]) == 0
    assert offers.numbers(np.array([1], dtype=np.uint64)).tolist() == [-1]


def test_the_half_of_a_uuid_is_its_first_sixteen_digits():
    (half,) = identities(["00000000-0000-0001-8000-000000000000"])
    assert half == 1


@pytest.mark.parametrize("lat", [-89.9, 0.0, 48.85, 89.9])
def test_a_circle_near_a_pole_or_the_equator_loses_nobody(lat):
    dice = np.random.default_rng(3)
    drawn = list(
        zip(dice.uniform(-170, 170, 300), np.clip(lat + dice.uniform(-1, 1, 300), -90, 90), strict=True)
    )
    offers = build(records(drawn))
    point = Point(lon=0.0, lat=lat)
    measured = ground_m(point, np.array([p[0] for p in drawn]), np.array([p[1] for p in drawn]))
    assert len(offers.near(GROUP, point, 90_000)[0]) == int((measured <= 90_000).sum())
