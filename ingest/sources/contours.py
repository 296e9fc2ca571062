"""Outlines of regions, departments and communes, from GeoJSON (WGS 84, lon lat), streamed feature by feature.

Forms: france-geojson (properties `code`, `nom`), etalab `contours-administratifs`, geo.api.gouv.fr. Each file
holds one level, told by its name, else by its codes and names; levels absent from the command are left alone.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import ijson
import orjson
import polars as pl
from psycopg import sql

from core.db.queries import Queries
from core.errors import ColumnsChanged, FileUnreadable
from geo.geocoding.normalise import fold
from ingest.load.copying import copy_frame
from ingest.load.keyed import keyed_road
from ingest.load.tables import OUTLINE
from ingest.rejection import Rejection
from ingest.source import Source
from ingest.territories import Communes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.files import InputFile
    from ingest.road import Job

SOURCE = Source(
    name="contours",
    title="Contours des régions, départements et communes (Admin Express simplifié)",
    publisher="IGN, mis en forme par Etalab",
    licence="Licence Ouverte 2.0",
    page="https://www.data.gouv.fr/fr/datasets/contours-administratifs/",
    rhythm="annuel",
    expected_rows=range(13, 40_000),
    downloads=(
        "https://etalab-datasets.geo.data.gouv.fr/contours-administratifs/latest/geojson/departements-100m.geojson.gz",
        "https://etalab-datasets.geo.data.gouv.fr/contours-administratifs/latest/geojson/regions-100m.geojson.gz",
    ),
    depends=("cog",),
    min_share_of_previous=0,
)
KEY = ("level", "code")

Level = Literal["region", "department", "commune"]
_LEVEL_OF_NAME: tuple[tuple[str, Level], ...] = (
    ("commune", "commune"),
    ("departement", "department"),
    ("region", "region"),
)
_BATCH_BYTES = 8 << 20
_SCHEMA = dict.fromkeys(("level", "code", "name", "geometry", "source_file"), pl.String) | {
    "source_line": pl.Int64
}
_SURFACES = {"Polygon", "MultiPolygon", "GeometryCollection"}
_QUERIES = Queries.load(Path(__file__).parent.with_name("sql"))


class _Codes:
    """Codes known at each level, and the folded names of regions and departments."""

    def __init__(self, job: Job) -> None:
        self.communes = Communes.load(job.conn)
        self.names: dict[Level, dict[str, str]] = {
            "department": {code: fold(name) for code, name in job.conn.execute(_QUERIES["departments"])},
            "region": {code: fold(name) for code, name in job.conn.execute(_QUERIES["regions"])},
        }

    def known(self, level: Level, code: str) -> bool:
        return code in self.communes if level == "commune" else code in self.names[level]


def read(file: InputFile) -> Iterator[tuple[int, dict[str, Any]]]:
    """Features with their rank from 1.

    Raises
    ------
    FileUnreadable   not a GeoJSON, or one that breaks off
    """
    try:
        with file.open() as stream:
            yield from enumerate(ijson.items(stream, "features.item", use_float=True), start=1)
    except ijson.JSONError as exc:
        raise FileUnreadable(f"{file.name} : GeoJSON incomplet ou illisible.", file=file.name) from exc


def level_of(file: InputFile, codes: _Codes) -> Level:
    """Level of a file.

    Raises
    ------
    ColumnsChanged   neither the name of the file nor its first feature tells
    """
    base = fold(file.name.rsplit("/", 1)[-1])
    for word, level in _LEVEL_OF_NAME:
        if word in base:
            return level
    for _, feature in read(file):
        code, name = code_and_name(feature)
        for level in ("department", "region"):
            if codes.names[level].get(code) == fold(name):
                return level
        if code in codes.communes:
            return "commune"
        break
    raise ColumnsChanged(
        f"{file.name} : niveau inconnu ; nommez le fichier « regions… », « departements… » ou « communes… »."
    )


def code_and_name(feature: dict[str, Any]) -> tuple[str, str]:
    """Code and name of a feature, whatever the publisher calls them; empty when absent."""
    properties: dict[str, Any] = {
        key.lower(): value for key, value in (feature.get("properties") or {}).items()
    }

    def first(*names: str) -> str:
        return next((str(properties[name]).strip() for name in names if properties.get(name)), "")

    code = first("code", "insee_com", "insee_dep", "insee_reg", "code_insee", "insee") or str(
        feature.get("id") or ""
    )
    return code, first("nom", "name", "libelle", "nom_officiel")


def _stage(job: Job) -> None:
    codes = _Codes(job)
    features = job.staging("feature")
    job.conn.execute(sql.SQL(_QUERIES["create_feature_staging"]).format(table=features))
    for file in job.files:
        level = level_of(file, codes)
        batch: list[tuple[str, str, str, str, str, int]] = []
        size = 0
        for rank, feature in read(file):
            job.run.count("read", 1)
            code, name = code_and_name(feature)
            refusal = _refusal(file, rank, feature, level=level, codes=codes)
            if refusal is not None:
                job.run.reject([refusal])
                continue
            geometry = orjson.dumps(feature["geometry"]).decode()
            batch.append((level, code, name, geometry, file.name, rank))
            size += len(geometry)
            if size > _BATCH_BYTES:
                copy_frame(job.conn, features, pl.DataFrame(batch, schema=_SCHEMA, orient="row"))
                job.progress.advance(rows=len(batch))
                batch, size = [], 0
        copy_frame(job.conn, features, pl.DataFrame(batch, schema=_SCHEMA, orient="row"))
        job.progress.advance(rows=len(batch))
    _build(job, features)
    job.run.count("kept", job.run.counts.get("read", 0) - job.run.rejected)


def _build(job: Job, features: sql.Identifier) -> None:
    OUTLINE.open_stage(job)
    names = {"features": features, "staging": job.staging(OUTLINE.table)}
    job.conn.execute(sql.SQL(_QUERIES["build_outlines"]).format(**names))
    job.run.reject(
        [
            Rejection(
                file, rank, "empty-outline", f"{code} {name} : aucune surface valide", f"{level} {code}"
            )
            for file, rank, level, code, name in job.conn.execute(
                sql.SQL(_QUERIES["empty_outlines"]).format(**names)
            )
        ]
    )
    OUTLINE.close_stage(job)


def _refusal(
    file: InputFile, rank: int, feature: dict[str, Any], *, level: Level, codes: _Codes
) -> Rejection | None:
    geometry = feature.get("geometry") or {}
    code, _ = code_and_name(feature)
    if not codes.known(level, code):
        former = level == "commune" and codes.communes.is_former(code)
        reason = "former-commune" if former else "unknown-code"
        return Rejection(
            file.name,
            rank,
            reason,
            f"code {code or '(absent)'} : {level} inconnu",
            str(feature.get("properties")),
        )
    if geometry.get("type") not in _SURFACES:
        return Rejection(file.name, rank, "no-surface", f"{code} : géométrie absente ou sans surface", code)
    return None


ROAD = keyed_road(
    SOURCE,
    _stage,
    [OUTLINE],
    members=re.compile(r"(commune|departement|region|contour).*\.(geo)?json", re.IGNORECASE),
)
