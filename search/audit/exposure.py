"""What a rank is worth: the weight of exposure, the same in the counters, the tests and the documentation.

An offer at rank r is looked at 1 / log2(1 + r) as much as the first one (the discount of Järvelin and
Kekäläinen, 2002): 1 at rank 1, 0.5 at rank 3, 0.25 at rank 15.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

UNIT = 1000
"""Exposure is counted in whole thousandths."""


def weight(rank: int) -> int:
    """Exposure at a rank, from 1 on, in whole thousandths.

    >>> [weight(rank) for rank in (1, 2, 3, 15)]
    [1000, 631, 500, 250]
    """
    return round(UNIT / math.log2(1 + rank))


def weights(count: int) -> NDArray[np.float64]:
    """Exposure at ranks 1 to `count`, in thousandths, float64 (count,)."""
    return np.array([weight(rank) for rank in range(1, count + 1)], dtype=np.float64)
