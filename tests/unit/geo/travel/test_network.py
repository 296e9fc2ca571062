"""The network that is built from ways: arcs, times, corners."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from geo.distance import haversine_m
from tests.road_network import ROAD

if TYPE_CHECKING:
    from geo.travel.network import Network

EAST = {n: (7.0 + n / 100, 48.0) for n in range(6)}
STEP_KM = haversine_m(lon=7.0, lat=48.0, to_lon=7.01, to_lat=48.0) / 1000
FACTOR, CROSSING_MIN = 0.95, 1 / 60  # half of 2 s at each end, twice


def arcs(network: Network) -> dict[tuple[int, int], float]:
    """Minutes of each arc between nodes of OpenStreetMap."""
    tails = np.repeat(network.node_id, np.diff(network.starts))
    return dict(
        zip(
            zip(tails.tolist(), network.node_id[network.heads].tolist(), strict=True),
            network.minutes.astype(float).tolist(),
            strict=True,
        )
    )


def test_the_time_of_an_arc_is_its_length_at_the_speed_of_its_class(network_of):
    found = arcs(network_of(EAST, [([0, 1], ROAD)]))
    assert found == {(0, 1): pytest.approx(FACTOR * STEP_KM / 40 * 60), (1, 0): pytest.approx(found[0, 1])}


def test_a_crossing_costs_two_seconds_to_who_goes_through(network_of):
    north = {**EAST, 9: (7.01, 48.01)}
    found = arcs(network_of(north, [([0, 1, 2], ROAD), ([1, 9], ROAD)]))
    without = arcs(network_of(EAST, [([0, 1], ROAD), ([1, 2], ROAD)]))
    through = found[0, 1] + found[1, 2]
    assert through == pytest.approx(without[0, 1] + without[1, 2] + FACTOR * 2 / 60)


def test_one_way_streets_have_one_arc(network_of):
    assert arcs(network_of(EAST, [([0, 1], {**ROAD, "oneway": "yes"})])).keys() == {(0, 1)}
    assert arcs(network_of(EAST, [([0, 1], {**ROAD, "oneway": "-1"})])).keys() == {(1, 0)}


def test_of_two_roads_between_two_crossings_the_quicker_counts(network_of):
    found = arcs(network_of(EAST, [([0, 1], ROAD), ([0, 1], {"highway": "trunk"})]))
    assert found[0, 1] == pytest.approx(FACTOR * STEP_KM / 90 * 60)


def test_a_long_road_keeps_points_along_it(network_of):
    fine = {n: (7.0 + n / 2000, 48.0) for n in range(101)}  # 3.7 km, a point each 37 m
    network = network_of(fine, [(list(fine), ROAD)])
    kept = np.sort(network.lon)
    assert 14 <= len(kept) <= 18
    assert np.diff(kept).max() * 74_400 < 300
    found = arcs(network)
    assert sum(found.values()) / 2 == pytest.approx(FACTOR * 5 * STEP_KM / 40 * 60, rel=1e-5)


def test_a_ferry_takes_the_time_of_its_timetable_without_the_factor_of_roads(network_of):
    ways = [([0, 1], ROAD), ([1, 2, 3], {"route": "ferry", "duration": "00:40"}), ([3, 4], ROAD)]
    network = network_of(EAST, ways)
    found = arcs(network)
    assert found[1, 2] + found[2, 3] == pytest.approx(40)
    assert network.ferry.sum() == 4


def test_a_ferry_without_timetable_goes_at_15_km_an_hour_and_boards_in_20_minutes(network_of):
    found = arcs(network_of(EAST, [([0, 1], {"route": "ferry"})]))
    assert found[0, 1] == pytest.approx(STEP_KM / 15 * 60 + 20)


def test_a_roundabout_is_driven_one_way(network_of):
    ring = {1: (7.0, 48.0), 2: (7.001, 48.0), 3: (7.001, 48.001)}
    ends = {11: (6.99, 48.0), 12: (7.01, 48.0), 13: (7.0, 48.01)}
    ways = [([1, 2, 3, 1], {**ROAD, "junction": "roundabout"}), *(([n, n + 10], ROAD) for n in ring)]
    found = arcs(network_of(ring | ends, ways))
    assert {(1, 2), (2, 3), (3, 1)} <= found.keys()
    assert not {(2, 1), (3, 2), (1, 3)} & found.keys()


def test_a_closed_corner_is_no_place_to_start_from(network_of):
    # 4 is reached by a one-way street and left by none; 5 is left and never reached.
    one_way = {**ROAD, "oneway": "yes"}
    network = network_of(EAST, [([0, 1, 2], ROAD), ([0, 2], ROAD), ([2, 4], one_way), ([5, 0], one_way)])
    anchored = set(network.node_id[network.anchor].tolist())
    assert anchored == {0, 1, 2}


def test_nodes_near_on_the_ground_are_near_in_memory(network_of):
    network = network_of(EAST, [(list(EAST), ROAD)])
    assert np.all(np.diff(network.cell.astype(np.int64)) >= 0)


def test_a_walker_has_a_network_of_his_own(network_of):
    path = {**EAST}
    ways = [([0, 1], {"highway": "path"}), ([1, 2], {"highway": "motorway"})]
    assert arcs(network_of(path, ways, "foot")) == {
        (0, 1): pytest.approx(STEP_KM / 4.5 * 60),
        (1, 0): pytest.approx(STEP_KM / 4.5 * 60),
    }
