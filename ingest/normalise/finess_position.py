"""Coordinates of FINESS to degrees: the projection named, that of the territory, and the traps between.

The last token of `sourcecoordet` names the projection; the department tells the one its territory uses. When
both disagree the numbers decide, within the box of the department, and the reason says so. What cannot be a
position of the department gets none: its address will be geocoded.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import polars as pl

from geo.crs import Projection, projection_of, to_degrees_many, why_unusable

if TYPE_CHECKING:
    from collections.abc import Iterator

_LAMBERT_2: Final = 27572
_COMMUNE_CENTRE: Final = re.compile(r"ADMIN[-_ ]?EXPRESS", re.IGNORECASE)
_EPSG: Final = re.compile(r"EPSG:(\d{4,5})")
_NAMED: Final = (
    (re.compile(r"UTM[ _]?ZONE[ _]?21N|UTM[ _]?N21", re.IGNORECASE), 32621),
    (re.compile(r"UTM[ _]?ZONE[ _]?1S", re.IGNORECASE), 32701),
    (re.compile(r"LAMBERT[ _-]?93", re.IGNORECASE), 2154),
    (re.compile(r"UTM[ _]?ZONE[ _]?20N|UTM[ _]?N20", re.IGNORECASE), 5490),
    (re.compile(r"UTM[ _]?ZONE[ _]?22N|UTM[ _]?N22", re.IGNORECASE), 2972),
    (re.compile(r"UTM[ _]?ZONE[ _]?40S|UTM[ _]?S40", re.IGNORECASE), 2975),
    (re.compile(r"UTM[ _]?ZONE[ _]?38S|UTM[ _]?S38", re.IGNORECASE), 4471),
)
# Realisations of one zone: the same numbers within a few metres.
_SAME_ZONE: Final = ({4467, 32621}, {5490, 4559, 32620}, {2975, 32740}, {4471, 32738}, {2972, 32622})

LOCATED: Final = {
    "finess": pl.String,
    "lon": pl.Float64,
    "lat": pl.Float64,
    "srid": pl.Int64,
    "score": pl.Float64,
    "quality": pl.String,
    "reason": pl.String,
}
"""`quality`: `address` (a position of the address), `commune` (a commune centre), `none` (unusable)."""


def origin_tokens(origin: str) -> tuple[float | None, str, int | None]:
    """Score (0 to 1), name of the base, EPSG code of a `sourcecoordet`, in its five- or seven-token form.

    >>> origin_tokens("1,ATLASANTE,96,BAN,EPSG:2154 RGF93 / Lambert-93 (Métropole)")
    (0.96, 'BAN', 2154)
    >>> origin_tokens("1,ATLASANTE,100,IGN,BD_ADRESSE,V2.2,LAMBERT_93")
    (1.0, 'BD_ADRESSE', 2154)
    """
    tokens = [token.strip() for token in origin.split(",")]
    score = float(tokens[2]) / 100 if len(tokens) > 2 and re.fullmatch(r"\d{1,3}", tokens[2]) else None
    base = tokens[4] if len(tokens) >= 7 else tokens[3] if len(tokens) > 3 else ""
    return score, base, _srid(tokens[-1])


def _srid(token: str) -> int | None:
    if match := _EPSG.search(token):
        return int(match[1])
    return next((srid for pattern, srid in _NAMED if pattern.search(token)), None)


def located(frame: pl.DataFrame) -> pl.DataFrame:
    """Degrees of each row of `finess`, `x`, `y`, `origin`, `department_code`, in the shape `LOCATED`."""
    rows = list(_resolved(frame))
    found = pl.DataFrame(
        rows,
        schema={"x": pl.Float64, "y": pl.Float64, **LOCATED},
        orient="row",
    )
    parts = [found.filter(pl.col("srid").is_null() | (pl.col("quality") == "none"))]
    for srid in sorted(found.filter(pl.col("quality") != "none")["srid"].drop_nulls().unique()):
        part = found.filter((pl.col("srid") == srid) & (pl.col("quality") != "none"))
        if srid == 4326:
            lons, lats = part["x"].to_numpy(), part["y"].to_numpy()
        else:
            lons, lats = to_degrees_many(part["x"].to_numpy(), part["y"].to_numpy(), srid=srid)
        parts.append(part.with_columns(lon=pl.Series(lons).round(7), lat=pl.Series(lats).round(7)))
    return pl.concat(parts).select(list(LOCATED))


def _resolved(frame: pl.DataFrame) -> Iterator[tuple[object, ...]]:
    for finess, x_text, y_text, origin, department in frame.select(
        "finess", "x", "y", "origin", "department_code"
    ).iter_rows():
        score, base, named = origin_tokens(origin or "")
        x_m, y_m = _number(x_text), _number(y_text)
        if x_m is None or y_m is None:
            yield (None, None, finess, None, None, None, score, "none", "coordinates-missing")
            continue
        x_m, y_m, srid, reason = _in_territory(x_m, y_m, named, projection_of(department or ""))
        if srid is None:
            quality = "none"
        else:
            quality = "commune" if _COMMUNE_CENTRE.search(base or origin or "") else "address"
            reason = reason or ("commune-centre" if quality == "commune" else None)
        yield (x_m, y_m, finess, None, None, srid, score, quality, reason)


def _in_territory(
    x_m: float, y_m: float, named: int | None, projection: Projection
) -> tuple[float, float, int | None, str | None]:
    """The pair and its EPSG code, with the reason when it was mended; no code when it cannot be used."""
    wrong = why_unusable(x_m=x_m, y_m=y_m, projection=projection)
    if wrong is None:
        srid = named if named is not None and _compatible(named, projection.srid) else projection.srid
        return x_m, y_m, srid, None if named in {None, srid} else "projection-mended"
    if wrong == "swapped-axes":
        return y_m, x_m, projection.srid, "axes-swapped"
    if wrong == "lambert-2":
        return x_m, y_m, _LAMBERT_2, "lambert-2"
    if wrong == "degrees":
        lon, lat = (y_m, x_m) if 41 <= x_m <= 52 and abs(y_m) < 10 else (x_m, y_m)
        return lon, lat, 4326, "degrees"
    return x_m, y_m, None, wrong


def _compatible(named: int, own: int) -> bool:
    return named == own or any({named, own} <= zone for zone in _SAME_ZONE)


def _number(text: str | None) -> float | None:
    try:
        return float((text or "").replace(",", ".").replace(" ", ""))
    except ValueError:
        return None
