"""Moments of many offers in one buffer: when each has its next one, and in which classes of time it has any.

What is newly known of an offer is written at the end of the buffer; what it replaces is left behind until
half of the buffer is waste. Moments are whole minutes since 1970 (UTC).
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

NOT_FOUND = np.int64(2**40)
LONGEST = 240
"""Minutes a slot is counted to last at most when classes of time are told. The shortest class lasts as long:
no slot begun before the first class reaches beyond it."""
_REMEMBERED = 16
"""Moments whose places are kept at hand: the present minute and the bounds of the classes counted from it."""
_OFFER = 2**32


class Segments:
    """Sorted starts of each offer, side by side, each with a number beside it."""

    def __init__(self, size: int) -> None:
        self._row = np.full(size, -1, dtype=np.int32)
        self._first = np.empty(0, dtype=np.int64)
        self._count = np.empty(0, dtype=np.int64)
        self._start = np.empty(0, dtype=np.int32)
        self._beside = np.empty(0, dtype=np.int32)
        self._used = 0

    @property
    def total(self) -> int:
        """Slots in service."""
        return int(self._count.sum())

    def _put(
        self,
        offers: NDArray[np.int64],
        owner: NDArray[np.int64],
        start: NDArray[np.int64],
        beside: NDArray[np.int64],
    ) -> NDArray[np.int32]:
        """Make the slots of `offers` those given, sorted by owner then start; rows that changed."""
        self._append(start.astype(np.int32), beside.astype(np.int32))
        told, first, count = np.unique(owner, return_index=True, return_counts=True)
        self._give_rows(told)
        held = self._row[offers]
        changed = held[held >= 0]
        self._count[changed] = 0
        rows = self._row[told]
        self._first[rows] = first + self._used - len(owner)
        self._count[rows] = count
        if self._used > 2 * max(self.total, 65_536):
            self._compact()
        return changed

    def _give_rows(self, offers: NDArray[np.int64]) -> None:
        fresh = offers[self._row[offers] < 0]
        if len(fresh):
            self._row[fresh] = np.arange(len(self._count), len(self._count) + len(fresh))
            self._first = np.append(self._first, np.zeros(len(fresh), dtype=np.int64))
            self._count = np.append(self._count, np.zeros(len(fresh), dtype=np.int64))

    def _append(self, start: NDArray[np.int32], beside: NDArray[np.int32]) -> None:
        end = self._used + len(start)
        if end > len(self._start):
            room = max(end, len(self._start) * 3 // 2)
            self._start, self._beside = (
                _larger(kept, self._used, room) for kept in (self._start, self._beside)
            )
        self._start[self._used : end] = start
        self._beside[self._used : end] = beside
        self._used = end

    def _compact(self) -> None:
        begin = np.cumsum(self._count) - self._count
        index = np.repeat(self._first - begin, self._count) + np.arange(self.total)
        self._start, self._beside = self._start[index], self._beside[index]
        self._first = begin
        self._used = len(self._start)


class Starts(Segments):
    """The starts of one modality; a time given twice is one. Beside each, when the longest so far ends."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self._places: dict[int, NDArray[np.int64]] = {}
        self._touched: dict[tuple[int, ...], NDArray[np.bool_]] = {}

    def replace(
        self,
        offers: NDArray[np.int64],
        slot_offer: NDArray[np.int64],
        slot_start: NDArray[np.int64],
        slot_minutes: NDArray[np.int64],
    ) -> None:
        """Make the slots of `offers` those given; each `slot_offer` is among them."""
        lasting = np.minimum(slot_minutes, LONGEST)
        order = np.lexsort((-lasting, slot_start, slot_offer))
        owner, start = slot_offer[order], slot_start[order]
        other = np.append(True, (owner[1:] != owner[:-1]) | (start[1:] != start[:-1]))[: len(order)]
        owner, start, lasting = owner[other], start[other], lasting[order][other]
        rows = len(self._count)
        # Offers grow: the latest end of each starts again above those of the one before.
        ends = np.maximum.accumulate(owner * _OFFER + start + lasting) - owner * _OFFER
        changed = self._put(offers, owner, start, ends)
        if len(self._count) > rows:
            self._places, self._touched = {}, {}
        for at, places in self._places.items():
            places[changed] = self._search(changed, np.full(len(changed), at))
        for edges, touched in self._touched.items():
            touched[changed] = self._counted(changed, edges)

    def next(
        self, offers: NDArray[np.int32], at: NDArray[np.int64] | int, until: int, *, since: int
    ) -> NDArray[np.int64]:
        """First start at or after `at` and not after `until`, int64; NOT_FOUND without any.

        `since` is a moment that many searches share, at or before every `at`: its places are remembered.
        """
        found = np.full(len(offers), NOT_FOUND, dtype=np.int64)
        rows = self._row[offers]
        some = np.flatnonzero(rows >= 0)
        if not len(some):
            return found
        rows = rows[some]
        place, last = self._first[rows] + self._placed(since)[rows], self._first[rows] + self._count[rows]
        if not isinstance(at, int):
            self._advance(place, last, at[some])
        there = place < last
        start = self._start[place[there]].astype(np.int64)
        found[some[there]] = np.where(start <= until, start, NOT_FOUND)
        return found

    def touches(self, offers: NDArray[np.int32], edges: tuple[int, ...]) -> NDArray[np.bool_]:
        """Whether a slot begun since the first edge lies in each class [edge, next edge), even in part.

        bool (offers, classes): a slot that overlaps two classes is of both.
        """
        found = np.zeros((len(offers), len(edges) - 1), dtype=np.bool_)
        if self._used:
            rows = self._row[offers]
            some = np.flatnonzero(rows >= 0)
            found[some] = self._classes(edges)[rows[some]]
        return found

    def _advance(self, place: NDArray[np.int64], last: NDArray[np.int64], at: NDArray[np.int64]) -> None:
        """Move each place on to the first start at or after `at`: a few steps, few slots begin in an hour."""
        moving = np.flatnonzero(place < last)
        while len(moving):
            moving = moving[self._start[place[moving]] < at[moving]]
            place[moving] += 1
            moving = moving[place[moving] < last[moving]]

    def _placed(self, at: int) -> NDArray[np.int64]:
        """Place in its segment of the first start at or after a moment, for every row."""
        known = self._places.get(at)
        if known is None:
            while len(self._places) >= _REMEMBERED:
                del self._places[next(iter(self._places))]
            rows = np.arange(len(self._count))
            known = self._places[at] = self._search(rows, np.full(len(rows), at))
        return known

    def _classes(self, edges: tuple[int, ...]) -> NDArray[np.bool_]:
        """The classes each row touches; those counted from one minute serve many searches."""
        known = self._touched.get(edges)
        if known is None:
            while len(self._touched) >= _REMEMBERED:
                del self._touched[next(iter(self._touched))]
            known = self._touched[edges] = self._counted(np.arange(len(self._count)), edges)
        return known

    def _counted(self, rows: NDArray[np.integer], edges: tuple[int, ...]) -> NDArray[np.bool_]:
        places = np.stack([self._search(rows, np.full(len(rows), edge)) for edge in edges], axis=1)
        touched = np.diff(places, axis=1) > 0
        for number, (edge, end) in enumerate(pairwise(edges[1:]), start=1):
            if edge == end:
                continue  # the period ends before this class
            begun = np.flatnonzero(places[:, number] > places[:, 0])
            last = self._first[rows[begun]] + places[begun, number] - 1
            touched[begun, number] |= self._beside[last] > edge
        return touched

    def _search(self, rows: NDArray[np.integer], at: NDArray[np.int64]) -> NDArray[np.int64]:
        """The same by halves."""
        low = np.zeros(len(rows), dtype=np.int64)
        high = self._count[rows].copy()
        first = self._first[rows]
        for _ in range(int(high.max(initial=0)).bit_length()):
            middle = (low + high) >> 1
            inside = low < high
            earlier = inside & (self._start[np.where(inside, first + middle, 0)] < at)
            low = np.where(earlier, middle + 1, low)
            high = np.where(inside & ~earlier, middle, high)
        return low


class Notes(Segments):
    """The slots of all modalities with a note beside each; two of one time and one note are one."""

    def replace(
        self,
        offers: NDArray[np.int64],
        slot_offer: NDArray[np.int64],
        slot_start: NDArray[np.int64],
        slot_note: NDArray[np.int64],
    ) -> None:
        """Make the slots of `offers` those given; each `slot_offer` is among them, none is given twice."""
        order = np.lexsort((slot_note, slot_start, slot_offer))
        self._put(offers, slot_offer[order], slot_start[order], slot_note[order])

    def of(
        self, offer: int, edges: Sequence[int], most: int | None
    ) -> tuple[list[list[tuple[int, int]]], int]:
        """The first `most` starts of an offer in each class [edge, next edge), with their notes.

        Beside them, how many there are in all; `most` None gives them all.
        """
        row = self._row[offer]
        if row < 0:
            return [], 0
        first = int(self._first[row])
        last = first + int(self._count[row])
        bounds = self._start[first:last].searchsorted(np.array(edges, dtype=np.int32)).tolist()
        begin, end = first + bounds[0], first + bounds[-1]
        held = list(zip(self._start[begin:end].tolist(), self._beside[begin:end].tolist(), strict=True))
        classes = [
            held[from_ - bounds[0] : (until if most is None else min(until, from_ + most)) - bounds[0]]
            for from_, until in pairwise(bounds)
        ]
        return classes, len(held)


def _larger(kept: NDArray[np.int32], used: int, room: int) -> NDArray[np.int32]:
    made = np.empty(room, dtype=np.int32)
    made[:used] = kept[:used]
    return made
