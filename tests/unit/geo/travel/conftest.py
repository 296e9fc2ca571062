"""Small networks drawn for a test, and real ones built once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pytest

from geo.travel.graph import Graph
from geo.travel.network import Network
from geo.travel.times import ProfileName
from tests.road_network import Way, built, draw

ENGINES = pytest.mark.parametrize("compiled", [True, False], ids=["numba", "scipy"])


@pytest.fixture
def network_of(tmp_path: Path) -> Callable[..., Network]:
    """The network of some nodes (identifier: lon, lat) and ways."""

    def make(
        nodes: Mapping[int, tuple[float, float]],
        ways: Iterable[Way],
        profile: ProfileName = "car",
        **given: object,
    ) -> Network:
        return built(draw(tmp_path / "drawn.osm.pbf", nodes, ways, **given), profile)  # type: ignore[arg-type]

    return make


@pytest.fixture(scope="session")
def liechtenstein(official: Path) -> Network:
    """The network of a whole country, ten thousand arcs; skipped when the extract is absent."""
    return built(_extract(official, "liechtenstein-20150727"))


@pytest.fixture(scope="session")
def porto(official: Path) -> Graph:
    """The graph of a city and its surroundings; skipped when the extract is absent."""
    return Graph(built(_extract(official, "porto-20150606")), name="porto")


def _extract(official: Path, name: str) -> Path:
    path = official / "osm" / f"{name}.osm.pbf"
    if not path.exists():
        pytest.skip(f"no {path.name} among the official extracts")
    return path
