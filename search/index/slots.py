"""The free slots of every offer in memory: when each is next free, at the office, at home, at a distance.

Times are whole minutes since 1970 (UTC). What a vendor said of an offer replaces what was known of it: the
new slots are written at the end of the buffer, the old ones are left behind until half of it is waste.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from search.query import Modality

MODALITIES: tuple[Modality, ...] = ("AMB", "HH", "VR")
MODALITY_BITS: dict[Modality, int] = {"AMB": 1, "HH": 2, "VR": 4}
NEVER = -(2**31)
NOT_FOUND = np.int64(2**40)
_REMEMBERED = 16
"""Moments whose places are kept at hand: the present minute and the bounds of the classes counted from it."""


@dataclass(frozen=True, kw_only=True)
class SlotChanges:
    """What is newly known of some offers; for each of them it replaces what was known.

    offer      first halves of the UUIDs of the offers told of, uint64 (k,)
    asked      when that was read, minutes since 1970, int64 (k,); far in the future for our own calendar
    slot_offer, slot_start, slot_modality, slot_minutes, slot_source   one entry for each slot: its offer, its
               start (minutes since 1970, int64), its modalities (`MODALITY_BITS` added up, int64), how long
               it lasts (int64), who gives it (place in `sources`, int64)
    sources    names of those who give slots; only cards show them
    """

    offer: NDArray[np.uint64]
    asked: NDArray[np.int64]
    slot_offer: NDArray[np.uint64]
    slot_start: NDArray[np.int64]
    slot_modality: NDArray[np.int64]
    slot_minutes: NDArray[np.int64]
    slot_source: NDArray[np.int64]
    sources: Sequence[str]


class KnownSlot(NamedTuple):
    """A slot as a card shows it: minutes since 1970, minutes, modalities, who gives it."""

    start: int
    minutes: int
    modality: tuple[Modality, ...]
    source: str


class Segments:
    """Sorted starts of each offer, side by side in one buffer, with a note beside each start."""

    def __init__(self, size: int) -> None:
        self._row = np.full(size, -1, dtype=np.int32)
        self._first = np.empty(0, dtype=np.int64)
        self._count = np.empty(0, dtype=np.int64)
        self._start = np.empty(0, dtype=np.int32)
        self._note = np.empty(0, dtype=np.int32)
        self._used = 0
        self._places: dict[int, NDArray[np.int64]] = {}
        self._begins: dict[tuple[int, ...], NDArray[np.bool_]] = {}

    @property
    def total(self) -> int:
        """Slots in service."""
        return int(self._count.sum())

    def replace(
        self,
        offers: NDArray[np.int64],
        slot_offer: NDArray[np.int64],
        slot_start: NDArray[np.int64],
        slot_note: NDArray[np.int64],
    ) -> None:
        """Make the slots of `offers` those given; each `slot_offer` is among them."""
        order = np.lexsort((slot_start, slot_offer))
        owner, start = slot_offer[order], slot_start[order]
        again = (owner[1:] == owner[:-1]) & (start[1:] == start[:-1])
        order = order[np.append(True, ~again)[: len(order)]]  # a time given twice is one slot
        self._append(slot_start[order].astype(np.int32), slot_note[order].astype(np.int32))
        told, first, count = np.unique(slot_offer[order], return_index=True, return_counts=True)
        self._give_rows(told)
        held = self._row[offers]
        changed = held[held >= 0]
        self._count[changed] = 0
        rows = self._row[told]
        self._first[rows] = first + self._used - len(order)
        self._count[rows] = count
        if self._used > 2 * max(self.total, 65_536):
            self._compact()
        for at, places in self._places.items():
            places[changed] = self._search(changed, np.full(len(changed), at))
        for edges, begins in self._begins.items():
            begins[changed] = self._counted(changed, edges)

    def of(self, offer: int, start: int, end: int) -> tuple[list[int], list[int]]:
        """Starts of an offer between two moments, both included, and their notes."""
        row = self._row[offer]
        if row < 0:
            return [], []
        first, last = self._first[row], self._first[row] + self._count[row]
        begin, stop = np.searchsorted(self._start[first:last], (start, end + 1))
        return (
            self._start[first + begin : first + stop].tolist(),
            self._note[first + begin : first + stop].tolist(),
        )

    def heads(self, offer: int, edges: Sequence[int], most: int) -> tuple[list[int], list[int], int]:
        """The first `most` starts of each class [edge, next edge), their notes, and how many there are."""
        row = self._row[offer]
        if row < 0:
            return [], [], 0
        first = int(self._first[row])
        bounds = np.searchsorted(self._start[first : first + int(self._count[row])], edges).tolist()
        starts: list[int] = []
        notes: list[int] = []
        for begin, end in pairwise(bounds):
            stop = first + min(end, begin + most)
            starts += self._start[first + begin : stop].tolist()
            notes += self._note[first + begin : stop].tolist()
        return starts, notes, bounds[-1] - bounds[0]

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

    def begins(self, offers: NDArray[np.int32], edges: tuple[int, ...]) -> NDArray[np.bool_]:
        """Whether a start lies in each class [edge, next edge), bool (offers, classes)."""
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
        """Whether each row has a start in each class; those counted from one minute serve many searches."""
        known = self._begins.get(edges)
        if known is None:
            while len(self._begins) >= _REMEMBERED:
                del self._begins[next(iter(self._begins))]
            known = self._begins[edges] = self._counted(np.arange(len(self._count)), edges)
        return known

    def _counted(self, rows: NDArray[np.integer], edges: tuple[int, ...]) -> NDArray[np.bool_]:
        places = [self._search(rows, np.full(len(rows), edge)) for edge in edges]
        return np.diff(np.stack(places, axis=1), axis=1) > 0

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

    def _give_rows(self, offers: NDArray[np.int64]) -> None:
        fresh = offers[self._row[offers] < 0]
        if len(fresh):
            self._row[fresh] = np.arange(len(self._count), len(self._count) + len(fresh))
            self._first = np.append(self._first, np.zeros(len(fresh), dtype=np.int64))
            self._count = np.append(self._count, np.zeros(len(fresh), dtype=np.int64))
            self._places, self._begins = {}, {}

    def _append(self, start: NDArray[np.int32], note: NDArray[np.int32]) -> None:
        end = self._used + len(start)
        if end > len(self._start):
            room = max(end, len(self._start) * 3 // 2)
            self._start, self._note = (_larger(kept, self._used, room) for kept in (self._start, self._note))
        self._start[self._used : end] = start
        self._note[self._used : end] = note
        self._used = end

    def _compact(self) -> None:
        begin = np.cumsum(self._count) - self._count
        index = np.repeat(self._first - begin, self._count) + np.arange(self.total)
        self._start, self._note = self._start[index], self._note[index]
        self._first = begin
        self._used = len(self._start)


class SlotTable:
    """What is known of the slots of n offers.

    asked   when it was read, minutes since 1970, int64 (n,); NEVER where nobody told
    """

    def __init__(self, size: int) -> None:
        self.asked = np.full(size, NEVER, dtype=np.int64)
        self._of: dict[Modality, Segments] = {modality: Segments(size) for modality in MODALITIES}
        self._sources: Sequence[str] = ()

    def of(self, modality: Modality) -> Segments:
        """The starts of one modality."""
        return self._of[modality]

    @property
    def total(self) -> int:
        """Slots in service; one of two modalities counts twice."""
        return sum(segments.total for segments in self._of.values())

    def known(
        self,
        offer: int,
        edges: Sequence[int],
        most: int,
        *,
        modalities: Sequence[Modality] = MODALITIES,
    ) -> tuple[list[KnownSlot], int]:
        """The first `most` slots of each class [edge, next edge) of an offer, and how many there are in all.

        Those of some modalities, soonest first; each tells all the modalities it has.
        """
        if set(modalities) == set(MODALITIES):
            slots, total = self._heads(offer, edges, most)
        else:  # a slot of one modality asked may have others, anywhere in their order
            wanted = set(modalities)
            slots = [slot for slot in self._all(offer, edges) if wanted.intersection(slot[2])]
            total = len(slots)
        shown: list[KnownSlot] = []
        begin = 0
        for edge in edges[1:]:
            end = bisect_left(slots, edge, lo=begin, key=_start)
            shown += self._named(slots[begin : min(end, begin + most)])
            begin = end
        return shown, total

    def _heads(self, offer: int, edges: Sequence[int], most: int) -> tuple[list[_Noted], int]:
        """The first slots of each class, and how many there are in all.

        One that is among the first of all is among the first of each of its modalities.
        """
        read: list[_Read] = []
        total = 0
        for kind, segments in self._of.items():
            starts, notes, count = segments.heads(offer, edges, most)
            if count:
                read.append((kind, starts, notes))
                total += count
        slots = _together(read)
        if len(read) > 1:
            whole = [self._of[kind].of(offer, edges[0], edges[-1] - 1)[0] for kind, _, _ in read]
            total = len(set().union(*whole))
        return slots, total

    def _named(self, slots: Iterable[_Noted]) -> list[KnownSlot]:
        return [
            KnownSlot(start, note // 256, kinds, self._sources[note % 256]) for start, note, kinds in slots
        ]

    def _all(self, offer: int, edges: Sequence[int]) -> list[_Noted]:
        """Every slot of an offer between the first edge and the last."""
        read: list[_Read] = [
            (kind, *segments.of(offer, edges[0], edges[-1] - 1)) for kind, segments in self._of.items()
        ]
        return _together(read)

    def take(self, numbers: NDArray[np.int64], slot_numbers: NDArray[np.int64], given: SlotChanges) -> None:
        """Hold what is newly known; `numbers` and `slot_numbers` are -1 for offers that are not there."""
        self._sources = given.sources
        there = numbers >= 0
        told = numbers[there]
        self.asked[told] = given.asked[there]
        known = np.zeros(len(self.asked), dtype=np.bool_)
        known[told] = True
        placed = (slot_numbers >= 0) & known[slot_numbers]
        note = np.minimum(given.slot_minutes, 10_000) * 256 + given.slot_source
        for modality, segments in self._of.items():
            mine = placed & (given.slot_modality & MODALITY_BITS[modality] > 0)
            segments.replace(told, slot_numbers[mine], given.slot_start[mine], note[mine])


_Noted = tuple[int, int, tuple["Modality", ...]]


_Read = tuple["Modality", list[int], list[int]]


def _together(read: Iterable[_Read]) -> list[_Noted]:
    """Starts and notes of each modality as slots, soonest first, each with all its modalities."""
    together: dict[tuple[int, int], list[Modality]] = {}
    for modality, starts, notes in read:
        for key in zip(starts, notes, strict=True):
            together.setdefault(key, []).append(modality)
    return [(start, note, tuple(kinds)) for (start, note), kinds in sorted(together.items())]


def _start(slot: _Noted) -> int:
    return slot[0]


def _larger(kept: NDArray[np.int32], used: int, room: int) -> NDArray[np.int32]:
    made = np.empty(room, dtype=np.int32)
    made[:used] = kept[:used]
    return made
