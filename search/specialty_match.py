"""What was meant by a specialty typed in a call centre: code, name, need, plural, typing error, noise.

Words come from `care/nomenclatures`; nothing is learnt from use. The answer says how the text was understood
and offers what else it could have meant. A text that could as well mean something else is not understood: it
is answered with suggestions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

from rapidfuzz.distance import OSA

from care.specialty import nomenclature
from core.errors import UnknownSpecialty
from geo.geocoding.normalise import fold
from search.words.index import MIN_FUZZY_LENGTH, index
from search.words.keys import key, sorted_words
from search.words.parts import leading, read_parts, says_nothing, without_noise

if TYPE_CHECKING:
    from collections.abc import Iterable

    from care.specialty import Specialty
    from search.words.index import Match, Term

How = Literal["code", "label", "synonym", "need", "typing-error", "words"]
Why = Literal["code", "label", "synonym", "need", "typing-error", "frequent"]

_SPACED_CODE: Final = re.compile(r"([A-Z]{2,3})[ .-]?(\d{1,3})", re.IGNORECASE)
_SYSTEM_AND_CODE: Final = re.compile(
    r"(?:urn:|oid:|tre[_-]|https?://).*[|^#]([A-Z]{0,3}\d{1,3})", re.IGNORECASE
)
_MAX_SUGGESTIONS: Final = 5
_MAX_TEXT: Final = 100
_ACCEPT_FLOOR: Final = 0.75
_LEAST_BEGINNING: Final = 0.88
_CLEAR: Final = 0.05
_LEAST_WORD: Final = 0.75
_OTHER_FLOOR: Final = 0.66
_SUGGEST_FLOOR: Final = 0.5
_NEAREST_FLOOR: Final = 0.2
_PEDIATRICS: Final = "SM40"
_GENERAL: Final = "SM54"
_SURE_WAYS: Final = frozenset({"same", "order", "sound"})
_TYPED_WRONG: Final = frozenset({"sound", "letters", "cut"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Understood:
    """A group of specialties, and how the text led to it.

    specialty      head of the group
    understood_as  the word of our tables the text was taken for
    exact          whether it stands there as typed, but for case, accents and plurals
    alternatives   other groups the text could have meant, best first
    also           groups that answer the need as well and may be searched together, best first
    how            what led there: a code, a label, a name, a need, a typing error put right, several words
    version        version of the tables
    """

    specialty: Specialty
    understood_as: str
    exact: bool
    alternatives: tuple[Specialty, ...] = ()
    also: tuple[Specialty, ...] = ()
    how: How = "label"
    version: str = ""

    def shown(self) -> dict[str, Any]:
        """As an answer says it, ready for JSON."""
        return {
            "code": self.specialty.code,
            "label": self.specialty.label,
            "kind": self.specialty.kind,
            "understood_as": self.understood_as,
            "how": self.how,
            "exact": self.exact,
            "also": [{"code": item.code, "label": item.label} for item in self.also],
            "alternatives": [{"code": item.code, "label": item.label} for item in self.alternatives],
            "version": self.version,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Suggestion:
    """A group of specialties proposed while one types.

    matched   the word of our tables it is proposed for
    score     from 0 to 1
    why       what kind of word that is, or a typing error
    also      groups that answer the same need
    """

    specialty: Specialty
    matched: str
    score: float
    why: Why
    also: tuple[Specialty, ...] = ()


def understand(text: str) -> Understood:
    """The group of specialties meant by a code or by words.

    Raises
    ------
    UnknownSpecialty   nothing near enough, or two things as near; the nearest ones are in
                       `details["suggestions"]`
    """
    if (coded := _coded(text)) is not None:
        head = nomenclature().head(coded)
        return Understood(
            specialty=head, understood_as=coded.label, exact=True, how="code", version=nomenclature().version
        )
    text_key = key(text[:_MAX_TEXT])
    exact = index().by_key.get(text_key)
    if exact is not None and exact.sense != "unsure":
        return _understood(text, [exact], exact=True, how=exact.sense)
    if exact is None and not says_nothing(text_key):
        match = _near(text_key, beginnings=False)
        if match is not None:
            return _understood(text, [match.term], exact=False, how=_how(match))
        parts = read_parts(text_key, index().by_key, _surely)
        if terms := leading(parts):
            found = _understood(text, terms, exact=False, how="words")
            return _for_a_child(found) if parts.child else found
        match = _near(text_key) or _near(without_noise(text_key))
        if match is not None:
            return _understood(text, [match.term], exact=False, how=_how(match))
    raise UnknownSpecialty(
        "Cette spécialité n'est pas reconnue. Essayez un nom de métier, de discipline ou de structure.",
        parameter="specialty",
        suggestions=[{"code": item.specialty.code, "label": item.specialty.label} for item in _nearest(text)],
    )


def suggest(text: str, *, limit: int = 10, floor: float = _SUGGEST_FLOOR) -> list[Suggestion]:
    """Groups whose words begin like the text, hold it, or look like it; best first.

    With an empty text: the frequent searches of `frequent.csv`, in their order.
    """
    text_key = key(text[:_MAX_TEXT])
    if not text_key:
        return _frequent(limit)
    best: dict[str, Suggestion] = {}
    coded = _coded(text)
    if coded is not None:
        head = nomenclature().head(coded)
        best[head.code] = Suggestion(specialty=head, matched=coded.code, score=1.0, why="code")
    _add(best, index().near(text_key, floor=floor).values(), part=1.0)
    if " " in text_key:
        quiet = without_noise(text_key)
        if quiet != text_key:
            _add(best, index().near(quiet, floor=floor).values(), part=0.95)
        for term in read_parts(text_key, index().by_key, lambda _word: None).terms:
            _keep(best, _suggestion(term, score=0.6 if term.sense != "need" else 0.55, misspelt=False))
    return _ranked(best.values())[:limit]


def _add(best: dict[str, Suggestion], matches: Iterable[Match], *, part: float) -> None:
    for match in matches:
        found = _suggestion(match.term, score=match.score * part, misspelt=match.way in _TYPED_WRONG)
        _keep(best, found)
        for item in match.term.also or (match.term.other if match.term.sense == "unsure" else ()):
            _keep(
                best,
                replace(found, specialty=item, score=round(found.score * 0.9, 3), also=()),
            )


def _keep(best: dict[str, Suggestion], found: Suggestion) -> None:
    known = best.get(found.specialty.code)
    if known is None or found.score > known.score:
        best[found.specialty.code] = found


def _suggestion(term: Term, *, score: float, misspelt: bool) -> Suggestion:
    return Suggestion(
        specialty=term.head,
        matched=term.text,
        score=round(score, 3),
        why="typing-error" if misspelt else "need" if term.sense == "unsure" else term.sense,
        also=term.also,
    )


def _ranked(found: Iterable[Suggestion]) -> list[Suggestion]:
    return sorted(found, key=lambda item: (-item.score, fold(item.specialty.label), item.specialty.code))


def _frequent(limit: int) -> list[Suggestion]:
    names = nomenclature()
    found = [(word, names.get(word.code)) for word in names.frequent[:limit]]
    return [
        Suggestion(specialty=names.head(item), matched=word.text, score=0.0, why="frequent")
        for word, item in found
        if item is not None
    ]


def _nearest(text: str) -> list[Suggestion]:
    """A few suggestions even for what looks like nothing we know."""
    found = suggest(text, limit=_MAX_SUGGESTIONS)
    if not found:
        found = suggest(text, limit=_MAX_SUGGESTIONS, floor=_NEAREST_FLOOR)
    return found or _frequent(_MAX_SUGGESTIONS)


def _coded(text: str) -> Specialty | None:
    """The specialty of a code alone, or after the name of its system: `SM54`, `TRE_R38|SM54`."""
    names, asked = nomenclature(), text.strip()
    if (found := names.get(asked)) is not None:
        return found
    if (spaced := _SPACED_CODE.fullmatch(asked)) is not None:
        return names.get(spaced[1] + spaced[2])
    coded = _SYSTEM_AND_CODE.fullmatch(asked)
    return names.get(coded[1]) if coded is not None else None


def _understood(text: str, terms: list[Term], *, exact: bool, how: How) -> Understood:
    head = terms[0].head
    also = _heads((item for term in terms for item in term.also), but={head.code})
    others = [item for term in terms for item in term.other]
    others += [
        item.specialty for item in suggest(text, limit=_MAX_SUGGESTIONS + 1 + len(also), floor=_OTHER_FLOOR)
    ]
    return Understood(
        specialty=head,
        understood_as=", ".join(term.text for term in terms),
        exact=exact,
        also=also,
        alternatives=_heads(others, but={head.code, *(item.code for item in also)})[:_MAX_SUGGESTIONS],
        how=how,
        version=nomenclature().version,
    )


def _how(match: Match) -> How:
    if match.way in _TYPED_WRONG or match.term.sense == "unsure":
        return "typing-error"
    return match.term.sense


def _heads(found: Iterable[Specialty], *, but: set[str]) -> tuple[Specialty, ...]:
    """Each group once, in order, without some."""
    return tuple({item.code: item for item in found if item.code not in but}.values())


def _for_a_child(found: Understood) -> Understood:
    """A general practitioner asked for a child: a paediatrician answers as well."""
    paediatrics = nomenclature().get(_PEDIATRICS)
    if found.specialty.code != _GENERAL or paediatrics is None or paediatrics in found.also:
        return found
    return replace(
        found,
        also=(paediatrics, *found.also),
        alternatives=tuple(item for item in found.alternatives if item != paediatrics),
    )


def _surely(word: str) -> Term | None:
    """The term a single word within a text was meant for: typing errors only, no beginnings."""
    match = None if len(word) <= MIN_FUZZY_LENGTH else _near(word, beginnings=False)
    return match.term if match is not None else None


def _near(text_key: str, *, beginnings: bool = True) -> Match | None:
    """The term a key was meant for: a clear beginning, or a few wrong letters; None when unsure.

    Terms that say the same and more ("infirmier ipa" for "infirmier") are no rivals of the best.
    """
    if len(text_key) < MIN_FUZZY_LENGTH:
        return None
    near = sorted(
        index().near(text_key, floor=0.7).values(), key=lambda match: (-match.score, match.term.key)
    )
    counted = [match for match in near if _counts(match, text_key, beginnings=beginnings)]
    if not counted or counted[0].score < _ACCEPT_FLOOR or counted[0].term.sense == "unsure":
        return None
    best = counted[0]
    fits = {best.term.head.code, *(item.code for item in (*best.term.also, *best.term.other))}
    rivals = [
        match
        for match in counted[1:]
        if match.term.head.code not in fits and not match.term.key.startswith(best.term.key)
    ]
    return None if rivals and best.score - rivals[0].score < _CLEAR else best


def _counts(match: Match, text_key: str, *, beginnings: bool) -> bool:
    if match.way in _SURE_WAYS:
        return True
    if match.way == "letters":
        return _word_by_word(sorted_words(text_key), sorted_words(match.term.key))
    return match.way == "begins" and beginnings and match.score >= _LEAST_BEGINNING


def _word_by_word(asked: str, found: str) -> bool:
    """Whether no word of a text stands for quite another one: "radio main" is not "radio sein".

    A word that we know is no misspelling of another: "hôpital pédiatrique" is not a psychiatric one.
    """
    pairs = list(zip(asked.split(), found.split(), strict=False))
    if asked.count(" ") != found.count(" ") or len(pairs) == 1:
        return True
    return all(
        one == two or (one not in index().vocabulary and OSA.normalized_similarity(one, two) >= _LEAST_WORD)
        for one, two in pairs
    )
