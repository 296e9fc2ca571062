"""The road of the address base: staged file by file, then a department, several, or the country replaced.

A file (one department, usually) is the unit an interrupted load carries on from.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Self

import polars as pl
from psycopg import sql

from core.db.queries import Queries
from core.errors import TooFewRows
from ingest.load.ban_streets import LOCALITY_MARK, group_streets
from ingest.load.copying import copy_frame
from ingest.road import Difference, Job, Road, Step, TableDifference
from ingest.sources import ban

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.files import InputFile

_QUERIES = Queries.load(Path(__file__).parent.with_name("sql"))
_STAGING = "street"
_ROWS_PER_GROUPING = 60_000
# A step mark counts the staged rows: not after each small file.
_BYTES_PER_MARK = 256 << 20
_MIN_SHARE_OF_DEPARTMENT = 0.9


def _composed(job: Job, statement: str) -> sql.Composed:
    name = job.staging(_STAGING)
    return sql.SQL(_QUERIES[statement]).format(
        staging=name, staging_name=sql.Identifier(f"stage_{job.run.run_id}_{_STAGING}")
    )


def _stage(job: Job) -> None:
    """Read every file not staged yet; what is complete is committed and marked from time to time."""
    job.conn.execute(_composed(job, "create_street_staging"))
    unmarked: list[str] = []
    bytes_unmarked = 0
    with _Writer(job) as writer:
        for file in job.files:
            mark = f"file {file.name}"
            if mark in job.run.done:
                continue
            for rows in _whole_streets(job, file):
                writer.send(group_streets(rows))
            unmarked.append(mark)
            bytes_unmarked += file.size_bytes
            if bytes_unmarked >= _BYTES_PER_MARK:
                writer.wait()
                job.conn.commit()
                job.run.done.extend(unmarked[:-1])
                job.run.step_done(unmarked[-1])
                unmarked, bytes_unmarked = [], 0
        writer.wait()
    job.conn.execute(_composed(job, "merge_split_streets"))
    job.conn.execute(_composed(job, "drop_known_localities"), {"mark": LOCALITY_MARK})


class _Writer:
    """Puts streets in the staging table while the next ones are grouped, from one file to the next."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="copy")
        self._writing: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown()

    def send(self, streets: pl.DataFrame) -> None:
        """Hand over streets once the former ones are written; raises what stopped these."""
        self.wait()
        self._writing = self._thread.submit(copy_frame, self._job.conn, self._job.staging(_STAGING), streets)

    def wait(self) -> None:
        """Return when everything handed over is written; raises what stopped it."""
        writing, self._writing = self._writing, None
        if writing is not None:
            writing.result()


def _whole_streets(job: Job, file: InputFile) -> Iterator[pl.DataFrame]:
    """Blocks of rows that do not cut a street in two when its rows follow one another."""
    held: list[pl.DataFrame] = []
    rows = 0
    for block, refused in ban.read(file):
        kept, more = ban.normalise(block, file=file.name)
        job.run.reject([*refused, *more])
        job.run.count("read", block.height + len(refused))
        job.run.count("kept", kept.height)
        job.run.count("without-number", kept.height - int(kept["has_number"].sum()))
        job.progress.advance(rows=block.height)
        held.append(kept)
        rows += kept.height
        del block, kept  # not held while the streets are grouped
        if rows >= _ROWS_PER_GROUPING:
            gathered = pl.concat(held)
            last = gathered[-1, "ban_id"]
            held = [gathered.filter(pl.col("ban_id") == last)]
            rows = held[0].height
            whole = gathered.filter(pl.col("ban_id") != last)
            del gathered
            yield whole
            del whole
    if rows:
        yield pl.concat(held)


def _check(job: Job) -> None:
    """A department that lost a tenth of its numbers is a truncated file."""
    for department, _, numbers, _, before in job.conn.execute(_composed(job, "staged_departments")):
        if not job.accept_shrink and numbers < before * _MIN_SHARE_OF_DEPARTMENT:
            raise TooFewRows(
                f"Département {department} : {numbers} numéros au lieu de {before} en service. "
                "Si c'est voulu, ajoutez --accept-shrink.",
                department=department,
                read=numbers,
                previous=before,
            )


def _difference(job: Job) -> Difference:
    found = TableDifference()
    for kind, streets, labels in job.conn.execute(_composed(job, "street_difference")):
        setattr(found, kind, streets)
        if labels:
            found.samples[kind] = labels
    return {"geocoding.street": found}


def _swap(job: Job) -> None:
    """Put the staged streets in service, without a moment when a department has none."""
    row = job.conn.execute(_composed(job, "service_covered")).fetchone()
    if row is not None and row[0]:
        for statement in (
            "index_staged_core",
            "index_staged_skeleton",
            "index_staged_extent",
            "index_staged_id",
        ):
            job.conn.execute(_composed(job, statement))
        job.conn.execute(_composed(job, "remember_every_name"))
        job.conn.execute(_composed(job, "swap_street_table"))
    else:
        job.conn.execute(_composed(job, "mark_names_replaced"))
        job.conn.execute(_composed(job, "remove_staged_departments"))
        job.conn.execute(_composed(job, "insert_staged_streets"))
        job.conn.execute(_composed(job, "remember_staged_names"))
        job.conn.execute(_QUERIES["forget_names_gone"])
    job.conn.execute(_QUERIES["analyse_streets"])


ROAD = Road(
    source=ban.SOURCE,
    members=ban.MEMBERS,
    steps=(Step("read", _stage),),
    check=_check,
    difference=_difference,
    swap=_swap,
)
