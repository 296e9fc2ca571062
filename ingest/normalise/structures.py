"""Establishments of FINESS, whatever the file they come from, to the columns that are staged."""

from __future__ import annotations

from typing import Final

import polars as pl

from ingest.normalise import codes, finess_position, phones
from ingest.rejection import Rejection, reject_rows
from ingest.sources.finess_columns import DEPARTMENTS, MOVED_COMMUNES

STAGED: Final = (
    "source_line", "finess", "finess_ej", "siret", "name", "category_code", "category_label", "phone",
    "opened_on", "closed_on", "complement", "number", "suffix", "street_type", "street_name",
    "locality", "postal_code", "office", "citycode", "department_code", "lon", "lat", "srid", "score",
    "quality", "reason",
)  # fmt: skip
"""Columns of the staging table, but the rank of the file."""

_UNKNOWN_DATES: Final = ("1900-01-01", "1901-01-01", "1904-01-01")


def from_stock(
    structures: pl.DataFrame, locations: pl.DataFrame, *, file: str
) -> tuple[pl.DataFrame, list[Rejection]]:
    """Rows of the classic stock, or of its variant with a header, joined with their coordinates by number."""
    frame = structures.with_columns(pl.exclude("line").fill_null(""))
    department = pl.col("department").replace(DEPARTMENTS)
    commune = pl.when(department.str.len_bytes() == 3).then(department.str.slice(0, 2)).otherwise(department)
    postal_code = pl.col("office").str.extract(r"^([0-9]{5})\b").fill_null("")
    citycode = (
        pl.when(pl.col("citycode") != "")
        .then(pl.col("citycode"))
        .when((pl.col("commune") != "") & (department != ""))
        .then(commune + pl.col("commune").str.zfill(3))
        .otherwise(pl.lit(""))
        .replace(MOVED_COMMUNES)
    )
    frame = frame.with_columns(
        name=pl.when(pl.col("long_name") != "").then(pl.col("long_name")).otherwise(pl.col("short_name")),
        complement=pl.col("recipient"),
        postal_code=postal_code,
        citycode=pl.when(codes.is_citycode(citycode)).then(citycode).otherwise(pl.lit("")),
        closed_on=pl.lit(None, pl.String),
    )
    frame = frame.with_columns(department_code=_department(department))
    frame, rejections = _identified(frame, file)
    pairs = locations.unique(subset="finess", keep="last", maintain_order=True).join(
        frame.select("finess", "department_code"), on="finess"
    )
    placed = finess_position.located(pairs)
    joined = frame.join(placed, on="finess", how="left", maintain_order="left").with_columns(
        pl.col("quality").fill_null("none")
    )
    return _shaped(joined), rejections


def from_flow(frame: pl.DataFrame, *, file: str) -> tuple[pl.DataFrame, list[Rejection]]:
    """Rows of the JSON flow, already in degrees; closed structures are kept, and said to be closed."""
    citycode = pl.col("citycode").str.to_uppercase().replace(MOVED_COMMUNES)
    frame = frame.with_columns(pl.col(pl.String).exclude("reason", "closed_on").fill_null("")).with_columns(
        citycode=pl.when(codes.is_citycode(citycode)).then(citycode).otherwise(pl.lit(""))
    )
    frame = frame.with_columns(department_code=_department(pl.lit("")))
    frame, rejections = _identified(frame, file)
    return _shaped(frame), rejections


def _department(told: pl.Expr) -> pl.Expr:
    """Department of the commune, else the one the file tells, else that of the postal code."""
    of_commune = (
        pl.when(pl.col("citycode").str.contains("^9[78]"))
        .then(pl.col("citycode").str.slice(0, 3))
        .otherwise(pl.col("citycode").str.slice(0, 2))
    )
    of_postal_code = (
        pl.when(pl.col("postal_code").str.contains("^97"))
        .then(pl.col("postal_code").str.slice(0, 3))
        .when(pl.col("postal_code").str.contains("^20[01]"))
        .then(pl.lit("2A"))
        .when(pl.col("postal_code").str.contains("^20[26]"))
        .then(pl.lit("2B"))
        .otherwise(pl.col("postal_code").str.slice(0, 2))
    )
    return pl.when(of_commune != "").then(of_commune).when(told != "").then(told).otherwise(of_postal_code)


def _identified(frame: pl.DataFrame, file: str) -> tuple[pl.DataFrame, list[Rejection]]:
    """Rows with a right FINESS number, a name and a category; the others are refused."""
    frame = frame.with_columns(finess=codes.mended_finess(pl.col("finess")))
    rejections: list[Rejection] = []
    for wrong, reason, detail in (
        (~codes.is_finess(pl.col("finess")), "finess-check-digit", "numéro FINESS faux : {finess}"),
        (pl.col("name") == "", "name-missing", "nom absent : {finess}"),
        (~pl.col("category_code").str.contains("^[0-9]{3}$"), "category-form", "catégorie : {category_code}"),
    ):
        mask = frame.select(wrong.alias("wrong")).to_series()
        if mask.any():
            rejections += reject_rows(frame.filter(mask), file=file, reason=reason, detail=detail)
            frame = frame.filter(~mask)
    return frame, rejections


def _shaped(frame: pl.DataFrame) -> pl.DataFrame:
    siret = pl.col("siret").str.replace_all(" ", "", literal=True)
    return frame.with_columns(
        source_line=pl.col("line"),
        finess_ej=_or_null(pl.col("finess_ej")),
        siret=pl.when(codes.is_siret(siret)).then(siret).otherwise(None),
        category_label=_or_null(pl.col("category_label")),
        phone=phones.e164(pl.col("phone")),
        opened_on=_date(pl.col("opened_on")),
        closed_on=_date(pl.col("closed_on")),
        department_code=_or_null(pl.col("department_code")),
    ).select(STAGED)


def _or_null(text: pl.Expr) -> pl.Expr:
    return pl.when(text != "").then(text).otherwise(None)


def _date(text: pl.Expr) -> pl.Expr:
    """A date; the placeholders of the register mean unknown."""
    return (
        pl.when(text.is_in(_UNKNOWN_DATES))
        .then(None)
        .otherwise(text.str.slice(0, 10))
        .str.to_date(strict=False)
    )
