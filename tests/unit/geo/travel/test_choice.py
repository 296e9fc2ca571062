"""Road or estimate, never both; networks followed as their files come, change, break and go."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from structlog.testing import capture_logs

from geo.point import Point
from geo.travel import store
from geo.travel.areas import collection
from geo.travel.choice import Places, RoadOrEstimate
from geo.travel.folder import RoadFolder
from geo.travel.graph import Graph
from geo.travel.times import ATTRIBUTION
from tests.road_network import ROAD

LINE = {n: (7.0 + n / 100, 48.0) for n in range(6)}
WAYS = [([n, n + 1], ROAD) for n in range(5)]
BOUNDS = (6.9, 47.9, 7.2, 48.1)
HERE = Point(lon=7.0, lat=48.0)
LON, LAT = np.array([7.01, 7.02, 9.0]), np.array([48.0, 48.0, 48.0])


@pytest.fixture
def network(network_of):
    return network_of(LINE, WAYS, bounds=BOUNDS)


def test_a_list_with_one_candidate_outside_is_estimated_whole(network):
    choice = RoadOrEstimate([Graph(network)])
    assert choice.choose(HERE, LON[:2], LAT[:2]).source == "road"
    assert choice.choose(HERE, LON, LAT).source == "estimate"
    assert choice.choose(Point(lon=9.0, lat=48.0), LON[:2], LAT[:2]).source == "estimate"
    assert choice.choose(HERE, LON[:2], LAT[:2], profile="foot").source == "estimate"


def test_of_two_networks_the_newest_answers(network_of):
    old = Graph(network_of(LINE, WAYS, bounds=BOUNDS, as_of="2025-01-01T00:00:00Z"), name="z")
    new = Graph(network_of(LINE, WAYS, bounds=BOUNDS), name="a")
    undated = Graph(network_of(LINE, WAYS, bounds=BOUNDS, as_of=None), name="b")
    chosen = RoadOrEstimate([old, undated, new]).choose(HERE, LON[:2], LAT[:2])
    assert chosen is new


def test_a_list_is_never_shared_between_two_networks(network_of):
    west = Graph(network_of(LINE, WAYS, bounds=BOUNDS))
    moved = {n: (lon + 2, lat) for n, (lon, lat) in LINE.items()}
    east = Graph(network_of(moved, WAYS, bounds=(8.9, 47.9, 9.2, 48.1)))
    choice = RoadOrEstimate([west, east])
    assert choice.choose(HERE, LON[:2], LAT[:2]) is west
    assert choice.choose(HERE, LON, LAT).source == "estimate"


def test_a_table_of_places_is_prepared_once_for_each_source(network, monkeypatch):
    graph, asked = Graph(network), []
    whole = Graph.prepare
    monkeypatch.setattr(
        Graph, "prepare", lambda self, lon, lat: asked.append(len(lon)) or whole(self, lon, lat)
    )
    places, choice = Places(LON, LAT), RoadOrEstimate([graph])
    for _ in range(3):
        times, targets = places.choose(choice, HERE, np.array([1, 0]))
        assert times is graph
        assert targets.lon.tolist() == [7.02, 7.01]
    assert asked == [3]
    times, targets = places.choose(choice, HERE, np.array([0, 2]))
    assert (times.source, len(targets), len(places)) == ("estimate", 2, 3)
    assert np.isfinite(times.minutes(HERE, targets, limit_min=500).minutes).all()


def test_a_network_is_taken_when_its_file_comes_and_left_when_it_goes(network, tmp_path: Path):
    folder = RoadFolder(tmp_path)
    assert folder.refresh().graphs == ()
    store.write(network, tmp_path / "alsace.npz")
    with capture_logs() as logs:
        (graph,) = folder.refresh().graphs
    assert graph.name == "alsace"
    assert [line["event"] for line in logs] == ["road-network-loaded"]
    assert folder.refresh().graphs == (graph,)  # not read again
    (tmp_path / "alsace.npz").unlink()
    assert folder.refresh().graphs == ()


def test_a_changed_file_is_read_again(network_of, tmp_path: Path):
    folder = RoadFolder(tmp_path)
    store.write(network_of(LINE, WAYS, as_of=None), tmp_path / "alsace.npz")
    before = folder.refresh()
    store.write(network_of(LINE, WAYS), tmp_path / "alsace.npz")
    after = folder.refresh()
    assert (before.graphs[0].as_of, str(after.graphs[0].as_of)) == (None, "2026-11-20")
    # Whoever took the former choice goes on with it, on the file that is no more.
    assert np.isfinite(before.graphs[0].network.minutes).all()


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06" + bytes(18), b"not a network"])
def test_a_broken_file_is_told_and_the_service_goes_on(network, tmp_path: Path, content: bytes):
    store.write(network, tmp_path / "good.npz")
    (tmp_path / "bad.npz").write_bytes(content)
    folder = RoadFolder(tmp_path)
    with capture_logs() as logs:
        choice = folder.refresh()
    assert [graph.name for graph in choice.graphs] == ["good"]
    assert [line["log_level"] for line in logs if line["event"] == "road-network-unusable"] == ["error"]
    assert choice.notices == (
        "Le réseau routier « bad.npz » est illisible : les temps de trajet sont estimés.",
    )
    with capture_logs() as logs:
        assert folder.refresh() is choice  # said once
    assert logs == []
    store.write(network, tmp_path / "bad.npz")
    assert folder.refresh().notices == ()


def test_a_draft_of_a_file_is_not_a_network(network, tmp_path: Path):
    store.write(network, tmp_path / "good.npz")
    os.link(tmp_path / "good.npz", tmp_path / ".good.npz")
    (tmp_path / ".good.npz.1.part").write_bytes(b"half")
    assert len(RoadFolder(tmp_path).refresh().graphs) == 1


def test_areas_say_where_they_come_from(network):
    road = collection(RoadOrEstimate([Graph(network)]), HERE, [20, 5, 5])
    assert (road["source"], road["as_of"], road["attribution"]) == ("road", "2026-11-20", ATTRIBUTION)
    assert [area["properties"]["minutes"] for area in road["features"]] == [5, 20]
    assert road["features"][0]["properties"]["label"] == "5 min par la route, hors trafic"
    guess = collection(RoadOrEstimate(notices=["Réseau illisible."]), HERE, [20])
    assert (guess["source"], guess["as_of"], guess["attribution"]) == ("estimate", None, None)
    assert guess["notices"] == ["Réseau illisible."]
    assert guess["features"][0]["properties"]["label"] == "≈ 20 min, estimation à vol d’oiseau"


def test_an_area_cut_by_the_edge_of_the_network_says_so(network_of):
    tight = RoadOrEstimate([Graph(network_of(LINE, WAYS, bounds=(6.98, 47.98, 7.055, 48.02)))])
    assert collection(tight, HERE, [1])["notices"] == []
    answer = collection(tight, HERE, [1, 30])
    assert [area["properties"]["cut"] for area in answer["features"]] == [False, True]
    assert len(answer["notices"]) == 1
