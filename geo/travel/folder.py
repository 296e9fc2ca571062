"""The networks of a folder (`SAS_HOME/roads`), read when they appear or change, left out when they are
broken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from core.errors import FileUnreadable
from geo.travel.choice import RoadOrEstimate
from geo.travel.graph import Graph

if TYPE_CHECKING:
    from pathlib import Path

    from geo.travel.land import Land

_Stamp = tuple[int, int, int]


class RoadFolder:
    """Follows the files of a folder. `choice` is what to ask now; `refresh` looks again.

    A broken file never stops the service: it is logged, told in `choice.notices`, and tried again when it
    changes. A network in use stays as long as its file is there and has not changed.
    """

    def __init__(self, folder: Path, *, compiled: bool | None = None) -> None:
        self._folder = folder
        self._compiled = compiled
        self._graphs: dict[Path, tuple[_Stamp, Graph | None]] = {}
        self.choice = RoadOrEstimate()

    def refresh(self, *, land: Land | None = None) -> RoadOrEstimate:
        """Read what is new or has changed, forget what is gone; `land` serves the estimate from now on.

        Takes some seconds for a country: to be called outside the event loop, by one thread at a time.
        """
        stamps = _stamps(self._folder)
        changed = {path for path, stamp in stamps.items() if self._known(path) != stamp}
        land = land or self.choice.land
        if not changed and stamps.keys() == self._graphs.keys() and land is self.choice.land:
            return self.choice
        self._graphs = {
            path: (stamp, self._read(path)) if path in changed else self._graphs[path]
            for path, stamp in sorted(stamps.items())
        }
        self.choice = RoadOrEstimate(
            [graph for _, graph in self._graphs.values() if graph is not None],
            land=land,
            notices=[
                f"Le réseau routier « {path.name} » est illisible : les temps de trajet sont estimés."
                for path, (_, graph) in self._graphs.items()
                if graph is None
            ],
        )
        return self.choice

    def _known(self, path: Path) -> _Stamp | None:
        return self._graphs[path][0] if path in self._graphs else None

    def _read(self, path: Path) -> Graph | None:
        log = structlog.get_logger("travel")
        try:
            graph = Graph.load(path, compiled=self._compiled)
            graph.warm()
        except (FileUnreadable, MemoryError) as error:
            log.error("road-network-unusable", file=path.name, error=type(error).__name__)  # noqa: TRY400
            return None
        log.info(
            "road-network-loaded",
            file=path.name,
            nodes=len(graph.network.node_id),
            arcs=len(graph.network.heads),
            as_of=str(graph.as_of),
        )
        return graph


def _stamps(folder: Path) -> dict[Path, _Stamp]:
    """What tells a file from what it was: inode, length, time of its last change."""
    found: dict[Path, _Stamp] = {}
    for path in sorted(folder.glob("*.npz")):
        try:
            facts = path.stat()
        except OSError:
            continue  # gone since it was listed
        if not path.name.startswith("."):
            found[path] = (facts.st_ino, facts.st_size, facts.st_mtime_ns)
    return found
