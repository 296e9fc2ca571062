"""The road of the Annuaire Santé: lines of its four files to sheets, people and addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
from psycopg import sql

from care.specialty import nomenclature
from core.errors import FileUnreadable
from ingest.load.copying import copy_frame
from ingest.load.corrections import correct_load
from ingest.load.directory import (
    analyse,
    begin_swap,
    bulk_session,
    composed,
    drop,
    offer_difference,
    run,
    settle,
    swap_offers,
)
from ingest.load.positions import check_positions, locate
from ingest.load.streaming import RowStream, ahead
from ingest.road import Road, Step
from ingest.sources import annuaire, annuaire_extra

if TYPE_CHECKING:
    from ingest.files import InputFile
    from ingest.road import Difference, Job

_FILE_RANK_BITS: Final = 40
_ORDINAL: Final = ("SM", "SCD", "SI")
_ROW_COLUMNS: Final = ("row", *annuaire.STAGED[1:])


def _read(job: Job) -> None:
    """Every file to its staging table."""
    bulk_session(job)
    for table in ("row", "know_how", "mailbox"):
        drop(job, table)
    for statement in ("create_annuaire_row", "create_know_how", "create_mailbox"):
        run(job, statement)
    kinds: list[annuaire_extra.Kind | None] = [annuaire_extra.kind_of(file.name) for file in job.files]
    if "activity" not in kinds:
        raise FileUnreadable(
            "Aucun fichier « Personne_activite » : c'est lui qui porte les lieux d'exercice.",
            files=[file.name for file in job.files],
        )
    with RowStream(job.conn, job.staging("row"), _ROW_COLUMNS) as stream:
        for rank, (file, kind) in enumerate(zip(job.files, kinds, strict=True), start=1):
            if kind == "activity":
                _read_activity(job, file, rank, stream)
    for file, kind in zip(job.files, kinds, strict=True):
        _read_extra(job, file, kind)
    run(job, "analyse_any", table=job.staging("row"))


def _read_activity(job: Job, file: InputFile, rank: int, stream: RowStream) -> None:
    tally = annuaire.Tally()
    read = kept = know_hows = 0
    for frame, unread in ahead(annuaire.read(file)):
        care, refused = annuaire.normalise(frame, file=file.name, tally=tally)
        job.run.reject([*unread, *refused])
        read += frame.height + len(unread)
        kept += care.height
        know_hows += frame.height - frame["know_how_code"].null_count()
        stream.send(care.with_columns(row=pl.lit(rank, pl.Int64) * (1 << _FILE_RANK_BITS) + pl.col("line")))
        job.progress.advance(rows=frame.height)
    tally.damage.check(file.name)
    job.run.count("read", read)
    job.run.count("kept", kept)
    job.run.count("know_how_lines", know_hows)
    for reason, rows in sorted(tally.excluded.items()):
        job.run.count(f"excluded.{reason}", rows)
    for what, rows in sorted(tally.mended.items()):
        if rows:
            job.run.count(f"mended.{what}", rows)


def _read_extra(job: Job, file: InputFile, kind: annuaire_extra.Kind | None) -> None:
    """SavoirFaire serves only when the activity file has lost its columns; see `annuaire_extra`."""
    if kind == "know_how":
        wanted = not job.run.counts.get("know_how_lines")
        for frame, refused in annuaire_extra.read_know_hows(file):
            job.run.reject(refused)
            job.run.count("extra.know-how", frame.height)
            if wanted:
                copy_frame(job.conn, job.staging("know_how"), frame)
    elif kind == "mailbox":
        for frame, refused in annuaire_extra.read_mailboxes(file):
            job.run.reject(refused)
            job.run.count("extra.mailbox", frame.height)
            copy_frame(job.conn, job.staging("mailbox"), frame)
    elif kind == "diploma":
        for rows, refused in annuaire_extra.read_diplomas(file):
            job.run.reject(refused)
            job.run.count("extra.diploma", rows)


def _match(job: Job) -> None:
    """One identity per person, one sheet per place, addresses once."""
    bulk_session(job)
    run(job, "whole_tables_session")
    adeli = job.conn.execute(composed("count_adeli", job)).fetchone()
    if adeli is not None and adeli[0]:
        job.run.count("matched.adeli-lines", run(job, "match_adeli"))
    drop(job, "first", "person", "offer", "address", "practitioner")
    ordinal = sql.Literal(_ordinal_codes())
    run(job, "first_rows", ordinal=ordinal)
    run(job, "people_of_several_lines")
    analyse(job, "first", "person")
    run(job, "stage_annuaire_offers", ordinal=ordinal)
    run(job, "analyse_any", table=job.staging("offer"))
    for table, statement in (
        ("address", "stage_annuaire_addresses"),
        ("practitioner", "stage_practitioners"),
    ):
        run(job, statement)
        run(job, "analyse_any", table=job.staging(table))
    run(job, "add_positions")
    for table in ("offer", "address", "practitioner"):
        rows = job.conn.execute(sql.SQL("SELECT count(*) FROM {}").format(job.staging(table))).fetchone()
        job.run.count(f"staged.{table}", rows[0] if rows else 0)
    drop(job, "first", "person", "row", "know_how", "mailbox")


def _ordinal_codes() -> list[str]:
    """Specialities of an order (doctors SM, dentists SCD, advanced nurses SI) that the nomenclature knows."""
    return [item.code for item in nomenclature() if item.code.startswith(_ORDINAL)]


def _difference(job: Job) -> Difference:
    return {"directory.offer": offer_difference(job, source="annuaire")}


def _swap(job: Job) -> None:
    begin_swap(job)
    swap_offers(job, source="annuaire", also="apply_practitioners")
    correct_load(job, of_people=True)
    settle(job)


ROAD: Final = Road(
    source=annuaire.SOURCE,
    members=annuaire.MEMBERS,
    steps=(Step("read", _read), Step("match", _match), Step("geocode", locate)),
    check=check_positions,
    difference=_difference,
    swap=_swap,
)
