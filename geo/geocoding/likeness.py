"""How much two names look alike, from 0 to 1: the one measure of typing errors, initials, words left out."""

from __future__ import annotations

import re

from rapidfuzz.distance import Indel
from rapidfuzz.distance.DamerauLevenshtein import distance as damerau

_NUMBERS = re.compile(r"\d+")
_TYPO_SHORT = 4
_TWO_ERRORS_FROM, _THREE_ERRORS_FROM, _LONG = 4, 6, 8
_MANY_ERRORS = {2: 0.64, 3: 0.55}
_GLUED = 0.97
_HONOURS = frozenset(
    (
        *("docteur", "professeur", "general", "marechal", "colonel", "commandant", "capitaine"),
        *("lieutenant", "president", "abbe", "monseigneur", "sergent", "amiral"),
    )
)
_INITIAL = 0.92
_PREFIX = 0.93
_SHORT_PREFIX = 0.7


def word_likeness(asked: str, known: str) -> float:  # noqa: PLR0911 - one line per kind of pair
    """Likeness of two words: 1 equal, 0.9 and more for an initial or a cut word, less for a typing error.

    Digits are never forgiven: 8 is not 9. A short word forgives nothing either.

    >>> word_likeness("jaures", "jaures"), word_likeness("8", "9"), word_likeness("j", "jean")
    (1.0, 0.0, 0.92)
    """
    if asked == known:
        return 1.0
    if asked[0].isdigit() or known[0].isdigit():
        return 0.0
    if len(asked) == 1:
        return _INITIAL if known[0] == asked else 0.0
    if len(known) == 1:
        return _INITIAL if asked[0] == known else 0.0
    if len(asked) >= 3 and known.startswith(asked):
        return _PREFIX if len(asked) >= 0.75 * len(known) else _SHORT_PREFIX
    if min(len(asked), len(known)) < _TYPO_SHORT:
        return 0.0
    longest = max(len(asked), len(known))
    allowed = 1 if longest < _TWO_ERRORS_FROM else 2 if longest < _THREE_ERRORS_FROM else 3
    if abs(len(asked) - len(known)) > allowed:
        return 0.0
    errors = damerau(asked, known, score_cutoff=allowed)
    if errors > allowed:
        return 0.0
    if errors == 3 or (errors == 2 and longest < _LONG):
        return _MANY_ERRORS[errors]
    return 1 - 0.75 * errors / longest * (1.0 if asked[0] == known[0] else 1.6)


def likeness(asked: str, known: str) -> float:
    """Likeness of two cores: words paired one to one, each weighing its length.

    A word asked and absent from the known name costs in full (a title, little); a known word that was not
    asked costs less, above all before the name (a first name).

    >>> likeness("j jaures", "jean jaures") > 0.9, likeness("tulipes", "lilas")
    (True, 0.0)
    """
    if asked == known:
        return 1.0
    asked_words, known_words = asked.split(), known.split()
    if asked.replace(" ", "") == known.replace(" ", "") and _numbers(asked) == _numbers(known):
        return _GLUED
    free = list(enumerate(known_words))
    last = -1
    weight = gained = 0.0
    # Long words first: an initial takes what they leave.
    for word in sorted(asked_words, key=len, reverse=True):
        size = len(word) if not word[0].isdigit() else 6
        weight += max(size, 2)
        best = max(free, key=lambda pair: (word_likeness(word, pair[1]), -len(pair[1])), default=None)
        alike = word_likeness(word, best[1]) if best is not None else 0.0
        if alike == 0 and word in _HONOURS:
            weight -= max(size, 2) - 1  # "PL DU DR JEAN DELAY" is place Jean Delay
        if best is None:
            continue
        if alike > 0:
            free.remove(best)
            last = max(last, best[0])
            gained += alike * max(size, 2)
    if weight == 0 or gained == 0:
        return _joined(asked, known)
    left = sum(_cost_left(word, before=place < last) for place, word in free)
    return max(gained / (weight + left), _joined(asked, known))


def _cost_left(word: str, *, before: bool) -> float:
    """What a known word that was not asked costs: little before the name (a first name), more after it.

    Numbers are names of their own ("8 mai 1945"): one costs as a word asked.
    """
    if word[0].isdigit():
        return 6
    return len(word) / (6 if before else 2)


def _joined(asked: str, known: str) -> float:
    """Likeness without spaces, for words cut elsewhere; numbers must agree."""
    a, b = asked.replace(" ", ""), known.replace(" ", "")
    if min(len(a), len(b)) < 6 or _numbers(asked) != _numbers(known):
        return 0.0
    ratio = Indel.normalized_similarity(a, b, score_cutoff=0.88)
    return ratio if ratio > 0 else 0.0


def _numbers(text: str) -> list[str]:
    """Numbers of a name, in order: "1 2" is not "12"."""
    return _NUMBERS.findall(text)
