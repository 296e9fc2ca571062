"""Postal codes (La Poste): `019HexaSmal.csv` (Latin-1, `;`), the API edition (UTF-8, `,`, coordinates).

Communes are those of the day of the file: movements are applied. Monaco is in the file and not in France.
No CEDEX.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from geo.geocoding.normalise import fold
from ingest.damage import CodeDamage
from ingest.load.keyed import keyed_road, with_source
from ingest.load.tables import POSTAL_CODE
from ingest.source import Source
from ingest.sources.reading import Sieve, whole_table
from ingest.territories import Communes

if TYPE_CHECKING:
    from ingest.road import Job

SOURCE = Source(
    name="postal",
    title="Base officielle des codes postaux",
    publisher="La Poste",
    licence="Licence Ouverte 2.0",
    page="https://datanova.laposte.fr/datasets/laposte-hexasmal",
    rhythm="deux fois par an",
    expected_rows=range(35_000, 45_000),
    downloads=("https://datanova.laposte.fr/data-fair/api/v1/datasets/laposte-hexasmal/raw",),
    depends=("cog",),
    max_age_days=400,
)
KEY = ("postal_code", "citycode", "office_folded", "locality")

_COLUMNS = {
    "citycode": ("#Code_commune_INSEE", "code_commune_insee"),
    "commune_name": ("Nom_de_la_commune",),
    "postal_code": ("Code_postal",),
    "office": ("Libellé_d_acheminement",),
    "locality": ("Ligne_5",),
    "lat": ("latitude",),
    "lon": ("longitude",),
    "geopoint": ("_geopoint", "coordonnees_gps", "coordonnees_geographiques"),
}
# INSEE gives 99xxx to foreign countries; La Poste serves Monaco (99138).
_ABROAD = "^99"


def normalise(frame: pl.DataFrame, communes: Communes, *, file: str) -> Sieve:
    """Rows of `territory.postal_code`; refused ones in `rejections`."""
    sieve = Sieve(frame, file=file)
    sieve.refuse(
        ~pl.col("postal_code").str.contains(r"^\d{5}$"),
        reason="bad-postal-code",
        detail="code postal illisible : {postal_code}",
    )
    sieve.refuse(
        pl.col("citycode").str.contains(_ABROAD),
        reason="outside-france",
        detail="{commune_name} n'est pas en France",
    )
    sieve.refuse(pl.col("office").is_null(), reason="no-office", detail="libellé d'acheminement absent")
    present = [
        communes.present(code or "", name_folded=fold(name or ""), postal_code=postal)
        for code, name, postal in sieve.frame.select("citycode", "commune_name", "postal_code").iter_rows()
    ]
    sieve.frame = sieve.frame.with_columns(pl.Series("present", present, dtype=pl.String))
    sieve.refuse(
        pl.col("present").is_null(),
        reason="unknown-commune",
        detail="commune {citycode} inconnue du code géographique",
    )
    point = pl.col("geopoint").str.split_exact(",", 1)
    sieve.frame = sieve.frame.select(
        "line",
        "postal_code",
        pl.col("present").alias("citycode"),
        (pl.col("present") != pl.col("citycode")).alias("moved"),
        "office",
        pl.col("office").map_elements(fold, return_dtype=pl.String).alias("office_folded"),
        pl.col("locality").fill_null(""),
        pl.coalesce("lon", point.struct.field("field_1").str.strip_chars())
        .cast(pl.Float64, strict=False)
        .round(6)
        .alias("lon"),
        pl.coalesce("lat", point.struct.field("field_0").str.strip_chars())
        .cast(pl.Float64, strict=False)
        .round(6)
        .alias("lat"),
    )
    return sieve


def _stage(job: Job) -> None:
    communes = Communes.load(job.conn)
    for file in job.files:
        frame = whole_table(
            file,
            job,
            separator=";,",
            columns=_COLUMNS,
            mandatory={"citycode", "postal_code", "office"},
            damage=CodeDamage({"postal_code": 5, "citycode": 5}),
        )
        sieve = normalise(frame, communes, file=file.name)
        job.run.reject(sieve.rejections)
        job.run.count("moved-to-present-commune", int(sieve.frame["moved"].sum()))
        job.run.count("without-coordinates", sieve.frame["lon"].null_count())
        POSTAL_CODE.stage(job, with_source(sieve.frame, file.name))
    POSTAL_CODE.merge_duplicates(job)
    job.run.count("kept", job.run.counts["read"] - job.run.rejected)


ROAD = keyed_road(
    SOURCE,
    _stage,
    [POSTAL_CODE],
    members=re.compile(r"(hexasmal|postal|postaux).*\.(csv|txt)", re.IGNORECASE),
)
