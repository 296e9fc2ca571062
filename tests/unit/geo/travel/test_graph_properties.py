"""What holds on any network: random ones, with one-way streets and unconnected parts."""

from __future__ import annotations

import tempfile
from itertools import pairwise
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.point import Point
from geo.travel.graph import Graph
from geo.travel.network import Network
from tests.road_network import ROAD, built, draw

SIDE = 6
NODES = {n: (7.0 + (n % SIDE) / 150, 48.0 + (n // SIDE) / 150) for n in range(SIDE * SIDE)}
STREETS = [(n, n + 1) for n in NODES if n % SIDE < SIDE - 1] + [
    (n, n + SIDE) for n in NODES if n + SIDE in NODES
]
LON, LAT = (np.array([place[axis] for place in NODES.values()]) for axis in (0, 1))
KINDS = ["absent", "both", "forth", "back", "fast", "ferry"]
NEVER = 1e6
ROUNDING_MIN = 1e-4  # arcs are kept in single precision


def network(kinds: list[str]) -> Network:
    tags = {
        "both": ROAD,
        "forth": {**ROAD, "oneway": "yes"},
        "back": {**ROAD, "oneway": "-1"},
        "fast": {"highway": "trunk"},
        "ferry": {"route": "ferry", "duration": "7"},
    }
    ways = [(street, tags[kind]) for street, kind in zip(STREETS, kinds, strict=True) if kind != "absent"]
    with tempfile.TemporaryDirectory() as folder:
        return built(draw(Path(folder) / "random.osm.pbf", NODES, [*ways, ((0, 1), ROAD)]))


def networks(kinds: list[str]) -> st.SearchStrategy[Network]:
    streets = st.lists(st.sampled_from(kinds), min_size=len(STREETS), max_size=len(STREETS))
    return streets.map(network)


def pairs(graph: Graph, *, limit_min: float = NEVER) -> np.ndarray:
    """Minutes between all places of the drawing, one search at a time."""
    targets = graph.prepare(LON, LAT)
    origins = [Point(lon=lon, lat=lat) for lon, lat in NODES.values()]
    return np.stack([graph.minutes(origin, targets, limit_min=limit_min).minutes for origin in origins])


@given(networks(KINDS))
@settings(max_examples=25)
def test_no_detour_is_shorter(drawn):
    minutes = pairs(Graph(drawn))
    through = (minutes[:, :, None] + minutes[None, :, :]).min(axis=1)
    assert np.all(minutes <= through + ROUNDING_MIN)


@given(networks(["absent", "both", "fast", "ferry"]))
@settings(max_examples=15)
def test_without_one_way_streets_there_and_back_take_the_same_time(drawn):
    minutes = pairs(Graph(drawn))
    assert np.array_equal(np.isinf(minutes), np.isinf(minutes.T))
    known = np.isfinite(minutes)
    assert np.allclose(minutes[known], minutes.T[known], atol=ROUNDING_MIN)


@given(networks(KINDS), st.floats(0, 20))
@settings(max_examples=15)
def test_a_limit_cuts_and_changes_nothing_else(drawn, limit_min):
    graph = Graph(drawn)
    whole, cut = pairs(graph), pairs(graph, limit_min=limit_min)
    assert np.array_equal(cut, np.where(whole <= limit_min, whole, np.inf))


@given(networks(KINDS), st.lists(st.integers(0, SIDE * SIDE - 1), min_size=1, max_size=6), st.floats(1, 60))
@settings(max_examples=25)
def test_the_nearest_is_the_least_of_all_pairs(drawn, offers, limit_min):
    graph = Graph(drawn)
    targets = graph.prepare(LON, LAT)
    nearest = graph.nearest(targets, targets.take(np.array(offers)), limit_min=limit_min)
    least = pairs(graph)[:, offers].min(axis=1)
    expected = np.where(least <= limit_min, least, np.inf)
    assert np.allclose(nearest.minutes, expected, atol=ROUNDING_MIN) or np.isclose(least, limit_min).any()


@given(networks(KINDS), st.integers(0, SIDE * SIDE - 1), st.floats(0, 40))
@settings(max_examples=25)
def test_both_engines_say_the_same(drawn, start, limit_min):
    fast, slow = Graph(drawn, compiled=True), Graph(drawn, compiled=False)
    targets = fast.prepare(LON, LAT)
    origin = Point(lon=float(LON[start]), lat=float(LAT[start]))
    one, other = (graph.minutes(origin, targets, limit_min=limit_min) for graph in (fast, slow))
    assert np.allclose(one.minutes, other.minutes, atol=ROUNDING_MIN)
    assert [area.geometry.equals(same.geometry) for area, same in zip(
        fast.reach(origin, [3, 9]), slow.reach(origin, [3, 9]), strict=True
    )] == [True, True]  # fmt: skip


@given(networks(KINDS), st.integers(0, SIDE * SIDE - 1))
@settings(max_examples=15)
def test_a_shorter_time_reaches_no_further(drawn, start):
    graph = Graph(drawn)
    areas = graph.reach(Point(lon=float(LON[start]), lat=float(LAT[start])), [2, 5, 10])
    for inner, outer in pairwise(areas):
        assert inner.geometry.difference(outer.geometry).area < 1e-12
        assert inner.geometry.is_valid
        assert outer.geometry.is_valid
