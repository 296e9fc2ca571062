"""Centres of the communes, in three forms: the JSON of geo.api.gouv.fr (a list, or GeoJSON features), the
JSON object `{code: {center, bbox, nom}}`, and a CSV with `code`, `lon`, `lat`.

A commune that the file does not place takes the mean of its postal coordinates, else a point inside its
department; `position_source` says which. Load the postal codes and the outlines first.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ijson
import polars as pl
from psycopg import sql

from core.db.queries import Queries
from core.errors import FileUnreadable
from ingest.load.keyed import keyed_road
from ingest.load.tables import COMMUNE_CENTRE
from ingest.source import Source
from ingest.sources.reading import Sieve, whole_table
from ingest.territories import Communes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.files import InputFile
    from ingest.road import Job

SOURCE = Source(
    name="communes",
    title="Centres des communes",
    publisher="Etalab, d'après l'IGN et l'INSEE",
    licence="Licence Ouverte 2.0",
    page="https://geo.api.gouv.fr/decoupage-administratif/communes",
    rhythm="annuel",
    expected_rows=range(34_900, 37_000),
    downloads=(
        "https://geo.api.gouv.fr/communes?fields=nom,code,centre&format=json",
        "https://geo.api.gouv.fr/communes?fields=nom,code,centre&format=json&type=arrondissement-municipal",
    ),
    depends=("cog", "postal", "contours"),
    max_age_days=460,
)
KEY = ("citycode",)

_COLUMNS = {
    "citycode": ("code", "code_insee", "citycode"),
    "lon": ("longitude", "long"),
    "lat": ("latitude",),
}
_SCHEMA = {"line": pl.Int64, "citycode": pl.String, "lon": pl.Float64, "lat": pl.Float64}
_QUERIES = Queries.load(Path(__file__).parent.with_name("sql"))
_FALLBACKS = ("centres_from_postal", "centres_from_former", "centres_from_outline", "centres_from_neighbours")


def read(file: InputFile, job: Job) -> pl.DataFrame:
    """Rows (line, citycode, lon, lat); for JSON, `line` is the rank of the commune in the file.

    Raises
    ------
    FileUnreadable   JSON that breaks off, or of another shape
    """
    with file.open() as stream:
        first = stream.read(64).lstrip(b"\xef\xbb\xbf \r\n\t")[:1]
    if first in {b"{", b"["}:
        frame = pl.DataFrame(
            [(rank, code, lon, lat) for rank, (code, lon, lat) in enumerate(_read_json(file), start=1)],
            schema=_SCHEMA,
            orient="row",
        )
        job.run.count("read", len(frame))
        return frame
    table = whole_table(file, job, separator=",;", columns=_COLUMNS, mandatory={"citycode", "lon", "lat"})
    return table.with_columns(pl.col("lon", "lat").str.replace(",", ".").cast(pl.Float64, strict=False))


def _read_json(file: InputFile) -> Iterator[tuple[str | None, float | None, float | None]]:
    try:
        with file.open() as stream:
            prefix = _prefix(file)
            if prefix:
                for item in ijson.items(stream, prefix, use_float=True):
                    yield _commune(item)
            else:
                for code, item in ijson.kvitems(stream, "", use_float=True):
                    yield _commune({"code": code, **item})
    except (ijson.JSONError, AttributeError, TypeError) as exc:
        raise FileUnreadable(f"{file.name} : JSON incomplet ou d'une autre forme.", file=file.name) from exc


def _prefix(file: InputFile) -> str:
    """Where the communes are: a list, the features of a GeoJSON, or the values of one object (`""`)."""
    with file.open() as stream:
        # Without floats, the reader in C crashes the process on a number of thousands of digits.
        for prefix, event, _ in ijson.parse(stream, use_float=True):
            if (prefix, event) == ("", "start_array"):
                return "item"
            if (prefix, event) == ("features", "start_array"):
                return "features.item"
            if event == "start_map" and prefix not in {"", "crs", "crs.properties"}:
                return ""
    return ""


def _commune(item: dict[str, Any]) -> tuple[str | None, float | None, float | None]:
    properties: dict[str, Any] = item.get("properties") or item
    code = properties.get("code") or item.get("id")
    place: Any = properties.get("centre") or item.get("center") or item.get("geometry")
    if isinstance(place, dict):
        place = place.get("coordinates") if place.get("type") == "Point" else None
    if not isinstance(place, list) or len(place) < 2:
        return code, None, None
    return code, place[0], place[1]


def normalise(frame: pl.DataFrame, communes: Communes, job: Job, *, file: str) -> Sieve:
    """Centres of present communes. Rows of former communes are counted; rows without a centre are counted
    too, and placed otherwise.
    """
    sieve = Sieve(frame, file=file)
    codes = sieve.frame["citycode"]
    sieve.frame = sieve.frame.with_columns(
        pl.Series("known", [code in communes for code in codes]),
        pl.Series("former", [communes.is_former(code or "") for code in codes]),
    )
    job.run.count("former-communes", int((sieve.frame["former"] & ~sieve.frame["known"]).sum()))
    sieve.refuse(
        ~pl.col("known") & ~pl.col("former"),
        reason="unknown-commune",
        detail="commune {citycode} inconnue du code géographique",
    )
    present = [communes.present(code) for code in sieve.frame["citycode"]]
    sieve.frame = sieve.frame.with_columns(pl.Series("present", present, dtype=pl.String))
    placed = sieve.frame.filter(pl.col("lon").is_not_null() & pl.col("lat").is_not_null())
    job.run.count("without-centre", len(sieve.frame) - len(placed))
    sieve.frame = placed
    sieve.refuse(
        ~(pl.col("lon").is_between(-180, 180) & pl.col("lat").is_between(-90, 90))
        | ((pl.col("lon").abs() < 0.000001) & (pl.col("lat").abs() < 0.000001)),
        reason="bad-coordinates",
        detail="coordonnées impossibles : {lon} {lat}",
    )
    overseas = pl.col("citycode").str.contains("^(97|98)")
    swapped = ~overseas & (pl.col("lat").is_between(-6, 10)) & (pl.col("lon").is_between(41, 52))
    sieve.refuse(swapped, reason="swapped-axes", detail="longitude et latitude échangées : {lon} {lat}")
    sieve.refuse(
        ~pl.col("citycode").is_first_distinct(),
        reason="duplicate-key",
        detail="commune {citycode} déjà lue plus haut",
    )
    return sieve


def centres(rows: pl.DataFrame) -> pl.DataFrame:
    """One centre for each present commune: its own, else the mean of those of the communes it has
    absorbed.
    """
    own = rows.filter(pl.col("known")).with_columns(pl.lit("communes").alias("position_source"))
    absorbed = (
        rows.filter(~pl.col("known") & pl.col("present").is_not_null())
        .drop("citycode")
        .rename({"present": "citycode"})
        .join(own, on="citycode", how="anti")
        .group_by("citycode", maintain_order=True)
        .agg(pl.col("lon", "lat").mean(), pl.col("source_file", "line").first())
        .with_columns(pl.lit("former").alias("position_source"))
    )
    return pl.concat([own.select(absorbed.columns), absorbed]).select(
        "citycode",
        pl.col("lon", "lat").round(6),
        "position_source",
        "source_file",
        pl.col("line").alias("source_line"),
    )


def _stage(job: Job) -> None:
    communes = Communes.load(job.conn)
    frames: list[pl.DataFrame] = []
    for file in job.files:
        sieve = normalise(read(file, job), communes, job, file=file.name)
        job.run.reject(sieve.rejections)
        frames.append(sieve.frame.with_columns(pl.lit(file.name).alias("source_file")))
    COMMUNE_CENTRE.stage(job, centres(pl.concat(frames)))
    COMMUNE_CENTRE.close_stage(job)
    staging = job.staging(COMMUNE_CENTRE.table)
    for statement in _FALLBACKS:
        job.conn.execute(sql.SQL(_QUERIES[statement]).format(staging=staging))
    for source, number in job.conn.execute(sql.SQL(_QUERIES["count_centres"]).format(staging=staging)):
        job.run.count(f"position.{source}", number)
    job.run.count("kept", job.run.counts["read"] - job.run.rejected)


ROAD = keyed_road(
    SOURCE, _stage, [COMMUNE_CENTRE], members=re.compile(r"communes.*\.(csv|json|geojson)", re.IGNORECASE)
)
