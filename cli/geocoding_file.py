"""A CSV geocoded from end to end: input opened, draft resumed, progress shown, rejected rows told."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import shutil
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from typing import TYPE_CHECKING, BinaryIO, cast

from cli.draft import Draft
from core.db.connect import connect
from core.errors import FileUnreadable
from geo.geocoding.csv_file import FAULTS
from geo.geocoding.parallel import Machine, base_version
from geo.geocoding.table import Part, TableOptions, geocode_table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedReader
    from pathlib import Path

    from cli.progress import Display
    from core.settings import DatabaseSettings, HomeSettings
    from geo.geocoding.csv_file import Record

STANDARD = "-"
"""As a path: the standard input or output."""
_FORMAT = "1"
_FEW = 20
_CHANGED = {
    "input": "le fichier d'entrée",
    "options": "les options",
    "base": "la base d'adresses",
    "program": "le programme",
}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What was done. `rejects`: the file that holds the rejected rows; None when there is none."""

    rows: int = 0
    located: int = 0
    rejected: int = 0
    rejects: Path | None = None
    base_changed: bool = False


@dataclass(frozen=True, kw_only=True)
class Input:
    """The input, opened: text in, `raw` what is on the disk, told apart when compressed."""

    stream: BinaryIO
    raw: BufferedReader
    name: str
    total_bytes: int


def run(
    source: Path,
    target: Path,
    options: TableOptions,
    *,
    database: DatabaseSettings,
    home: HomeSettings,
    jobs: int,
    resume: bool,
    display: Display,
) -> Outcome:
    """Geocode `source` into `target`; a file name that ends in `.gz` is compressed.

    Raises
    ------
    FileUnreadable       the source is not there, or cannot be read
    UsageError           an option does not fit the file; the target is being written by another command
    StorageUnavailable   the database does not answer

    """
    options = replace(options, compress=target.suffix == ".gz")
    with opened(source) as given, Machine(database, home, jobs=jobs) as machine:
        display.heading(f"Géocodage de {given.name}")
        before = _version(database, home)
        if str(target) == STANDARD:
            outcome = _to_standard_output(machine, given, options, display)
        else:
            made_from = {
                "input": _digest(given.raw),
                "options": json.dumps(asdict(options), sort_keys=True),
                "base": str(before),
                "program": f"{version('sas-platform')} {_FORMAT}",
            }
            with Draft(target, made_from, resume=resume) as draft:
                outcome = _to_draft(machine, given, options, draft, _rejects_of(target), display)
        return replace(outcome, base_changed=_version(database, home) != before)


def _to_draft(
    machine: Machine, given: Input, options: TableOptions, draft: Draft, rejects: Path, display: Display
) -> Outcome:
    done = draft.counts.get("rows", 0)
    if draft.resumed:
        display.note(f"reprise après {done} lignes")
    elif draft.changed:
        what = ", ".join(_CHANGED.get(name, name) for name in draft.changed)
        display.note(f"un travail commencé est abandonné, car ceci a changé : {what}")
    display.stage(
        "geocode", total_bytes=given.total_bytes, done_bytes=draft.counts.get("bytes_read", 0), by_rows=True
    )
    if draft.counts.get("rejected"):
        draft.beside(rejects)
    for part in geocode_table(machine, given.stream, options, skip_rows=done, source=given.raw):
        if part.faults:
            file = draft.beside(rejects)
            file.write(_as_csv(part.faults, header=file.tell() == 0))
        _advance(display, part, draft.counts.get("bytes_read", 0))
        draft.write(
            part.data,
            rows=part.rows,
            located=part.located,
            rejected=len(part.faults),
            bytes_read=max(0, part.bytes_read - draft.counts.get("bytes_read", 0)),
        )
        draft.save_now_and_then()
    rejected = draft.counts.get("rejected", 0)
    draft.finish()
    if not rejected:
        rejects.unlink(missing_ok=True)  # those of a former run are not of this file
    return Outcome(
        rows=draft.counts.get("rows", 0),
        located=draft.counts.get("located", 0),
        rejected=rejected,
        rejects=rejects if rejected else None,
    )


def _to_standard_output(machine: Machine, given: Input, options: TableOptions, display: Display) -> Outcome:
    display.stage("geocode", total_bytes=given.total_bytes, by_rows=True)
    rows = located = rejected = read = 0
    for part in geocode_table(machine, given.stream, options, source=given.raw):
        sys.stdout.buffer.write(part.data)
        for record in part.faults[: max(0, _FEW - rejected)]:
            display.note(f"ligne {record.line} : {FAULTS[record.fault]}")
        _advance(display, part, read)
        rows, located, rejected = rows + part.rows, located + part.located, rejected + len(part.faults)
        read = max(read, part.bytes_read)
    sys.stdout.buffer.flush()
    return Outcome(rows=rows, located=located, rejected=rejected)


def _advance(display: Display, part: Part, read: int) -> None:
    display.advance(rows=part.rows, bytes_done=max(0, part.bytes_read - read))


@contextmanager
def opened(source: Path) -> Iterator[Input]:
    """The file, readable twice (the first time to know its encoding); the standard input is copied first.

    Raises
    ------
    FileUnreadable   it is not there, or cannot be read

    """
    if str(source) == STANDARD:
        with tempfile.TemporaryFile() as copy:
            shutil.copyfileobj(sys.stdin.buffer, copy)
            total = copy.tell()
            copy.seek(0)
            yield Input(
                stream=cast("BinaryIO", copy),
                raw=cast("BufferedReader", copy),
                name="l'entrée",
                total_bytes=total,
            )
        return
    try:
        raw = source.open("rb")
    except OSError as exc:
        why = "fichier introuvable" if isinstance(exc, FileNotFoundError) else "illisible"
        raise FileUnreadable(f"{source} : {why}.", file=source.name) from exc
    with raw:
        stream: BinaryIO = cast("BinaryIO", gzip.GzipFile(fileobj=raw)) if source.suffix == ".gz" else raw
        try:
            yield Input(stream=stream, raw=raw, name=source.name, total_bytes=source.stat().st_size)
        except (gzip.BadGzipFile, EOFError) as exc:
            raise FileUnreadable(f"{source} : archive gzip abîmée ou incomplète.", file=source.name) from exc


def _digest(raw: BufferedReader) -> str:
    """Digest of the whole input: a file of the same name and size may be another."""
    raw.seek(0)
    digest = hashlib.file_digest(raw, "sha256").hexdigest()
    raw.seek(0)
    return digest


def _version(database: DatabaseSettings, home: HomeSettings) -> int:
    with connect(database, home, role="reader") as conn:
        return base_version(conn)


def _rejects_of(target: Path) -> Path:
    return target.with_name(f"{target.name.removesuffix('.gz').removesuffix('.csv')}.rejets.csv")


def _as_csv(records: tuple[Record, ...], *, header: bool) -> bytes:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";")
    if header:
        writer.writerow(["ligne", "motif", "explication", "texte"])
    writer.writerows([record.line, record.fault, FAULTS[record.fault], record.text] for record in records)
    return buffer.getvalue().encode("utf-8", errors="replace")
