"""What the readers of small territorial tables share: a whole table in memory, refused rows in the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from ingest.blocks import read_table
from ingest.rejection import Rejection, reject_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from ingest.damage import CodeDamage
    from ingest.files import InputFile
    from ingest.road import Job


def whole_table(
    file: InputFile,
    job: Job,
    *,
    separator: str,
    columns: Mapping[str, Sequence[str]],
    mandatory: AbstractSet[str],
    damage: CodeDamage | None = None,
) -> pl.DataFrame:
    """Every row of a small file as text, plus `line`; counts what was read, stores what was refused.

    Raises
    ------
    ColumnsChanged   a mandatory column is missing
    FileUnreadable   the codes watched by `damage` went through a spreadsheet
    """
    frames: list[pl.DataFrame] = []
    for frame, rejections in read_table(
        file, separator=separator, quoted=True, columns=columns, mandatory=mandatory
    ):
        job.run.reject(rejections)
        job.run.count("read", len(frame) + len(rejections))
        job.progress.advance(rows=len(frame))
        if damage is not None:
            damage.watch(frame)
        frames.append(frame)
    if damage is not None:
        damage.check(file.name)
    return pl.concat(frames)


class Sieve:
    """Keeps the good rows of a frame and turns the others into rejections, one rule after the other."""

    def __init__(self, frame: pl.DataFrame, *, file: str) -> None:
        self.frame = frame
        self.rejections: list[Rejection] = []
        self._file = file

    def refuse(self, wrong: pl.Expr, *, reason: str, detail: str) -> None:
        """Set aside the rows where `wrong` is true (or null); `detail` may name columns in braces."""
        flagged = self.frame.with_columns(wrong.fill_null(value=True).alias("_wrong"))
        refused = flagged.filter("_wrong").drop("_wrong")
        self.rejections += reject_rows(refused, file=self._file, reason=reason, detail=detail)
        self.frame = flagged.filter(~pl.col("_wrong")).drop("_wrong")
