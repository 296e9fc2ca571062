"""Road networks drawn for tests, written as real extracts (`.osm.pbf`) by osmium."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import osmium
import osmium.io
import osmium.osm
import osmium.osm.mutable

from geo.travel import network, osm
from geo.travel.profile import profile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from geo.travel.network import Network
    from geo.travel.times import ProfileName

Way = tuple["Sequence[int]", "Mapping[str, str]"]
ROAD = {"highway": "unclassified"}  # 40 km/h


class Quiet:
    """A progress that nobody watches, and counts what it is told."""

    def __init__(self) -> None:
        self.stages: dict[str, int | None] = {}
        self.bytes_done = 0

    def stage(self, name: str, *, total_bytes: int | None = None) -> None:
        self.stages[name] = total_bytes

    def advance(self, *, bytes_done: int = 0, rows: int = 0) -> None:  # noqa: ARG002 - of the protocol
        self.bytes_done += bytes_done

    def note(self, text: str) -> None:
        pass


def draw(
    path: Path,
    nodes: Mapping[int, tuple[float, float]],
    ways: Iterable[Way],
    *,
    bounds: tuple[float, float, float, float] | None = None,
    as_of: str | None = "2026-11-20T21:20:00Z",
) -> Path:
    """Write an extract: nodes by identifier (lon, lat), ways with their tags."""
    header = osmium.io.Header()
    if as_of is not None:
        header.set("osmosis_replication_timestamp", as_of)
    if bounds is not None:
        header.add_box(osmium.osm.Box(*bounds))
    with osmium.SimpleWriter(str(path), header=header, overwrite=True) as writer:
        for number, place in sorted(nodes.items()):
            writer.add_node(osmium.osm.mutable.Node(id=number, version=1, location=place))
        for number, (refs, tags) in enumerate(ways, 1):
            writer.add_way(osmium.osm.mutable.Way(id=number, version=1, nodes=list(refs), tags=dict(tags)))
    return path


def built(path: Path, name: ProfileName = "car") -> Network:
    """The network of an extract."""
    table = profile(name)
    ways, said = osm.read(path, table, Quiet(), sha256="0" * 64)
    return network.build(ways, said, table)
