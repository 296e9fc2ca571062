"""Opening official files: loose, `.gz`, or inside a zip (in folders too).

A file is refused with a clear message when it is missing, empty, an HTML page saved under a data name,
truncated, or a decompression bomb. Streams are decompressed on the fly: memory does not grow with the file.
Integrity (CRC of gzip and zip) is checked by reading to the end; a damaged file stops the load before
anything reaches the tables.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import re
import zipfile
import zlib
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import IO, TYPE_CHECKING, BinaryIO, cast

from core.errors import FileUnreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

# A text file of official data compresses 5 to 40 times; a bomb a thousand times.
MAX_RATIO = 200
_RATIO_FREE_BYTES = 64 << 20
MAX_MEMBERS = 2000
_HEAD_BYTES = 1024
_HASH_BYTES = 4 << 20
_GZIP_MAGIC, _ZIP_MAGIC = b"\x1f\x8b", b"PK\x03\x04"

_DATE_IN_NAME = re.compile(r"(?<!\d)(20\d{2})[-_]?(0[1-9]|1[0-2])[-_]?(0[1-9]|[12]\d|3[01])(?!\d{5,})")
_HTML = re.compile(rb"^\s*(<!doctype\s+html|<html|<head|<\?xml[^>]*>\s*<!doctype\s+html)", re.IGNORECASE)
_NOT_DATA = re.compile(r"(^|/)(__MACOSX/|\.|Thumbs\.db)")


@dataclass
class InputFile:
    """One stream of official data.

    name         name shown and recorded; for a zip, `archive.zip/folder/member.txt`
    size_bytes   bytes once decompressed when the container tells, else an estimate; for progress only
    source_date  date of the data: from the name, else the date inside the archive, else of the file
    sha256       of the bytes on disk (of the whole archive for a member of a zip)
    on_read      told of each piece that comes out of `open`, in bytes; for progress only
    defects      what the readers mended: `bom`, `crlf`, `nul`, `double-encoded-lines`…; filled while reading
    """

    name: str
    size_bytes: int
    source_date: date | None
    sha256: str
    path: Path
    member: str | None = None
    defects: Counter[str] = field(default_factory=Counter)
    on_read: Callable[[int], None] | None = None

    @contextmanager
    def open(self, *, counted: bool = True) -> Iterator[BinaryIO]:
        """The decompressed stream; `counted` tells `on_read` of the bytes that come out.

        Raises
        ------
        FileUnreadable   truncated or damaged (found while reading), or a decompression bomb

        """
        try:
            with _decompressed(self.path, self.member) as raw:
                yield cast(
                    "BinaryIO", io.BufferedReader(_Guarded(raw, self, counted=counted), buffer_size=1 << 20)
                )
        except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile) as exc:
            raise FileUnreadable(
                f"{self.name} : archive tronquée ou abîmée ; téléchargez-la de nouveau.", file=self.name
            ) from exc
        except OSError as exc:
            raise FileUnreadable(f"{self.name} : illisible ({exc.strerror or exc}).", file=self.name) from exc


class _Guarded(io.RawIOBase):
    """Counts what comes out of the decompressor and stops a bomb."""

    def __init__(self, raw: IO[bytes], file: InputFile, *, counted: bool) -> None:
        super().__init__()
        self._on_read = file.on_read if counted else None
        self._raw, self._file, self._out = raw, file, 0
        self._limit = max(_RATIO_FREE_BYTES, file.path.stat().st_size * MAX_RATIO)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        data = self._raw.read(len(buffer))
        buffer[: len(data)] = data
        self._out += len(data)
        if self._on_read is not None:
            self._on_read(len(data))
        if self._out > self._limit:
            raise FileUnreadable(
                f"{self._file.name} : se décompresse plus de {MAX_RATIO} fois ; fichier refusé.",
                file=self._file.name,
            )
        return len(data)


def open_files(paths: Sequence[Path], *, members: re.Pattern[str] | None = None) -> list[InputFile]:
    """The data streams of `paths`, in the order given, members of an archive by name.

    `members` chooses inside archives and folders, on the name without folders (searched, not matched whole).

    Raises
    ------
    FileUnreadable   a file is missing, empty, HTML, not readable; or an archive holds nothing wanted

    """
    files: list[InputFile] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.is_file() and _wanted(p.name, members))
            if not inside:
                raise FileUnreadable(f"{path} : aucun fichier attendu dans ce dossier.", file=str(path))
            files += open_files(inside, members=members)
        else:
            files += _open_path(path, members)
    for file in files:
        _check_head(file)
    return files


def _open_path(path: Path, members: re.Pattern[str] | None) -> list[InputFile]:
    try:
        with path.open("rb") as stream:
            magic = stream.read(4)
            digest = hashlib.sha256(magic)
            while chunk := stream.read(_HASH_BYTES):
                digest.update(chunk)
        stat = path.stat()
    except OSError as exc:
        raise FileUnreadable(f"{path} : {exc.strerror or 'illisible'}.", file=str(path)) from exc
    if stat.st_size == 0:
        raise FileUnreadable(f"{path.name} : fichier vide.", file=path.name)
    modified = datetime.fromtimestamp(stat.st_mtime, tz=UTC).date()
    if magic == _ZIP_MAGIC:
        return _zip_members(path, members, sha256=digest.hexdigest(), modified=modified)
    size = _gzip_size(path) if magic[:2] == _GZIP_MAGIC else stat.st_size
    return [
        InputFile(
            name=path.name,
            size_bytes=size,
            source_date=date_in_name(path.name) or modified,
            sha256=digest.hexdigest(),
            path=path,
        )
    ]


def _zip_members(
    path: Path, members: re.Pattern[str] | None, *, sha256: str, modified: date
) -> list[InputFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
    except zipfile.BadZipFile as exc:
        raise FileUnreadable(
            f"{path.name} : archive zip tronquée ou abîmée ; téléchargez-la de nouveau.", file=path.name
        ) from exc
    if len(infos) > MAX_MEMBERS:
        raise FileUnreadable(f"{path.name} : {len(infos)} fichiers dans l'archive ; refusée.", file=path.name)
    files: list[InputFile] = []
    for info in sorted(infos, key=lambda info: info.filename):
        base = info.filename.rsplit("/", 1)[-1]
        if _NOT_DATA.search(info.filename) or not _wanted(base, members):
            continue
        if info.file_size > max(_RATIO_FREE_BYTES, info.compress_size * MAX_RATIO):
            raise FileUnreadable(
                f"{path.name}/{info.filename} : se décompresse plus de {MAX_RATIO} fois ; fichier refusé.",
                file=path.name,
            )
        inside = date(*info.date_time[:3]) if info.date_time[0] > 1980 else modified
        files.append(
            InputFile(
                name=f"{path.name}/{info.filename}",
                size_bytes=info.file_size,
                source_date=date_in_name(base) or date_in_name(path.name) or inside,
                sha256=sha256,
                path=path,
                member=info.filename,
            )
        )
    if not files:
        raise FileUnreadable(f"{path.name} : l'archive ne contient aucun fichier attendu.", file=path.name)
    return files


@contextmanager
def _decompressed(path: Path, member: str | None) -> Iterator[IO[bytes]]:
    if member is not None:
        with zipfile.ZipFile(path) as archive, archive.open(member) as inside:
            head = io.BufferedReader(cast("io.RawIOBase", inside))
            # Some publishers put a .gz inside a .zip.
            if head.peek(2)[:2] == _GZIP_MAGIC:
                with gzip.open(head, "rb") as stream:
                    yield cast("IO[bytes]", stream)
            else:
                yield head
        return
    with path.open("rb") as stream:
        magic = stream.read(2)
        stream.seek(0)
        if magic == _GZIP_MAGIC:
            with gzip.open(stream, "rb") as unzipped:
                yield cast("IO[bytes]", unzipped)
        else:
            yield stream


def _check_head(file: InputFile) -> None:
    with file.open() as stream:
        head = stream.read(_HEAD_BYTES)
    if not head.strip(b"\xef\xbb\xbf\r\n \t\x00"):
        raise FileUnreadable(f"{file.name} : fichier vide.", file=file.name)
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise FileUnreadable(
            f"{file.name} : enregistré en UTF-16 par un tableur ; reprenez le fichier d'origine.",
            file=file.name,
        )
    if _HTML.match(head.removeprefix(b"\xef\xbb\xbf")):
        raise FileUnreadable(
            f"{file.name} : c'est une page web (HTML), pas des données ; le téléchargement a échoué.",
            file=file.name,
        )


def _gzip_size(path: Path) -> int:
    """Length stored at the end of a gzip file (modulo 4 GiB: an estimate for progress, nothing more)."""
    compressed = path.stat().st_size
    with path.open("rb") as stream:
        stream.seek(max(0, compressed - 4))
        size = int.from_bytes(stream.read(4), "little")
    while size < compressed:
        size += 1 << 32
    return size


def _wanted(name: str, members: re.Pattern[str] | None) -> bool:
    return members is None or members.search(name) is not None


def date_in_name(name: str) -> date | None:
    """Date written in a file name (`…_202606150800.txt`, `…-20210108-0427.csv`, `…2026-03-09…`), if any.

    >>> date_in_name("PS_LibreAcces_SavoirFaire_202606150812.txt")
    datetime.date(2026, 6, 15)
    >>> date_in_name("adresses-75.csv.gz")
    """
    for year, month, day in _DATE_IN_NAME.findall(name):
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            continue
    return None


def digest_of(parts: Iterable[str]) -> str:
    """Digest of an ordered list of texts."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
