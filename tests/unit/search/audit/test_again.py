"""A search made again for the audit, by the real engine: it replays, and tells no more than its cell."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import h3
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from care.specialty import nomenclature
from geo.point import Point
from geo.travel.choice import RoadOrEstimate
from search.area import Official
from search.audit.again import made_again
from search.audit.packing import START, pack
from search.audit.replay import by_digest, replay
from search.index.directory import Index
from search.index.offers import build
from search.index.slots import SlotChanges, SlotTable
from search.journey import RoadsOrEstimates
from search.place import Place
from search.policy import policy
from search.query import Filters, SearchQuery, window
from search.specialty_match import Understood
from tests.unit.search.test_index import records

CELL = "861fb4667ffffff"
NOW = datetime(2026, 11, 26, 13, 42, tzinfo=UTC)
SPECIALTY = Understood(specialty=nomenclature().get("SM54"), understood_as="mg", exact=True)
SEED = f"20261126-{CELL}-00aa11bb22cc"
OFFICIAL = {"75": Official(radius_km=30, step_km=5)}


@pytest.fixture(scope="module")
def index() -> Index:
    """Two hundred offers around the cell, half of them with slots in the two days to come."""
    draw = np.random.default_rng(1)
    lat, lon = h3.cell_to_latlng(CELL)
    places = [(lon + draw.normal(0, 0.1), lat + draw.normal(0, 0.07)) for _ in range(200)]
    offers = build(
        records(
            places,
            specialty_id=np.full(200, SPECIALTY.specialty.specialty_id),
            department=np.full(200, b"75 "),
        )
    )
    slots = SlotTable(len(offers))
    at = np.repeat(np.arange(0, 200, 2, dtype=np.int64), 6)
    minute = int(NOW.timestamp() // 60)
    given_ = SlotChanges(
        offer=np.arange(200, dtype=np.uint64),
        asked=np.full(200, minute, dtype=np.int64),
        slot_offer=at.astype(np.uint64),
        slot_start=minute // 5 * 5 + 5 * draw.integers(1, 500, len(at)),
        slot_marks=draw.choice([1, 1, 4], len(at)).astype(np.int64),
        slot_minutes=np.full(len(at), 15, dtype=np.int64),
        slot_source=np.zeros(len(at), dtype=np.int64),
        sources=("a",),
    )
    slots.take(np.arange(200), at, given_)
    return Index(offers=offers, slots=slots, version=(1,), beside={})


def query(point: Point | None, *, now: datetime = NOW, seed: str = SEED, **changed) -> SearchQuery:
    place = Place(label="12 rue", type="housenumber", point=point, citycode="75111", department_code="75")
    made = SearchQuery(
        specialty=SPECIALTY,
        place=place,
        window=window(None, None, now=now, place=place),
        now=now,
        radius_km=None,
        max_minutes=None,
        filters=Filters(),
        seed=seed,
        limit=20,
        explain=False,
    )
    return replace(made, **changed)


def again(index: Index, asked: SearchQuery):
    return made_again(index, asked, policy(), RoadsOrEstimates(RoadOrEstimate), official=OFFICIAL)


INSIDE = h3.cell_to_latlng(CELL)
HERE = Point(lon=INSIDE[1], lat=INSIDE[0])
POINTS = st.builds(
    lambda lon, lat: Point(lon=lon, lat=lat),
    st.floats(HERE.lon - 0.03, HERE.lon + 0.03),
    st.floats(HERE.lat - 0.02, HERE.lat + 0.02),
).filter(lambda point: h3.latlng_to_cell(point.lat, point.lon, 6) == CELL)


@given(
    POINTS,
    st.integers(0, 257),
    st.none() | st.floats(1, 50),
    st.none() | st.floats(5, 60),
    st.sampled_from(
        [Filters(), Filters(participating=True), Filters(modality=("VR",)), Filters(kind="structure")]
    ),
)
def test_any_place_minute_and_filter_of_a_cell_leave_the_very_same_record(
    index: Index, point, minutes, radius_km, max_minutes, filters
):
    now = NOW + timedelta(minutes=minutes)  # until 17:59
    usual = again(index, query(HERE, now=now))
    asked = query(point, now=now, radius_km=radius_km, max_minutes=max_minutes, filters=filters)
    found = again(index, asked)
    assert found is not None
    assert pack(found.candidates) == pack(usual.candidates)
    assert replace(found, candidates=usual.candidates) == usual


def test_the_minute_shows_in_the_record_only_through_what_is_known_of_slots(index: Index):
    early, late = again(index, query(HERE)), again(index, query(HERE, now=NOW + timedelta(minutes=20)))
    assert pack(early.candidates) == pack(late.candidates)
    known = early.candidates.slots == 2
    assert known.any()
    assert (early.candidates.wait[known] % 500 == 0).all()  # whole five minutes from 18 h


def test_a_record_replays(index: Index):
    found = again(index, query(HERE))
    line = {
        "policy_digest": found.policy_digest,
        "candidates": pack(found.candidates),
        "seed": found.seed,
        "previous": START,
    }
    assert replay(line, by_digest()).identical
    assert len(found.candidates) == min(100, found.total)


def test_a_department_is_recorded_as_such(index: Index):
    found = again(index, query(None, seed="20261126-D75-00aa11bb22cc"))
    assert (found.area, found.total) == ("department:75", 200)
    assert (found.candidates.travel == -1).all()


@pytest.mark.parametrize(
    "asked",
    [
        query(HERE, seed="mot-choisi"),
        query(HERE, seed="20261126-D75-00aa11bb22cc"),
        query(Point(lon=-30.0, lat=-30.0), seed="20261126-00aa11bb22cc"),  # nobody there
        query(
            None,
            place=Place(
                label="", type="polygon", point=None, outline=box(2, 48, 3, 49), department_code="75"
            ),
        ),
        query(None, place=Place(label="", type="department", point=None)),
    ],
    ids=["seed", "seed of another area", "empty", "drawn", "nowhere"],
)
def test_what_may_not_be_kept_is_not(index: Index, asked: SearchQuery):
    assert again(index, asked) is None
