"""Identifiers in columns: the polars twins of `care.identifier`, for whole blocks at a time.

Every expression takes a column of text without nulls (empty for absent) and is proved equal, by property
tests, to the function of the same name in `care.identifier`.
"""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import Final

import numpy as np
import polars as pl

# Sums by group of four digits, by value of the group: a number of eleven digits takes three look-ups
# instead of eleven divisions. Groups have an even width: the ranks that count double fall alike in each.
_GROUP: Final = 10_000
_DIGITS: Final = np.arange(_GROUP)[:, None] // 10 ** np.arange(4) % 10
_DIGIT_SUMS: Final = pl.Series(_DIGITS.sum(axis=1).astype(np.int16))
_LUHN_SUMS: Final = pl.Series(
    np.where(np.arange(4) % 2, _DIGITS * 2 - 9 * (_DIGITS > 4), _DIGITS).sum(axis=1).astype(np.int16)
)


def luhn_valid(digits: pl.Expr, *, width: int) -> pl.Expr:
    """Whether a text of exactly `width` digits has a right check digit; false for any other text."""
    number = digits.cast(pl.Int64, strict=False)
    total = _summed(number, _LUHN_SUMS, width=width)
    right = (total % 10 == 0) & (digits.str.len_bytes() == width) & ~_signed(digits)
    return right.fill_null(value=False)


def _summed(number: pl.Expr, sums: pl.Series, *, width: int) -> pl.Expr:
    """Sum over the last `width` digits, from the table of what each group of four is worth."""
    number = pl.when(number >= 0).then(number % 10**width)
    groups = (number // _GROUP**rank % _GROUP for rank in range((width + 3) // 4))
    return reduce(add, (pl.lit(sums).gather(group) for group in groups))


def _signed(digits: pl.Expr) -> pl.Expr:
    return digits.str.starts_with("-") | digits.str.starts_with("+")


def is_rpps(text: pl.Expr) -> pl.Expr:
    """Twin of `care.identifier.is_rpps`."""
    return luhn_valid(text, width=11)


def is_adeli(text: pl.Expr) -> pl.Expr:
    """Twin of `care.identifier.is_adeli`."""
    return text.str.contains(r"^[0-9][0-9AB][0-9A-Z]{7}$")


def is_finess(text: pl.Expr) -> pl.Expr:
    """Twin of `care.identifier.is_finess`: Corsica counts its letter as a digit."""
    letter, first, rest = text.str.slice(1, 1), text.str.slice(0, 1), text.str.slice(2)
    digits = pl.when(letter == "A").then(first + "1" + rest).when(letter == "B").then(first + "2" + rest)
    return luhn_valid(digits.otherwise(text), width=9)


def is_siret(text: pl.Expr) -> pl.Expr:
    """Twin of `care.identifier.is_siret`: La Poste sums its digits to a multiple of five."""
    number = text.cast(pl.Int64, strict=False)
    digit_sum = _summed(number, _DIGIT_SUMS, width=14)
    la_poste = text.str.starts_with("356000000") & (text.str.len_bytes() == 14) & (digit_sum % 5 == 0)
    return luhn_valid(text, width=14) | la_poste.fill_null(value=False)


def is_citycode(text: pl.Expr) -> pl.Expr:
    """Twin of `geo.territory.is_citycode`."""
    return text.str.contains(r"^[0-9][0-9AB][0-9]{3}$")


def mended_finess(text: pl.Expr) -> pl.Expr:
    """A FINESS number as typed by hand, mended: spaces out, capitals, the letter O for a zero."""
    return text.str.replace_all(r"[\s.\-]", "").str.to_uppercase().str.replace_all("O", "0", literal=True)


def scientific(text: pl.Expr) -> pl.Expr:
    """Whether a spreadsheet wrote a code as a number (`1.23E+13`)."""
    return text.str.contains(r"^[0-9][.,][0-9]+E\+?[0-9]+$")
