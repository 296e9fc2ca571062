"""Distances over the ground, beside the geodesic of PROJ."""

from __future__ import annotations

import numpy as np
import pytest
from pyproj import Geod

from geo.distance import ground_m
from geo.point import Point

GEODESIC = Geod(ellps="WGS84")


@pytest.mark.parametrize("lat", [48.85, -21.1, 4.9, 16.2, 70.0])
@pytest.mark.parametrize(("span_deg", "tolerance_m"), [(0.01, 0.001), (0.3, 0.01), (1.0, 0.06), (9.0, 35.0)])
def test_many_distances_are_those_of_the_ellipsoid(lat, span_deg, tolerance_m):
    dice = np.random.default_rng(7)
    lon = 2.0 + dice.uniform(-span_deg, span_deg, 2_000)
    to_lat = lat + dice.uniform(-span_deg, span_deg, 2_000)
    measured = ground_m(Point(lon=2.0, lat=lat), lon, to_lat)
    _, _, expected = GEODESIC.inv(np.full(2_000, 2.0), np.full(2_000, lat), lon, to_lat)
    assert np.abs(measured - expected).max() < tolerance_m


def test_a_place_is_at_no_distance_from_itself():
    assert ground_m(Point(lon=2.0, lat=48.0), np.array([2.0]), np.array([48.0])).tolist() == [0.0]
