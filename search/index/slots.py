"""The free slots of every offer in memory: when each is next free, at the office, at home, at a distance.

Times are whole minutes since 1970 (UTC). What a vendor said of an offer replaces what was known of it: the
new slots are written at the end of the buffer, the old ones are left behind until half of it is waste.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from search.query import Modality

MODALITIES: tuple[Modality, ...] = ("AMB", "HH", "VR")
MODALITY_BITS: dict[Modality, int] = {"AMB": 1, "HH": 2, "VR": 4}
NEVER = np.int32(-(2**31))
NOT_FOUND = np.int64(2**40)


@dataclass(frozen=True, kw_only=True)
class SlotChanges:
    """What is newly known of some offers; for each of them it replaces what was known.

    offer      first halves of the UUIDs of the offers told of, uint64 (k,)
    asked      when that was read, minutes since 1970, int64 (k,); far in the future for our own calendar
    slot_offer, slot_start, slot_modality   one entry for each slot: its offer, its start (minutes since
               1970, int64), its modalities (`MODALITY_BITS` added up, int64)
    """

    offer: NDArray[np.uint64]
    asked: NDArray[np.int64]
    slot_offer: NDArray[np.uint64]
    slot_start: NDArray[np.int64]
    slot_modality: NDArray[np.int64]


class Segments:
    """Sorted starts of each of n offers, side by side in one buffer."""

    def __init__(self, size: int) -> None:
        self._first = np.zeros(size, dtype=np.int64)
        self._count = np.zeros(size, dtype=np.int32)
        self._start = np.empty(0, dtype=np.int32)
        self._used = 0

    @property
    def total(self) -> int:
        """Slots in service."""
        return int(self._count.sum())

    def replace(
        self, offers: NDArray[np.int64], slot_offer: NDArray[np.int64], slot_start: NDArray[np.int64]
    ) -> None:
        """Make the slots of `offers` those given; each `slot_offer` is among them."""
        order = np.lexsort((slot_start, slot_offer))
        owner, start = slot_offer[order], slot_start[order].astype(np.int32)
        end = self._used + len(start)
        if end > len(self._start):
            room = np.empty(max(end, len(self._start) * 3 // 2), dtype=np.int32)
            room[: self._used] = self._start[: self._used]
            self._start = room
        self._start[self._used : end] = start
        self._count[offers] = 0
        told, first, count = np.unique(owner, return_index=True, return_counts=True)
        self._first[told] = first + self._used
        self._count[told] = count
        self._used = end
        if self._used > 2 * max(self.total, 65_536):
            self._compact()

    def position(self, offers: NDArray[np.int32], at: NDArray[np.int64]) -> NDArray[np.int64]:
        """Place in its segment of the first start at or after `at`, int64, the count when there is none."""
        low = np.zeros(len(offers), dtype=np.int64)
        high = self._count[offers].astype(np.int64)
        first = self._first[offers]
        for _ in range(int(high.max(initial=0)).bit_length()):
            middle = (low + high) >> 1
            inside = low < high
            earlier = inside & (self._start[np.where(inside, first + middle, 0)] < at)
            low = np.where(earlier, middle + 1, low)
            high = np.where(inside & ~earlier, middle, high)
        return low

    def next(self, offers: NDArray[np.int32], at: NDArray[np.int64], until: int) -> NDArray[np.int64]:
        """First start at or after `at` and not after `until`, int64; NOT_FOUND without any."""
        found = np.full(len(offers), NOT_FOUND, dtype=np.int64)
        some = np.flatnonzero(self._count[offers] > 0)
        if len(some):
            held = offers[some]
            position = self.position(held, at[some])
            there = position < self._count[held]
            start = self._start[self._first[held[there]] + position[there]].astype(np.int64)
            found[some[there]] = np.where(start <= until, start, NOT_FOUND)
        return found

    def counts(self, offers: NDArray[np.int32], edges: NDArray[np.int64]) -> NDArray[np.int64]:
        """How many starts lie in each class [edge, next edge), int64 (offers, classes)."""
        counted = np.zeros((len(offers), len(edges) - 1), dtype=np.int64)
        some = np.flatnonzero(self._count[offers] > 0)
        if len(some):
            held = offers[some]
            places = [self.position(held, np.full(len(held), edge)) for edge in edges.tolist()]
            counted[some] = np.diff(np.stack(places, axis=1), axis=1)
        return counted

    def _compact(self) -> None:
        kept = np.flatnonzero(self._count)
        count = self._count[kept].astype(np.int64)
        begin = np.cumsum(count) - count
        index = np.repeat(self._first[kept] - begin, count) + np.arange(int(count.sum()))
        self._start = self._start[index]
        self._first[kept] = begin
        self._used = len(self._start)


class SlotTable:
    """What is known of the slots of n offers.

    asked   when it was read, minutes since 1970, int64 (n,); NEVER where nobody told
    """

    def __init__(self, size: int) -> None:
        self.asked = np.full(size, NEVER, dtype=np.int64)
        self._of: dict[Modality, Segments] = {modality: Segments(size) for modality in MODALITIES}

    def of(self, modality: Modality) -> Segments:
        """The starts of one modality."""
        return self._of[modality]

    @property
    def total(self) -> int:
        """Slots in service; one of two modalities counts twice."""
        return sum(segments.total for segments in self._of.values())

    def replace(
        self, numbers: NDArray[np.int64], slot_numbers: NDArray[np.int64], given: SlotChanges
    ) -> None:
        """Take what is newly known; `numbers` and `slot_numbers` are -1 for offers that are not there."""
        there = numbers >= 0
        told = numbers[there]
        self.asked[told] = given.asked[there]
        known = np.zeros(len(self.asked), dtype=np.bool_)
        known[told] = True
        placed = (slot_numbers >= 0) & known[slot_numbers]
        for modality, segments in self._of.items():
            mine = placed & (given.slot_modality & MODALITY_BITS[modality] > 0)
            segments.replace(told, slot_numbers[mine], given.slot_start[mine])
