"""Streets of recent communes in memory, and those of them whose name looks like the one asked."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from typing import TYPE_CHECKING, Any

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
        self._communes: OrderedDict[str, dict[str, tuple[int, ...]]] = OrderedDict()
        self._max_streets = max_streets
        self._streets = 0

    def missing(self, citycodes: Iterable[str]) -> list[str]:
        """Those not held, sorted."""
        return sorted({code for code in citycodes if code not in self._communes})

    def fill(self, citycodes: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
        """Hold the rows of `cores_of_communes`; communes without a street are remembered too."""
        found: dict[str, dict[str, list[int]]] = {code: defaultdict(list) for code in citycodes}
        for citycode, street_id, core in rows:
            found[citycode][core].append(street_id)
        for code, cores in found.items():
            self._communes[code] = {core: tuple(ids) for core, ids in cores.items()}
            self._streets += len(cores)

    def trim(self) -> None:
        """Forget the communes least recently used."""
        while self._streets > self._max_streets and self._communes:
            _, cores = self._communes.popitem(last=False)
            self._streets -= len(cores)

    def streets(self, citycode: str) -> dict[str, tuple[int, ...]]:
        """Cores of a commune to the streets that bear them."""
        self._communes.move_to_end(citycode)
        return self._communes[citycode]


def alike_streets(core: str, streets: dict[str, tuple[int, ...]], *, floor: float) -> list[int]:
    """Streets of a commune whose core is at least `floor` like the one asked: few enough to be looked at.

    Letter by letter first, which is quick; by common words only when that finds nothing sure.
    """
    near = process.extract(
        core, streets.keys(), scorer=fuzz.ratio, score_cutoff=_FIRST_SIGHT, limit=_CANDIDATES
    )
    alike = {other: likeness(core, other) for other, _, _ in near}
    if " " in core and max(alike.values(), default=0.0) < SURE:
        near = process.extract(
            core, streets.keys(), scorer=fuzz.token_set_ratio, score_cutoff=_WORDS_FLOOR, limit=_CANDIDATES
        )
        alike |= {other: likeness(core, other) for other, _, _ in near}
    return [street_id for other, value in alike.items() if value >= floor for street_id in streets[other]]
