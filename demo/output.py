"""Writing: whole files or none, the same bytes each time."""

from __future__ import annotations

import gzip
import os
import shutil
import zipfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, Final, cast

import polars as pl

from demo.scale import FILE_DATE, FILE_TIME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_COPY_BYTES: Final = 1 << 20
_GZIP_LEVEL: Final = 1
_ZIP_TIME: Final = (
    int(FILE_DATE[:4]), int(FILE_DATE[4:6]), int(FILE_DATE[6:]), int(FILE_TIME[:2]), int(FILE_TIME[2:]), 0,
)  # fmt: skip


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file that appears under its name only when complete; `.gz` is compressed, without a date inside."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with unfinished.open("wb") as raw:
            if path.suffix == ".gz":
                with gzip.GzipFile(
                    filename="", mode="wb", compresslevel=_GZIP_LEVEL, fileobj=raw, mtime=0
                ) as packed:
                    yield cast("BinaryIO", packed)
            else:
                yield raw
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def write(path: Path, content: bytes) -> None:
    """A small file at once."""
    with whole_file(path) as file:
        file.write(content)


def join(path: Path, head: bytes, parts: Iterable[Path], tail: bytes = b"") -> None:
    """`head`, the parts one after the other, `tail`."""
    with whole_file(path) as file:
        file.write(head)
        for part in parts:
            with part.open("rb") as opened:
                shutil.copyfileobj(opened, file, _COPY_BYTES)
        file.write(tail)


def pack(path: Path, members: Iterable[Path]) -> None:
    """A zip of these files, in their order, with the date of the demonstration."""
    with (
        whole_file(path) as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_GZIP_LEVEL) as archive,
    ):
        for member in members:
            entry = zipfile.ZipInfo(member.name, date_time=_ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with member.open("rb") as opened, archive.open(entry, "w", force_zip64=True) as packed:
                shutil.copyfileobj(opened, packed, _COPY_BYTES)


def separated(frame: pl.DataFrame) -> bytes:
    """Rows separated by `;`, quoted where they must be (RFC 4180); empty text is written as nothing."""
    text = pl.col(pl.String)
    bare = (
        frame.with_columns(pl.when(text != "").then(text).otherwise(None))
        if pl.String in frame.dtypes
        else frame
    )
    return bare.write_csv(separator=";", include_header=False).encode()
