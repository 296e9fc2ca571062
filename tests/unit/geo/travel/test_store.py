"""The file of a network: the same read as written, and nothing damaged ever read."""

from __future__ import annotations

import json
import random
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

from core.errors import FileUnreadable
from geo.travel import store
from geo.travel.network import ARRAYS, Network
from tests.road_network import ROAD


@pytest.fixture
def network(network_of) -> Network:
    nodes = {n: (7.0 + n / 100, 48.0 + n % 2 / 100) for n in range(8)}
    return network_of(nodes, [(list(nodes), ROAD), ([0, 5], {"route": "ferry"})])


@pytest.fixture
def path(network: Network, tmp_path: Path) -> Path:
    store.write(network, tmp_path / "roads" / "small.npz")
    return tmp_path / "roads" / "small.npz"


def test_what_is_read_is_what_was_written(network: Network, path: Path):
    found = store.read(path)
    assert found.about == network.about == store.about(path)
    for name, dtype in ARRAYS.items():
        assert np.array_equal(getattr(found, name), getattr(network, name))
        assert getattr(found, name).dtype == dtype


def test_arrays_are_mapped_aligned_and_read_only(path: Path):
    found = store.read(path)
    for name in ARRAYS:
        values = getattr(found, name)
        assert not values.flags.owndata
        assert not values.flags.writeable
        assert values.ctypes.data % 64 == 0


def test_numpy_opens_the_file_too(network: Network, path: Path):
    with np.load(path) as archive:
        assert np.array_equal(archive["minutes"], network.minutes)


def test_nothing_but_the_network_is_left_beside_it(path: Path):
    assert [child.name for child in path.parent.iterdir()] == ["small.npz"]


def test_a_write_that_fails_leaves_the_former_file(network: Network, path: Path, monkeypatch):
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("geo.travel.store.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        store.write(network, path)
    assert path.read_bytes() == before
    assert [child.name for child in path.parent.iterdir()] == ["small.npz"]


def test_a_file_cut_anywhere_is_refused(path: Path):
    whole = path.read_bytes()
    for length in [*range(0, len(whole), 97), len(whole) - 1]:
        path.write_bytes(whole[:length])
        with pytest.raises(FileUnreadable):
            store.read(path)


def test_a_bit_changed_in_an_array_is_seen(path: Path):
    whole = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        chosen = random.Random(1)
        for info in archive.infolist():
            damaged = bytearray(whole)
            name_bytes, extra_bytes = struct.unpack_from("<HH", whole, info.header_offset + 26)
            start = info.header_offset + 30 + name_bytes + extra_bytes
            at = start + chosen.randrange(info.file_size)
            damaged[at] ^= 0x10
            path.write_bytes(damaged)
            with pytest.raises(FileUnreadable):
                store.read(path)


def _rewritten(path: Path, **changed: object) -> None:
    """The file again with entries replaced: arrays by name, `about` by a mapping laid over the former one."""
    with zipfile.ZipFile(path) as archive:
        entries = {info.filename: archive.read(info) for info in archive.infolist()}
    about = json.loads(entries.pop("about.json"))
    with zipfile.ZipFile(path, "w") as archive:
        about.update(changed.pop("about", {}))  # type: ignore[call-overload]
        archive.writestr("about.json", json.dumps(about))
        for name, content in entries.items():
            if name.removesuffix(".npy") not in changed:
                archive.writestr(name, content)
        for name, values in changed.items():
            if values is not None:
                with archive.open(f"{name}.npy", "w") as entry:
                    np.lib.format.write_array(entry, np.asarray(values))


def test_a_file_of_another_version_is_refused_with_what_to_do(path: Path):
    _rewritten(path, about={"format": store.FORMAT + 1})
    with pytest.raises(FileUnreadable, match="autre version"):
        store.read(path)


@pytest.mark.parametrize(
    "changed",
    [
        {"heads": np.array([0, 10_000], dtype=np.int32)},
        {"heads": None},
        {"minutes": np.array([np.nan], dtype=np.float32)},
        {"starts": np.array([3, 2, 1], dtype=np.int32)},
        {"lon": np.array([1.0])},
        {"heads": np.array([0], dtype=np.int64)},
        {"lon": np.array([[1.0, 2.0]])},
        {"ferry": np.array([], dtype=bool)},
        {"about": {"bounds": [1, 2, 3]}},
        {"about": {"as_of": "yesterday"}},
        {"about": {"profile": "boat"}},
        {"about": {"sha256": None, "factor": "much"}},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_a_file_whose_arrays_do_not_hold_together_is_refused(path: Path, changed):
    _rewritten(path, **changed)
    with pytest.raises(FileUnreadable):
        store.read(path)


def test_heads_out_of_range_never_reach_the_search(path: Path, network: Network):
    for wrong in (-1, len(network.node_id)):
        heads = network.heads.copy()
        heads[0] = wrong
        _rewritten(path, heads=heads)
        with pytest.raises(FileUnreadable):
            store.read(path)


def test_a_compressed_archive_is_refused(path: Path):
    with zipfile.ZipFile(path) as archive:
        entries = {info.filename: archive.read(info) for info in archive.infolist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    with pytest.raises(FileUnreadable):
        store.read(path)


def test_a_missing_file_is_told(tmp_path: Path):
    for reading in (store.read, store.about):
        with pytest.raises(FileUnreadable):
            reading(tmp_path / "absent.npz")


def test_no_damage_whatever_is_anything_but_an_unreadable_file(path: Path):
    whole, chosen = path.read_bytes(), random.Random(5)
    refused = 0
    for _ in range(1500):
        damaged = bytearray(whole)
        for _ in range(chosen.choice([1, 1, 2, 5])):
            tail = chosen.random() < 0.5  # where the directory of the archive is
            damaged[chosen.randrange(len(whole) - 1200 if tail else 0, len(whole))] = chosen.randrange(256)
        path.write_bytes(damaged[: chosen.randrange(len(whole))] if chosen.random() < 0.2 else damaged)
        for reading in (store.read, store.about):
            try:
                reading(path)
            except FileUnreadable:
                refused += 1
    assert refused > 1000
