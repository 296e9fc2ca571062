"""Addresses grouped by street, as the rows of `geocoding.street`; keys computed once per distinct name."""

from __future__ import annotations

import hashlib

import polars as pl

from geo.geocoding.normalise import fold, skeleton, street_key
from geo.territory import department_of
from ingest.sources.ban import KEY

GROUP = KEY
LOCALITY_MARK = "_ld-"
"""In `ban_id`, between the commune and the name of a lieu-dit that the base names beside its streets only."""


def group_streets(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of `ingest.sources.ban.normalise` to one row per street: columns of `geocoding.street`, for COPY.

    Arrays are written as PostgreSQL literals, ordered by number then position; a number met twice (several
    positions of one address) keeps its first position. A lieu-dit written beside street names is a row of its
    own: addresses written before the streets were named say nothing else.
    """
    return pl.concat([_grouped(rows), _grouped(_localities(rows))])


def _localities(rows: pl.DataFrame) -> pl.DataFrame:
    """Lieux-dits named beside a street: one toponym per address that names it.

    The base gives them no identifier: commune, LOCALITY_MARK and the folded name stand for it.
    """
    named = rows.filter(pl.col("locality").is_not_null() & (pl.col("locality") != pl.col("name")))
    slugs = [fold(name).replace(" ", "-") for name in named["locality"].to_list()]
    return named.with_columns(
        pl.concat_str("citycode", pl.lit(LOCALITY_MARK), pl.Series(slugs, dtype=pl.String)).alias("ban_id"),
        pl.col("locality").alias("name"),
        pl.lit(None, dtype=pl.Int32).alias("number_key"),
        pl.lit(None, dtype=pl.String).alias("suffix"),
        pl.lit(value=False).alias("has_number"),
    )


def _grouped(rows: pl.DataFrame) -> pl.DataFrame:
    ordered = rows.sort([*GROUP, "number_key", "suffix", "lon_e6", "lat_e6"], nulls_last=True)
    numbered = pl.col("has_number")
    first = numbered & (
        pl.struct("number_key", "suffix").ne_missing(pl.struct("number_key", "suffix").shift(1))
        | pl.struct(*GROUP).ne_missing(pl.struct(*GROUP).shift(1))
    )
    marked = ordered.with_columns(first.alias("first"))
    middle = (pl.len() // 2).cast(pl.Int64)
    streets = marked.group_by(GROUP, maintain_order=True).agg(
        pl.col("citycode").first(),
        pl.col("former_name").first(),
        pl.col("name").first(),
        pl.col("number_key").is_null().all().alias("toponym"),
        pl.col("lon_e6").get(middle).alias("lon"),
        pl.col("lat_e6").get(middle).alias("lat"),
        pl.col("lon_e6").min().alias("west"),
        pl.col("lon_e6").max().alias("east"),
        pl.col("lat_e6").min().alias("south"),
        pl.col("lat_e6").max().alias("north"),
        _array("number_key").alias("numbers"),
        pl.when(pl.col("suffix").filter("first").is_not_null().any())
        .then(pl.concat_str(pl.lit("{"), _spelt().str.join(","), pl.lit("}")))
        .otherwise(pl.lit("{}"))
        .alias("suffixes"),
        _array("lon_e6").alias("lons_e6"),
        _array("lat_e6").alias("lats_e6"),
    )
    return _with_keys(streets)


def _array(column: str) -> pl.Expr:
    joined = pl.col(column).filter("first").cast(pl.String).str.join(",")
    return pl.concat_str(pl.lit("{"), joined.fill_null(""), pl.lit("}"))


def _spelt() -> pl.Expr:
    """Indices quoted for an array literal: whatever they hold, they stay one element."""
    spelt = pl.col("suffix").filter("first").fill_null("")
    return pl.concat_str(pl.lit('"'), spelt.str.replace_all(r'[\\"]', ""), pl.lit('"'))


def _with_keys(streets: pl.DataFrame) -> pl.DataFrame:
    names = streets["name"].to_list()
    keys = [street_key(name) for name in names]
    identity = streets.select(
        pl.concat_str([pl.col(name).fill_null("") for name in GROUP], separator="|")
    ).to_series()
    degrees = {name: _degrees(streets[name]) for name in ("lon", "lat", "west", "east", "south", "north")}
    return streets.select(
        pl.Series("street_id", [_digest(text) for text in identity.to_list()], dtype=pl.Int64),
        "ban_id",
        pl.when("toponym").then(pl.lit("locality")).otherwise(pl.lit("street")).alias("kind"),
        pl.Series("department_code", [department_of(code) for code in streets["citycode"].to_list()]),
        "citycode",
        "former_citycode",
        "former_name",
        "postal_code",
        "name",
        pl.Series("street_type", [key.type for key in keys], dtype=pl.String),
        pl.Series("core", [key.core for key in keys], dtype=pl.String),
        pl.Series("skeleton", [skeleton(key.core) for key in keys], dtype=pl.String),
        degrees["lon"],
        degrees["lat"],
        pl.format(
            "({},{}),({},{})", degrees["east"], degrees["north"], degrees["west"], degrees["south"]
        ).alias("extent"),
        "numbers",
        "suffixes",
        "lons_e6",
        "lats_e6",
    )


def _degrees(millionths: pl.Series) -> pl.Series:
    """Degrees, the nearest float to each.

    A column that polars divides is multiplied by an inverse: its last digit depends on how many rows it has.
    """
    return pl.Series(millionths.name, millionths.to_numpy() / 1e6)


def _digest(identity: str) -> int:
    """A positive 63-bit number that depends on the street alone."""
    return int.from_bytes(hashlib.blake2b(identity.encode(), digest_size=8).digest(), "big") >> 1
