"""Invented street names: five families of names, drawn with the habits of town or country."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from demo import street_words as words
from demo.chance import choose
from demo.words import bare

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from demo.france import Commune

_VOWELS: Final = frozenset("AEIOUYH")
# Share of each family: common, nature, compound, person, town.
_FAMILIES_IN_TOWN: Final = (0.24, 0.22, 0.12, 0.36, 0.06)
_FAMILIES_IN_COUNTRY: Final = (0.36, 0.26, 0.18, 0.08, 0.12)
_PERSON_NAMES: Final = 24_000
_PARTIAL_TITLE: Final = 0.3


@dataclass(frozen=True)
class NamePool:
    """Every name a department may use, family after family.

    cores    the name with its article: "de la République", "Zéphirin Bourgal"
    same     rank of the first name with the same text: two families may hold one name
    starts   rank of the first name of each family, and the total at the end
    """

    cores: tuple[str, ...]
    same: NDArray[np.int64]
    starts: tuple[int, ...]


def with_de(name: str) -> str:
    """A town's name after "de".

    >>> with_de("Le Mans"), with_de("Les Ulis"), with_de("Orléans"), with_de("La Rochelle"), with_de("Lyon")
    ('du Mans', 'des Ulis', "d'Orléans", 'de La Rochelle', 'de Lyon')
    """
    if name.startswith("Le "):
        return f"du {name[3:]}"
    if name.startswith("Les "):
        return f"des {name[4:]}"
    return f"d'{name}" if bare(name)[:1].upper() in _VOWELS else f"de {name}"


def pool(communes: Sequence[Commune], rng: np.random.Generator) -> NamePool:
    """The names of one department: its own communes are the towns roads lead to."""
    compounds = [
        f"{noun} {complement}"
        for noun, gender in words.COMPOUND_NOUNS
        for complement in words.COMPLEMENTS[gender]
    ]
    towns = list(dict.fromkeys(with_de(c.name) for c in communes if c.kind == "COM")) or [
        "de Paris",
        "de Lyon",
    ]
    families: tuple[Sequence[str], ...] = (words.COMMON, words.NATURE, compounds, _people(rng), towns)
    starts = np.concatenate([[0], np.cumsum([len(family) for family in families])])
    cores = tuple(name for family in families for name in family)
    first: dict[str, int] = {}
    same = np.array([first.setdefault(name, rank) for rank, name in enumerate(cores)])
    return NamePool(cores=cores, same=same, starts=tuple(map(int, starts)))


def _people(rng: np.random.Generator) -> list[str]:
    """Invented people: "Alcide Bourdelin", "du Docteur Marquet"."""
    count = _PERSON_NAMES
    given = rng.integers(0, len(words.GIVEN), count)
    start = rng.integers(0, len(words.NAME_STARTS), count)
    end = rng.integers(0, len(words.NAME_ENDS), count)
    titled = rng.random(count) < _PARTIAL_TITLE
    title = rng.integers(0, len(words.TITLES), count)
    names = (
        f"{words.TITLES[title[i]] if titled[i] else words.GIVEN[given[i]]} "
        f"{words.NAME_STARTS[start[i]]}{words.NAME_ENDS[end[i]]}"
        for i in range(count)
    )
    return list(dict.fromkeys(names))


def draw(
    rng: np.random.Generator, names: NamePool, urban: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Type and name of one street for each value of `urban` (ranks in `STREET_TYPES` and in the pool)."""
    size = len(urban)
    family = np.where(urban, choose(rng, _FAMILIES_IN_TOWN, size), choose(rng, _FAMILIES_IN_COUNTRY, size))
    starts = np.asarray(names.starts)
    lengths = np.diff(starts)
    # The first names of the common family are far more frequent than the last.
    height = np.where(family == 0, rng.random(size) ** 1.8, rng.random(size))
    core = starts[family] + np.minimum((height * lengths[family]).astype(np.int64), lengths[family] - 1)
    kinds = np.where(
        urban,
        choose(rng, [row[3] for row in words.STREET_TYPES], size),
        choose(rng, [row[4] for row in words.STREET_TYPES], size),
    )
    roads = (family == len(lengths) - 1) & (rng.random(size) < 0.7)
    return np.where(roads, 4, kinds), names.same[core]


def hamlets() -> tuple[str, ...]:
    """Names of hamlets, the most common first."""
    made = [
        f"{noun} {start}{end}"
        for end in words.NAME_ENDS
        for start in words.NAME_STARTS[::3]
        for noun in words.HAMLET_NOUNS[(len(start) + len(end)) % 3 :: 3]
    ]
    return tuple(dict.fromkeys((*words.HAMLETS, *made)))
