"""Telephones in columns: the polars twin of `care.phone.e164`."""

from __future__ import annotations

import polars as pl

from care.phone import COUNTRY_CODES, OVERSEAS_PREFIXES, SHORT_CODE


def e164(text: pl.Expr) -> pl.Expr:
    """The number in E.164, a short code unchanged, or null: same answer as `care.phone.e164`.

    The common case, ten digits, is read without any regular expression.
    """
    digits = text.str.replace_all(r"[^0-9+]", "")
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
