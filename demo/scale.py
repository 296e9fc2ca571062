"""How much is invented: three sizes of one country."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Scale:
    """One size. `ratio` is the share of the national volumes.

    departments        codes written when the user names none; empty = the whole country
    expected_share     share of the places whose expected result is written beside
    zipped             the Annuaire comes as its daily archive rather than as loose files
    """

    name: str
    ratio: float
    departments: tuple[str, ...] = ()
    expected_share: float = 1.0
    zipped: bool = True


SCALES: Final[dict[str, Scale]] = {
    scale.name: scale
    for scale in (
        Scale(name="small", ratio=0.05, departments=("69",)),
        Scale(name="demo", ratio=0.1),
        Scale(name="national", ratio=1.0, expected_share=0.05, zipped=False),
    )
}

# Orders of magnitude of the official files (spec: 2.23 M activity rows, a third of them without structure,
# 103,032 establishments, 26 M addresses).
ADDRESSES: Final = 26_000_000
STRUCTURES: Final = 103_000
PEOPLE_WITHOUT_PLACE: Final = 715_000

# The day the invented files were "published": fixed, so that the same command gives the same bytes.
FILE_DATE: Final = "20260105"
FILE_TIME: Final = "0330"
FILE_DAY: Final = "2026-01-05"
