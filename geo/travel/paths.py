"""Shortest times on a network: by the compiled search where numba is installed, by scipy otherwise; same
answers.

scipy holds the interpreter's lock while it computes, and always searches up to the limit: its times are those
of the compiled search, later.
"""

from __future__ import annotations

from collections import deque
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy.sparse import csr_matrix, hstack, vstack
from scipy.sparse.csgraph import dijkstra

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.travel.kernel import Rows, Work
    from geo.travel.network import Network

_LEAST_MIN = 1e-9  # an arc of no length is no arc for a sparse matrix
_SAME_MIN = 1e-6


class Paths(Protocol):
    """Searches on one network, in one direction. Safe from several threads."""

    def to_targets(
        self,
        sources: NDArray[np.int32],
        source_min: NDArray[np.float64],
        targets: NDArray[np.int32],
        limit_min: float,
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Minutes to each target node, infinite beyond the limit, and whether the way goes by ferry."""
        ...

    def everywhere(
        self, sources: NDArray[np.int32], source_min: NDArray[np.float64], limit_min: float
    ) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        """The nodes within the limit, in no order, and the minutes to each."""
        ...


def paths(network: Network, *, backwards: bool = False, compiled: bool | None = None) -> Paths:
    """The searches on a network; `backwards` follows every arc against its way: times *to* the sources.

    `compiled` chooses between numba and scipy; by default numba, where it is installed.
    """
    rows = (network.starts, network.heads, network.minutes, network.ferry)
    if backwards:
        rows = turned(rows)
    if compiled is None:
        compiled = find_spec("numba") is not None
    return Compiled(rows) if compiled else ByScipy(rows)


class Compiled:
    """The searches of `geo.travel.kernel`."""

    def __init__(self, rows: Rows) -> None:
        from geo.travel import kernel  # noqa: PLC0415 - numba is optional, and slow to import

        self._kernel = kernel
        self._rows = rows
        self._free: deque[Work] = deque()

    def to_targets(
        self,
        sources: NDArray[np.int32],
        source_min: NDArray[np.float64],
        targets: NDArray[np.int32],
        limit_min: float,
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """See `Paths`."""
        sources, source_min = _distinct(sources, source_min)
        work = self._work()
        answer = self._kernel.to_targets(self._rows, sources, source_min, targets, float(limit_min), work)
        self._free.append(work)  # only a whole search leaves it as the next one wants it
        return answer

    def everywhere(
        self, sources: NDArray[np.int32], source_min: NDArray[np.float64], limit_min: float
    ) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        """See `Paths`."""
        sources, source_min = _distinct(sources, source_min)
        work = self._work()
        answer = self._kernel.everywhere(self._rows, sources, source_min, float(limit_min), work)
        self._free.append(work)
        return answer

    def _work(self) -> Work:
        try:
            return self._free.pop()
        except IndexError:
            return self._kernel.workspace(len(self._rows[0]) - 1, len(self._rows[1]))


class ByScipy:
    """The same searches by `scipy.sparse.csgraph.dijkstra`."""

    def __init__(self, rows: Rows) -> None:
        starts, heads, minutes, ferry = rows
        nodes = len(starts) - 1
        self._matrix = csr_matrix((minutes.astype(np.float64), heads, starts), shape=(nodes, nodes))
        self._by_land = None
        if ferry.any():
            land_min = np.where(ferry, 0, minutes.astype(np.float64))
            by_land = csr_matrix((land_min, heads, starts), shape=(nodes, nodes), copy=True)
            by_land.eliminate_zeros()
            self._by_land = by_land

    def to_targets(
        self,
        sources: NDArray[np.int32],
        source_min: NDArray[np.float64],
        targets: NDArray[np.int32],
        limit_min: float,
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """See `Paths`."""
        found = _times(self._matrix, sources, source_min, limit_min)[targets]
        if self._by_land is None:
            return found, np.zeros(len(found), dtype=bool)
        by_land = _times(self._by_land, sources, source_min, limit_min)[targets]
        return found, np.isfinite(found) & (found < by_land - _SAME_MIN)

    def everywhere(
        self, sources: NDArray[np.int32], source_min: NDArray[np.float64], limit_min: float
    ) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        """See `Paths`."""
        times = _times(self._matrix, sources, source_min, limit_min)
        reached = np.flatnonzero(np.isfinite(times)).astype(np.int32)
        return reached, times[reached]


def _times(
    matrix: csr_matrix, sources: NDArray[np.int32], source_min: NDArray[np.float64], limit_min: float
) -> NDArray[np.float64]:
    """Minutes to every node. Several sources leave from a node of their own, that leads to each."""
    nodes: int = matrix.indptr.size - 1
    near = source_min <= limit_min
    sources, source_min = _distinct(sources[near], source_min[near])
    if not len(sources):
        return np.full(nodes, np.inf)
    if len(sources) == 1:
        times = dijkstra(matrix, indices=int(sources[0]), limit=limit_min - float(source_min[0]))
        return times + float(source_min[0])
    spent = np.maximum(source_min, _LEAST_MIN)
    row = csr_matrix((spent, (np.zeros(len(sources), dtype=np.int32), sources)), shape=(1, nodes))
    whole = hstack([vstack([matrix, row]), csr_matrix((nodes + 1, 1))], format="csr")
    return dijkstra(whole, indices=nodes, limit=limit_min)[:nodes]


def _distinct(
    sources: NDArray[np.int32], source_min: NDArray[np.float64]
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Each source once, with the least of its minutes: the heap has room for no more."""
    if len(sources) < 2:
        return sources, source_min
    order = np.lexsort((source_min, sources))
    first, at = np.unique(sources[order], return_index=True)
    return first, source_min[order][at]


def turned(rows: Rows) -> Rows:
    """Every arc the other way round."""
    starts, heads, minutes, ferry = rows
    tails = np.repeat(np.arange(len(starts) - 1, dtype=np.int32), np.diff(starts))
    order = np.argsort(heads, kind="stable")
    turned_starts = np.zeros_like(starts)
    np.cumsum(np.bincount(heads, minlength=len(starts) - 1), out=turned_starts[1:])
    return turned_starts, tails[order], minutes[order], ferry[order]
