"""BAN, the national address base: addresses, lieux-dits, with identifiers, or in the layout of the BAL.

Formats: https://doc.adresse.data.gouv.fr (page "Fichiers de la BAN"); `;`, UTF-8, RFC 4180 quoting. The four
layouts differ by their labels only, and a layout without numbers holds toponyms (lieux-dits). Overseas `x, y`
are in the projection of the territory: `lon, lat` are read instead.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from geo.geocoding.normalise import fold_suffix, number_key
from ingest.blocks import read_table
from ingest.rejection import Rejection, reject_rows
from ingest.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.files import InputFile

SOURCE = Source(
    name="ban",
    title="Base Adresse Nationale",
    publisher="DINUM, ANCT et IGN, avec les communes",
    licence="Licence Ouverte 2.0",
    page="https://adresse.data.gouv.fr/outils/telechargements",
    rhythm="hebdomadaire",
    downloads=(
        "https://adresse.data.gouv.fr/data/ban/adresses/latest/csv/adresses-france.csv.gz",
        "https://adresse.data.gouv.fr/data/ban/adresses/latest/csv/lieux-dits-beta.csv.gz",
    ),
    expected_rows=range(20_000_000, 40_000_000),
    # A department may be loaded alone: its size is compared with that department, by the check of the road.
    min_share_of_previous=0.0,
    max_rejected_share=0.02,
    max_age_days=90,
)

MEMBERS = re.compile(r"\.csv(\.gz)?$", re.IGNORECASE)
KEY = ("ban_id", "former_citycode", "postal_code")
"""What makes one street: the same name lives once per former commune and per postal code."""

COLUMNS: dict[str, tuple[str, ...]] = {
    "id": ("id", "cle_interop"),
    "number": ("numero",),
    "suffix": ("rep", "suffixe"),
    "name": ("nom_voie", "voie_nom", "nom_lieu_dit"),
    "postal_code": ("code_postal",),
    "citycode": ("code_insee", "commune_insee"),
    "former_citycode": ("code_insee_ancienne_commune", "commune_deleguee_insee"),
    "former_name": ("nom_ancienne_commune", "commune_deleguee_nom"),
    "locality": ("nom_ld", "lieudit_complement_nom"),
    "lon": ("lon", "long"),
    "lat": ("lat",),
}
MANDATORY = {"id", "name", "citycode", "lon", "lat"}

TOPONYM_NUMBER = 99_999
"""Number of a row of the BAL that names a place without numbers."""
_NO_NUMBER = (0, 9_999, TOPONYM_NUMBER)
_CITYCODE = r"^[0-9][0-9AB][0-9]{3}$"


def read(file: InputFile) -> Iterator[tuple[pl.DataFrame, list[Rejection]]]:
    """Rows of a file as text, in file order, columns of `COLUMNS` and `line`. Memory is constant.

    Raises
    ------
    ColumnsChanged   a mandatory column is missing; nothing has been read

    """
    yield from read_table(
        file, separator=";", quoted=True, columns=COLUMNS, mandatory=MANDATORY, encoding="utf-8"
    )


def normalise(frame: pl.DataFrame, *, file: str) -> tuple[pl.DataFrame, list[Rejection]]:
    """Typed rows, and those that cannot be an address.

    Out: ban_id, citycode, postal_code, former_citycode, former_name, name (text), number_key (Int32; null for
    a toponym), suffix (as spelt; null), lon_e6, lat_e6 (Int32), has_number (whether people use the number),
    locality (name of the lieu-dit beside the street name; null).
    Rejections: `no-name`, `bad-citycode`, `bad-number`, `no-position`, `bad-position`.
    """
    typed = frame.with_columns(
        pl.col("number").cast(pl.Int32, strict=False).alias("number_int"),
        pl.col("lon").cast(pl.Float64, strict=False).alias("lon_deg"),
        pl.col("lat").cast(pl.Float64, strict=False).alias("lat_deg"),
    ).with_columns(_reason().alias("reason"))
    refused = typed.filter(pl.col("reason").is_not_null())
    rejections: list[Rejection] = []
    for (reason,), part in refused.group_by("reason", maintain_order=True):
        rejections += reject_rows(
            part.select(frame.columns), file=file, reason=str(reason), detail=_DETAILS[str(reason)]
        )
    kept = typed.filter(pl.col("reason").is_null()) if rejections else typed
    number = pl.col("number_int")
    kept = kept.with_columns(pl.col("suffix").str.to_lowercase())
    return kept.join(_suffix_codes(kept), on="suffix", how="left", nulls_equal=True).select(
        # "75101_cfq3tf_00001_bis" without number and index; a lieu-dit has no number to remove.
        pl.col("id").str.replace(r"^([^_]+_[^_]+)_.*$", "${1}").alias("ban_id"),
        "citycode",
        "postal_code",
        "former_citycode",
        "former_name",
        "name",
        pl.when(number.is_null() | (number == TOPONYM_NUMBER))
        .then(None)
        .otherwise(number * number_key(1) + pl.col("suffix_code"))
        .alias("number_key"),
        "suffix",
        (pl.col("lon_deg") * 1e6).round().cast(pl.Int32).alias("lon_e6"),
        (pl.col("lat_deg") * 1e6).round().cast(pl.Int32).alias("lat_e6"),
        (~number.is_in(_NO_NUMBER)).fill_null(value=False).alias("has_number"),
        "locality",
    ), rejections


_DETAILS = {
    "no-name": "sans nom de voie",
    "bad-citycode": "code commune « {citycode} » mal formé",
    "bad-number": "numéro « {number} » illisible",
    "no-position": "sans coordonnées",
    "bad-position": "coordonnées {lon}, {lat} hors de la Terre ou nulles",
}


def _reason() -> pl.Expr:
    """Why a row is refused; null when it is kept."""
    lon, lat = pl.col("lon_deg"), pl.col("lat_deg")
    number = pl.col("number_int")
    return (
        pl.when(pl.col("name").is_null())
        .then(pl.lit("no-name"))
        .when(~pl.col("citycode").str.contains(_CITYCODE).fill_null(value=False))
        .then(pl.lit("bad-citycode"))
        .when(pl.col("number").is_not_null() & (number.is_null() | ~number.is_between(0, TOPONYM_NUMBER)))
        .then(pl.lit("bad-number"))
        .when(pl.col("lon").is_null() | pl.col("lat").is_null())
        .then(pl.lit("no-position"))
        .when(
            ~(lon.is_between(-180, 180) & lat.is_between(-90, 90)).fill_null(value=False)
            | ((lon == 0) & (lat == 0))
        )
        .then(pl.lit("bad-position"))
        .otherwise(None)
    )


def _suffix_codes(frame: pl.DataFrame) -> pl.DataFrame:
    """Code of each distinct index: a few hundred in a whole department."""
    suffixes = frame["suffix"].unique()
    codes = [number_key(0, fold_suffix(suffix or "")) for suffix in suffixes.to_list()]
    return pl.DataFrame({"suffix": suffixes, "suffix_code": pl.Series(codes, dtype=pl.Int32)})
