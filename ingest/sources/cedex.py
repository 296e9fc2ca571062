"""CEDEX codes and the commune a community table gives them: weak (about 60 % of the cases that could be
checked name another commune). Kept apart, used last.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from ingest.damage import CodeDamage
from ingest.load.keyed import keyed_road, with_source
from ingest.load.tables import CEDEX
from ingest.source import Source
from ingest.sources.reading import Sieve, whole_table
from ingest.territories import Communes

if TYPE_CHECKING:
    from ingest.road import Job

SOURCE = Source(
    name="cedex",
    title="Correspondance des codes CEDEX et des communes",
    publisher="Table communautaire, d'après les données publiques",
    licence="Licence Ouverte",
    page="https://www.data.gouv.fr/fr/datasets/liste-des-cedex/",
    rhythm="irrégulier",
    expected_rows=range(10_000, 25_000),
    depends=("cog",),
    max_rejected_share=0.05,
)
KEY = ("cedex_code", "citycode")

_COLUMNS = {
    "cedex_code": ("code", "cedex", "code_cedex", "code postal"),
    "citycode": ("insee", "code_insee", "code_commune_insee"),
    "office": ("ville", "libelle", "libelle_cedex", "nom"),
}


def normalise(frame: pl.DataFrame, communes: Communes, *, file: str) -> Sieve:
    """Rows of `territory.cedex`; town-wide codes of Paris, Lyon, Marseille stay so (nothing tells more)."""
    sieve = Sieve(frame, file=file)
    sieve.refuse(
        ~pl.col("cedex_code").str.contains(r"^\d{5}$"),
        reason="bad-cedex-code",
        detail="code CEDEX illisible : {cedex_code}",
    )
    sieve.refuse(
        pl.col("citycode").str.contains("^99"), reason="outside-france", detail="{office} n'est pas en France"
    )
    present = [communes.present(code or "") for code in sieve.frame["citycode"]]
    sieve.frame = sieve.frame.with_columns(pl.Series("present", present, dtype=pl.String))
    sieve.refuse(
        pl.col("present").is_null(),
        reason="unknown-commune",
        detail="commune {citycode} inconnue du code géographique",
    )
    sieve.frame = sieve.frame.select(
        "line", "cedex_code", pl.col("present").alias("citycode"), pl.col("office").fill_null("")
    )
    return sieve


def _stage(job: Job) -> None:
    communes = Communes.load(job.conn)
    for file in job.files:
        frame = whole_table(
            file,
            job,
            separator=",;",
            columns=_COLUMNS,
            mandatory={"cedex_code", "citycode"},
            damage=CodeDamage({"cedex_code": 5, "citycode": 5}),
        )
        sieve = normalise(frame, communes, file=file.name)
        job.run.reject(sieve.rejections)
        CEDEX.stage(job, with_source(sieve.frame, file.name))
    CEDEX.merge_duplicates(job)
    job.run.count("kept", job.run.counts["read"] - job.run.rejected)


ROAD = keyed_road(SOURCE, _stage, [CEDEX], members=re.compile(r"cedex.*\.csv", re.IGNORECASE))
