"""Centres and extents of the communes, in three forms: the JSON of geo.api.gouv.fr (a list, or GeoJSON
features), the JSON object `{code: {center, bbox, nom}}`, and a CSV with `code`, `lon`, `lat`, and perhaps
`bbox_w`, `bbox_s`, `bbox_e`, `bbox_n`. The extent of a commune holds those of the communes it has absorbed.

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
        "https://geo.api.gouv.fr/communes?fields=nom,code,centre,bbox&format=json",
        "https://geo.api.gouv.fr/communes?fields=nom,code,centre,bbox&format=json&type=arrondissement-municipal",
    ),
    reader_version=2,
    depends=("cog", "postal", "contours"),
    max_age_days=460,
)
KEY = ("citycode",)

_COLUMNS = {
    "citycode": ("code", "code_insee", "citycode"),
    "lon": ("longitude", "long"),
    "lat": ("latitude",),
    "west": ("bbox_w",),
    "south": ("bbox_s",),
    "east": ("bbox_e",),
    "north": ("bbox_n",),
}
_EXTENT = ("west", "south", "east", "north")
_NUMBERS = ("lon", "lat", *_EXTENT)
_SCHEMA = {"line": pl.Int64, "citycode": pl.String, **dict.fromkeys(_NUMBERS, pl.Float64)}
_Extent = tuple[float | None, float | None, float | None, float | None]
_NO_EXTENT: _Extent = (None, None, None, None)
_QUERIES = Queries.load(Path(__file__).parent.with_name("sql"))
_FALLBACKS = ("centres_from_postal", "centres_from_former", "centres_from_outline", "centres_from_neighbours")


def read(file: InputFile, job: Job) -> pl.DataFrame:
    """Rows (line, citycode, lon, lat, extent); for JSON, `line` is the rank of the commune in the file.

    Raises
    ------
    FileUnreadable   JSON that breaks off, or of another shape
    """
    with file.open() as stream:
        first = stream.read(64).lstrip(b"\xef\xbb\xbf \r\n\t")[:1]
    if first in {b"{", b"["}:
        frame = pl.DataFrame(
            [(rank, *commune) for rank, commune in enumerate(_read_json(file), start=1)],
            schema=_SCHEMA,
            orient="row",
        )
        job.run.count("read", len(frame))
        return frame
    table = whole_table(file, job, separator=",;", columns=_COLUMNS, mandatory={"citycode", "lon", "lat"})
    return table.with_columns(pl.col(_NUMBERS).str.replace(",", ".").cast(pl.Float64, strict=False))


def _read_json(file: InputFile) -> Iterator[tuple[Any, ...]]:
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


def _commune(item: dict[str, Any]) -> tuple[Any, ...]:
    """Code, longitude, latitude and extent; None for what is not given."""
    properties: dict[str, Any] = item.get("properties") or item
    code = properties.get("code") or item.get("id")
    extent = _extent(properties.get("bbox") or item.get("bbox"))
    place: Any = properties.get("centre") or item.get("center") or item.get("geometry")
    if isinstance(place, dict):
        place = place.get("coordinates") if place.get("type") == "Point" else None
    if not isinstance(place, list) or len(place) < 2:
        return code, None, None, *extent
    return code, place[0], place[1], *extent


def _extent(box: Any) -> _Extent:
    """West, south, east, north of a box, given as four numbers or as the polygon around it.

    >>> _extent({"type": "Polygon", "coordinates": [[[4.9, 46.1], [4.9, 46.2], [5.0, 46.2], [5.0, 46.1]]]})
    (4.9, 46.1, 5.0, 46.2)
    """
    if isinstance(box, dict):
        corners: list[Any] = (box.get("coordinates") or [[]])[0]
        if not corners:
            return _NO_EXTENT
        lons, lats = [corner[0] for corner in corners], [corner[1] for corner in corners]
        return min(lons), min(lats), max(lons), max(lats)
    if isinstance(box, list) and len(box) == 4 and all(isinstance(value, int | float) for value in box):
        west, south, east, north = (float(value) for value in box)
        return west, south, east, north
    return _NO_EXTENT


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
    absorbed. Its extent holds theirs; one that is not a box (west of its east) is left out.
    """
    rows = rows.with_columns(pl.col(column).cast(pl.Float64) for column in _EXTENT)
    extents = (
        rows.filter(
            pl.col("present").is_not_null()
            & (pl.col("west") < pl.col("east"))
            & (pl.col("south") < pl.col("north"))
        )
        .group_by(pl.col("present").alias("citycode"))
        .agg(pl.col("west", "south").min(), pl.col("east", "north").max())
    )
    rows = rows.drop(_EXTENT)
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
    return (
        pl.concat([own.select(absorbed.columns), absorbed])
        .join(extents, on="citycode", how="left")
        .select(
            "citycode",
            pl.col("lon", "lat").round(6),
            *_EXTENT,
            "position_source",
            "source_file",
            pl.col("line").alias("source_line"),
        )
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
