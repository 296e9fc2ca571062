"""Reading extracts, sound and damaged."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from core.errors import FileUnreadable
from geo.travel import osm
from geo.travel.profile import profile
from tests.road_network import ROAD, Quiet, built, draw

CAR = profile("car")
CORNERS = {1: (7.0, 48.0), 2: (7.01, 48.0), 3: (7.01, 48.01)}


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    return draw(
        tmp_path / "small.osm.pbf",
        CORNERS,
        [([1, 2, 3], ROAD), ([1, 3], {"highway": "footway"})],
        bounds=(6.9, 47.9, 7.1, 48.1),
    )


def test_roads_are_read_with_what_the_extract_says_of_itself(extract: Path):
    progress = Quiet()
    ways, said = osm.read(extract, CAR, progress, sha256="abc")
    assert ways.refs.tolist() == [1, 2, 3]
    assert ways.node_id.tolist() == [1, 2, 3]
    assert ways.lon.tolist() == pytest.approx([7.0, 7.01, 7.01])
    assert (said.as_of, said.sha256) == (date(2026, 11, 20), "abc")
    assert said.bounds == pytest.approx((6.9, 47.9, 7.1, 48.1))
    assert progress.bytes_done == 2 * extract.stat().st_size  # every byte told, once for each pass


def test_an_extract_without_date_nor_bounds_is_taken(tmp_path: Path):
    network = built(draw(tmp_path / "bare.osm.pbf", CORNERS, [([1, 2, 3], ROAD)], as_of=None))
    assert network.about.as_of is None
    assert network.about.bounds == pytest.approx((7.0, 48.0, 7.01, 48.01))


def test_a_way_that_leaves_the_extract_is_kept_up_to_its_edge(tmp_path: Path):
    network = built(draw(tmp_path / "cut.osm.pbf", CORNERS, [([99, 1, 2, 98, 3], ROAD), ([2, 3], ROAD)]))
    assert sorted(network.node_id.tolist()) == [1, 2, 3]
    assert len(network.heads) == 4  # 1-2 and 2-3, both ways


def test_a_file_cut_anywhere_is_refused(extract: Path, tmp_path: Path):
    whole = extract.read_bytes()
    cut = tmp_path / "cut.osm.pbf"
    for length in range(len(whole)):
        cut.write_bytes(whole[:length])
        with pytest.raises(FileUnreadable):
            osm.read(cut, CAR, Quiet(), sha256="")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>404</html>",
        b"PK\x03\x04",
        b"\xff" * 200,
        b"\x00\x00\x00\x0d\x0a\x09OSMHeader\x18\x05hello",
    ],
    ids=["empty", "page", "zip", "noise", "broken-header"],
)
def test_what_is_no_extract_is_refused(tmp_path: Path, content: bytes):
    path = tmp_path / "not.osm.pbf"
    path.write_bytes(content)
    with pytest.raises(FileUnreadable) as caught:
        osm.read(path, CAR, Quiet(), sha256="")
    assert "extrait" in caught.value.message.lower()


def test_a_damaged_block_is_refused(extract: Path):
    content = bytearray(extract.read_bytes())
    content[-30:-10] = bytes(20)
    extract.write_bytes(content)
    with pytest.raises(FileUnreadable):
        osm.read(extract, CAR, Quiet(), sha256="")


def test_an_extract_without_a_road_is_refused(tmp_path: Path):
    for tags in ({"highway": "footway"}, {"building": "yes"}, {"highway": "primary", "access": "no"}):
        path = draw(tmp_path / "none.osm.pbf", CORNERS, [([1, 2], tags)])
        with pytest.raises(FileUnreadable):
            built(path)


def test_ways_that_lead_nowhere_are_no_network(tmp_path: Path):
    with pytest.raises(FileUnreadable):
        built(draw(tmp_path / "point.osm.pbf", CORNERS, [([1], ROAD), ([2, 2], ROAD), ([], ROAD)]))


def test_the_work_can_be_interrupted(extract: Path):
    class Impatient(Quiet):
        def advance(self, **_: int) -> None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        osm.read(extract, CAR, Impatient(), sha256="")


def test_a_missing_file_is_told(tmp_path: Path):
    with pytest.raises(FileUnreadable):
        osm.read(tmp_path / "absent.osm.pbf", CAR, Quiet(), sha256="")
    with pytest.raises(FileUnreadable):
        osm.digest(tmp_path / "absent.osm.pbf", Quiet())


def test_the_digest_is_that_of_sha256sum(tmp_path: Path):
    path = tmp_path / "x"
    path.write_bytes(b"abc")
    assert osm.digest(path, Quiet()) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
