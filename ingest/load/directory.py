"""The directory: staged offers compared with those in service, then swapped. Shared by Annuaire and FINESS.

A source stages two tables: `offer` (the columns of `directory.offer` that come from the source, with
`file_rank`) and `address` (distinct addresses). Everything after that is set-based and the same for all.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from psycopg import sql

from core.db.queries import Queries
from ingest.load.specialty import load_specialties
from ingest.road import TableDifference

if TYPE_CHECKING:
    from ingest.road import Job

QUERIES = Queries.load(Path(__file__).parent.parent / "sql")

_BULK_TABLES = ("offer", "practitioner", "offer_specialty")
_CHANGES = ("added", "changed", "removed")


def composed(name: str, job: Job, **parts: sql.Composable) -> sql.Composed:
    """A statement whose braces are staging tables of this run, or the `parts` given."""
    tables = {
        table: job.staging(table)
        for table in (
            "row", "know_how", "mailbox", "first", "person", "offer", "address", "practitioner", "structure",
            "change",
        )
    }  # fmt: skip
    return sql.SQL(QUERIES[name]).format(**{**tables, **parts})


def run(job: Job, name: str, **parts: sql.Composable) -> int:
    """Run a composed statement; the number of rows it wrote."""
    return job.conn.execute(composed(name, job, **parts)).rowcount


def drop(job: Job, *tables: str) -> None:
    """Drop staging tables that are no longer needed."""
    for table in tables:
        run(job, "drop_table", table=job.staging(table))


def analyse(job: Job, *tables: str) -> None:
    """Statistics of staging tables, before the statements that join them."""
    for table in tables:
        run(job, "analyse_any", table=job.staging(table))


def bulk_session(job: Job) -> None:
    """Settings of a bulk load, for the rest of the session of the load."""
    job.conn.execute(QUERIES["bulk_session"])


def offer_difference(job: Job, *, source: str) -> TableDifference:
    """Staged offers against those of `source` in service; leaves the staging table `change`."""
    bulk_session(job)
    drop(job, "change")
    run(job, "stage_changes", source=sql.Literal(source))
    analyse(job, "change")
    counts: dict[str, int] = dict(job.conn.execute(composed("change_counts", job)).fetchall())
    staged = job.conn.execute(composed("staged_offer_count", job)).fetchone()
    samples: dict[str, list[str]] = dict(job.conn.execute(composed("change_samples", job)).fetchall())
    total = staged[0] if staged else 0
    return TableDifference(
        added=counts.get("added", 0),
        changed=counts.get("changed", 0),
        removed=counts.get("removed", 0),
        unchanged=total - counts.get("added", 0) - counts.get("changed", 0),
        samples={kind: samples[kind] for kind in _CHANGES if kind in samples},
    )


def begin_swap(job: Job) -> None:
    """First part of a swap: the nomenclature and the addresses; offers whose address moved are noted."""
    bulk_session(job)
    load_specialties(job.conn)
    job.conn.execute(QUERIES["lock_corrections"])
    job.conn.execute(QUERIES["touch_none"])
    indexes = _set_indexes_aside(job, "address")
    if not indexes:
        run(job, "move_addresses")
    run(job, "apply_addresses")
    for statement in indexes:
        job.conn.execute(statement)


def swap_offers(job: Job, *, source: str, also: str | None = None) -> None:
    """Middle part of a swap: the offers of a source and their history; `also` names a further statement."""
    empty = _is_true(job, "directory_is_empty")
    indexes = [statement for table in _BULK_TABLES for statement in _set_indexes_aside(job, table)]
    values = provenance(job, source)
    if _is_true(job, "structures_known"):
        offers = sql.SQL("({})").format(composed("staged_offers_to_link", job))
        run(job, "link_staged_offers", link=composed("place_link", job, offers=offers))
    if empty:
        _execute(job, "add_offers", values, is_new=sql.SQL("true"))
    else:
        _execute(job, "keep_history", values)
        _execute(job, "change_offers", values)
        _execute(job, "add_offers", values, is_new=composed("is_added", job))
        run(job, "remove_offers")
    if also is not None:
        run(job, also)
    run(job, "touch_changed")
    for statement in indexes:
        job.conn.execute(statement)


def settle(job: Job) -> None:
    """Last part of a swap, after the corrections: places follow their structure, searches see it all, orphans
    go.
    """
    changes: dict[str, int] = dict(job.conn.execute(composed("change_counts", job)).fetchall())
    if _is_true(job, "structures_known"):
        if changes:
            # Statistics of an almost empty directory would make the planner loop over every pair.
            run(job, "analyse_directory")
        run(job, "relink_offers", link=composed("place_link", job, offers=_subquery("offers_to_relink")))
    job.conn.execute(QUERIES["analyse_touched"])
    if not _is_true(job, "offer_specialty_is_empty"):
        run(job, "clear_touched_specialties")
    run(job, "add_touched_specialties")
    if changes.get("changed") or changes.get("removed"):
        run(job, "drop_orphan_addresses")
    if changes:
        run(job, "analyse_directory")
    if changes or _is_true(job, "any_touched"):
        run(job, "refresh_map")


def _subquery(name: str) -> sql.Composed:
    return sql.SQL("({})").format(sql.SQL(QUERIES[name]))


def _execute(job: Job, name: str, values: dict[str, Any], **parts: sql.Composable) -> None:
    job.conn.execute(composed(name, job, **parts), values)


def provenance(job: Job, source: str) -> dict[str, Any]:
    """What the offers keep of their files; arrays count from 1, as ranks do."""
    return {
        "source": source,
        "run_id": job.run.run_id,
        "files": [file.name for file in job.files],
        "dates": [file.source_date for file in job.files],
    }


def _is_true(job: Job, name: str) -> bool:
    row = job.conn.execute(QUERIES[name]).fetchone()
    return bool(row and row[0])


def _set_indexes_aside(job: Job, table: str) -> list[sql.Composed]:
    """Drop the indexes of a table, if it is empty; the statements that make them again once it is filled.

    Only a first load does it: nothing is in service yet, so nobody waits for the lock it takes. The table
    is also truncated: what the same transaction puts there then needs no journal (`wal_level = minimal`).
    """
    target = sql.Identifier("directory", table)
    row = job.conn.execute(composed("table_is_empty", job, table=target)).fetchone()
    if not (row and row[0]):
        return []
    run(job, "truncate_table", table=target)
    again: list[sql.Composed] = []
    rows = job.conn.execute(QUERIES["index_definitions"], {"table_name": table}).fetchall()
    for name, definition, primary_key in rows:
        if primary_key is None:
            run(job, "drop_index", index=sql.Identifier("directory", name))
            again.append(sql.Composed([sql.SQL(definition)]))
        else:
            constraint = sql.Identifier(name)
            run(job, "drop_constraint", table=target, constraint=constraint)
            again.append(
                composed(
                    "add_constraint",
                    job,
                    table=target,
                    constraint=constraint,
                    definition=sql.SQL(primary_key),
                )
            )
    return again
