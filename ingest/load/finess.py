"""The road of FINESS: the stock (CSV) or the new flow (JSON) to structures, offers, official positions."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

import polars as pl
from psycopg import sql

from care.specialty import nomenclature
from ingest.load.copying import copy_frame
from ingest.load.corrections import correct_load
from ingest.load.directory import (
    analyse,
    begin_swap,
    bulk_session,
    composed,
    drop,
    offer_difference,
    provenance,
    run,
    settle,
    swap_offers,
)
from ingest.load.positions import check_positions, locate
from ingest.normalise import structures
from ingest.road import Road, Step, TableDifference
from ingest.sources import finess, finess_json

if TYPE_CHECKING:
    from ingest.files import InputFile
    from ingest.road import Difference, Job


def _read(job: Job) -> None:
    """Every file to one staging table; of two files that know a number, the more recent is believed."""
    bulk_session(job)
    drop(job, "row")
    run(job, "create_structure_row")
    for rank, file in enumerate(job.files, start=1):
        if finess_json.is_flow(file):
            _read_flow(job, file, rank)
        else:
            _read_stock(job, file, rank)
    repeated = run(job, "drop_repeated_structures")
    job.run.count("repeated", repeated)
    analyse(job, "row")


def _read_stock(job: Job, file: InputFile, rank: int) -> None:
    """Read twice: coordinates come after all the establishments, and only they are held in memory."""
    locations = pl.concat([block.locations for block in finess.read(file)])
    job.run.count("located-lines", locations.height)
    file.defects.clear()  # the second reading counts them again
    for block in finess.read(file):
        job.run.reject(block.rejections)
        job.run.count("read", block.structures.height + len(block.rejections))
        job.progress.advance(rows=block.structures.height)
        if block.structures.height:
            _stage(job, rank, *structures.from_stock(block.structures, locations, file=file.name))


def _read_flow(job: Job, file: InputFile, rank: int) -> None:
    for frame, unread in finess_json.read(file):
        job.run.reject(unread)
        job.run.count("read", frame.height + len(unread))
        job.progress.advance(rows=frame.height)
        _stage(job, rank, *structures.from_flow(frame, file=file.name))


def _stage(job: Job, rank: int, frame: pl.DataFrame, rejections: list[structures.Rejection]) -> None:
    job.run.reject(rejections)
    job.run.count("kept", frame.height)
    for reason, rows in frame["reason"].drop_nulls().value_counts().iter_rows():
        job.run.count(f"coordinates.{reason}", rows)
    copy_frame(job.conn, job.staging("row"), frame.with_columns(file_rank=pl.lit(rank)))


def _place(job: Job) -> None:
    """Structures, their addresses, the official positions as read, the offers among them."""
    bulk_session(job)
    drop(job, "structure", "address", "offer")
    run(job, "stage_structures")
    run(job, "stage_structure_addresses")
    run(job, "add_positions")
    analyse(job, "structure", "address")
    run(job, "place_officially")
    analyse(job, "address")
    as_of = sql.Literal(_as_of(job))
    run(job, "stage_structure_offers", categories=sql.Literal(_care_categories()), as_of=as_of)
    analyse(job, "offer", "address")
    for reason, rows in job.conn.execute(composed("structure_exclusions", job, as_of=as_of)).fetchall():
        job.run.count(f"excluded.{reason}", rows)
    drop(job, "row")


def _as_of(job: Job) -> date:
    """Date of the data: what opens later is not open yet."""
    return max((file.source_date for file in job.files if file.source_date), default=datetime.now(UTC).date())


def _care_categories() -> list[str]:
    return sorted(item.code for item in nomenclature() if item.kind == "structure")


def _difference(job: Job) -> Difference:
    rows: dict[str, int] = dict(job.conn.execute(composed("structure_changes", job)).fetchall())
    total = job.conn.execute(composed("structure_count", job)).fetchone()
    added, changed = rows.get("added", 0), rows.get("changed", 0)
    return {
        "directory.structure": TableDifference(
            added=added,
            changed=changed,
            removed=rows.get("removed", 0),
            unchanged=(total[0] if total else 0) - added - changed,
        ),
        "directory.offer": offer_difference(job, source="finess"),
    }


def _swap(job: Job) -> None:
    begin_swap(job)
    job.conn.execute(composed("apply_structures", job), provenance(job, "finess"))
    swap_offers(job, source="finess")
    correct_load(job, of_people=False)
    settle(job)


ROAD: Final = Road(
    source=finess.SOURCE,
    members=finess.MEMBERS,
    steps=(Step("read", _read), Step("place", _place), Step("geocode", locate)),
    check=check_positions,
    difference=_difference,
    swap=_swap,
)
