"""Annuaire Santé, public extraction (ANS): who practises what, where.

Four text files, separated by `|`, never quoted (a `"` is an ordinary character), one line per person,
activity in a structure and savoir-faire:

    Personne_activite   what becomes offers (56 columns, 52 before 2022; 41 quoted columns for CAT18)
    SavoirFaire         specialities by person; used when the activity file has lost its own columns
    MSSanté             secure mail addresses; those of a person, at a place, are kept
    Dipl_AutExerc       diplomas; read and checked with the others, nothing of it is kept: the service shows
                        what a person practises, not how they learnt it, and what is not needed is not stored

A row that the service does not need (student, abroad, billing address…) is *excluded* and counted by reason;
a row that is wrong is *rejected* and kept for the report.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import polars as pl

from ingest.blocks import read_table
from ingest.damage import CodeDamage
from ingest.normalise import codes, phones
from ingest.rejection import Rejection, reject_rows
from ingest.source import PLACES, Source
from ingest.sources.annuaire_columns import ACTIVITY, ACTIVITY_MANDATORY, CAT18_MANDATORY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.files import InputFile

SOURCE: Final = Source(
    name="annuaire",
    title="Annuaire Santé, extraction des données en libre accès",
    publisher="Agence du numérique en santé (ANS)",
    licence="Licence Ouverte 2.0",
    page="https://www.data.gouv.fr/datasets/annuaire-sante-extractions-des-donnees-en-libre-acces-des-professionnels-intervenant-dans-le-systeme-de-sante-rpps/",
    rhythm="quotidien (annuaire.sante.fr), mensuel (data.gouv.fr)",
    downloads=(
        "https://service.annuaire.sante.fr/annuaire-sante-webservices/V300/services/extraction/PS_LibreAcces",
    ),
    expected_rows=range(1_500_000, 4_000_000),
    depends=PLACES,
    max_age_days=45,
)
KEY: Final = ("idnps", "structure_key", "mode_code", "sector_code")
"""One sheet per person and place; the specialities of the lines are grouped under it."""

MEMBERS: Final = re.compile(
    r"(personne[-_]activite|dipl[-_]autexerc|savoirfaire|correspondance_mssante|extractionmonotable_cat18)"
    r".*\.(txt|csv)(\.gz)?$",
    re.IGNORECASE,
)

STAGED: Final = (
    "line", "idnps", "title", "family_name", "given_name", "name", "profession_code", "know_how_code",
    "mode_code", "sector_code", "siret", "finess", "structure_key", "structure_name", "complement",
    "number", "suffix", "street_type", "street_name", "locality", "postal_code", "office", "citycode",
    "phone", "mssante",
)  # fmt: skip
"""Columns of `ingest.annuaire_row`, in order."""

_FRANCE: Final = ("", "99000", "99100")
_CIVIL: Final = r"(?i)^(?:DOCTEUR|PROFESSEUR|MONSIEUR|MADAME|MELLE|MLLE|MME|DR|PR)\.?\s+(\S)"
_SHOWN_TITLE: Final = {"DR": "Dr ", "PR": "Pr "}


@dataclass
class Tally:
    """What one file gave: rows read, excluded by reason, values mended or dropped, signs of a spreadsheet."""

    excluded: Counter[str] = field(default_factory=Counter)
    mended: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    damage: CodeDamage = field(
        default_factory=lambda: CodeDamage({"postal_code": 5, "finess": 9, "siret": 14})
    )


def read(file: InputFile) -> Iterator[tuple[pl.DataFrame, list[Rejection]]]:
    """Rows of a `Personne_activite` file (or CAT18) as text, by blocks, with the lines that do not parse.

    Raises
    ------
    ColumnsChanged   a mandatory column is missing; nothing has been read

    """
    mandatory = CAT18_MANDATORY if _is_cat18(file) else ACTIVITY_MANDATORY
    return read_table(file, separator="|;", quoted=False, columns=ACTIVITY, mandatory=mandatory)


def _is_cat18(file: InputFile) -> bool:
    """Told by its first bytes, whatever its name: any other edition is separated by `|` and never quoted."""
    with file.open() as stream:
        return stream.read(4).removeprefix(b"\xef\xbb\xbf").startswith(b'"')


def normalise(frame: pl.DataFrame, *, file: str, tally: Tally) -> tuple[pl.DataFrame, list[Rejection]]:
    """Rows of care at a place, with the columns `STAGED`; the rows refused; `tally` is brought up to date."""
    tally.rows += frame.height
    tally.damage.watch(frame)
    frame = frame.with_columns(pl.col(pl.String).fill_null(""))
    frame = _care_only(frame, tally)
    frame, rejections = _identified(frame, file)
    frame, misplaced = _placed(frame, file, tally)
    return _shaped(frame).select(STAGED), rejections + misplaced


def _identified(frame: pl.DataFrame, file: str) -> tuple[pl.DataFrame, list[Rejection]]:
    """Rows whose person is certain: a national identifier of a known form, a name, a profession."""
    number = pl.col("idnps").str.slice(1)
    kind = pl.col("idnps").str.slice(0, 1)
    return _keep(
        frame,
        file,
        (
            (~kind.is_in(["8", "0"]), "identifier-kind", "identifiant national inconnu : {idnps}"),
            ((kind == "8") & ~codes.is_rpps(number), "rpps-check-digit", "numéro RPPS faux : {idnps}"),
            ((kind == "0") & ~codes.is_adeli(number), "adeli-form", "numéro ADELI faux : {idnps}"),
            (pl.col("family_name") == "", "name-missing", "nom absent"),
            (pl.col("profession_code") == "", "profession-missing", "profession absente"),
        ),
    )


def _care_only(frame: pl.DataFrame, tally: Tally) -> pl.DataFrame:
    """Rows of the care offer; the first reason that applies to an excluded row is counted."""
    structure = pl.concat_str("structure_id", "finess", "siret", "structure_name")
    address = pl.concat_str("street_name", "locality", "postal_code", "office", "citycode", "city", "finess")
    reason = (
        pl.when(~pl.col("category_code").is_in(["C", "M"]))
        .then(pl.lit("category"))
        .when(structure == "")
        .then(pl.lit("no-structure"))
        .when(~pl.col("activity_kind").is_in(["", "GENR01"]))
        .then(pl.lit("activity-kind"))
        .when(pl.col("sector_code") == "SA50")
        .then(pl.lit("billing-address"))
        .when(~pl.col("country").is_in(_FRANCE))
        .then(pl.lit("abroad"))
        .when(address == "")
        .then(pl.lit("no-address"))
        .otherwise(pl.lit(""))
    )
    marked = frame.with_columns(reason.alias("reason"))
    tally.excluded.update(
        {code: count for code, count in marked["reason"].value_counts().iter_rows() if code}
    )
    return marked.filter(pl.col("reason") == "").drop("reason")


def _placed(frame: pl.DataFrame, file: str, tally: Tally) -> tuple[pl.DataFrame, list[Rejection]]:
    """Codes of the place checked: a wrong optional code is dropped, a place without any is refused."""
    in_office = pl.col("office").str.extract(r"^([0-9]{5})(?: |$)").fill_null("")
    known_as = pl.col("structure_id").str.to_uppercase().str.replace_all(" ", "", literal=True)
    # Mended first and checked afterwards: an expression named twice is computed twice.
    frame = frame.with_columns(
        finess=codes.mended_finess(pl.col("finess")),
        siret=pl.col("siret").str.replace_all(" ", "", literal=True),
        postal_code=pl.col("postal_code").str.replace_all(" ", "", literal=True),
        citycode=pl.col("citycode").str.to_uppercase(),
        structure_id=known_as,
        finess_read=pl.col("finess"),
        siret_read=pl.col("siret"),
        citycode_read=pl.col("citycode"),
    )
    right = {"finess": codes.is_finess, "siret": codes.is_siret, "citycode": codes.is_citycode}
    frame = frame.with_columns(
        *(
            pl.when(check(pl.col(name))).then(name).otherwise(pl.lit("")).alias(name)
            for name, check in right.items()
        ),
        postal_code=pl.when(pl.col("postal_code").str.contains("^[0-9]{5}$"))
        .then("postal_code")
        .otherwise(in_office),
        structure_id=_structure_key(pl.col("structure_id")),
    )
    mended: list[pl.Expr] = []
    for name in right:
        read_as = pl.col(f"{name}_read")
        mended += [
            ((pl.col(name) == "") & (read_as != "")).sum().alias(f"{name}-dropped"),
            ((pl.col(name) != "") & (read_as != pl.col(name))).sum().alias(f"{name}-mended"),
        ]
    tally.mended.update(frame.select(mended).row(0, named=True))
    frame = frame.with_columns(
        finess=pl.when(
            (pl.col("finess") == "") & pl.col("structure_id").str.contains("^F[0-9][0-9AB][0-9]{7}$")
        )
        .then(pl.col("structure_id").str.slice(1))
        .otherwise(pl.col("finess")),
    )
    nowhere = pl.concat_str("postal_code", "citycode", "finess") == ""
    return _keep(
        frame,
        file,
        ((nowhere, "place-unknown", "ni code postal, ni commune, ni FINESS : {office} {postal_code}"),),
    )


def _structure_key(known_as: pl.Expr) -> pl.Expr:
    """Column 24 as it is; the IDNST of CAT18 (`1` + FINESS, `3` + SIRET, `4` + RPPS rank) in its form."""
    return (
        pl.when(known_as.str.contains("^1[0-9][0-9AB][0-9]{7}$"))
        .then("F" + known_as.str.slice(1))
        .when(known_as.str.contains("^4[0-9]{14}$"))
        .then("R" + known_as.str.slice(1))
        .otherwise(known_as)
    )


def _shaped(frame: pl.DataFrame) -> pl.DataFrame:
    """The columns of the staging table."""
    family = pl.col("family_name").str.replace(_CIVIL, "$1").str.to_uppercase()
    given = pl.col("given_name").str.replace(_CIVIL, "$1").str.to_titlecase()
    title = pl.col("title").replace_strict(_SHOWN_TITLE, default="", return_dtype=pl.String)
    phone = phones.e164(pl.col("phone"))
    office = (
        pl.when(pl.col("office") != "")
        .then(pl.col("office"))
        .otherwise(pl.concat_str("postal_code", "city", separator=" ").str.strip_chars())
    )
    return frame.with_columns(
        name=(title + given + " " + family).str.replace_all("  ", " ", literal=True).str.strip_chars(),
        family_name=family,
        given_name=given,
        structure_key=pl.when(pl.col("structure_id") != "")
        .then(pl.col("structure_id"))
        .when(pl.col("finess") != "")
        .then("F" + pl.col("finess"))
        .otherwise(pl.lit("")),
        structure_name=pl.when(pl.col("structure_name") != "")
        .then(pl.col("structure_name"))
        .otherwise(pl.col("trade_name")),
        complement=pl.concat_str("recipient", "building", separator=" ").str.strip_chars(),
        street_type=pl.when(pl.col("street_type") != "")
        .then(pl.col("street_type"))
        .otherwise(pl.col("street_type_label")),
        office=office,
        phone=pl.coalesce(phone, phones.e164(pl.col("phone_2"))).fill_null(""),
    )


def _keep(
    frame: pl.DataFrame, file: str, rules: tuple[tuple[pl.Expr, str, str], ...]
) -> tuple[pl.DataFrame, list[Rejection]]:
    """Rows that break no rule; a rejection for each other row, with the first rule it breaks."""
    rejections: list[Rejection] = []
    for wrong, reason, detail in rules:
        mask = frame.select(wrong.alias("wrong")).to_series()
        if mask.any():
            rejections += reject_rows(frame.filter(mask), file=file, reason=reason, detail=detail)
            frame = frame.filter(~mask)
    return frame, rejections
