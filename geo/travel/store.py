"""A network in one `.npz` file: written whole or not at all, checked when read, shared between processes.

The arrays are stored without compression and aligned, so that they are mapped and not copied: the processes
of a server share one copy in memory. `numpy.load` opens the file too.
"""

from __future__ import annotations

import json
import os
import struct
import zipfile
import zlib
from dataclasses import asdict
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib import format as npy

from core.errors import FileUnreadable
from geo.travel.network import ARRAYS, About, Network

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

FORMAT = 1
_PROFILES = ("car", "foot")
_ALIGNMENT = 64
_ABOUT = "about.json"
_LOCAL_HEADER_BYTES = 30
_CHUNK_BYTES = 1 << 20
# What zipfile, json and numpy raise on damaged bytes.
_BROKEN = (
    *(OSError, EOFError, zipfile.BadZipFile, zlib.error, struct.error),
    *(ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, RuntimeError),
)


def write(network: Network, path: Path) -> None:
    """Write the network, atomically: the former file stays until the new one is whole and on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    about = asdict(network.about) | {"format": FORMAT}
    about["as_of"] = network.about.as_of.isoformat() if network.about.as_of else None
    try:
        with draft.open("wb") as stream:
            with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
                archive.writestr(_ABOUT, json.dumps(about, indent=1))
                for name in ARRAYS:
                    _add(archive, f"{name}.npy", getattr(network, name))
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def read(path: Path) -> Network:
    """The network of a file, its arrays mapped read-only.

    Every byte is read once for its checksum, and the arrays are checked against one another: nothing searched
    later leads out of them.

    Raises
    ------
    FileUnreadable   missing, cut, damaged, or of another version: build it again with `sas ingest roads`
    """
    try:
        with zipfile.ZipFile(path) as archive:
            about = json.loads(archive.read(_ABOUT))
            if about.get("format") != FORMAT:
                raise FileUnreadable(
                    f"Le réseau routier {path.name} est d'une autre version : refaites-le (ingest roads).",
                    file=path.name,
                )
            if archive.testzip() is not None:
                raise _damaged(path)
            arrays = {name: _mapped(archive, path, name, dtype) for name, dtype in ARRAYS.items()}
        network = Network(about=_about(about), **arrays)
    except _BROKEN as error:
        raise _damaged(path) from error
    if not _sound(network):
        raise _damaged(path)
    return network


def about(path: Path) -> About:
    """What a file says of itself, without reading the rest.

    Raises
    ------
    FileUnreadable   see `read`
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _about(json.loads(archive.read(_ABOUT)))
    except _BROKEN as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> FileUnreadable:
    return FileUnreadable(
        f"Réseau routier illisible : {path.name}. Refaites-le avec « sas ingest roads ».", file=path.name
    )


def _about(facts: dict[str, Any]) -> About:
    if facts["profile"] not in _PROFILES:
        raise ValueError("unknown profile")
    west, south, east, north = (float(value) for value in facts["bounds"])
    return About(
        profile=str(facts["profile"]),
        profile_version=str(facts["profile_version"]),
        factor=float(facts["factor"]),
        bounds=(west, south, east, north),
        as_of=date.fromisoformat(facts["as_of"]) if facts["as_of"] else None,
        sha256=str(facts["sha256"]),
        source_bytes=int(facts["source_bytes"]),
    )


def _add(archive: zipfile.ZipFile, name: str, values: NDArray[Any]) -> None:
    """Store an array so that its first value lies on a boundary of 64 bytes of the file."""
    header = BytesIO()
    npy.write_array_header_1_0(header, npy.header_data_from_array_1_0(values))
    info = zipfile.ZipInfo(name)
    assert archive.fp is not None  # noqa: S101 - the archive is open
    # A field of its own pads the entry ("extra"): the header of an array fills whole blocks of 64 already.
    before = archive.fp.tell() + _LOCAL_HEADER_BYTES + len(name) + _EXTRA_HEADER_BYTES
    info.extra = _padding(-before % _ALIGNMENT)
    info.file_size = len(header.getvalue()) + values.nbytes
    with archive.open(info, "w") as entry:
        entry.write(header.getvalue())
        flat = np.ascontiguousarray(values).view(np.uint8).data
        for start in range(0, len(flat), _CHUNK_BYTES):
            entry.write(flat[start : start + _CHUNK_BYTES])


_EXTRA_HEADER_BYTES = 4
_EXTRA_KIND = b"SA"


def _padding(size: int) -> bytes:
    return _EXTRA_KIND + size.to_bytes(2, "little") + bytes(size)


def _mapped(archive: zipfile.ZipFile, path: Path, name: str, dtype: np.dtype) -> NDArray[Any]:
    info = archive.getinfo(f"{name}.npy")
    with path.open("rb") as stream:
        stream.seek(info.header_offset)
        local = stream.read(_LOCAL_HEADER_BYTES)
        skipped = int.from_bytes(local[26:28], "little") + int.from_bytes(local[28:30], "little")
        stream.seek(info.header_offset + _LOCAL_HEADER_BYTES + skipped)
        npy.read_magic(stream)
        shape, fortran, found = npy.read_array_header_1_0(stream)
        offset = stream.tell()
    if found != dtype or fortran or len(shape) != 1 or info.compress_type != zipfile.ZIP_STORED:
        raise _damaged(path)
    if not shape[0]:
        return np.empty(0, dtype)
    return np.memmap(path, dtype=dtype, mode="r", offset=offset, shape=shape).view(np.ndarray)


def _sound(network: Network) -> bool:
    nodes, arcs = len(network.node_id), len(network.heads)
    by_node = (network.lon, network.lat, network.cell, network.anchor)
    starts = network.starts
    return bool(
        nodes > 0
        and arcs > 0
        and all(len(values) == nodes for values in by_node)
        and len(network.minutes) == len(network.ferry) == arcs
        and len(starts) == nodes + 1
        and starts[0] == 0
        and starts[-1] == arcs
        and np.all(np.diff(starts) >= 0)
        and network.heads.min() >= 0
        and network.heads.max() < nodes
        and np.all(network.minutes > 0)
        and np.all(np.isfinite(network.minutes))
        and np.all(np.isfinite(network.lon))
        and np.all(np.isfinite(network.lat))
    )
