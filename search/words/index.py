"""Every word of the nomenclature, laid out so that one key of the keyboard costs a millisecond or two.

Beginnings are found by bisection, spellings as heard by a table, wrong letters by one pass of rapidfuzz over
all keys. Built once, read only.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, Literal

from rapidfuzz import process
from rapidfuzz.distance import OSA

from care.specialty import nomenclature
from search.words.keys import key, sorted_words, sound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from care.specialty import Nomenclature, Specialty

Sense = Literal["label", "synonym", "need", "unsure"]
Way = Literal["same", "order", "sound", "begins", "word", "holds", "letters", "cut"]

MIN_FUZZY_LENGTH: Final = 4
_MIN_HELD_LENGTH: Final = 3
_MIN_CUT_LENGTH: Final = 5
_SHORT: Final = 6
_LAST: Final = "\U0010ffff"


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """A word, the groups it leads to, and what kind of word it is."""

    key: str
    text: str
    head: Specialty
    sense: Sense
    also: tuple[Specialty, ...] = ()
    other: tuple[Specialty, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """A term that a key looks like; `score` from 0 to 1, 1 only for the same key."""

    term: Term
    score: float
    way: Way


class Index:
    """The terms of a nomenclature, by key, by beginning, by sound and by letters."""

    def __init__(self, names: Nomenclature) -> None:
        self.by_key = {term.key: term for term in _terms(names)}
        self._terms = [self.by_key[term_key] for term_key in sorted(self.by_key)]
        self._keys = [term.key for term in self._terms]
        self.vocabulary = frozenset(word for term_key in self._keys for word in term_key.split())
        self._ordered: dict[str, Term] = {}
        self._sounds: dict[str, list[Term]] = {}
        inner: list[tuple[str, int]] = []
        for place, term in enumerate(self._terms):
            self._ordered.setdefault(sorted_words(term.key), term)
            self._sounds.setdefault(sound(term.key), []).append(term)
            inner += [(term.key[at + 1 :], place) for at, letter in enumerate(term.key) if letter == " "]
        self._spelt = [spelt for spelt in self._ordered if " " in spelt]
        self._inner = sorted(inner)
        self._heard = sorted((sound(term.key), place) for place, term in enumerate(self._terms))

    def near(self, text_key: str, *, floor: float) -> dict[str, Match]:
        """The terms a key looks like, by key of the term; each with the best of its likenesses."""
        best: dict[str, Match] = {}
        for match in self._matches(text_key, floor):
            known = best.get(match.term.key)
            if match.score >= floor and (known is None or match.score > known.score):
                best[match.term.key] = match
        return best

    def _matches(self, text_key: str, floor: float) -> Iterator[Match]:
        if text_key in self.by_key:
            yield Match(term=self.by_key[text_key], score=1.0, way="same")
        yield from self._beginning(text_key)
        yield from self._inside(text_key)
        if len(text_key) < MIN_FUZZY_LENGTH:
            return
        yield from self._as_heard(text_key)
        yield from self._misspelt(text_key, floor)

    def _beginning(self, text_key: str) -> Iterator[Match]:
        for place in range(bisect_left(self._keys, text_key), bisect_left(self._keys, text_key + _LAST)):
            term = self._terms[place]
            yield Match(term=term, score=0.8 + 0.15 * len(text_key) / len(term.key), way="begins")

    def _inside(self, text_key: str) -> Iterator[Match]:
        """Words of a term that begin so; from three letters, letters anywhere in it."""
        first, last = bisect_left(self._inner, (text_key,)), bisect_left(self._inner, (text_key + _LAST,))
        for _, place in self._inner[first:last]:
            term = self._terms[place]
            yield Match(term=term, score=0.65 + 0.1 * len(text_key) / len(term.key), way="word")
        if len(text_key) >= _MIN_HELD_LENGTH:
            for term in self._terms:
                if text_key in term.key:
                    yield Match(term=term, score=0.5 + 0.1 * len(text_key) / len(term.key), way="holds")

    def _as_heard(self, text_key: str) -> Iterator[Match]:
        heard = sound(text_key)
        for term in self._sounds.get(heard, ()):
            yield Match(term=term, score=0.97, way="sound")
        same = self._ordered.get(sorted_words(text_key))
        if same is not None:
            yield Match(term=same, score=0.97, way="order")
        if len(heard) < MIN_FUZZY_LENGTH:
            return
        for found, place in self._heard[
            bisect_left(self._heard, (heard,)) : bisect_left(self._heard, (heard + _LAST,))
        ]:
            yield Match(term=self._terms[place], score=0.7 + 0.15 * len(heard) / len(found), way="cut")

    def _misspelt(self, text_key: str, floor: float) -> Iterator[Match]:
        spelt = sorted_words(text_key)
        for found, score, place in _alike(text_key, self._keys, floor):
            if len(found) >= MIN_FUZZY_LENGTH and _same_start(text_key, found):
                yield Match(term=self._terms[place], score=score * 0.95, way="letters")
        if " " in text_key:
            for found, score, _ in _alike(spelt, self._spelt, floor):
                yield Match(term=self._ordered[found], score=score * 0.94, way="letters")
        if len(text_key) >= _MIN_CUT_LENGTH:
            cut = [term_key[: len(text_key)] for term_key in self._keys]
            for _, score, place in process.extract(
                text_key, cut, scorer=OSA.normalized_similarity, processor=None, score_cutoff=0.79, limit=20
            ):
                if len(self._keys[place]) > len(text_key):
                    yield Match(term=self._terms[place], score=0.75 * score, way="cut")


def _alike(asked: str, choices: list[str], floor: float) -> list[tuple[str, float, int]]:
    return process.extract(
        asked,
        choices,
        scorer=OSA.normalized_similarity,
        processor=None,
        score_cutoff=max(floor, 0.01),
        limit=30,
    )


def _same_start(asked: str, found: str) -> bool:
    """Short words differ by their first letter: "marie" is not "carie"."""
    return len(asked) > _SHORT or asked[0] == found[0] or asked[:2] == found[1::-1]


@cache
def index() -> Index:
    """The index of the tables in use."""
    return Index(nomenclature())


def _terms(names: Nomenclature) -> Iterator[Term]:
    """Labels first, then what is curated: a later term takes the key of an earlier one."""

    def heads(codes: tuple[str, ...]) -> tuple[Specialty, ...]:
        found = (names.get(code) for code in codes)
        return tuple(names.head(item) for item in found if item is not None)

    for specialty in sorted(names, key=lambda item: item.is_head):
        head = names.head(specialty)
        if term_key := key(specialty.label):
            yield Term(key=term_key, text=specialty.label, head=head, sense="label")
    for word in sorted(names.words, key=lambda word: -len(word.text)):
        (head,) = heads((word.code,))
        if term_key := key(word.text):
            yield Term(
                key=term_key,
                text=word.text,
                head=head,
                sense=word.sense,
                also=heads(word.also),
                other=heads(word.other),
            )
