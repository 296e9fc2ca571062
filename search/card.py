"""One sheet as the answer shows it: who, where, how well placed, how far; what is unknown says so."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from care.specialty import nomenclature
from geo.doubt import doubt
from geo.geocoding.normalise import canonical_type
from search import explain
from search.journey import FARTHEST
from search.policy import HUNDREDTHS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from search.candidates import Shown
    from search.departments import Departments
    from search.journey import Range
    from search.query import SearchQuery

_INITIALS = frozenset({"bp", "cs", "tsa", "za", "zi", "zac", "zup", "rn", "rd"})
_SMALL_WORDS = frozenset(
    ["à", "a", "au", "aux", "de", "des", "du", "d", "en", "et", "l", "la", "le", "les", "lès", "sous", "sur"]
)
_SUFFIXES = {"b": "bis", "t": "ter", "q": "quater"}


def sheet(row: Mapping[str, Any], known: Departments) -> dict[str, Any]:
    """The part of a card that does not depend on the search, from a row of the statement `cards`.

    What is declared of the offer is not in it: see `declared_as`.
    """
    return {
        "id": row["offer_id"],
        "kind": row["kind"],
        "rpps": row["rpps"],
        "finess": row["finess"],
        "name": row["name"],
        "structure_name": row["structure_name"],
        "specialties": [
            {"code": code, "label": nomenclature().label(code)} for code in row["specialty_codes"]
        ],
        "address": address_line(row),
        "citycode": row["citycode"],
        "department": row["department_code"],
        "lon": row["lon"],
        "lat": row["lat"],
        "position": {
            "level": row["position_level"],
            "score": _rounded(row["position_score"]),
            "source": row["position_source"],
            "reason": row["position_reason"],
            "doubts": [{"code": code, "text": doubt(code).sentence} for code in row["position_doubts"] or ()],
        },
        "participation": None,
        "phone": row["phone"],
        "timezone": known.timezone(row["department_code"]),
        "source": {
            "name": row["source"],
            "as_of": row["source_date"].isoformat() if row["source_date"] else None,
        },
    }


def declared_as(declared: Mapping[str, Any] | None) -> dict[str, Any]:
    """What is declared of an offer, as a card says it; None where nothing is: unknown, not "no"."""
    names = ("participating", "via", "en_sus")
    return {"participation": {name: None if declared is None else declared[name] for name in names}}


def card(known: Mapping[str, Any], shown: Shown, query: SearchQuery, *, rank: int) -> dict[str, Any]:
    """The card of an offer at its rank (1 = first of the whole search, not of the page).

    `known` is its `sheet`.
    """
    travel, way = shown.travel, shown.way
    made = {
        "rank": rank,
        "preferred": False,
        **known,
        **declared_as(shown.declared),
        "distance_m": shown.distance_m,
        "travel_min": None if travel is None or travel >= FARTHEST else travel / HUNDREDTHS,
        "travel_range_min": None if way is None else [way.low / HUNDREDTHS, way.high / HUNDREDTHS],
        "travel_source": shown.travel_source,
        "travel_flags": [] if way is None else _flags(way),
        "seen_in_min": explain.seen_in_min(shown.ranked),
        "next_slot": None,
        "slots": [],
        "slots_more": 0,
        "slots_state": "unknown",
        "reasons": [],
        "score": round(shown.ranked.score, 8),
    }
    if query.explain:
        made["reasons"] = explain.reasons(shown.ranked, made, query)
    return made


def _flags(way: Range) -> list[str]:
    return [name for name, told in (("barrier", way.barrier), ("ferry", way.ferry)) if told]


def address_line(row: Mapping[str, Any]) -> str:
    """The address on one line, in mixed case.

    >>> address_line({
    ...     "complement": "", "number": "12", "suffix": "B", "street_type": "AV", "locality": "",
    ...     "street_name": "DE LA REPUBLIQUE", "postal_code": "75011", "office": "75011 PARIS"})
    '12 bis avenue de la Republique, 75011 Paris'
    """
    suffix = _SUFFIXES.get(row["suffix"].lower(), row["suffix"].lower())
    kind = canonical_type(row["street_type"]) or row["street_type"].lower()
    name = mixed_case(row["street_name"], begins=not kind)
    if name.lower().startswith(f"{kind} "):
        kind = ""
    street = " ".join(filter(None, (row["number"], suffix, kind, name)))
    office = row["office"].removeprefix(row["postal_code"]).strip()  # FINESS writes the code in both
    town = " ".join(filter(None, (row["postal_code"], mixed_case(office))))
    return ", ".join(filter(None, (mixed_case(row["complement"]), street, mixed_case(row["locality"]), town)))


@lru_cache(maxsize=8_192)
def mixed_case(text: str, *, begins: bool = True) -> str:
    """Upper-case text as one writes it; text that already has lower case is left alone.

    `begins`: nothing stands before it, so that its first word takes a capital even when it is an article.

    >>> mixed_case("SAINT-DENIS DE L'HOTEL"), mixed_case("rue Haxo"), mixed_case("BP 783")
    ("Saint-Denis de l'Hotel", 'rue Haxo', 'BP 783')
    """
    if not text.isupper():
        return text
    words = [_cased(word, first=begins and not index) for index, word in enumerate(text.lower().split(" "))]
    return " ".join(words)


def _cased(word: str, *, first: bool) -> str:
    for mark in ("-", "'"):
        if mark in word:
            parts = word.split(mark)
            return mark.join(_cased(part, first=first and not index) for index, part in enumerate(parts))
    if word in _INITIALS:
        return word.upper()
    if word in _SMALL_WORDS and not (first and word not in {"l", "d"}):
        return word
    return word.capitalize()


def _rounded(score: float | None) -> float | None:
    return None if score is None else round(score, 3)
