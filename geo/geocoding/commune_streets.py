"""Streets of recent communes in memory, and those of them whose name looks like the one asked."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

from geo.geocoding.likeness import likeness

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_CANDIDATES = 10
_FIRST_SIGHT = 50
_WORDS_FLOOR = 62
SURE = 0.8
"""Likeness from which a name is taken to be the one asked."""


class StreetCache:
    """Cores of the streets of recent communes, for the step of likeness; bounded by their number."""

    def __init__(self, max_streets: int = 150_000) -> None:
        self._communes: OrderedDict[str, list[str]] = OrderedDict()
        self._max_streets = max_streets
        self._streets = 0

    def missing(self, citycodes: Iterable[str]) -> list[str]:
        """Those not held, sorted."""
        return sorted({code for code in citycodes if code not in self._communes})

    def fill(self, citycodes: Sequence[str], rows: Iterable[tuple[str, list[str]]]) -> None:
        """Hold the rows of `cores_of_communes`; communes without a street are remembered too."""
        found = dict(rows)
        for code in citycodes:
            cores = self._communes[code] = found.get(code, [])
            self._streets += len(cores)

    def trim(self) -> None:
        """Forget the communes least recently used."""
        while self._streets > self._max_streets and self._communes:
            _, cores = self._communes.popitem(last=False)
            self._streets -= len(cores)

    def cores(self, citycode: str) -> list[str]:
        """Names of the streets of a commune, each once."""
        self._communes.move_to_end(citycode)
        return self._communes[citycode]


def alike_cores(core: str, cores: Sequence[str], *, floor: float) -> list[str]:
    """Names that are at least `floor` like the one asked: few enough to be looked at.

    Letter by letter first, which is quick; by common words when that finds nothing sure, or when a word is an
    initial, far from the first name it stands for.
    """
    near = process.extract(core, cores, scorer=fuzz.ratio, score_cutoff=_FIRST_SIGHT, limit=_CANDIDATES)
    alike = {other: likeness(core, other) for other, _, _ in near}
    if " " in core and (max(alike.values(), default=0.0) < SURE or min(map(len, core.split())) == 1):
        near = process.extract(
            core, cores, scorer=fuzz.token_set_ratio, score_cutoff=_WORDS_FLOOR, limit=_CANDIDATES
        )
        alike |= {other: likeness(core, other) for other, _, _ in near}
    return [other for other, value in alike.items() if value >= floor]
