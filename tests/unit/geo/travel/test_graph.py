"""Times by the road on small networks, worked out by hand; the same from both engines."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from shapely.geometry import box

from core.errors import FileUnreadable
from geo.distance import haversine_m
from geo.point import Point
from geo.travel import kernel, store
from geo.travel.estimate import Estimate
from geo.travel.graph import Graph
from geo.travel.land import Land
from geo.travel.times import Targets
from tests.road_network import ROAD
from tests.unit.geo.travel.conftest import ENGINES

STEP_MIN = 0.95 * haversine_m(lon=7.0, lat=48.0, to_lon=7.01, to_lat=48.0) / 1000 / 40 * 60
LINE = {n: (7.0 + n / 100, 48.0) for n in range(6)}
ISLAND = {n + 100: (7.02 + n / 100, 48.1) for n in range(3)}
WAYS = [([0, 1], ROAD), ([1, 2], ROAD), ([2, 3], ROAD), ([3, 4], ROAD), ([4, 5], ROAD)]
ISLAND_WAYS = [([100, 101], ROAD), ([101, 102], ROAD)]
HERE = Point(lon=7.0, lat=48.0)


def at(graph: Graph, *places: tuple[float, float]) -> Targets:
    return graph.prepare(np.array([lon for lon, _ in places]), np.array([lat for _, lat in places]))


@ENGINES
def test_minutes_add_up_along_the_road(network_of, compiled):
    graph = Graph(network_of(LINE, WAYS), compiled=compiled)
    found = graph.minutes(HERE, at(graph, LINE[0], LINE[1], LINE[3]), limit_min=30)
    assert found.minutes == pytest.approx([0, STEP_MIN, 3 * STEP_MIN], abs=1e-5)
    assert found.source == graph.source == "road"
    assert np.all(found.low <= found.minutes)
    assert np.all(found.minutes <= found.high)
    assert not found.barrier.any()


@ENGINES
def test_the_way_from_the_door_to_the_road_is_counted(network_of, compiled):
    graph = Graph(network_of(LINE, WAYS), compiled=compiled)
    aside = (7.01, 48.009)  # 1 km north of the road
    gap_min = 2.5 * haversine_m(lon=7.01, lat=48.0, to_lon=7.01, to_lat=48.009) / 1000
    found = graph.minutes(Point(lon=7.0, lat=48.0), at(graph, aside), limit_min=30)
    assert found.minutes == pytest.approx([STEP_MIN + gap_min], abs=1e-4)
    back = graph.minutes(Point(lon=7.01, lat=48.009), at(graph, LINE[0]), limit_min=30)
    assert back.minutes == pytest.approx(found.minutes)


@ENGINES
def test_further_than_two_kilometres_from_any_road_is_out_of_reach(network_of, compiled):
    graph = Graph(network_of(LINE, WAYS), compiled=compiled)
    far = at(graph, (7.01, 48.02))
    assert far.node.tolist() == [-1]
    assert np.isinf(graph.minutes(HERE, far, limit_min=60).minutes).all()
    assert np.isinf(graph.minutes(Point(lon=7.01, lat=48.02), at(graph, LINE[0]), limit_min=60).minutes).all()
    assert np.isinf(graph.nearest(far, at(graph, LINE[0]), limit_min=60).minutes).all()
    assert graph.reach(Point(lon=7.01, lat=48.02), [10])[0].geometry.is_empty


@ENGINES
def test_the_limit_is_kept(network_of, compiled):
    graph = Graph(network_of(LINE, WAYS), compiled=compiled)
    targets = at(graph, *LINE.values())
    found = graph.minutes(HERE, targets, limit_min=2.5 * STEP_MIN)
    assert np.isfinite(found.minutes).tolist() == [True, True, True, False, False, False]
    assert np.isinf(found.high[3:]).all()
    assert np.isfinite(graph.minutes(HERE, targets, limit_min=0).minutes).tolist() == [True] + 5 * [False]


@ENGINES
def test_an_island_without_a_ferry_is_out_of_reach(network_of, compiled):
    graph = Graph(network_of(LINE | ISLAND, WAYS + ISLAND_WAYS), compiled=compiled)
    found = graph.minutes(HERE, at(graph, LINE[5], ISLAND[101]), limit_min=1e6)
    assert np.isfinite(found.minutes).tolist() == [True, False]
    nearest = graph.nearest(at(graph, ISLAND[101]), at(graph, LINE[0]), limit_min=1e6)
    assert np.isinf(nearest.minutes).all()


@ENGINES
def test_a_ferry_leads_to_the_island_and_is_told(network_of, compiled):
    boat = ([2, 100], {"route": "ferry", "duration": "30"})
    graph = Graph(network_of(LINE | ISLAND, [*WAYS, *ISLAND_WAYS, boat]), compiled=compiled)
    found = graph.minutes(HERE, at(graph, LINE[5], ISLAND[102]), limit_min=120)
    assert found.ferry.tolist() == [False, True]
    assert found.minutes[1] == pytest.approx(4 * STEP_MIN + 30, rel=0.02)
    assert graph.minutes(HERE, at(graph, ISLAND[102]), limit_min=20).ferry.tolist() == [False]
    nearest = graph.nearest(at(graph, ISLAND[102]), at(graph, LINE[0]), limit_min=120)
    assert nearest.ferry.tolist() == [True]
    assert nearest.minutes == pytest.approx(found.minutes[1:])
    assert np.all(np.diff(graph.network.starts) >= 0)  # nothing of the network was changed on the way
    assert graph.minutes(HERE, at(graph, ISLAND[102]), limit_min=120).minutes == pytest.approx(
        found.minutes[1:]
    )


@ENGINES
def test_a_one_way_street_is_longer_in_one_direction(network_of, compiled):
    ways = [*WAYS[1:], ([0, 1], {**ROAD, "oneway": "yes"}), ([1, 9, 0], ROAD)]
    graph = Graph(network_of(LINE | {9: (7.005, 48.01)}, ways), compiled=compiled)
    there = graph.minutes(HERE, at(graph, LINE[1]), limit_min=60).minutes[0]
    back = graph.minutes(Point(lon=7.01, lat=48.0), at(graph, LINE[0]), limit_min=60).minutes[0]
    assert there < back
    # Everybody leaves for the offer: the time from the patient to the offer, not back.
    assert graph.nearest(at(graph, LINE[0]), at(graph, LINE[1]), limit_min=60).minutes == pytest.approx(
        [there]
    )


@ENGINES
def test_no_target_and_no_offer_are_no_error(network_of, compiled):
    graph = Graph(network_of(LINE, WAYS), compiled=compiled)
    nobody = at(graph)
    assert len(graph.minutes(HERE, nobody, limit_min=30)) == 0
    assert len(graph.nearest(nobody, at(graph, LINE[0]), limit_min=30)) == 0
    assert np.isinf(graph.nearest(at(graph, LINE[0]), nobody, limit_min=30).minutes).all()


@ENGINES
def test_more_offers_than_the_network_has_nodes(network_of, compiled):
    graph = Graph(network_of(LINE, WAYS), compiled=compiled)
    offers = graph.prepare(np.tile([7.05, 7.04], 5000), np.full(10_000, 48.0))
    found = graph.nearest(at(graph, *LINE.values()), offers, limit_min=60)
    assert found.minutes == pytest.approx(
        [4 * STEP_MIN, 3 * STEP_MIN, 2 * STEP_MIN, STEP_MIN, 0, 0], abs=1e-5
    )


def test_targets_are_taken_by_position(network_of):
    graph = Graph(network_of(LINE, WAYS))
    targets = at(graph, *LINE.values())
    taken = targets.take(np.array([3, 1, 1]))
    assert len(taken) == 3
    assert taken.lon.tolist() == [7.03, 7.01, 7.01]
    found = graph.minutes(HERE, taken, limit_min=60).minutes
    assert found == pytest.approx([3 * STEP_MIN, STEP_MIN, STEP_MIN], abs=1e-5)


def test_a_long_table_is_prepared_as_its_places_one_by_one(network_of):
    graph = Graph(network_of(LINE | ISLAND, WAYS + ISLAND_WAYS))
    draw = np.random.default_rng(3)
    lon, lat = draw.uniform(6.98, 7.08, 12_000), draw.uniform(47.97, 48.13, 12_000)
    whole, parts = (
        graph.prepare(lon, lat),
        [graph.prepare(lon[at : at + 1], lat[at : at + 1]) for at in range(300)],
    )
    assert whole.node[:300].tolist() == [part.node[0] for part in parts]
    assert whole.gap_min[:300] == pytest.approx([part.gap_min[0] for part in parts])
    assert whole.lon is lon
    assert -1 in whole.node


def test_a_place_without_a_position_is_out_of_reach_and_outside(network_of):
    graph = Graph(network_of(LINE, WAYS))
    lon, lat = np.array([np.nan, 7.01]), np.array([48.0, 48.0])
    assert graph.covers(lon, lat).tolist() == [False, True]
    targets = graph.prepare(lon, lat)
    assert targets.node[0] == -1
    assert np.isfinite(graph.minutes(HERE, targets, limit_min=60).minutes).tolist() == [False, True]
    estimate = Estimate(Land(box(6, 47, 8, 49)))
    guessed = estimate.minutes(HERE, estimate.prepare(lon, lat), limit_min=60)
    assert np.isfinite(guessed.minutes).tolist() == [False, True]


def test_a_place_starts_from_the_network_and_not_from_a_closed_corner(network_of):
    corner = {**LINE, 50: (7.0, 48.001)}  # reached by a one-way street, and nearer
    graph = Graph(network_of(corner, [*WAYS, ([0, 50], {**ROAD, "oneway": "yes"})]))
    found = graph.minutes(Point(lon=7.0, lat=48.001), at(graph, LINE[1]), limit_min=30)
    assert np.isfinite(found.minutes).all()


def test_searches_in_several_threads_do_not_meet(network_of):
    rows = {n: (7.0 + (n % 30) / 200, 48.0 + (n // 30) / 200) for n in range(900)}
    ways = [([n, n + 1], ROAD) for n in rows if n % 30 < 29] + [([n, n + 30], ROAD) for n in rows if n < 870]
    graph = Graph(network_of(rows, ways))
    targets = at(graph, *list(rows.values())[::7])
    origins = [Point(lon=lon, lat=lat) for lon, lat in list(rows.values())[::90]]
    alone = [graph.minutes(origin, targets, limit_min=25).minutes for origin in origins]
    wrong: list[int] = []

    def again() -> None:
        for _ in range(5):
            for number, origin in enumerate(origins):
                if not np.array_equal(graph.minutes(origin, targets, limit_min=25).minutes, alone[number]):
                    wrong.append(number)

    threads = [threading.Thread(target=again) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_the_network_speaks_for_its_bounds_where_it_has_roads(network_of):
    graph = Graph(network_of(LINE, WAYS, bounds=(6.5, 47.5, 7.5, 48.5)))
    lon, lat = np.array([7.02, 7.02, 6.4, 7.02]), np.array([48.0, 48.4, 48.0, 48.6])
    assert graph.covers(lon, lat).tolist() == [True, False, False, False]


def test_a_graph_is_loaded_with_the_name_of_its_file(network_of, tmp_path):
    store.write(network_of(LINE, WAYS), tmp_path / "corse.foot.npz")
    graph = Graph.load(tmp_path / "corse.foot.npz")
    assert graph.name == "corse"
    assert str(graph.as_of) == "2026-11-20"
    with pytest.raises(FileUnreadable):
        Graph.load(tmp_path / "absent.npz")


def test_where_compiled_code_cannot_be_kept_it_is_compiled_all_the_same(monkeypatch):
    def nowhere(**options: bool):
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return lambda function: function

    monkeypatch.setattr(kernel, "njit", nowhere)
    assert kernel._compiled(len) is len
