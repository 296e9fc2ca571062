"""OSRM as a yardstick: the same questions, answered by it where it is installed."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from core.errors import FileUnreadable, SystemMissing
from geo.point import Point
from geo.travel import osrm
from tests.road_network import ROAD, draw

LINE = {n: (7.0 + n / 100, 48.0) for n in range(4)}
installed = pytest.mark.skipif(
    find_spec("osrm") is None, reason="OSRM is not installed (Python 3.12: '.[osrm]')"
)


@pytest.mark.skipif(find_spec("osrm") is not None, reason="OSRM is installed")
def test_without_osrm_one_is_told_how_to_have_it(tmp_path: Path):
    for asking in (osrm.package, lambda: osrm.Osrm(tmp_path / "x.osrm")):
        with pytest.raises(SystemMissing, match="osrm"):
            asking()


@installed
def test_osrm_answers_the_same_questions(tmp_path: Path):
    island = {n + 10: (7.0 + n / 100, 48.2) for n in range(3)}
    extract = draw(tmp_path / "line.osm.pbf", LINE | island, [([0, 1, 2, 3], ROAD), ([10, 11, 12], ROAD)])
    engine = osrm.Osrm(osrm.prepare_data(extract, tmp_path))
    targets = engine.prepare(np.array([7.0, 7.01, 7.03]), np.full(3, 48.0))
    found = engine.minutes(Point(lon=7.0, lat=48.0), targets, limit_min=60)
    assert found.source == engine.source == "road"
    assert 0 == found.minutes[0] < found.minutes[1] < found.minutes[2] < 10
    cut = engine.minutes(Point(lon=7.0, lat=48.0), targets, limit_min=float(found.minutes[1]))
    assert np.isfinite(cut.minutes).tolist() == [True, True, False]
    nearest = engine.nearest(targets, targets.take(np.array([0, 2])), limit_min=60)
    assert nearest.minutes[[0, 2]].tolist() == [0, 0]
    assert engine.matrix(targets, targets.take(np.array([], dtype=int))).shape == (3, 0)


@installed
def test_what_osrm_cannot_read_is_told(tmp_path: Path):
    (tmp_path / "bad.osm.pbf").write_bytes(b"no extract")
    (tmp_path / "made").mkdir()
    with pytest.raises(FileUnreadable):
        osrm.prepare_data(tmp_path / "bad.osm.pbf", tmp_path / "made")
