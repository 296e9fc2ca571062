"""Identifiers in columns: the polars twins of `care.identifier`, for whole blocks at a time.

Every expression takes a column of text without nulls (empty for absent) and is proved equal, by property
tests, to the function of the same name in `care.identifier`.
"""

from __future__ import annotations

from functools import reduce
from operator import add

import polars as pl


def luhn_valid(digits: pl.Expr, *, width: int) -> pl.Expr:
    """Whether a text of exactly `width` digits has a right check digit; false for any other text."""
    number = digits.cast(pl.Int64, strict=False)
    terms: list[pl.Expr] = []
    for rank in range(width):
        digit = (number // 10**rank) % 10
        terms.append(digit * 2 - 9 * (digit > 4).cast(pl.Int64) if rank % 2 else digit)
    right = (reduce(add, terms) % 10 == 0) & (digits.str.len_bytes() == width) & ~_signed(digits)
    return right.fill_null(value=False)


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
    letter = text.str.slice(1, 1)
    digits = text.str.slice(0, 1) + letter.replace({"A": "1", "B": "2"}) + text.str.slice(2)
    return luhn_valid(digits, width=9)


def is_siret(text: pl.Expr) -> pl.Expr:
    """Twin of `care.identifier.is_siret`: La Poste sums its digits to a multiple of five."""
    number = text.cast(pl.Int64, strict=False)
    digit_sum = reduce(add, ((number // 10**rank) % 10 for rank in range(14)))
    la_poste = text.str.starts_with("356000000") & (text.str.len_bytes() == 14) & (digit_sum % 5 == 0)
    return luhn_valid(text, width=14) | la_poste.fill_null(value=False)


def is_citycode(text: pl.Expr) -> pl.Expr:
    """Twin of `care.identifier.is_citycode`."""
    return text.str.contains(r"^[0-9][0-9AB][0-9]{3}$")


def mended_finess(text: pl.Expr) -> pl.Expr:
    """A FINESS number as typed by hand, mended: spaces out, capitals, the letter O for a zero."""
    return text.str.replace_all(r"[\s.\-]", "").str.to_uppercase().str.replace_all("O", "0", literal=True)


def scientific(text: pl.Expr) -> pl.Expr:
    """Whether a spreadsheet wrote a code as a number (`1.23E+13`)."""
    return text.str.contains(r"^[0-9][.,][0-9]+E\+?[0-9]+$")
