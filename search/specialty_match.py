"""What was meant by a specialty typed in a call centre: code, label, synonym, plural, typing error.

Words come from `care/nomenclatures`; nothing is learnt from use. The answer says how the text was understood
and offers what else it could have meant.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from care.specialty import nomenclature
from core.errors import UnknownSpecialty
from geo.geocoding.normalise import fold

if TYPE_CHECKING:
    from care.specialty import Specialty

_STOP_WORDS = frozenset(
    [
        "a",
        "au",
        "aux",
        "avec",
        "cabinet",
        "chez",
        "consultation",
        "d",
        "de",
        "des",
        "du",
        "en",
        "et",
        "garde",
        "l",
        "la",
        "le",
        "les",
        "liberal",
        "liberale",
        "ou",
        "pour",
        "rdv",
        "rendez",
        "specialiste",
        "un",
        "une",
        "vous",
    ]
)
_MIN_LENGTH = 3
_MIN_FUZZY_LENGTH = 4
_MAX_SUGGESTIONS = 5
_ACCEPT_FLOOR = 0.78
_ALTERNATIVE_FLOOR = 0.7
_SUGGEST_FLOOR = 0.5
_NEAREST_FLOOR = 0.01


@dataclass(frozen=True, kw_only=True, slots=True)
class Understood:
    """A group of specialties, and how the text led to it.

    specialty      head of the group
    understood_as  the word of our tables the text was taken for
    exact          whether it stands there as typed, but for case, accents and plurals
    alternatives   other groups the text could have meant, best first
    also           groups that answer the same need, searched together with the specialty
    """

    specialty: Specialty
    understood_as: str
    exact: bool
    alternatives: tuple[Specialty, ...] = ()
    also: tuple[Specialty, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Suggestion:
    """A group of specialties proposed while one types; `score` from 0 to 1."""

    specialty: Specialty
    matched: str
    score: float


def understand(text: str) -> Understood:
    """The group of specialties meant by a code or by words.

    Raises
    ------
    UnknownSpecialty   nothing near enough; the nearest ones are in `details["suggestions"]`
    """
    if (coded := nomenclature().get(text)) is not None:
        head = nomenclature().head(coded)
        return Understood(specialty=head, understood_as=coded.label, exact=True)
    key = _key(text)
    if key in _terms():
        term = _terms()[key]
        return Understood(
            specialty=term.head, understood_as=term.text, exact=True, alternatives=_others(text, term.head)
        )
    best = _near(key)
    if best is None:
        raise UnknownSpecialty(
            "Cette spécialité n'est pas reconnue. Essayez un nom de métier, de discipline ou de structure.",
            parameter="specialty",
            suggestions=[
                {"code": item.specialty.code, "label": item.specialty.label}
                for item in suggest(text, limit=_MAX_SUGGESTIONS, floor=_NEAREST_FLOOR)
            ],
        )
    return Understood(
        specialty=best.head, understood_as=best.text, exact=False, alternatives=_others(text, best.head)
    )


def suggest(text: str, *, limit: int = 10, floor: float = _SUGGEST_FLOOR) -> list[Suggestion]:
    """Groups whose words begin like the text, hold it, or look like it; best first.

    With an empty text, every group that has a word of its own in our tables, by label.
    """
    key = _key(text)
    if not key:
        heads = sorted({term.head for term in _terms().values()}, key=lambda head: fold(head.label))
        return [Suggestion(specialty=head, matched=head.label, score=0.0) for head in heads[:limit]]
    best: dict[str, Suggestion] = {}
    coded = nomenclature().get(text)
    if coded is not None:
        head = nomenclature().head(coded)
        best[head.code] = Suggestion(specialty=head, matched=coded.code, score=1.0)
    for term_key, term in _terms().items():
        score = _likeness(key, term_key)
        known = best.get(term.head.code)
        if score >= floor and (known is None or score > known.score):
            best[term.head.code] = Suggestion(specialty=term.head, matched=term.text, score=round(score, 3))
    ranked = sorted(best.values(), key=lambda item: (-item.score, fold(item.specialty.label)))
    return ranked[:limit]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Term:
    text: str
    head: Specialty


@cache
def _terms() -> dict[str, _Term]:
    """Every word we know, by its key; a synonym goes before a label, the label of a head before others."""
    names = nomenclature()
    terms: dict[str, _Term] = {}
    for text, code in sorted(names.synonyms, key=lambda pair: len(pair[0])):
        specialty = names.get(code)
        if specialty is not None:
            terms.setdefault(_key(text), _Term(text=text, head=names.head(specialty)))
    for specialty in sorted(names, key=lambda item: not item.is_head):
        terms.setdefault(_key(specialty.label), _Term(text=specialty.label, head=names.head(specialty)))
    terms.pop("", None)
    return terms


def _key(text: str) -> str:
    """Folded words without plural marks and without the small words that say nothing.

    >>> _key("Les kinésithérapeutes"), _key("chir. dent.")
    ('kinesitherapeute', 'chir dent')
    """
    words = fold(text).split()
    if len(words) > 1 and all(len(word) == 1 for word in words):
        return "".join(words)  # "O.R.L."
    kept = [word for word in words if word not in _STOP_WORDS] or words
    return " ".join(_singular(word) for word in kept)


def _singular(word: str) -> str:
    if len(word) > 3 and word.endswith("aux") and not word.endswith("eaux"):
        return word[:-3] + "al"
    return word[:-1] if len(word) > 3 and word[-1] in "sx" else word


def _near(key: str) -> _Term | None:
    """The term a key was meant for: a clear beginning, or a few wrong letters; None when unsure."""
    if len(key) < _MIN_LENGTH:
        return None
    scored = sorted(
        ((_likeness(key, term_key), term_key) for term_key in _terms()), key=lambda pair: (-pair[0], pair[1])
    )
    score, found = scored[0]
    return _terms()[found] if score >= _ACCEPT_FLOOR else None


def _likeness(key: str, term: str) -> float:
    """From 0 to 1: same text 1; beginning 0.8 to 0.95; wrong letters by edit distance; words swapped."""
    if key == term:
        return 1.0
    if _sound(key) == _sound(term):
        return 0.97
    if term.startswith(key):
        return 0.8 + 0.15 * len(key) / len(term)
    if len(key) < _MIN_FUZZY_LENGTH or len(term) < _MIN_FUZZY_LENGTH:
        return 0.0
    letters = OSA.normalized_similarity(key, term)
    words = fuzz.token_sort_ratio(key, term) / 100 if " " in key else 0.0
    held = 0.6 if f" {key}" in f" {term}" else 0.0
    return max(letters, words * 0.98, held)


@lru_cache(maxsize=4096)
def _sound(key: str) -> str:
    """The key written as it is heard.

    >>> _sound("farmacie") == _sound("pharmacie"), _sound("kyne") == _sound("kine")
    (True, True)
    """
    for letters, heard in _HEARD:
        key = key.replace(letters, heard)
    return re.sub(r"(.)\1", r"\1", key)


_HEARD = (("ph", "f"), ("th", "t"), ("rh", "r"), ("ch", "k"), ("qu", "k"), ("y", "i"), ("c", "k"), ("z", "s"))


def _others(text: str, head: Specialty) -> tuple[Specialty, ...]:
    return tuple(
        item.specialty for item in suggest(text, limit=_MAX_SUGGESTIONS) if item.specialty.code != head.code
    )
