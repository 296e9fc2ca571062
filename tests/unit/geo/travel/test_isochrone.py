"""Areas made of hexagons."""

from __future__ import annotations

import h3
import numpy as np
import pytest
import shapely
from h3.api import basic_int
from hypothesis import given
from hypothesis import strategies as st

from geo.travel.isochrone import areas, outline, parents, resolution_for


@given(st.floats(-180, 180), st.floats(-90, 90), st.integers(5, 10))
def test_the_parent_of_many_is_that_of_the_library(lon, lat, resolution):
    cell = basic_int.latlng_to_cell(lat, lon, 10)
    assert parents(np.array([cell], dtype=np.uint64), resolution).tolist() == [
        basic_int.cell_to_parent(cell, resolution)
    ]


def test_a_ring_of_cells_is_filled():
    centre = basic_int.latlng_to_cell(48.0, 7.0, 9)
    ring = set(basic_int.grid_ring(centre, 1))
    assert outline(ring).equals(outline(ring | {centre}))


def test_a_hole_wider_than_a_cell_stays():
    centre = basic_int.latlng_to_cell(48.0, 7.0, 9)
    area = outline(set(basic_int.grid_ring(centre, 3)))
    assert sum(len(part.interiors) for part in shapely.get_parts(area)) == 1


def test_outlines_turn_left_as_geojson_wants():
    centre = basic_int.latlng_to_cell(48.0, 7.0, 9)
    for part in shapely.get_parts(outline(set(basic_int.grid_ring(centre, 3)))):
        assert part.exterior.is_ccw
        assert not any(hole.is_ccw for hole in part.interiors)


def test_an_area_holds_the_places_reached_and_not_those_beyond():
    here, beyond = ((48.0, 7.0), (48.05, 7.0))
    cells = np.array([int(h3.latlng_to_cell(*place, 10), 16) for place in (here, beyond)], dtype=np.uint64)
    near, far = areas(cells, np.array([4.0, 20.0]), np.zeros(2, dtype=bool), [10, 30])
    assert near.geometry.contains(shapely.Point(7.0, 48.0))
    assert not near.geometry.contains(shapely.Point(7.0, 48.05))
    assert far.geometry.contains(shapely.Point(7.0, 48.05))


def test_nothing_reached_is_an_empty_area():
    (area,) = areas(np.array([], dtype=np.uint64), np.array([]), np.array([], dtype=bool), [10])
    assert area.geometry.is_empty


@pytest.mark.parametrize(("minutes", "resolution"), [(5, 10), (10, 10), (20, 9), (30, 9), (60, 8)])
def test_the_longer_the_coarser(minutes, resolution):
    assert resolution_for(minutes) == resolution
