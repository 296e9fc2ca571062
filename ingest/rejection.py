"""A row that could not be kept: data, not an exception."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

RAW_LIMIT = 2000


@dataclass(frozen=True)
class Rejection:
    """One row refused.

    file    name of the file (member of an archive included)
    line    physical line the row starts at, from 1
    reason  stable code in kebab-case: `column-count`, `unknown-commune`…
    detail  what was wrong, for a person; French
    raw     the row as read, cut at 2,000 characters when stored
    """

    file: str
    line: int
    reason: str
    detail: str
    raw: str


def reject_rows(frame: pl.DataFrame, *, file: str, reason: str, detail: str) -> list[Rejection]:
    """A rejection for each row of `frame`, which holds a `line` column.

    `detail` may name columns in braces (`"commune {citycode} inconnue"`); they are filled row by row.
    """
    rejections: list[Rejection] = []
    for row in frame.iter_rows(named=True):
        values = {name: "" if value is None else value for name, value in row.items()}
        raw = " | ".join(
            f"{name}={value}" for name, value in values.items() if name != "line" and value != ""
        )
        rejections.append(
            Rejection(
                file=str(values.get("file", file)),
                line=int(values["line"]),
                reason=reason,
                detail=detail.format_map(values),
                raw=raw,
            )
        )
    return rejections
