"""The addresses of the base as streets with their numbers, read from the official files by polars alone.

What the peer is fed and what questions are made from: neither goes through a reader, a normaliser or a table
of the geocoder that is measured.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

import polars as pl

from bench.peer.spelling import core, fold

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bench.peer.base import Base

_COLUMNS: Final = (
    "id", "numero", "rep", "nom_voie", "nom_lieu_dit", "code_postal", "code_insee", "nom_commune",
    "code_insee_ancienne_commune", "nom_ancienne_commune", "lon", "lat",
)  # fmt: skip
VERSION: Final = 4
_KEY: Final = ("street_id", "oldcitycode", "postcode")
_STREET_ID: Final = r"^([^_]+_[^_]+)"
_NO_NUMBER: Final = ("0", "9999", "99999")
_ARRONDISSEMENT: Final = r" \d+(?:er|e) Arrondissement$"
STREET_COLUMNS: Final = (
    "street_id", "kind", "name", "folded", "core", "postcode", "citycode", "town", "city", "oldcitycode",
    "oldcity", "lon", "lat", "count", "with_index", "hamlet",
)  # fmt: skip
"""Everything but the numbers."""


def streets(base: Base) -> Path:
    """Folder of one parquet file per department, made once for a base.

    Columns: street_id, kind (`street`; `locality` when it has no number), name, postcode, citycode, city,
    oldcitycode, oldcity (empty when none), lon, lat (degrees, the number in the middle), numbers
    (list of id, number, rep, lon, lat in the order of the file); and, to find them: `town` (the city without
    its arrondissement), `folded` and `core` (`bench.peer.spelling` of the name), `count` of the numbers,
    `with_index`, whether one has a repetition index, and `hamlet`, whether the files of lieux-dits name it.
    """
    folder = base.home / "bench" / f"streets-{base.fingerprint}-v{VERSION}"
    if folder.is_dir():
        return folder
    draft = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    for department, files in _by_department(base.addresses):
        rows = pl.concat([_rows(path) for path in files])
        _grouped(rows).write_parquet(draft / f"{department}.parquet", compression="lz4")
    draft.rename(folder)
    return folder


def _by_department(files: list[Path]) -> Iterator[tuple[str, list[Path]]]:
    """Files of addresses and of lieux-dits of each department; a commune alone goes with its department."""
    groups: dict[str, list[Path]] = {}
    for path in files:
        code = path.name.removeprefix("adresses-").removeprefix("lieux-dits-").split(".")[0].split("-")[0]
        groups.setdefault(code[:2] if len(code) == 5 else code, []).append(path)
    yield from sorted(groups.items())


def _rows(path: Path) -> pl.DataFrame:
    """Rows with a position and a name; the columns of both formats, text but for the degrees."""
    frame = pl.read_csv(path, separator=";", infer_schema=False)
    frame = frame.select(
        pl.col(name) if name in frame.columns else pl.lit(None, dtype=pl.String).alias(name)
        for name in _COLUMNS
    )
    return (
        frame.with_columns(
            pl.coalesce("nom_voie", "nom_lieu_dit").alias("name"),
            pl.col("lon", "lat").cast(pl.Float64, strict=False),
            pl.col("rep", "code_insee_ancienne_commune", "nom_ancienne_commune", "code_postal").fill_null(""),
        )
        .filter(pl.col("name").is_not_null() & pl.col("lon").is_not_null() & pl.col("lat").is_not_null())
        .select(
            pl.col("id").str.extract(_STREET_ID).alias("street_id"),
            "id",
            "name",
            pl.col("code_postal").alias("postcode"),
            pl.col("code_insee").alias("citycode"),
            pl.col("nom_commune").alias("city"),
            pl.col("code_insee_ancienne_commune").alias("oldcitycode"),
            pl.col("nom_ancienne_commune").alias("oldcity"),
            pl.when(~pl.col("numero").is_in(_NO_NUMBER)).then("numero").alias("number"),
            "rep",
            "lon",
            "lat",
            pl.col("nom_lieu_dit").is_not_null().alias("hamlet"),
        )
    )


def _grouped(rows: pl.DataFrame) -> pl.DataFrame:
    """One row per street, former commune and postal code, in the order of the file."""
    numbered = pl.col("number").is_not_null()
    middle = (pl.len() // 2).cast(pl.Int64)
    grouped = rows.group_by(_KEY, maintain_order=True).agg(
        pl.when(numbered.any()).then(pl.lit("street")).otherwise(pl.lit("locality")).alias("kind"),
        pl.col("name", "citycode", "city", "oldcity").first(),
        pl.col("hamlet").any(),
        pl.col("lon").get(middle).alias("lon"),
        pl.col("lat").get(middle).alias("lat"),
        pl.struct("id", "number", "rep", "lon", "lat").filter(numbered).alias("numbers"),
    )
    names = grouped["name"].unique().to_list()
    keys = pl.DataFrame(
        {"name": names, "folded": [fold(name) for name in names], "core": [core(name) for name in names]}
    )
    return grouped.join(keys, on="name", how="left", maintain_order="left").with_columns(
        pl.col("city").str.replace(_ARRONDISSEMENT, "").alias("town"),
        pl.col("numbers").list.len().alias("count"),
        pl.col("numbers").list.eval(pl.element().struct.field("rep") != "").list.any().alias("with_index"),
    )
