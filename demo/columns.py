"""Columns of text drawn from short lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray


def take(values: Sequence[str] | pl.Series, ranks: NDArray[np.int64]) -> pl.Series:
    """The value of each rank."""
    series = values if isinstance(values, pl.Series) else pl.Series(list(values), dtype=pl.String)
    return series.gather(pl.Series(ranks))
