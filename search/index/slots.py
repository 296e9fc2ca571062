"""The free slots of every offer in memory: when each is next free, at the office, at home, at a distance.

Times are whole minutes since 1970 (UTC). What a vendor said of an offer replaces what was known of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from search.index.segments import Notes, Starts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from search.query import Modality

MODALITIES: tuple[Modality, ...] = ("AMB", "HH", "VR")
MODALITY_BITS: dict[Modality, int] = {"AMB": 1, "HH": 2, "VR": 4}
FLAG_BITS = {"place-guess": 16, "walk-in": 8}
_ALL_MODALITIES = 7
NEVER = -(2**31)
_LONGEST = 10_000
_SOURCES = 256
_MARKS = 32
"""Combinations of modalities and flags."""


@dataclass(frozen=True, kw_only=True)
class SlotChanges:
    """What is newly known of some offers; for each of them it replaces what was known.

    offer      first halves of the UUIDs of the offers told of, uint64 (k,)
    asked      when that was read, minutes since 1970, int64 (k,); far in the future for our own calendar
    slot_offer, slot_start, slot_marks, slot_minutes, slot_source   one entry for each slot: its offer, its
               start (minutes since 1970, int64), its modalities and flags (`MODALITY_BITS` and `FLAG_BITS`
               added up, int64), how long it lasts (int64), who gives it (place in `sources`, int64)
    sources    names of those who give slots; only cards show them
    """

    offer: NDArray[np.uint64]
    asked: NDArray[np.int64]
    slot_offer: NDArray[np.uint64]
    slot_start: NDArray[np.int64]
    slot_marks: NDArray[np.int64]
    slot_minutes: NDArray[np.int64]
    slot_source: NDArray[np.int64]
    sources: Sequence[str]


class Note(NamedTuple):
    """How long a slot lasts, its modalities, who gives it, its flags (`search.ports.OfferedSlot`)."""

    minutes: int
    modality: tuple[Modality, ...]
    source: str
    flags: tuple[str, ...]


class SlotTable:
    """What is known of the slots of n offers.

    asked   when it was read, minutes since 1970, int64 (n,); NEVER where nobody told
    """

    def __init__(self, size: int) -> None:
        self.asked = np.full(size, NEVER, dtype=np.int64)
        self._of: dict[Modality, Starts] = {modality: Starts(size) for modality in MODALITIES}
        self._all = Notes(size)
        self._sources: Sequence[str] = ()

    def of(self, modality: Modality) -> Starts:
        """The starts of one modality."""
        return self._of[modality]

    @property
    def total(self) -> int:
        """Slots in service."""
        return self._all.total

    def known(
        self,
        offer: int,
        edges: Sequence[int],
        most: int,
        *,
        modalities: Sequence[Modality] = MODALITIES,
    ) -> tuple[list[tuple[int, int]], int]:
        """The first `most` slots of each class [edge, next edge) of an offer, and how many there are in all.

        Those of some modalities, soonest first: the minute each begins, and a note that `noted` reads.
        """
        wanted = sum(MODALITY_BITS[modality] for modality in set(modalities))
        whole = wanted == _ALL_MODALITIES
        classes, total = self._all.of(offer, edges, most if whole else None)
        if not whole:
            classes = [[slot for slot in slots if slot[1] % _MARKS & wanted] for slots in classes]
            total = sum(map(len, classes))
        return [slot for slots in classes for slot in slots[:most]], total

    def noted(self, note: int) -> Note:
        """What is written beside the start of a slot."""
        minutes, source, modality, flags = _read(note)
        return Note(minutes, modality, self._sources[source], flags)

    def take(self, numbers: NDArray[np.int64], slot_numbers: NDArray[np.int64], given: SlotChanges) -> None:
        """Hold what is newly known; `numbers` and `slot_numbers` are -1 for offers that are not there."""
        self._sources = given.sources
        there = numbers >= 0
        told = numbers[there]
        self.asked[told] = given.asked[there]
        known = np.zeros(len(self.asked), dtype=np.bool_)
        known[told] = True
        placed = (slot_numbers >= 0) & known[slot_numbers]
        offer, start, bits = slot_numbers[placed], given.slot_start[placed], given.slot_marks[placed]
        minutes = np.minimum(given.slot_minutes[placed], _LONGEST)
        note = minutes * _SOURCES + given.slot_source[placed]
        for modality, starts in self._of.items():
            mine = bits & MODALITY_BITS[modality] > 0
            starts.replace(told, offer[mine], start[mine], minutes[mine])
        offer, start, note, bits = _together(offer, start, note, bits)
        self._all.replace(told, offer, start, note * _MARKS + bits)


def _together(
    offer: NDArray[np.int64], start: NDArray[np.int64], note: NDArray[np.int64], bits: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Slots of one offer, time and note as one slot that has the modalities of all."""
    if not len(offer):
        return offer, start, note, bits
    order = np.lexsort((note, start, offer))
    offer, start, note, bits = offer[order], start[order], note[order], bits[order]
    other = (offer[1:] != offer[:-1]) | (start[1:] != start[:-1]) | (note[1:] != note[:-1])
    first = np.flatnonzero(np.append(True, other))
    return offer[first], start[first], note[first], np.bitwise_or.reduceat(bits, first)


@lru_cache(maxsize=4_096)
def _read(note: int) -> tuple[int, int, tuple[Modality, ...], tuple[str, ...]]:
    """Minutes, number of the source, modalities, flags."""
    kinds: tuple[Modality, ...] = tuple(kind for kind in MODALITIES if note & MODALITY_BITS[kind])
    flags = tuple(flag for flag, bit in FLAG_BITS.items() if note & bit)
    return note // _MARKS // _SOURCES, note // _MARKS % _SOURCES, kinds, flags
