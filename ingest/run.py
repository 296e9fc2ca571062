"""One load: its row in `ingest.run`, its counts, its rejected rows, its staging tables.

Bookkeeping goes through a connection of its own, in autocommit, so that it survives a rollback of the load.
The lock of the loads is held by the working connection: when that one dies, so does the lock.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from core.db.queries import Queries
from core.errors import StorageUnavailable, TooManyRejections
from ingest.rejection import RAW_LIMIT, Rejection

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    import psycopg

    from ingest.files import InputFile
    from ingest.source import Source

QUERIES = Queries.load(Path(__file__).with_name("sql"))
# A killed load frees the lock within seconds (client_connection_check_interval); a live one does not.
_LOCK_WAIT_S = 8.0
# Rows refused before a reading is given up, at least.
_HOPELESS = 5000


@dataclass(frozen=True)
class AppliedRun:
    """The load of a source that is in service."""

    run_id: int
    fingerprint: str
    counts: dict[str, Any]
    source_date: date | None
    ended_at: datetime


def previous_applied(conn: psycopg.Connection[Any], source: str) -> AppliedRun | None:
    """The load of `source` that is in service, if any."""
    with conn.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(QUERIES["previous_applied"], {"source": source}).fetchone()
    if row is None:
        return None
    row.pop("files")
    return AppliedRun(**row)


def take_lock(conn: psycopg.Connection[Any]) -> None:
    """Take the lock of the loads for the life of `conn`; leaves no transaction open.

    Raises
    ------
    StorageUnavailable   another load is running; the message says since when

    """
    conn.execute("SET client_connection_check_interval = '1s'")
    deadline = time.monotonic() + _LOCK_WAIT_S
    while True:
        row = conn.execute(QUERIES["lock_loads"]).fetchone()
        conn.commit()
        if row is not None and row[0]:
            return
        if time.monotonic() >= deadline:
            break
        time.sleep(0.25)
    holder = conn.execute(QUERIES["lock_holder"]).fetchone()
    conn.commit()
    since = f" (processus PostgreSQL {holder[0]})" if holder else ""
    raise StorageUnavailable(f"Un autre chargement est en cours{since}. Attendez sa fin.")


class Run:
    """The load under way.

    Attributes
    ----------
    run_id      key of `ingest.run`
    counts      what the report shows: `read`, `kept`, `rejected` by reason, `defects`, `difference`…
    done        names of the steps already complete (when an interrupted run is carried on)
    resumed     whether this is an earlier run carried on

    """

    def __init__(self, book: psycopg.Connection[Any], source: Source, run_id: int) -> None:
        self._book = book
        self.source = source
        self.run_id = run_id
        self.counts: dict[str, Any] = {}
        self.done: list[str] = []
        self.resumed = False
        self._stage = "read"

    @classmethod
    def start(
        cls,
        book: psycopg.Connection[Any],
        source: Source,
        files: Sequence[InputFile],
        *,
        fingerprint: str,
        fresh: bool = False,
    ) -> Run:
        """Open a run, or carry on the interrupted (or checked) one that read the same files.

        The lock of the loads must be held: a run found running is then dead. Runs that cannot be carried on
        are closed and their staging tables dropped. `fresh` reads again whatever was staged.
        """
        kept: Run | None = None
        with book.cursor(row_factory=dict_row) as cursor:
            unfinished = cursor.execute(QUERIES["unfinished_runs"]).fetchall()
        for row in unfinished:
            run = cls(book, source, row["run_id"])
            run.counts = row["counts"]
            same = not fresh and row["source"] == source.name and row["fingerprint"] == fingerprint
            if kept is None and same and run._staging_intact():
                kept = run
            elif row["state"] == "running":
                run._abandon()
            elif row["source"] == source.name:
                run.drop_staging()
        if kept is not None:
            book.execute(QUERIES["reopen_run"], {"run_id": kept.run_id})
            kept.resumed = True
            kept.done = list(kept.counts["steps"])
            book.execute(QUERIES["drop_rejections_after"], {"run_id": kept.run_id, "done": kept.done})
            return kept
        row_id = book.execute(
            QUERIES["start_run"],
            {
                "source": source.name,
                "source_date": max((file.source_date for file in files if file.source_date), default=None),
                "files": Jsonb([_described(file) for file in files]),
                "fingerprint": fingerprint,
            },
        ).fetchone()
        assert row_id is not None  # noqa: S101  RETURNING gives one row
        return cls(book, source, row_id[0])

    def stage(self, name: str) -> None:
        """Enter a stage; the counts so far are written."""
        self._stage = name
        self._write()

    def step_done(self, name: str) -> None:
        """A step is complete and committed: an interrupted run starts again after it.

        The number of rows of each staging table is kept: PostgreSQL empties unlogged tables after a crash.
        """
        self.done.append(name)
        self.counts["steps"] = self.done
        self.counts["staging"] = {table: self._rows(table) for table in self.staging_tables()}
        self._write()

    def count(self, key: str, rows: int) -> None:
        """Add to a count; a dot goes one level down (`level.housenumber`)."""
        parent = self.counts
        *path, leaf = key.split(".")
        for name in path:
            parent = parent.setdefault(name, {})
        parent[leaf] = parent.get(leaf, 0) + rows

    def reject(self, rejections: Sequence[Rejection]) -> None:
        """Store rejected rows (COPY) and count them by reason.

        Raises
        ------
        TooManyRejections   beyond what a whole edition allows: reading on is pointless

        """
        if not rejections:
            return
        with self._book.cursor() as cursor, cursor.copy(QUERIES["copy_rejections"]) as copy:
            for rejection in rejections:
                copy.write_row(
                    (
                        self.run_id,
                        self._stage,
                        rejection.file,
                        rejection.line,
                        rejection.reason,
                        rejection.detail,
                        rejection.raw[:RAW_LIMIT],
                    )
                )
                self.count(f"rejected.{rejection.reason}", 1)
        ceiling = max(_HOPELESS, self.source.max_rejected_share * self.source.expected_rows.stop)
        if self.rejected > ceiling:
            raise TooManyRejections(
                f"Plus de {ceiling:.0f} lignes rejetées : lecture arrêtée, rien n'a été chargé. "
                f"Voyez « sas ingest report {self.run_id} ».",
                rejected=self.rejected,
                run_id=self.run_id,
            )

    @property
    def rejected(self) -> int:
        """Rows refused so far."""
        return sum(self.counts.get("rejected", {}).values())

    def finish(self, state: str, *, conn: psycopg.Connection[Any] | None = None) -> None:
        """Close the run as 'checked' or 'applied'; with `conn`, inside that transaction (the swap)."""
        (conn or self._book).execute(
            QUERIES["end_run"],
            {"run_id": self.run_id, "state": state, "counts": Jsonb(self.counts), "error": None},
        )
        if conn is not None and state == "applied":
            conn.execute(
                QUERIES["drop_former_rejections"], {"source": self.source.name, "run_id": self.run_id}
            )

    def fail(self, error: str) -> None:
        """Close the run as failed; staging is dropped, rejected rows stay readable."""
        self._book.execute(
            QUERIES["end_run"],
            {"run_id": self.run_id, "state": "failed", "counts": Jsonb(self.counts), "error": error},
        )
        self.drop_staging()

    # -- staging ---------------------------------------------------------------------------------------------

    def staging(self, name: str) -> sql.Identifier:
        """Name of a staging table of this run, in schema `ingest`. The loader makes it; the run drops it."""
        return sql.Identifier("ingest", self._prefix + name)

    def staging_tables(self) -> list[str]:
        """Names of the staging tables that exist."""
        pattern = self._prefix.replace("_", r"\_") + "%"
        return [name for (name,) in self._book.execute(QUERIES["staging_tables"], {"prefix": pattern})]

    def drop_staging(self, *, conn: psycopg.Connection[Any] | None = None) -> None:
        """Drop the staging tables of this run; with `conn`, inside that transaction."""
        for name in self.staging_tables():
            (conn or self._book).execute(
                sql.SQL(QUERIES["drop_staging"]).format(table=sql.Identifier("ingest", name))
            )

    @property
    def _prefix(self) -> str:
        return f"stage_{self.run_id}_"

    def _rows(self, table: str) -> int:
        row = self._book.execute(
            sql.SQL(QUERIES["count_rows"]).format(table=sql.Identifier("ingest", table))
        ).fetchone()
        return row[0] if row else 0

    def _staging_intact(self) -> bool:
        """Whether at least one step was complete and its tables are as it left them."""
        expected: dict[str, int] = self.counts.get("staging", {})
        if not self.counts.get("steps"):
            return False
        return set(self.staging_tables()) >= expected.keys() and all(
            self._rows(table) == rows for table, rows in expected.items()
        )

    def _abandon(self) -> None:
        self.fail("interrompu")
        self._book.execute(QUERIES["drop_rejections_of_run"], {"run_id": self.run_id})

    def _write(self) -> None:
        self._book.execute(
            QUERIES["update_run"],
            {"run_id": self.run_id, "stage": self._stage, "counts": Jsonb(self.counts)},
        )


def _described(file: InputFile) -> dict[str, Any]:
    return {
        "name": file.name,
        "bytes": file.size_bytes,
        "sha256": file.sha256,
        "date": file.source_date.isoformat() if file.source_date else None,
    }
