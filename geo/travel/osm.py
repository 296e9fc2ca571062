"""Reads the road network out of an extract of OpenStreetMap (`.osm.pbf`), with osmium.

The file is handed to osmium some whole blocks at a time: progress is told in bytes, the work can be
interrupted, and a file cut short is recognised before it is believed. Two passes: ways, then the nodes they
use. Format: https://wiki.openstreetmap.org/wiki/PBF_Format.
"""

from __future__ import annotations

import hashlib
import struct
from array import array
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import osmium
import osmium.filter
import osmium.io
import osmium.osm

from core.errors import FileUnreadable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

    from numpy.typing import NDArray

    from geo.travel.profile import Profile

_PIECE_BYTES = 8 << 20
_MOST_HEADER_BYTES = 64 << 10  # bounds set by the format
_MOST_BLOB_BYTES = 32 << 20
_KEYS = ("highway", "route")


class Progress(Protocol):
    """Receives the advance; each call may raise, to interrupt the work."""

    def stage(self, name: str, *, total_bytes: int | None = None) -> None:
        """A stage starts."""
        ...

    def advance(self, *, bytes_done: int = 0) -> None:
        """Bytes read since the last call."""
        ...


@dataclass(frozen=True, kw_only=True, eq=False)
class Ways:
    """Ways that may be used, end to end in one list of nodes.

    refs           node identifiers of all ways, int64
    starts         where each way starts in `refs`, and the length of `refs` at the end; int64
    forward_kmh    speed along the way, float64, NaN where closed; `backward_kmh`: the other way
    ferry_min      minutes of the whole crossing, float64, NaN when unknown or not a ferry
    ferry          whether the way is a crossing by boat
    node_id, lon, lat   the nodes of these ways in ascending order of identifier; degrees, EPSG:4326
    """

    refs: NDArray[np.int64]
    starts: NDArray[np.int64]
    forward_kmh: NDArray[np.float64]
    backward_kmh: NDArray[np.float64]
    ferry_min: NDArray[np.float64]
    ferry: NDArray[np.bool_]
    node_id: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Extract:
    """What an extract says of itself: bounds (west, south, east, north, degrees) and date, None when
    silent.
    """

    bounds: tuple[float, float, float, float] | None
    as_of: date | None
    sha256: str
    size_bytes: int


@dataclass(kw_only=True)
class _Found:
    refs: array[int] = field(default_factory=lambda: array("q"))
    starts: array[int] = field(default_factory=lambda: array("q", [0]))
    forward: array[float] = field(default_factory=lambda: array("d"))
    backward: array[float] = field(default_factory=lambda: array("d"))
    ferry_min: array[float] = field(default_factory=lambda: array("d"))
    ferry: array[int] = field(default_factory=lambda: array("b"))


def digest(path: Path, progress: Progress) -> str:
    """SHA-256 of an extract, in hexadecimal.

    Raises
    ------
    FileUnreadable   missing or unreadable
    """
    found = hashlib.sha256()
    try:
        progress.stage("digest", total_bytes=path.stat().st_size)
        with path.open("rb") as stream:
            while part := stream.read(_PIECE_BYTES):
                found.update(part)
                progress.advance(bytes_done=len(part))
    except OSError as error:
        raise _unreadable(path) from error
    return found.hexdigest()


def read(path: Path, profile: Profile, progress: Progress, *, sha256: str) -> tuple[Ways, Extract]:
    """The ways of an extract that the profile may use, and what the extract says of itself.

    `sha256` is its digest, already known.

    Raises
    ------
    FileUnreadable   missing, empty, cut short, or not an extract in PBF
    """
    try:
        size_bytes = path.stat().st_size
        progress.stage("ways", total_bytes=size_bytes)
        found, header = _Found(), None
        for piece, raw in _pieces(path):
            header = header or osmium.io.Reader(piece, osmium.osm.NOTHING).header()
            _add_ways(piece, profile, found)
            progress.advance(bytes_done=len(raw))
        refs = np.asarray(found.refs, dtype=np.int64)
        wanted = np.unique(refs)
        progress.stage("nodes", total_bytes=size_bytes)
        node_id, lon, lat = _nodes(path, wanted, progress)
    except (OSError, RuntimeError) as error:
        raise _unreadable(path) from error
    if header is None or not len(node_id):
        raise FileUnreadable(f"Aucune route dans l'extrait {path.name}.", file=path.name)
    ways = Ways(
        refs=refs,
        starts=np.asarray(found.starts, dtype=np.int64),
        forward_kmh=np.asarray(found.forward),
        backward_kmh=np.asarray(found.backward),
        ferry_min=np.asarray(found.ferry_min),
        ferry=np.asarray(found.ferry, dtype=bool),
        node_id=node_id,
        lon=lon,
        lat=lat,
    )
    return ways, Extract(bounds=_bounds(header), as_of=_date(header), sha256=sha256, size_bytes=size_bytes)


def _unreadable(path: Path) -> FileUnreadable:
    return FileUnreadable(f"Extrait OpenStreetMap illisible : {path.name}.", file=path.name)


def _add_ways(piece: osmium.io.FileBuffer, profile: Profile, found: _Found) -> None:
    nan = float("nan")
    reader = osmium.FileProcessor(piece, osmium.osm.WAY).with_filter(osmium.filter.KeyFilter(*_KEYS))
    for way in reader:
        passage = profile.passage({tag.k: tag.v for tag in way.tags})
        if passage is None:
            continue
        found.refs.extend([node.ref for node in way.nodes])  # pyright: ignore[reportAttributeAccessIssue] - a way
        found.starts.append(len(found.refs))
        found.forward.append(nan if passage.forward_kmh is None else passage.forward_kmh)
        found.backward.append(nan if passage.backward_kmh is None else passage.backward_kmh)
        found.ferry_min.append(nan if passage.ferry_min is None else passage.ferry_min)
        found.ferry.append(passage.ferry)


def _nodes(
    path: Path, wanted: NDArray[np.int64], progress: Progress
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Those of the wanted nodes that the file holds, ascending, with their place."""
    ids, lons, lats = array("q"), array("d"), array("d")
    chosen = osmium.filter.IdFilter(array("q", wanted.tobytes()))  # without a list of as many numbers
    for piece, raw in _pieces(path):
        for node in osmium.FileProcessor(piece, osmium.osm.NODE).with_filter(chosen):
            place = node.location  # pyright: ignore[reportAttributeAccessIssue] - only nodes are asked
            if place.valid():
                ids.append(node.id)
                lons.append(place.lon)
                lats.append(place.lat)
        progress.advance(bytes_done=len(raw))
    node_id, first = np.unique(np.asarray(ids, dtype=np.int64), return_index=True)
    return node_id, np.asarray(lons)[first], np.asarray(lats)[first]


def _pieces(path: Path) -> Iterator[tuple[osmium.io.FileBuffer, bytes]]:
    """Some whole blocks of the file, each time led by its header block as osmium wants it, and the raw
    bytes.
    """
    with path.open("rb") as stream:
        head = _block(stream)
        if head is None or b"OSMHeader" not in head[:64]:
            raise FileUnreadable(f"Ce n'est pas un extrait .osm.pbf : {path.name}.", file=path.name)
        whole, lead = head, b""
        while True:
            block = _block(stream)
            if block is not None:
                whole += block
            if block is None or len(whole) >= _PIECE_BYTES:
                yield osmium.io.FileBuffer(lead + whole, "osm.pbf"), whole
                whole, lead = b"", head
            if block is None:
                return


def _block(stream: BinaryIO) -> bytes | None:
    """The next block, header of the block included; None at the end of the file."""
    size = stream.read(4)
    if not size:
        return None
    header_size = struct.unpack(">I", size)[0] if len(size) == 4 else 0
    header = stream.read(header_size) if 0 < header_size <= _MOST_HEADER_BYTES else b""
    blob_size = _datasize(header) if len(header) == header_size and header else 0
    blob = stream.read(blob_size) if 0 < blob_size <= _MOST_BLOB_BYTES + _MOST_HEADER_BYTES else b""
    if not blob or len(blob) != blob_size:
        raise FileUnreadable("L'extrait est coupé ou n'est pas un .osm.pbf : téléchargez-le à nouveau.")
    return size + header + blob


def _datasize(header: bytes) -> int:
    """Field 3 (`datasize`) of a BlobHeader, 0 when it is not there; other fields are passed over."""
    position, value = 0, 0
    while position < len(header):
        key, position = _varint(header, position)
        number, position = _varint(header, position)
        if key & 7 == 2:  # a text of that length
            position += number
        elif key & 7 != 0:
            return 0
        elif key >> 3 == 3:
            value = number
    return value


def _varint(data: bytes, position: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if position >= len(data):
            return 0, len(data)
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            break
    return value, position


def _bounds(header: Any) -> tuple[float, float, float, float] | None:
    box = header.box()
    if not box.valid():
        return None
    return (box.bottom_left.lon, box.bottom_left.lat, box.top_right.lon, box.top_right.lat)


def _date(header: Any) -> date | None:
    text = header.get("osmosis_replication_timestamp", "")[:10]
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
