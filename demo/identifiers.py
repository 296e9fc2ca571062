"""Invented identifiers with a right check digit, in ranges where no real one stands.

RPPS      999 + 7 digits + check digit (real ones start with 10)
FINESS    department + 99 (establishment) or 98 (legal entity) + 4 digits + check digit
SIREN     99 + 6 digits + check digit; SIRET = SIREN + rank on 4 digits + check digit
telephone numbers that Arcep keeps for fiction on the mainland (decision 2012-0856); overseas, numbers in 99
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray

RPPS_FIRST: Final = 9_990_000_000
_FICTION: Final = {"1": "019900", "2": "026191", "3": "035301", "4": "046571", "5": "053649"}
_OVERSEAS_PHONE: Final = {"971": "059099", "972": "059699", "973": "059499", "974": "026299", "976": "026999"}
# First figure of the telephone numbers of each region of the mainland.
_ZONE_OF_REGION: Final = {
    "11": "1", "24": "2", "28": "2", "52": "2", "53": "2", "27": "3", "32": "3", "44": "3",
    "84": "4", "93": "4", "94": "4", "75": "5", "76": "5",
}  # fmt: skip


def check_digits(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """The digit of Luhn to write after each number.

    >>> check_digits(np.array([9900000001])).tolist()
    [0]
    """
    total = np.zeros(len(numbers), dtype=np.int64)
    rest = numbers.astype(np.int64)
    double = True
    while rest.any():
        digit = rest % 10
        if double:
            digit = digit * 2
            digit -= 9 * (digit > 9)
        total += digit
        rest = rest // 10
        double = not double
    return -total % 10


def _with_check(numbers: NDArray[np.int64], width: int) -> pl.Series:
    whole = numbers * 10 + check_digits(numbers)
    return pl.Series(whole).cast(pl.String).str.zfill(width)


def rpps(ranks: NDArray[np.int64]) -> pl.Series:
    """Numbers of the people of these ranks in the whole country (0 to 9,999,999)."""
    return _with_check(RPPS_FIRST + ranks, 11)


def finess(department: str, ranks: NDArray[np.int64], *, legal: bool = False) -> pl.Series:
    """FINESS numbers of a department, ranks 0 to 9,999. Overseas: 97, 9 or 8, figure of the department."""
    mark = 98 if legal else 99
    if department.startswith("97"):
        prefix = "97"
        figures = 97 * 1_000_000 + (mark % 10 * 10 + int(department[2])) * 10_000
    else:
        prefix = department
        figures = int(department.replace("A", "1").replace("B", "2")) * 1_000_000 + mark * 10_000
    numbers = figures + ranks
    tail = pl.Series(numbers % 1_000_000 * 10 + check_digits(numbers)).cast(pl.String).str.zfill(7)
    return pl.select(pl.lit(prefix) + tail).to_series()


def siren(ranks: NDArray[np.int64]) -> pl.Series:
    """SIREN numbers of these ranks (0 to 999,999)."""
    return _with_check(99_000_000 + ranks, 9)


def siret(ranks: NDArray[np.int64], establishment: NDArray[np.int64]) -> pl.Series:
    """SIRET numbers: the SIREN of the rank, then the rank of the establishment (0 to 9,999)."""
    bodies = 99_000_000 + ranks
    sirens = bodies * 10 + check_digits(bodies)
    return _with_check(sirens * 10_000 + establishment, 14)


def phones(department: str, region: str, ranks: NDArray[np.int64]) -> pl.Series:
    """Ten-digit telephone numbers of a department; only 10,000 exist, so they come back."""
    prefix = _OVERSEAS_PHONE.get(department) or _FICTION[_ZONE_OF_REGION[region]]
    return pl.select(pl.lit(prefix) + pl.Series(ranks % 10_000).cast(pl.String).str.zfill(4)).to_series()
