"""The map of areas: self-contained, honest about what it shows."""

from __future__ import annotations

from datetime import date

from geo.point import Point
from geo.travel.areas import collection
from geo.travel.choice import RoadOrEstimate
from geo.travel.graph import Graph
from maps.isochrone_map import isochrone_map
from tests.road_network import ROAD, built, draw

DAY = date(2026, 11, 26)
HERE = Point(lon=7.0, lat=48.0)
LINE = {n: (7.0 + n / 100, 48.0) for n in range(6)}


def test_estimated_areas_are_dashed_and_said(tmp_path):
    areas = collection(RoadOrEstimate(), HERE, [10, 20])
    page = isochrone_map(areas, HERE, made_on=DAY)
    assert "Estimation à vol d’oiseau" in page
    assert "OpenStreetMap" not in page
    assert '"dashArray": "8 6"' in page
    assert "≈ 20 min, estimation à vol d’oiseau" in page
    assert isochrone_map(areas, HERE, made_on=DAY) == page


def test_areas_by_the_road_name_their_source_and_its_date(tmp_path):
    extract = draw(
        tmp_path / "x.osm.pbf", LINE, [([n, n + 1], ROAD) for n in range(5)], bounds=(6.9, 47.9, 7.2, 48.1)
    )
    choice = RoadOrEstimate([Graph(built(extract))])
    page = isochrone_map(collection(choice, HERE, [5, 10]), HERE, names=[("Ville", 7.0, 48.0)], made_on=DAY)
    assert "© les contributeurs d&#39;OpenStreetMap, ODbL, réseau du 20 novembre 2026" in page
    assert "10 min par la route, hors trafic" in page
    assert 'dashArray": "8 6' not in page
    assert "vol d’oiseau" not in page


def test_a_place_far_from_any_road_has_no_area_and_is_told(tmp_path):
    nodes = {1: (7.0, 48.0), 2: (7.01, 48.0)}
    extract = draw(tmp_path / "x.osm.pbf", nodes, [([1, 2], ROAD)], bounds=(6.9, 47.9, 7.2, 48.1))
    choice = RoadOrEstimate([Graph(built(extract))])
    far = Point(lon=7.04, lat=48.0)
    page = isochrone_map(collection(choice, far, [5]), far, made_on=DAY)
    assert "Aucun lieu n’est atteint" in page
