"""How far one looks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.area import ENOUGH, Official, first_radius_km, nearest, widen

KM = st.lists(st.floats(0, 150), max_size=30).map(sorted)


def metres(distances_km) -> np.ndarray:
    return np.array(sorted(distances_km), dtype=np.float64) * 1000


def test_enough_people_with_a_slot_widen_nothing():
    near = metres([1, 2, 3, 4, 4.5])
    area = widen(near, near, start_km=5, step_km=3, bound_km=100)
    assert area.steps_km == (5,)
    assert area.widened() == []


def test_each_step_is_said_with_its_reason():
    area = widen(metres([12, 22, 23, 24, 25]), metres(range(30)), start_km=20, step_km=10, bound_km=100)
    assert area.steps_km == (20, 30)
    assert area.widened() == [
        {
            "from_km": 20,
            "to_km": 30,
            "because": "21 offres dans un rayon de 20 km, une seule avec un créneau connu ; "
            "il en faut au moins 5.",
        }
    ]


def test_where_nobodys_slots_are_known_five_offers_are_enough():
    area = widen(metres([]), metres([1, 2, 3, 4, 5]), start_km=5, step_km=5, bound_km=100)
    assert area.steps_km == (5,)


def test_after_four_steps_slots_are_no_longer_waited_for():
    area = widen(metres([80] * 5), metres(range(90)), start_km=10, step_km=5, bound_km=100)
    assert area.steps_km == (10, 15, 20, 25, 30)


def test_after_four_steps_where_nobody_stands_one_looks_as_far_as_allowed():
    area = widen(metres([]), metres([]), start_km=10, step_km=5, bound_km=100)
    assert area.steps_km == (10, 15, 20, 25, 30, 100)
    assert area.widened()[0]["because"] == "Aucune offre dans un rayon de 10 km."


@given(KM, st.floats(0.5, 100), st.one_of(st.none(), st.floats(0.1, 50)), st.floats(0.5, 100))
def test_radii_grow_never_pass_the_bound_and_count_what_stands_in_them(distances, start, step, bound):
    standing = metres(distances)
    found = standing[::2]
    area = widen(found, standing, start_km=start, step_km=step, bound_km=bound)
    assert list(area.steps_km) == sorted(set(area.steps_km))
    assert area.radius_km <= bound
    for radius, with_slot, everybody in zip(area.steps_km, area.found, area.standing, strict=True):
        assert everybody == int((standing <= radius * 1000).sum())
        assert with_slot == int((found <= radius * 1000).sum())
    assert all(count < ENOUGH for count in area.found[:-1])


@pytest.mark.parametrize(
    ("official", "spread_km", "expected"),
    [
        (10.0, 0.5, 5.0),  # crowded: half the official radius
        (10.0, 7.0, 7.0),  # the radius that holds sixty people
        (10.0, 30.0, 10.0),  # sparse: the official radius, before any widening
        (None, 4.0, 5.0),  # no table there: the density alone
    ],
)
def test_the_first_radius_follows_the_density_near_the_official_one(official, spread_km, expected):
    looked_km = official or 30.0
    standing = metres(np.linspace(0.01, spread_km, 60))
    standing = standing[standing <= looked_km * 1000]
    found = first_radius_km(standing, Official(radius_km=official), looked_km=looked_km)
    assert found == expected


def test_somebody_with_several_places_counts_once_at_the_nearest():
    holder, distance = np.array([7, 7, 9]), np.array([900.0, 300.0, 500.0])
    assert nearest(holder, distance).tolist() == [300.0, 500.0]
