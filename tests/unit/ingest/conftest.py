"""Small official files written by the tests, and their reading."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from ingest.blocks import read_table
from ingest.files import InputFile, open_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ingest.rejection import Rejection


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., InputFile]:
    """Write bytes (or text, UTF-8) under a name and open the file as a reader does."""

    def writer(content: bytes | str, name: str = "table.csv") -> InputFile:
        data = content.encode() if isinstance(content, str) else content
        path = tmp_path / name
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return open_files([path])[0]

    return writer


@pytest.fixture
def table(write: Callable[..., InputFile]) -> Callable[..., tuple[pl.DataFrame, list[Rejection]]]:
    """Read a whole separated text as `read_table` does; by default columns a and b of a `;` file."""

    def reader(
        content: bytes | str, *, name: str = "table.csv", **options: Any
    ) -> tuple[pl.DataFrame, list[Rejection]]:
        settings: dict[str, Any] = {
            "separator": ";",
            "quoted": True,
            "columns": {"a": (), "b": ()},
            "mandatory": {"a"},
        } | options
        frames: list[pl.DataFrame] = []
        rejections: list[Rejection] = []
        for frame, refused in read_table(write(content, name), **settings):
            frames.append(frame)
            rejections += refused
        return pl.concat(frames), rejections

    return reader
