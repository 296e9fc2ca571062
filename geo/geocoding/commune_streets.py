"""Streets of recent communes in memory, and those of them whose name looks like the one asked."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from rapidfuzz import fuzz, process

from geo.geocoding.likeness import likeness

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence

    from geo.geocoding.locate import Ask

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

    @property
    def held(self) -> int:
        """How many streets are held."""
        return self._streets

    def cores_of(
        self, citycodes: Iterable[str]
    ) -> Generator[Ask, list[tuple[Any, ...]], dict[str, list[str]]]:
        """Names of the streets of each commune, each once; those not held are asked for.

        What is held is taken before the statement is asked: meanwhile other searches of the server may forget
        it. Communes without a street are remembered too.
        """
        cores: dict[str, list[str]] = {}
        missing: list[str] = []
        for code in sorted(set(citycodes)):
            if code in self._communes:
                self._communes.move_to_end(code)
                cores[code] = self._communes[code]
            else:
                missing.append(code)
        if missing:
            found = dict((yield "cores_of_communes", {"citycodes": missing}))
            for code in missing:
                cores[code] = found.get(code, [])
                self._hold(code, cores[code])
        return cores

    def _hold(self, citycode: str, cores: list[str]) -> None:
        """Hold the streets of one more commune, and forget those least recently used."""
        self._streets += len(cores) - len(self._communes.pop(citycode, ()))
        self._communes[citycode] = cores
        while self._streets > self._max_streets:
            _, forgotten = self._communes.popitem(last=False)
            self._streets -= len(forgotten)


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
