"""Legal populations (INSEE): `donnees_communes.csv`, and the file of Mayotte, with columns of its own.

Give both files in one command: together they are the whole truth. PMUN (municipal population) is kept.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from geo.territory import PARENTS
from ingest.load.keyed import keyed_road
from ingest.load.tables import COMMUNE_POPULATION
from ingest.source import Source
from ingest.sources.reading import Sieve, whole_table
from ingest.territories import Communes

if TYPE_CHECKING:
    from ingest.road import Job

SOURCE = Source(
    name="population",
    title="Populations légales des communes",
    publisher="INSEE",
    licence="Licence Ouverte 2.0",
    page="https://www.insee.fr/fr/information/2008354",
    rhythm="annuel (fin décembre)",
    expected_rows=range(34_800, 35_200),
    depends=("cog",),
    max_age_days=460,
)
KEY = ("citycode",)

_COLUMNS = {
    "citycode": ("COM",),
    "department_code": ("DEP",),
    "part": ("CODCOM",),
    "population": ("PMUN",),
}


def normalise(frame: pl.DataFrame, communes: Communes, *, file: str) -> Sieve:
    """Rows (citycode, population). A former commune counts in the commune that holds it."""
    sieve = Sieve(frame, file=file)
    # Mayotte: COM is blank, and the code is the department (976) and the last two digits of CODCOM.
    department, part = pl.col("department_code"), pl.col("part")
    composed = department + part.str.slice(department.str.len_chars().cast(pl.Int64) - 2)
    sieve.frame = sieve.frame.with_columns(pl.coalesce("citycode", composed).alias("citycode"))
    sieve.frame = sieve.frame.with_columns(
        pl.col("population").str.replace_all(r"\s", "").cast(pl.Int64, strict=False).alias("inhabitants")
    )
    sieve.refuse(
        pl.col("inhabitants").is_null() | (pl.col("inhabitants") < 0),
        reason="bad-population",
        detail="population illisible : {population}",
    )
    sieve.refuse(
        ~pl.col("citycode").is_first_distinct(),
        reason="duplicate-key",
        detail="commune {citycode} déjà lue plus haut",
    )
    present = [communes.present(code or "") for code in sieve.frame["citycode"]]
    sieve.frame = sieve.frame.with_columns(pl.Series("present", present, dtype=pl.String))
    sieve.refuse(
        pl.col("present").is_null(),
        reason="unknown-commune",
        detail="commune {citycode} inconnue du code géographique",
    )
    sieve.frame = sieve.frame.select(
        "line", pl.col("present").alias("citycode"), pl.col("inhabitants").alias("population")
    )
    return sieve


def with_towns(rows: pl.DataFrame) -> pl.DataFrame:
    """Adds Paris, Lyon and Marseille as the sum of their arrondissements, when the file gives only these."""
    towns = (
        rows.with_columns(
            pl.col("citycode").replace_strict(PARENTS, default=None, return_dtype=pl.String).alias("town")
        )
        .filter(pl.col("town").is_not_null() & ~pl.col("town").is_in(rows["citycode"].to_list()))
        .group_by("town", maintain_order=True)
        .agg(pl.col("population").sum(), pl.col("source_file").first(), pl.col("source_line").first())
        .rename({"town": "citycode"})
    )
    return pl.concat([rows, towns.select(rows.columns)])


def _stage(job: Job) -> None:
    communes = Communes.load(job.conn)
    frames: list[pl.DataFrame] = []
    for file in job.files:
        frame = whole_table(file, job, separator=";,", columns=_COLUMNS, mandatory={"citycode", "population"})
        sieve = normalise(frame, communes, file=file.name)
        job.run.reject(sieve.rejections)
        frames.append(sieve.frame.with_columns(pl.lit(file.name).alias("source_file")))
    rows = with_towns(
        pl.concat(frames)
        .group_by("citycode", maintain_order=True)
        .agg(
            pl.col("population").sum(),
            pl.col("source_file").first(),
            pl.col("line").first().alias("source_line"),
        )
    )
    COMMUNE_POPULATION.stage(job, rows)
    COMMUNE_POPULATION.close_stage(job)
    whole = rows.filter(~pl.col("citycode").is_in(list(PARENTS)))
    job.run.count("inhabitants", int(whole["population"].sum()))
    job.run.count("kept", job.run.counts["read"] - job.run.rejected)


ROAD = keyed_road(
    SOURCE,
    _stage,
    [COMMUNE_POPULATION],
    members=re.compile(r"(donnees_communes|population).*\.csv", re.IGNORECASE),
)
