"""Names to look for, and the other ways to read one: an index inside it, a misspelt type.

A line of an address may be read in several ways that only the base can tell apart. Each reading is a name of
its own; what it costs to be wrong is in `geo.geocoding.score.READING`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from rapidfuzz.distance.DamerauLevenshtein import distance as damerau

from geo.geocoding.normalise import fold_suffix, skeleton, street_key
from geo.geocoding.vocabulary import ARTICLES, OPENERS, STRONG_TYPES, TITLES, WEAK_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LOCALITY = re.compile(r"^(?:lieu dit|lieudit|ld|l dit)\s+")
_INDEX = re.compile(r"^[a-z][a-z0-9]?$")
_LONG_TYPES = tuple(
    dict.fromkeys(kind for kind in (*STRONG_TYPES.values(), *WEAK_TYPES.values()) if " " not in kind)
)
_ONE_ERROR_FROM, _TWO_ERRORS_FROM = 4, 7


@dataclass(frozen=True, slots=True)
class Name:
    """A name to look for: its canonical type, its core, its sound-like key, and the words it comes from.

    reading  how the words were read: a key of `geo.geocoding.score.READING`
    suffix   folded repetition index that stood among the words; the street must have it
    """

    type: str
    core: str
    skeleton: str
    text: str
    reading: str = "line"
    suffix: str = ""


@lru_cache(maxsize=65_536)
def name_of(text: str) -> Name:
    """A name to look for, from its words."""
    bare = LOCALITY.sub("", text) or text
    key = street_key(bare)
    kind = "lieu dit" if bare != text and not key.type else key.type
    return Name(kind, key.core, skeleton(key.core), bare)


def readings(texts: Sequence[str], *, numbered: bool) -> tuple[Name, ...]:
    """Names of the lines, the surest first, each core once.

    texts     names in order of preference: the street line, then lieu-dit and complement
    numbered  whether the address has a number without an index: one may stand inside the name

    >>> [name.core for name in readings(["rue t joseph maistre"], numbered=True)]
    ['t joseph maistre', 'joseph maistre']
    >>> [(name.type, name.core) for name in readings(["aveune foch"], numbered=False)]
    [('', 'aveune foch'), ('avenue', 'foch')]
    """
    lines = [text for text in texts if text]
    if len(lines) == 1:
        return _readings_of(lines[0], numbered)
    found: dict[tuple[str, str], Name] = {}
    for place, text in enumerate(lines):
        names = (replace(name_of(text), reading="other-line"),) if place else _readings_of(text, numbered)
        for name in names:
            if name.core:
                found.setdefault((name.core, name.suffix), name)
    return tuple(found.values())


@lru_cache(maxsize=65_536)
def _readings_of(text: str, numbered: bool) -> tuple[Name, ...]:
    name = name_of(text)
    found: dict[tuple[str, str], Name] = {}
    for reading in (name, *_further(name, numbered=numbered)):
        if reading.core:
            found.setdefault((reading.core, reading.suffix), reading)
    return tuple(found.values())


def _further(name: Name, *, numbered: bool) -> Iterator[Name]:
    """Other readings of a name."""
    words = name.text.split()
    if numbered and (inside := _index_inside(words)):
        index, rest = inside
        yield replace(name_of(rest), reading="index-inside", suffix=fold_suffix(index))
    if cut := _without_what_follows(words):
        yield replace(name_of(cut), reading="cut")
    if not name.type and len(words) > 1 and (kind := _misspelt_type(words[0])):
        yield replace(name_of(" ".join((kind, *words[1:]))), reading="type-misspelt")


def _index_inside(words: list[str]) -> tuple[str, str] | None:
    """A letter that may be the index of the number, first or after the type, and the name without it."""
    at = 1 if words and (words[0] in STRONG_TYPES or words[0] in WEAK_TYPES) else 0
    if len(words) < at + 2 or not _INDEX.match(words[at]):
        return None
    word = words[at]
    if word in ARTICLES and word != "a":
        return None
    if len(word) > 1 and (word in STRONG_TYPES or word in WEAK_TYPES or word in TITLES):
        return None
    return word, " ".join((*words[:at], *words[at + 1 :]))


def _without_what_follows(words: list[str]) -> str:
    """The name before a word that opens something else (a residence, a practice); empty when none does."""
    start = 2 if words and (words[0] in STRONG_TYPES or words[0] in WEAK_TYPES) else 1
    for place in range(start, len(words)):
        if words[place] in OPENERS and words[place - 1] not in ARTICLES:
            return " ".join(words[:place])
    return ""


@lru_cache(maxsize=4_096)
def _misspelt_type(word: str) -> str:
    """The type a word was meant to be, within one error (two in a long word); empty when it is none."""
    if len(word) < _ONE_ERROR_FROM or word[0].isdigit():
        return ""
    best = min(_LONG_TYPES, key=lambda kind: damerau(word, kind))
    allowed = 2 if len(best) >= _TWO_ERRORS_FROM else 1
    return best if damerau(word, best) <= allowed else ""
