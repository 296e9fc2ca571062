"""Real extracts and real times: a whole country, a city against OSRM, Alsace against the estimate."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest

from geo.point import Point
from geo.travel.estimate import Estimate
from geo.travel.graph import Graph
from geo.travel.sphere import lengths_m
from geo.travel.times import Targets
from tests.unit.geo.travel.conftest import ENGINES

pytestmark = pytest.mark.real

OSRM_TIMES = Path(__file__).parents[3] / "fixtures" / "osm" / "porto-osrm-times.csv"


def all_nodes(graph: Graph) -> Targets:
    return graph.prepare(graph.network.lon, graph.network.lat)


@ENGINES
def test_the_nearest_offer_of_everybody_is_the_least_of_the_pair_matrix(liechtenstein, compiled):
    graph = Graph(liechtenstein, compiled=compiled)
    everybody = all_nodes(graph)
    chosen = np.random.default_rng(0).choice(np.flatnonzero(liechtenstein.anchor), 12, replace=False)
    offers = everybody.take(chosen)
    nearest = graph.nearest(everybody, offers, limit_min=90).minutes
    # From each place to one offer: the same road against its way.
    pairs = np.stack(
        [graph.nearest(everybody, offers.take(np.array([n])), limit_min=90).minutes for n in range(12)]
    )
    assert np.allclose(nearest, pairs.min(axis=0), atol=1e-3)
    # And forward, from a sample of places to all offers.
    for place in np.random.default_rng(1).choice(len(everybody), 60, replace=False):
        origin = Point(lon=float(everybody.lon[place]), lat=float(everybody.lat[place]))
        forward = graph.minutes(origin, offers, limit_min=90).minutes.min()
        assert forward == pytest.approx(nearest[place], abs=1e-3)


def test_nearly_every_road_of_a_country_is_one_network(liechtenstein):
    assert liechtenstein.anchor.mean() > 0.95
    assert str(liechtenstein.about.as_of) == "2015-07-27"


def test_both_engines_say_the_same_on_a_city(porto):
    slow = Graph(porto.network, compiled=False)
    targets = all_nodes(porto).take(np.arange(0, len(porto.network.lon), 97))
    for lon, lat in ((-8.611, 41.149), (-8.45, 41.30), (-8.69, 41.18)):
        one, other = (g.minutes(Point(lon=lon, lat=lat), targets, limit_min=25) for g in (porto, slow))
        assert np.allclose(one.minutes, other.minutes, atol=1e-3)
        assert np.array_equal(one.ferry, other.ferry)


def test_times_agree_with_osrm_in_porto(porto):
    """Check 11.4 of the specification, on a stored table: where OSRM is installed the benchmark asks it."""
    rows = np.loadtxt(OSRM_TIMES, delimiter=",", skiprows=1)
    ours = np.array(
        [
            porto.minutes(
                Point(lon=lon, lat=lat), porto.prepare(np.array([to_lon]), np.array([to_lat])), limit_min=200
            ).minutes[0]
            for lon, lat, to_lon, to_lat, _ in rows
        ]
    )
    assert np.isfinite(ours).mean() > 0.99
    error = np.abs(ours / rows[:, 4] - 1)[np.isfinite(ours)]
    assert np.median(error) <= 0.07
    assert np.percentile(error, 90) <= 0.18


def test_an_isochrone_of_a_city_is_within_the_circle_of_its_fastest_road(porto):
    centre = Point(lon=-8.611, lat=41.149)
    areas = porto.reach(centre, [10, 20, 30])
    for area in areas:
        corners = area.geometry.envelope.exterior.coords
        far_km = max(
            float(lengths_m(centre.lon, centre.lat, np.array([x]), np.array([y]))[0]) / 1000
            for x, y in corners
        )
        assert far_km < area.minutes / 60 * 130 * 1.5
    assert 0 < areas[0].geometry.area < areas[1].geometry.area < areas[2].geometry.area


def test_the_estimate_fits_the_journeys_of_alsace(official):
    """Check 11.5: mean error of 4 minutes at most under 40 km, eight in ten within the interval."""
    path = official / "osm" / "alsace-times-2016.csv.gz"
    if not path.exists():
        pytest.skip("no alsace-times-2016.csv.gz among the official extracts")
    with gzip.open(path, "rt", encoding="utf-8") as text:
        rows = np.array(
            [
                [float(row[key]) for key in ("lon", "lat", "clon", "clat", "minutes")]
                for row in csv.DictReader(text)
            ]
        )
    near = rows[lengths_m(rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3]) < 40_000]
    assert len(near) == 1452
    estimate = Estimate()
    found = [
        estimate.minutes(Point(lon=row[0], lat=row[1]), estimate.prepare(row[2:3], row[3:4]), limit_min=1000)
        for row in near
    ]
    minutes, low, high = (
        np.array([getattr(each, name)[0] for each in found]) for name in ("minutes", "low", "high")
    )
    real = near[:, 4]
    assert np.abs(minutes - real).mean() <= 4.0
    assert 0.75 <= ((low <= real) & (real <= high)).mean() <= 0.90
