"""The slot that counts for an offer: the one by which a patient of the place is cared for soonest.

At the office or at home, a slot counts once one can be there: it begins no sooner than the travel takes. A
remote consultation needs no travel, and costs what the policy says. Of both, the cheaper for the policy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from search.index.segments import NOT_FOUND
from search.index.slots import MODALITIES
from search.policy import HUNDREDTHS
from search.rank import KNOWN, NO_TRAVEL, NONE, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from search.index.slots import SlotTable
    from search.policy import Policy
    from search.query import Modality

KEPT_FOR_MIN = 30
"""What was read longer ago is unknown again."""
SWEPT_MIN = 72 * 60
"""How far ahead vendors are read: a period that ends later is not known to hold nothing."""


@dataclass(frozen=True, kw_only=True)
class Period:
    """The period asked, in whole minutes since 1970.

    start, end   both included
    now          when the search is made: what was read long before it is unknown
    """

    start: int
    end: int
    now: int


@dataclass(frozen=True, kw_only=True)
class Soonest:
    """For each offer: state of its slots (int8), wait in hundredths of a minute (int64), remote (bool)."""

    slots: NDArray[np.int8]
    wait: NDArray[np.int64]
    remote: NDArray[np.bool_]

    def take(self, index: NDArray[np.intp]) -> Soonest:
        """Some of them, in that order."""
        return Soonest(slots=self.slots[index], wait=self.wait[index], remote=self.remote[index])


def soonest(
    table: SlotTable,
    offers: NDArray[np.int32],
    travel: NDArray[np.int64],
    rule: Policy,
    *,
    period: Period,
    modalities: Sequence[Modality] = (),
) -> Soonest:
    """The slot that counts for each offer.

    Parameters
    ----------
    travel       hundredths of a minute from the place, int64 (n,); NO_TRAVEL in a territory
    modalities   those asked; none = all
    """
    wanted = set(modalities or MODALITIES)
    asked = table.asked[offers]
    fresh = np.flatnonzero(asked >= period.now - KEPT_FOR_MIN)
    held, far = offers[fresh], travel[fresh]
    reach = period.start + np.where(far == NO_TRAVEL, 0, -(-far // HUNDREDTHS))
    there = np.full(len(held), NOT_FOUND, dtype=np.int64)
    for modality in ("AMB", "HH"):
        if modality in wanted:
            starts = table.of(modality).next(held, reach, period.end, since=period.start)
            there = np.minimum(there, starts)
    away = np.full(len(held), NOT_FOUND, dtype=np.int64)
    if "VR" in wanted:
        away = table.of("VR").next(held, period.start, period.end, since=period.start)
    costs = rule.wait.cost((there - period.start) * HUNDREDTHS)
    costs += np.where(far == NO_TRAVEL, 0, rule.travel.cost(far))
    remote = (away < NOT_FOUND) & (
        (there == NOT_FOUND) | (rule.wait.cost((away - period.start) * HUNDREDTHS) + rule.remote < costs)
    )
    start = np.where(remote, away, there)
    known = start < NOT_FOUND
    whole = period.end <= asked[fresh] + SWEPT_MIN
    made = Soonest(
        slots=np.full(len(offers), UNKNOWN, dtype=np.int8),
        wait=np.zeros(len(offers), dtype=np.int64),
        remote=np.zeros(len(offers), dtype=np.bool_),
    )
    made.slots[fresh] = np.where(known, KNOWN, np.where(whole, NONE, UNKNOWN))
    made.wait[fresh] = np.where(known, (start - period.start) * HUNDREDTHS, 0)
    made.remote[fresh] = remote
    return made
