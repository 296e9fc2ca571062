"""Tables loaded by key: staged by COPY, compared row by row in SQL, swapped by set-based statements.

Rows that do not change are not written: a second load of the same files touches nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl
from psycopg import sql

from core.errors import TooFewRows
from ingest.load.copying import QUERIES, copy_frame
from ingest.rejection import Rejection
from ingest.road import Difference, Job, Road, Step, StepAction, TableDifference

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

    from psycopg.abc import Query

    from ingest.source import Source

_COMMA, _AND = sql.SQL(", "), sql.SQL(" AND ")
_FEW_ROWS = 20


@dataclass(frozen=True)
class KeyedTable:
    """A table in service and what a source owns of it.

    schema, table  the table in service; its primary key is `key`
    key            columns that identify a row
    columns        the other columns this source writes; columns it does not name are left as they are
    label          columns shown in the samples of the difference; the key when empty
    scope          a column: rows in service whose value is absent from the files are left alone (one level of
                   outlines, one department); None when the files are the whole table
    owns_rows      False: the source only fills its columns; rows absent from the files get nulls there
    min_share      fewer staged rows than this share of those in service (in scope) is refused
    """

    schema: str
    table: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    label: tuple[str, ...] = ()
    scope: str | None = None
    owns_rows: bool = True
    min_share: float = 0.9

    @property
    def name(self) -> str:
        """Qualified name, as people read it."""
        return f"{self.schema}.{self.table}"

    def open_stage(self, job: Job) -> None:
        """Make the staging table if it is not there."""
        if f"stage_{job.run.run_id}_{self.table}" not in self._existing(job):
            self._run(job, "create_keyed_staging")

    def stage(self, job: Job, frame: pl.DataFrame) -> None:
        """Make the staging table if needed, and copy rows into it.

        `frame` has the key, the columns, and `source_file`, `source_line`.
        """
        self.open_stage(job)
        copy_frame(
            job.conn,
            job.staging(self.table),
            frame.select(*self.key, *self.columns, "source_file", "source_line"),
        )

    def close_stage(self, job: Job, *, reason: str = "duplicate-key") -> None:
        """Reject the rows whose key stands twice (the first stays); called once everything is staged."""
        rejections = [
            Rejection(file or "", line or 0, reason, f"clé déjà lue plus haut : {key}", key)
            for file, line, key in job.conn.execute(self._composed(job, "drop_duplicate_keys"))
        ]
        job.run.reject(rejections)
        self._run(job, "key_staging")
        self._run(job, "analyse_table")

    def merge_duplicates(self, job: Job) -> None:
        """Keep the first row of each key and count the others as `merged`: two communes of yesterday that are
        one today say the same thing twice, and nothing is wrong with them.
        """
        merged = job.conn.execute(self._composed(job, "drop_duplicate_keys")).fetchall()
        job.run.count("merged", len(merged))
        self._run(job, "key_staging")
        self._run(job, "analyse_table")

    def difference(self, job: Job) -> TableDifference:
        """Staging against the table in service.

        Raises
        ------
        TooFewRows   the staged rows are fewer than `min_share` of those in service, and that was not accepted

        """
        rows: dict[str, tuple[int, list[str]]] = {
            kind: (count, samples or [])
            for kind, count, samples in job.conn.execute(self._composed(job, "keyed_difference"))
        }
        difference = TableDifference(
            added=rows.get("added", (0, []))[0],
            changed=rows.get("changed", (0, []))[0],
            removed=rows.get("removed", (0, []))[0],
            unchanged=rows.get("unchanged", (0, []))[0],
            samples={kind: samples for kind, (_, samples) in rows.items() if kind != "unchanged"},
        )
        self._check_shrink(difference, accept_shrink=job.accept_shrink)
        return difference

    def _check_shrink(self, difference: TableDifference, *, accept_shrink: bool) -> None:
        kept = difference.changed + difference.unchanged
        before, after = kept + difference.removed, kept + difference.added
        if not accept_shrink and before > _FEW_ROWS and after < before * self.min_share:
            raise TooFewRows(
                f"{self.name} : {after} lignes au lieu de {before} en service. Si c'est voulu, ajoutez "
                "--accept-shrink.",
                table=self.name,
                read=after,
                previous=before,
            )

    def remove(self, job: Job) -> None:
        """Remove from the table in service what the files no longer hold."""
        self._run(job, "keyed_remove" if self.owns_rows else "keyed_forget")

    def write(self, job: Job) -> None:
        """Update what changed, insert what is new."""
        if self.columns:
            self._run(job, "keyed_update")
        if self.owns_rows:
            self._run(job, "keyed_insert")

    def _run(self, job: Job, statement: str) -> None:
        job.conn.execute(self._composed(job, statement))

    def _existing(self, job: Job) -> set[str]:
        pattern = f"stage\\_{job.run.run_id}\\_%"
        return {name for (name,) in job.conn.execute(QUERIES["staging_tables"], {"prefix": pattern})}

    def _composed(self, job: Job, statement: str) -> Query:
        staging = job.staging(self.table)
        return sql.SQL(QUERIES[statement]).format(
            staging=staging, in_scope=self._in_scope(staging), **self._parts
        )

    def _in_scope(self, staging: sql.Identifier) -> sql.Composable:
        if not self.owns_rows:
            return sql.SQL("NOT ({})").format(_all_null(self.columns))
        if self.scope is None:
            return sql.SQL("true")
        return sql.SQL("t.{0} IN (SELECT {0} FROM {1})").format(sql.Identifier(self.scope), staging)

    @cached_property
    def _parts(self) -> dict[str, sql.Composable]:
        every = (*self.key, *self.columns)
        # A table that is all key compares nothing: two equal constants.
        staged = _of("s", self.columns) if self.columns else sql.SQL("1")
        stored = _of("t", self.columns) if self.columns else sql.SQL("1")
        target = sql.Identifier(self.schema, self.table)
        return {
            "target": target,
            "table": target,
            "columns": _COMMA.join(map(sql.Identifier, every)),
            "columns_of_s": _of("s", every),
            "key": _COMMA.join(map(sql.Identifier, self.key)),
            "key_of_s": _of("s", self.key),
            "first_key": sql.Identifier(self.key[0]),
            "same_key": _AND.join(
                sql.SQL("s.{0} = t.{0}").format(sql.Identifier(column)) for column in self.key
            ),
            "staged": staged,
            "stored": stored,
            "label": sql.SQL("concat_ws(' ', {})").format(
                _COMMA.join(
                    sql.SQL("coalesce(s.{0}, t.{0})").format(sql.Identifier(column))
                    for column in self.label or self.key
                )
            ),
            "set_staged": _COMMA.join(
                sql.SQL("{0} = s.{0}").format(sql.Identifier(column)) for column in self.columns
            ),
            "set_null": _COMMA.join(
                sql.SQL("{} = NULL").format(sql.Identifier(column)) for column in self.columns
            ),
            "all_null": _all_null(self.columns),
        }


def _of(alias: str, columns: Sequence[str]) -> sql.Composed:
    return _COMMA.join(sql.Identifier(alias, column) for column in columns)


def _all_null(columns: Sequence[str]) -> sql.Composed:
    return _AND.join(sql.SQL("t.{} IS NULL").format(sql.Identifier(column)) for column in columns)


def keyed_difference(job: Job, tables: Sequence[KeyedTable]) -> Difference:
    """Differences of several tables, in their order."""
    return {table.name: table.difference(job) for table in tables}


def keyed_swap(job: Job, tables: Sequence[KeyedTable]) -> None:
    """Swap several tables, parents first in `tables`: what is new is written, then what left is removed."""
    for table in tables:
        table.write(job)
    for table in reversed(tables):
        table.remove(job)


def keyed_road(
    source: Source, stage: StepAction, tables: Sequence[KeyedTable], *, members: re.Pattern[str] | None
) -> Road:
    """The road of a source read in one step, `stage`, and that fills keyed tables only, parents first."""
    return Road(
        source=source,
        steps=(Step("read", stage),),
        difference=lambda job: keyed_difference(job, tables),
        swap=lambda job: keyed_swap(job, tables),
        members=members,
    )


def with_source(frame: pl.DataFrame, file: str) -> pl.DataFrame:
    """`frame` with where its rows come from; `line` becomes `source_line`."""
    return frame.with_columns(pl.lit(file).alias("source_file")).rename({"line": "source_line"})
