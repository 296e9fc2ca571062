"""The other files of the Annuaire Santé: SavoirFaire, MSSanté, diplomas. Same format, same rules.

Diplomas and authorisations (`Dipl_AutExerc`) are read and checked with the others, so that a damaged delivery
is seen, but nothing of them is stored: the service shows what a person practises, not how it was learnt.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

import polars as pl

from ingest.blocks import read_table
from ingest.normalise import codes
from ingest.rejection import reject_rows
from ingest.sources import annuaire_columns as columns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.files import InputFile
    from ingest.rejection import Rejection

Kind = Literal["activity", "know_how", "diploma", "mailbox"]

_KINDS: Final[tuple[tuple[str, Kind], ...]] = (
    (r"personne[-_]activite|cat18", "activity"),
    (r"savoirfaire|savoir[-_]faire", "know_how"),
    (r"dipl[-_]autexerc", "diploma"),
    (r"mssante", "mailbox"),
)
_MAILBOX: Final = r"^[^@\s]+@[^@\s]+\.[a-z]{2,}$"


def kind_of(name: str) -> Kind | None:
    """Which of the four files a name tells; None for another one.

    >>> kind_of("PS_LibreAcces_SavoirFaire_202606150812.txt"), kind_of("ps-libreacces-personne-activite.txt")
    ('know_how', 'activity')
    """
    for pattern, kind in _KINDS:
        if re.search(pattern, name, re.IGNORECASE):
            return kind
    return None


def read_know_hows(file: InputFile) -> Iterator[tuple[pl.DataFrame, list[Rejection]]]:
    """Specialities by person: `idnps`, `know_how_code`."""
    table = read_table(
        file,
        separator="|;",
        quoted=False,
        columns=columns.KNOW_HOW,
        mandatory=columns.KNOW_HOW_MANDATORY,
    )
    for frame, unread in table:
        known, refused = _identified(frame, file.name)
        yield known.filter(pl.col("know_how_code") != "").select("idnps", "know_how_code"), unread + refused


def read_mailboxes(file: InputFile) -> Iterator[tuple[pl.DataFrame, list[Rejection]]]:
    """Secure addresses of people: `idnps`, `structure_key` (as in the activity file), `mailbox`.

    Mailboxes of organisations and applications are not of a person: left out.
    """
    table = read_table(
        file, separator="|;", quoted=False, columns=columns.MAILBOX, mandatory=columns.MAILBOX_MANDATORY
    )
    for frame, unread in table:
        people, refused = _identified(frame.filter(pl.col("kind").fill_null("") == "PER"), file.name)
        mailbox = pl.col("mailbox").str.to_lowercase()
        valid = people.filter(mailbox.str.contains(_MAILBOX))
        wrong = people.filter(~mailbox.str.contains(_MAILBOX))
        refused += reject_rows(
            wrong, file=file.name, reason="mailbox-form", detail="adresse de messagerie illisible"
        )
        structure = pl.col("structure_id").str.to_uppercase().str.replace_all(" ", "", literal=True)
        yield (
            valid.select(
                "idnps",
                structure_key=pl.when(codes.is_finess(structure)).then("F" + structure).otherwise(structure),
                mailbox=mailbox,
            ),
            unread + refused,
        )


def read_diplomas(file: InputFile) -> Iterator[tuple[int, list[Rejection]]]:
    """Rows of diplomas and authorisations, counted and checked; nothing of them is kept."""
    table = read_table(
        file, separator="|;", quoted=False, columns=columns.DIPLOMA, mandatory=columns.DIPLOMA_MANDATORY
    )
    for frame, unread in table:
        known, refused = _identified(frame, file.name)
        yield known.height, unread + refused


def _identified(frame: pl.DataFrame, file: str) -> tuple[pl.DataFrame, list[Rejection]]:
    frame = frame.with_columns(pl.col(pl.String).fill_null(""))
    number = pl.col("idnps").str.slice(1)
    right = frame.select(
        (pl.col("idnps").str.starts_with("8") & codes.is_rpps(number))
        | (pl.col("idnps").str.starts_with("0") & codes.is_adeli(number))
    ).to_series()
    wrong = frame.filter(~right)
    return frame.filter(right), reject_rows(
        wrong, file=file, reason="idnps-form", detail="identifiant national faux : {idnps}"
    )
