"""Outlines: simplified together, drawn small."""

from __future__ import annotations

import re

import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Polygon, box

from maps.outlines import frames, simplified


def _row(code: str, geom: shapely.Geometry, *, region: str = "84", srid: int = 2154) -> dict[str, object]:
    return {
        "department_code": code,
        "region_code": region,
        "srid": srid,
        "outline": shapely.to_wkb(geom),
        "source": "essai",
    }


def _ragged_neighbours(steps: int, jitter: list[float]) -> tuple[Polygon, Polygon]:
    """Two squares of 100 km that share a border of many small teeth."""
    border = [(100_000 + jitter[i], 100_000 * i / steps) for i in range(1, steps)]
    shared = [(100_000, 0), *border, (100_000, 100_000)]
    west = Polygon([(0, 0), *shared, (0, 100_000)])
    east = Polygon([(200_000, 0), (200_000, 100_000), *reversed(shared)])
    return west, east


@settings(max_examples=30)
@given(st.lists(st.floats(-900, 900), min_size=40, max_size=40))
def test_neighbours_stay_joined_without_gap_nor_overlap(jitter: list[float]):
    west, east = _ragged_neighbours(40, jitter)
    small_west, small_east = simplified([west, east], tolerance=3000)
    assert small_west.intersection(small_east).area == 0
    assert abs(small_west.union(small_east).area - (small_west.area + small_east.area)) < 1e-3
    assert small_west.intersection(small_east).length >= 100_000
    assert shapely.get_num_coordinates(small_west) < shapely.get_num_coordinates(west)


def test_islets_go_but_a_territory_never_vanishes():
    mainland, islet = box(0, 0, 10_000, 10_000), box(20_000, 0, 20_100, 100)
    kept, tiny = simplified([MultiPolygon([mainland, islet]), islet.buffer(0)], tolerance=1000)
    assert kept.area < mainland.area + islet.area / 2
    assert not tiny.is_empty


def test_each_overseas_department_has_a_frame_of_its_own_with_its_name():
    rows = [
        _row("69", box(800_000, 6_500_000, 900_000, 6_600_000)),
        _row("75", box(600_000, 6_800_000, 700_000, 6_900_000), region="11"),
        _row("974", box(300_000, 7_600_000, 370_000, 7_690_000), region="04", srid=2975),
    ]
    drawn = frames(rows, {"974": "La Réunion"})
    assert [(frame.key, frame.title) for frame in drawn] == [
        ("metropole", "France métropolitaine"),
        ("ile-de-france", "Île-de-France"),
        ("974", "La Réunion"),
    ]
    assert [shape.code for shape in drawn[0].shapes] == ["69", "75"]
    assert max(drawn[2].width, drawn[2].height) == 200


def test_a_path_stays_in_its_frame_and_north_is_up():
    rows = [_row("01", box(0, 0, 100_000, 100_000)), _row("02", box(0, 100_000, 100_000, 200_000))]
    (frame,) = frames(rows, {})
    south, north = frame.shapes
    assert north.y < south.y
    start = re.match(r"M(\d+) (\d+)l", south.path)
    assert start is not None
    assert 0 <= int(start[1]) <= frame.width
    assert 0 <= int(start[2]) <= frame.height
    assert south.path.endswith("z")


def test_no_outline_gives_no_frame():
    assert frames([], {}) == []
