"""How far one looks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from search.area import ENOUGH, Holder, distinct, widen


def people(*distances_km: float) -> list[Holder]:
    return [Holder(holder=str(n), distance_m=km * 1000) for n, km in enumerate(sorted(distances_km))]


def test_enough_people_in_the_radius_of_the_department_widens_nothing():
    area = widen(people(1, 2, 3, 4, 4.5), start_km=5, step_km=3, bound_km=100)
    assert area.steps_km == (5,)
    assert area.widened() == []


def test_each_step_is_said_with_its_reason():
    area = widen(people(1, 12, 22, 23, 24), start_km=20, step_km=10, bound_km=100)
    assert area.steps_km == (20, 30)
    assert area.widened() == [
        {
            "from_km": 20,
            "to_km": 30,
            "because": "2 offres distinctes seulement dans un rayon de 20 km ; il en faut au moins 5.",
        }
    ]


def test_after_four_steps_one_looks_as_far_as_allowed():
    assert widen(people(), start_km=10, step_km=5, bound_km=100).steps_km == (10, 15, 20, 25, 100)


def test_the_bound_of_travel_time_is_never_passed():
    assert widen(people(40), start_km=20, step_km=10, bound_km=26.8).steps_km == (20, 26.8)


def test_one_person_with_five_places_is_one_person():
    sample = [Holder(holder="same", distance_m=100.0 * n) for n in range(5)]
    assert [item.distance_m for item in distinct(sample)] == [0.0]


def test_without_a_table_the_density_decides():
    dense = widen(people(*(0.15 * n for n in range(40))), start_km=None, step_km=None, bound_km=100)
    sparse = widen(people(*(9.0 * n for n in range(12))), start_km=None, step_km=None, bound_km=100)
    assert dense.radius_km == 2.0
    assert sparse.radius_km == 50.0


@given(
    st.lists(st.floats(min_value=0, max_value=150), max_size=30),
    st.none() | st.sampled_from([5.0, 20.0, 50.0]),
    st.none() | st.sampled_from([3.0, 15.0]),
    st.floats(min_value=1, max_value=100),
)
def test_the_area_grows_to_enough_people_or_to_its_bound(distances, start_km, step_km, bound_km):
    area = widen(people(*distances), start_km=start_km, step_km=step_km, bound_km=bound_km)
    assert list(area.steps_km) == sorted(set(area.steps_km))
    assert len(area.steps_km) <= 5
    assert area.radius_km <= bound_km
    assert area.found[-1] >= ENOUGH or area.radius_km == bound_km
    assert len(area.widened()) == len(area.steps_km) - 1
