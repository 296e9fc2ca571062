"""The address base in two other layouts: with the identifiers of the BAN, and as the BAL of the communes."""

from __future__ import annotations

import gzip
import io
import uuid
from typing import TYPE_CHECKING, Final

import polars as pl

from demo.output import separated

if TYPE_CHECKING:
    from pathlib import Path

_NAMESPACE: Final = uuid.UUID("5a5d3f0e-0000-4000-8000-000000000000")
_DAY: Final = "2026-01-02"
BAL_COLUMNS: Final = (
    "cle_interop", "commune_insee", "commune_nom", "commune_deleguee_insee", "commune_deleguee_nom",
    "voie_nom",
    "lieudit_complement_nom", "numero", "suffixe", "position", "x", "y", "long", "lat", "cad_parcelles",
    "source",
    "date_der_maj", "certification_commune",
)  # fmt: skip


def _first_rows(path: Path, count: int) -> pl.DataFrame:
    """The first rows of an address file, all columns as text."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        head = "".join(line for line, _ in zip(file, range(count + 1), strict=False))
    frame = pl.read_csv(io.BytesIO(head.encode()), separator=";", infer_schema=False)
    return frame.with_columns(pl.col(pl.String).fill_null(""))


def with_ids(path: Path, count: int) -> bytes:
    """`csv-with-ids`: the 23 columns, then the identifiers of the address, of its street, of its commune."""
    frame = _first_rows(path, count)

    def identifier(key: str) -> str:
        return str(uuid.uuid5(_NAMESPACE, key))

    frame = frame.with_columns(
        id_ban_adresse=pl.col("id").map_elements(identifier, return_dtype=pl.String),
        id_ban_toponyme=pl.col("id")
        .str.extract(r"^([^_]+_[^_]+)")
        .map_elements(identifier, return_dtype=pl.String),
        id_ban_commune=pl.col("code_insee").map_elements(identifier, return_dtype=pl.String),
    )
    return (";".join(frame.columns) + "\n").encode() + separated(frame)


def bal_rows(path: Path, count: int) -> bytes:
    """`csv-bal`: the same addresses under the names of the BAL; number 99999 is a street without number."""
    frame = _first_rows(path, count)
    renamed = {
        "cle_interop": "id", "commune_insee": "code_insee", "commune_nom": "nom_commune",
        "commune_deleguee_insee": "code_insee_ancienne_commune",
        "commune_deleguee_nom": "nom_ancienne_commune",
        "voie_nom": "nom_voie", "lieudit_complement_nom": "nom_ld", "numero": "numero", "suffixe": "rep",
        "position": "type_position", "x": "x", "y": "y", "long": "lon", "lat": "lat",
        "cad_parcelles": "cad_parcelles",
        "source": "source_position", "certification_commune": "certification_commune",
    }  # fmt: skip
    rows = frame.select(
        **{name: pl.col(renamed[name]) if name in renamed else pl.lit(_DAY) for name in BAL_COLUMNS}
    )
    toponyms = (
        rows.unique("voie_nom", keep="first", maintain_order=True)
        .head(200)
        .with_columns(
            cle_interop=pl.col("cle_interop").str.extract(r"^([^_]+_[^_]+)") + "_99999",
            numero=pl.lit("99999"),
            suffixe=pl.lit(""),
        )
    )
    return (";".join(BAL_COLUMNS) + "\n").encode() + separated(pl.concat([rows, toponyms]))
