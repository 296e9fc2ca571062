"""Lines that a reader must refuse: a few copies of good lines, each broken in one way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from demo.annuaire_columns import ACTIVITY

if TYPE_CHECKING:
    from collections.abc import Iterable

# One line in five hundred, at the end of what a department adds; each department starts with another kind.
_SHARE: Final = 500
_RPPS, _IDNPS, _NAME, _PROFESSION = 1, 2, 7, 9
_SIRET, _FINESS, _STRUCTURE, _OFFICE, _POSTAL, _CITYCODE = 19, 21, 23, 34, 35, 36
REASONS: Final = (
    "column-count", "rpps-check-digit", "identifier-kind", "name-missing", "profession-missing",
    "place-unknown",
)  # fmt: skip


def broken_lines(activity: pl.DataFrame, *, first: int) -> tuple[bytes, dict[str, int]]:
    """Broken copies of lines of care at a place, how many of each reason; `first` is the first reason."""
    good = activity.filter(
        (pl.col("Code catégorie professionnelle") == "C")
        & (pl.col("Numéro FINESS site") == "")
        & (pl.col("Code secteur d'activité") == "SA08")
        & pl.col("Code genre activité").is_in(["", "GENR01"])
        & pl.col("Code postal (coord. structure)").str.contains("^[0-9]{5}$")
    ).head(activity.height // _SHARE)
    counts: dict[str, int] = {}
    lines: list[str] = []
    for rank, row in enumerate(good.select(ACTIVITY).iter_rows()):
        reason = REASONS[(first + rank) % len(REASONS)]
        lines.append(_broken(list(row), reason, rank))
        counts[reason] = counts.get(reason, 0) + 1
    return "".join(lines).encode(), counts


def _broken(fields: list[str], reason: str, rank: int) -> str:
    if reason == "column-count":
        kept = fields[:-7] if rank % 12 == 0 else [*fields, "DE", "TROP", "ICI"]
        return "|".join(kept) + "|\n"
    if reason == "rpps-check-digit":
        wrong = fields[_RPPS][:-1] + str((int(fields[_RPPS][-1]) + 1) % 10)
        fields[_RPPS], fields[_IDNPS] = wrong, f"8{wrong}"
    elif reason == "identifier-kind":
        fields[_IDNPS] = f"7{fields[_RPPS]}"
    elif reason == "name-missing":
        fields[_NAME] = ""
    elif reason == "profession-missing":
        fields[_PROFESSION] = ""
    else:
        _blank(fields, (_FINESS, _OFFICE, _POSTAL, _CITYCODE))
    return "|".join(fields) + "|\n"


def _blank(fields: list[str], ranks: Iterable[int]) -> None:
    for rank in ranks:
        fields[rank] = ""
