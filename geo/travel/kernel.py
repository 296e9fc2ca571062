"""Shortest times on a network, compiled by numba: Dijkstra that stops at the limit or at the last target.

Compiled with `nogil`: while it runs, the other threads of the server go on. The compiled code is kept beside
this file, or where `NUMBA_CACHE_DIR` says; a process that may write nowhere compiles it again, in some
seconds.

In the compiled functions, `rows` is (starts, heads, minutes, ferry) of a network and `work` the memory of a
search: (times, boat, wanted, touched, keys, nodes): one value for each node, where every time is infinite
between two searches, then a heap whose every entry has four below it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit  # pyright: ignore[reportMissingTypeStubs] - it has none

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Rows = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32], NDArray[np.bool_]]
    Work = tuple[
        NDArray[np.float64],
        NDArray[np.bool_],
        NDArray[np.bool_],
        NDArray[np.int32],
        NDArray[np.float64],
        NDArray[np.int32],
    ]


def _compiled(function: Any) -> Any:
    try:
        return njit(cache=True, nogil=True)(function)
    except RuntimeError:  # nowhere to keep the compiled code
        return njit(nogil=True)(function)


def workspace(nodes: int, arcs: int) -> Work:
    """Memory for one search at a time, to be used again by the next one.

    What no search has touched takes no room: the heap is as long as it can ever be, and hardly used.
    """
    return (
        np.full(nodes, np.inf),
        np.zeros(nodes, dtype=np.bool_),
        np.zeros(nodes, dtype=np.bool_),
        np.empty(nodes, dtype=np.int32),
        np.empty(nodes + arcs, dtype=np.float64),
        np.empty(nodes + arcs, dtype=np.int32),
    )


@_compiled
def _push(keys: Any, nodes: Any, size: int, key: float, node: int) -> None:
    at = size
    while at > 0:
        above = (at - 1) >> 2
        if keys[above] <= key:
            break
        keys[at] = keys[above]
        nodes[at] = nodes[above]
        at = above
    keys[at] = key
    nodes[at] = node


@_compiled
def _drop_first(keys: Any, nodes: Any, size: int) -> None:
    """Take the first of `size` entries away: the last one sinks from its place."""
    last = size - 1
    key = keys[last]
    node = nodes[last]
    at = 0
    while True:
        first = (at << 2) + 1
        if first >= last:
            break
        least = first
        for child in range(first + 1, min(first + 4, last)):
            if keys[child] < keys[least]:
                least = child
        if keys[least] >= key:
            break
        keys[at] = keys[least]
        nodes[at] = nodes[least]
        at = least
    keys[at] = key
    nodes[at] = node


@_compiled
def _settle(rows: Any, sources: Any, source_min: Any, left: int, limit_min: float, work: Any) -> int:
    """Times from the sources, until `left` wanted nodes are settled; how many nodes were touched."""
    starts, heads, minutes, ferry = rows
    times, boat, wanted, touched, keys, nodes = work
    size = 0
    count = 0
    for i in range(len(sources)):
        node, time = sources[i], source_min[i]
        if time <= limit_min and time < times[node]:
            if times[node] == np.inf:
                touched[count] = node
                count += 1
            times[node], boat[node] = time, False
            _push(keys, nodes, size, time, node)
            size += 1
    while size > 0 and left > 0:
        key, node = keys[0], nodes[0]
        _drop_first(keys, nodes, size)
        size -= 1
        if key > times[node]:
            continue  # a shorter way was found since it was put there
        if wanted[node]:
            wanted[node] = False
            left -= 1
        for arc in range(starts[node], starts[node + 1]):
            head, time = heads[arc], key + minutes[arc]
            if time <= limit_min and time < times[head]:
                if times[head] == np.inf:
                    touched[count] = head
                    count += 1
                times[head], boat[head] = time, boat[node] or ferry[arc]
                _push(keys, nodes, size, time, head)
                size += 1
    return count


@_compiled
def _to_targets(rows: Any, sources: Any, source_min: Any, targets: Any, limit_min: float, work: Any) -> Any:
    times, boat, wanted, touched, _, _ = work
    left = 0
    for target in targets:
        if not wanted[target]:
            wanted[target] = True
            left += 1
    count = _settle(rows, sources, source_min, left, limit_min, work)
    found, by_boat = times[targets], boat[targets]
    for target in targets:
        wanted[target] = False
    times[touched[:count]] = np.inf
    return found, by_boat


@_compiled
def _everywhere(rows: Any, sources: Any, source_min: Any, limit_min: float, work: Any) -> Any:
    times, _, _, touched, _, _ = work
    count = _settle(rows, sources, source_min, 1, limit_min, work)
    reached = touched[:count].copy()
    found = times[reached]
    times[reached] = np.inf
    return reached, found


def to_targets(
    rows: Rows,
    sources: NDArray[np.int32],
    source_min: NDArray[np.float64],
    targets: NDArray[np.int32],
    limit_min: float,
    work: Work,
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Minutes to each target node, infinite beyond the limit, and whether the way goes by ferry.

    `source_min` is what was already spent when leaving from each source.
    """
    found, by_boat = _to_targets(rows, sources, source_min, targets, limit_min, work)
    return found, by_boat & np.isfinite(found)


def everywhere(
    rows: Rows,
    sources: NDArray[np.int32],
    source_min: NDArray[np.float64],
    limit_min: float,
    work: Work,
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """The nodes within the limit, in no order, and the minutes to each."""
    return _everywhere(rows, sources, source_min, limit_min, work)
