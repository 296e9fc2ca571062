"""A longer text read part by part: "dentiste garde dimanche", "kiné resp bébé", "plaie doigt urgent".

Words that say when or how urgently change nothing; a name (dentist) goes before a need (pain); a word nobody
knows makes the whole unsure, and the reader says so instead of guessing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from care.specialty import nomenclature

if TYPE_CHECKING:
    from collections.abc import Callable

    from search.words.index import Term

_MOST_WORDS: Final = 6
_BESIDE: Final = ("noise", "child", "manner")


@dataclass(frozen=True, kw_only=True, slots=True)
class Parts:
    """What was found in a text: terms in their order, words unknown, and whether a child is meant."""

    terms: tuple[Term, ...]
    unknown: tuple[str, ...]
    child: bool


def read_parts(text_key: str, known: dict[str, Term], misspelt: Callable[[str], Term | None]) -> Parts:
    """Take a key apart, the longest terms first.

    Parameters
    ----------
    known      terms by key
    misspelt   the term a single word was surely meant for
    """
    words, filler = text_key.split(), nomenclature().filler
    found: list[Term] = []
    unknown: list[str] = []
    at = 0
    while at < len(words):
        size = next(
            (
                size
                for size in range(min(_MOST_WORDS, len(words) - at), 1, -1)
                if " ".join(words[at : at + size]) in known
            ),
            1,
        )
        part = " ".join(words[at : at + size])
        at += size
        if size == 1 and (part.isdigit() or any(part in filler[role] for role in _BESIDE)):
            continue
        term = known.get(part) or misspelt(part)
        if term is None or term.sense == "unsure":
            unknown.append(part)
        elif term not in found:
            found.append(term)
    return Parts(terms=tuple(found), unknown=tuple(unknown), child=bool(filler["child"] & set(words)))


def leading(parts: Parts) -> list[Term]:
    """The terms that decide, all of one head; empty when the text is unsure.

    Names go before needs, precise ones before "médecin". Needs that one group answers together are led by it.
    """
    if parts.unknown or not parts.terms:
        return []
    generic = nomenclature().filler["generic"]
    precise = [term for term in parts.terms if term.key not in generic]
    if len(precise) < len(parts.terms) and any(_of_no_doctor(term) for term in precise):
        return []
    precise = precise or list(parts.terms)
    names = [term for term in precise if term.sense != "need"]
    deciding = names or precise
    if len({term.head.code for term in deciding}) == 1:
        return deciding
    if names:
        return []
    answering = [{term.head.code, *(item.code for item in term.also)} for term in deciding]
    common = set.intersection(*answering)
    return [term for term in deciding if term.head.code in common][:1]


def _of_no_doctor(term: Term) -> bool:
    """Whether a name is that of people who are not "médecin": both may be asked for, one is not the other."""
    return term.sense != "need" and term.head.kind == "profession"


def without_noise(text_key: str) -> str:
    """The key without the words that say nothing of the need; itself when nothing would be left."""
    noise = nomenclature().filler["noise"]
    kept = [word for word in text_key.split() if word not in noise]
    return " ".join(kept) or text_key


def says_nothing(text_key: str) -> bool:
    """Whether a key is made of noise only: "garde dimanche"."""
    return nomenclature().filler["noise"].issuperset(text_key.split())
