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
    from collections.abc import Iterator

    from ingest.road import Job

QUERIES = Queries.load(Path(__file__).parent.parent / "sql")

_BULK_TABLES = ("offer", "address", "practitioner", "offer_specialty")
_CHANGES = ("added", "changed", "removed")


def composed(name: str, job: Job, **parts: sql.Composable) -> sql.Composed:
    """A statement whose braces are staging tables of this run, or the `parts` given."""
    tables = {
        table: job.staging(table)
        for table in (
            "row", "know_how", "mailbox", "first", "offer", "address", "practitioner", "structure", "change"
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
    job.conn.execute(QUERIES["touch_none"])
    run(job, "move_addresses")
    run(job, "apply_addresses")


def swap_offers(job: Job, *, source: str) -> None:
    """Middle part of a swap: the offers of a source and their history."""
    indexes = list(_set_indexes_aside(job)) if _directory_is_empty(job) else []
    values = provenance(job, source)
    link = composed("place_link", job, offers=job.staging("offer"))
    _execute(job, "keep_history", values)
    _execute(job, "change_offers", values, link=link)
    _execute(job, "add_offers", values, link=link)
    run(job, "remove_offers")
    run(job, "touch_changed")
    for definition in indexes:
        job.conn.execute(definition)


def settle(job: Job) -> None:
    """Last part of a swap: places follow their structure, searches see it all, orphans go."""
    changes: dict[str, int] = dict(job.conn.execute(composed("change_counts", job)).fetchall())
    run(job, "relink_offers", link=composed("place_link", job, offers=_subquery("offers_to_relink")))
    job.conn.execute(QUERIES["analyse_touched"])
    if not _offer_specialty_is_empty(job):
        run(job, "clear_touched_specialties")
    run(job, "add_touched_specialties")
    if changes.get("changed") or changes.get("removed"):
        run(job, "drop_orphan_addresses")
    if changes:
        run(job, "analyse_directory")
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


def _directory_is_empty(job: Job) -> bool:
    row = job.conn.execute(QUERIES["directory_is_empty"]).fetchone()
    return bool(row and row[0])


def _offer_specialty_is_empty(job: Job) -> bool:
    row = job.conn.execute(QUERIES["offer_specialty_is_empty"]).fetchone()
    return bool(row and row[0])


def _set_indexes_aside(job: Job) -> Iterator[sql.SQL]:
    """Drop the indexes of an empty directory; their definitions, to make them again once it is filled.

    Only a first load does it: nothing is in service yet, so nobody waits for the lock it takes.
    """
    for table in _BULK_TABLES:
        rows = job.conn.execute(QUERIES["index_definitions"], {"table_name": table}).fetchall()
        for name, definition in rows:
            run(job, "drop_index", index=sql.Identifier("directory", name))
            yield sql.SQL(definition)
