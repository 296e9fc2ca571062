"""Telephones in columns: the polars twin of `care.phone.e164`."""

from __future__ import annotations

from typing import Final

import polars as pl

from care.phone import COUNTRY_CODES, OVERSEAS_PREFIXES, SHORT_CODE

_PLAIN: Final = "^0[1-9][0-9]{8}$"
_OVERSEAS: Final = f"^(?:{'|'.join(OVERSEAS_PREFIXES)})"


def e164(text: pl.Expr) -> pl.Expr:
    """The number in E.164, a short code unchanged, or null: same answer as `care.phone.e164`.

    Most numbers are the ten digits of the mainland: only the others pay for the general reading.
    """
    return text.map_batches(_e164, return_dtype=pl.String)


def _e164(texts: pl.Series) -> pl.Series:
    digits = texts.str.replace_all(r"[^0-9+]", "").alias("digits")
    frame = digits.to_frame().with_row_index("row")
    plain = digits.str.contains(_PLAIN) & ~digits.str.contains(_OVERSEAS)
    simple = pl.select(pl.when(plain).then("+33" + digits.str.slice(1))).to_series()
    others = frame.filter(~plain & (digits != ""))
    if others.height:
        read = others.select(_general(pl.col("digits"))).to_series()
        simple = simple.scatter(others["row"], read)
    return simple.alias(texts.name)


def _general(digits: pl.Expr) -> pl.Expr:
    international = digits.str.extract_groups(rf"^\+?(?:00)?({'|'.join(COUNTRY_CODES)})0?([1-9][0-9]{{8}})")
    country, number = international.struct.field("1"), international.struct.field("2")
    length = digits.str.len_bytes()
    is_abroad = (
        digits.str.starts_with("+") | digits.str.starts_with("00") | length.is_between(11, 13)
    ) & country.is_not_null()
    nine = (length == 9) & digits.str.contains("^[1-9]")
    ten = pl.when(nine).then("0" + digits).otherwise(digits.str.slice(0, 10))
    return (
        pl.when(digits.str.contains(SHORT_CODE))
        .then(digits)
        .when(is_abroad & (country == "33"))
        .then(_national("0" + number))
        .when(is_abroad)
        .then("+" + country + number)
        .when(ten.str.contains("^0[1-9][0-9]{8}$"))
        .then(_national(ten))
        .otherwise(None)
    )


def _national(number: pl.Expr) -> pl.Expr:
    country = number.str.slice(0, 4).replace_strict(OVERSEAS_PREFIXES, default="+33", return_dtype=pl.String)
    return country + number.str.slice(1)
