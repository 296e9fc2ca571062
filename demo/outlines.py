"""Outlines of the 101 departments, from Natural Earth (public domain), with their official codes."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

import shapely
from shapely.geometry import MultiPolygon

from demo.words import capitals

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from demo.france import Department

# Names that the layer spells otherwise than the official code.
_SPELT: Final = {
    "GUYANE FRANCAISE": "GUYANE",
    "HAUTE RHIN": "HAUT RHIN",
    "SEIEN ET MARNE": "SEINE ET MARNE",
}
_ENVELOPE_BYTES: Final = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}


def read(path: Path, departments: Mapping[str, Department]) -> dict[str, MultiPolygon]:
    """Outline of each department by code, degrees EPSG:4326, longitude first.

    A GeoPackage is an SQLite file; each geometry is a short header ("GP", flags, envelope) then WKB
    (OGC 12-128r18, clause 2.1.3). Neighbours share their borders in the layer, and keep them.
    """
    codes = {capitals(department.name): code for code, department in departments.items()}
    found: dict[str, MultiPolygon] = {}
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as layer:
        rows = layer.execute("SELECT name, geom FROM states_provinces WHERE adm0_a3 = 'FRA' ORDER BY fid")
        for name, blob in rows:
            spelt = capitals(str(name))
            code = codes.get(_SPELT.get(spelt, spelt))
            if code is not None:
                found[code] = _multipolygon(_geometry(blob))
    return dict(sorted(found.items()))


def _geometry(blob: bytes) -> BaseGeometry:
    header = 8 + _ENVELOPE_BYTES[(blob[3] >> 1) & 7]
    return shapely.from_wkb(blob[header:])


def _multipolygon(geom: BaseGeometry) -> MultiPolygon:
    return geom if isinstance(geom, MultiPolygon) else MultiPolygon([geom])  # type: ignore[list-item]


def regions(
    outlines: Mapping[str, MultiPolygon], departments: Mapping[str, Department]
) -> dict[str, MultiPolygon]:
    """Outline of each region: its departments joined."""
    parts: dict[str, list[MultiPolygon]] = {}
    for code, geom in outlines.items():
        parts.setdefault(departments[code].region, []).append(geom)
    return {code: _multipolygon(shapely.union_all(geoms)) for code, geoms in sorted(parts.items())}


def feature_collection(outlines: Mapping[str, MultiPolygon], names: Mapping[str, str]) -> bytes:
    """GeoJSON with the properties `code` and `nom`, as the files in use have them."""
    features: list[dict[str, Any]] = [
        {
            "type": "Feature",
            "properties": {"code": code, "nom": names[code]},
            "geometry": json.loads(shapely.to_geojson(shapely.set_precision(geom, 0, mode="pointwise"))),
        }
        for code, geom in outlines.items()
    ]
    collection = {"type": "FeatureCollection", "features": features}
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode()
