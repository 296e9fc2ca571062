"""The road network as arrays: what is built from the ways, kept in a file, and searched.

Nodes are the crossings, the ends of ways, and points along them every few hundred metres, so that a place
finds one near. They are ordered by H3 cell: what is near on the ground is near in memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from h3.api import basic_int as h3
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from core.errors import FileUnreadable
from geo.travel.sphere import lengths_m

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from geo.travel.osm import Extract, Ways
    from geo.travel.profile import Profile

CELL_RESOLUTION = 10
_SHAPE_EVERY_M = 250.0
_LEAST_MIN = 1e-4  # an arc that takes no time at all is no arc for sparse matrices
_LEAST_NODES = 100
_LEAST_SHARE = 0.01


@dataclass(frozen=True, kw_only=True)
class About:
    """What a network was built from. `bounds`: west, south, east, north in degrees."""

    profile: str
    profile_version: str
    factor: float
    bounds: tuple[float, float, float, float]
    as_of: date | None
    sha256: str
    source_bytes: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Network:
    """n nodes and m one-way arcs in compressed rows: the arcs of node i are `starts[i]:starts[i + 1]`.

    node_id   identifier in OpenStreetMap, int64 (n)
    lon, lat  degrees, EPSG:4326, float64 (n)
    cell      H3 cell of resolution 10, uint64 (n), ascending
    anchor    whether a place may start or end there, bool (n): false in corners that the rest cannot reach
              or leave, such as a car park behind closed ways
    starts    int32 (n + 1)
    heads     node an arc leads to, int32 (m)
    minutes   float32 (m), above 0, factor applied
    ferry     whether the arc is a crossing by boat, bool (m)
    """

    about: About
    node_id: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    cell: NDArray[np.uint64]
    anchor: NDArray[np.bool_]
    starts: NDArray[np.int32]
    heads: NDArray[np.int32]
    minutes: NDArray[np.float32]
    ferry: NDArray[np.bool_]


ARRAYS: dict[str, np.dtype] = {
    "node_id": np.dtype(np.int64),
    "lon": np.dtype(np.float64),
    "lat": np.dtype(np.float64),
    "cell": np.dtype(np.uint64),
    "anchor": np.dtype(np.bool_),
    "starts": np.dtype(np.int32),
    "heads": np.dtype(np.int32),
    "minutes": np.dtype(np.float32),
    "ferry": np.dtype(np.bool_),
}
"""Names and types of the arrays of a network."""


def build(ways: Ways, extract: Extract, profile: Profile) -> Network:
    """The network of the ways: lengths on the sphere, times from the table, corners without a way out
    marked.
    """
    edges = _edges(ways)
    tail, head, minutes, ferry = _arcs(edges, ways, profile, len(ways.node_id))
    if not len(tail):
        raise FileUnreadable("Aucune route utilisable dans cet extrait.")
    used = np.unique(np.concatenate([tail, head]))
    cell = np.fromiter(
        (
            h3.latlng_to_cell(lat, lon, CELL_RESOLUTION)
            for lon, lat in zip(ways.lon[used].tolist(), ways.lat[used].tolist(), strict=True)
        ),
        dtype=np.uint64,
        count=len(used),
    )
    order = np.lexsort((ways.node_id[used], cell))
    used, cell = used[order], cell[order]
    rank = np.empty(len(ways.node_id), dtype=np.int32)
    rank[used] = np.arange(len(used), dtype=np.int32)
    starts, heads, minutes, ferry = _rows(rank[tail], rank[head], minutes, ferry, len(used))
    lon, lat = ways.lon[used], ways.lat[used]
    box = (float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max()))
    return Network(
        about=About(
            profile=profile.name,
            profile_version=profile.version,
            factor=profile.factor,
            bounds=extract.bounds or box,
            as_of=extract.as_of,
            sha256=extract.sha256,
            source_bytes=extract.size_bytes,
        ),
        node_id=ways.node_id[used],
        lon=lon,
        lat=lat,
        cell=cell,
        anchor=_anchors(starts, heads),
        starts=starts,
        heads=heads,
        minutes=minutes,
        ferry=ferry,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Edges:
    """Pieces of ways between two kept nodes: indices into the nodes and the ways, length in metres."""

    one: NDArray[np.int64]
    other: NDArray[np.int64]
    way: NDArray[np.int64]
    length_m: NDArray[np.float64]
    way_m: NDArray[np.float64]


def _edges(ways: Ways) -> _Edges:
    index = np.searchsorted(ways.node_id, ways.refs)
    index = np.minimum(index, len(ways.node_id) - 1)
    known = ways.node_id[index] == ways.refs  # an extract cut at its edge names nodes that it does not hold
    sizes = np.diff(ways.starts)
    way_of = np.repeat(np.arange(len(sizes)), sizes)
    inside = way_of[:-1] == way_of[1:]
    step_m = np.where(
        inside,
        lengths_m(ways.lon[index[:-1]], ways.lat[index[:-1]], ways.lon[index[1:]], ways.lat[index[1:]]),
        0.0,
    )
    along_m = np.concatenate([[0.0], np.cumsum(step_m)])
    way_m = (
        along_m[np.maximum(ways.starts[1:] - 1, 0)] - along_m[np.minimum(ways.starts[:-1], len(index) - 1)]
    )
    from_start_m = along_m - along_m[ways.starts[way_of]]
    piece = np.floor(from_start_m / _SHAPE_EVERY_M)
    uses = np.bincount(index, minlength=len(ways.node_id))
    kept = (uses[index] > 1) | ~known
    kept[1:] |= ~inside | (piece[1:] != piece[:-1])
    kept[:-1] |= ~inside
    kept[[0, -1]] = True
    at = np.flatnonzero(kept)
    one, other = at[:-1], at[1:]
    same = (way_of[one] == way_of[other]) & known[one] & known[other]
    one, other = one[same], other[same]
    return _Edges(
        one=index[one],
        other=index[other],
        way=way_of[one],
        length_m=along_m[other] - along_m[one],
        way_m=way_m,
    )


def _arcs(
    edges: _Edges, ways: Ways, profile: Profile, nodes: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_]]:
    """Tail, head, minutes and ferry of every arc, both ways."""
    crossing_min = np.where(_crossings(edges, nodes), profile.junction_s / 2 / 60, 0.0)
    at_ends_min = crossing_min[edges.one] + crossing_min[edges.other]
    ferry = ways.ferry[edges.way]
    whole_m = np.maximum(edges.way_m[edges.way], 1.0)
    timetable = ways.ferry_min[edges.way]
    guessed = whole_m / 1000 / profile.ferry["speed_kmh"] * 60 + profile.ferry["boarding_min"]
    by_boat = np.where(np.isnan(timetable), guessed, timetable) * edges.length_m / whole_m
    tails, heads, times, boats = [], [], [], []
    for kmh, tail, head in (
        (ways.forward_kmh[edges.way], edges.one, edges.other),
        (ways.backward_kmh[edges.way], edges.other, edges.one),
    ):
        by_road = profile.factor * (edges.length_m / 1000 / kmh * 60 + at_ends_min)
        open_ = ~np.isnan(kmh) & (tail != head)
        tails.append(tail[open_])
        heads.append(head[open_])
        times.append(np.where(ferry, by_boat, by_road)[open_])
        boats.append(ferry[open_])
    return np.concatenate(tails), np.concatenate(heads), np.concatenate(times), np.concatenate(boats)


def _crossings(edges: _Edges, nodes: int) -> NDArray[np.bool_]:
    """Nodes with three neighbours or more: where one slows down."""
    pairs = np.unique(
        np.stack([np.minimum(edges.one, edges.other), np.maximum(edges.one, edges.other)]), axis=1
    )
    pairs = pairs[:, pairs[0] != pairs[1]]
    return np.bincount(pairs.ravel(), minlength=nodes) >= 3


def _rows(
    tail: NDArray[np.int32],
    head: NDArray[np.int32],
    minutes: NDArray[np.float64],
    ferry: NDArray[np.bool_],
    nodes: int,
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32], NDArray[np.bool_]]:
    """Compressed rows; of several arcs between two nodes, the quickest."""
    order = np.lexsort((minutes, head, tail))
    tail, head, minutes, ferry = tail[order], head[order], minutes[order], ferry[order]
    first = np.ones(len(tail), dtype=bool)
    first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    tail, head, minutes, ferry = tail[first], head[first], minutes[first], ferry[first]
    starts = np.zeros(nodes + 1, dtype=np.int32)
    np.cumsum(np.bincount(tail, minlength=nodes), out=starts[1:])
    return starts, head, np.maximum(minutes, _LEAST_MIN).astype(np.float32), ferry


def _anchors(starts: NDArray[np.int32], heads: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Nodes of a part that can be driven both ways and is no mere corner: 100 nodes, or one in a hundred."""
    nodes = len(starts) - 1
    matrix = csr_matrix((np.ones(len(heads), dtype=np.int8), heads, starts), shape=(nodes, nodes))
    _, part = connected_components(matrix, directed=True, connection="strong")
    return np.bincount(part)[part] >= max(2, min(_LEAST_NODES, _LEAST_SHARE * nodes))
