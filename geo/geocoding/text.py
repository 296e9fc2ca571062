"""Free text to parsed addresses: where the postal code, the commune and the street are, in any order.

A text may be understood in several ways ("rue de Paris" holds the name of a town); each way is tried, and the
base tells which one exists. The ways are few, in a fixed order.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from geo.geocoding.commune import FUZZY_IN_POSTAL, misspelt_in, misspelt_name
from geo.geocoding.normalise import commune_key, fold, street_key
from geo.geocoding.parse import Parsed, clean, is_type, names_of, parse_line
from geo.geocoding.vocabulary import NAMES_BY_THEMSELVES, SUFFIXES, WEAK_TYPES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.geocoding.gazetteer import Gazetteer

_POSTAL_CODE = re.compile(r"^\d{5}$")
_CEDEX = re.compile(r"\b(?:cedex|cdx)\b(?: ?(\d{1,2}))?\b")
_ORDINAL = re.compile(r"^0?(\d{1,2})(?:er|e|eme|ieme)?$")
_ARRONDISSEMENTS = {"paris": 20, "lyon": 9, "marseille": 16}
_HOUSE_NUMBER = re.compile(r"^\d{1,4}[a-z]?$")
_SUR = re.compile(r"\bs/", re.IGNORECASE)
_LONGEST_NAME = 9
_LONGEST_MISSPELT = 4
_LONGEST_DEPARTMENT = 4
_SMALL_WORDS = frozenset(
    {"de", "du", "des", "d", "la", "le", "les", "l", "a", "au", "aux", "et", "sur", "en"}
)


def understand(text: str, gazetteer: Gazetteer) -> list[Parsed]:
    """Ways to understand a text, the most likely first; never empty for a text with words.

    The last way, when it differs, takes the whole text as a street without a commune.
    """
    folded = fold(_SUR.sub(" sur ", text).replace("°", " "))
    cedex = _CEDEX.search(folded)
    cedex_number = cedex[1] if cedex else None
    cleaned, ignored = clean(folded)
    words = cleaned.split()
    if not words:
        return []
    place = _postal_place(words, gazetteer)
    ways: list[tuple[list[str], str, str]]
    if place is None:
        ways = _without_postal_code(words, gazetteer)
    else:
        way = _with_postal_code(words, place, gazetteer)
        ways = [way, *_town_said_twice(*way, gazetteer)]
    found: list[Parsed] = []
    for rest, postal_code, town in ways:
        line = parse_line(" ".join(rest))
        suffix = f" cedex {cedex_number or ''}".rstrip() if cedex and town else ""
        found.append(
            Parsed(
                names=names_of(line),
                number=line.number if line.name else None,
                suffix=line.suffix,
                postal_code=postal_code,
                town=f"{town}{suffix}",
                ignored=(*ignored, *line.ignored),
            )
        )
    return list(dict.fromkeys(found))


def _postal_place(words: list[str], gazetteer: Gazetteer) -> int | None:
    """Where the postal code stands: known ones first, the last of them; else any five digits of France."""
    fives = [place for place, word in enumerate(words) if _POSTAL_CODE.match(word)]
    for known in (gazetteer.by_postal, gazetteer.cedex):
        for place in reversed(fives):
            if words[place] in known:
                return place
    return fives[-1] if fives and "01" <= words[fives[-1]][:2] <= "98" else None


def _with_postal_code(words: list[str], place: int, gazetteer: Gazetteer) -> tuple[list[str], str, str]:
    """Street words, postal code, town; a town that the code does not serve is one of the whole country."""
    postal_code, before, after = words[place], words[:place], words[place + 1 :]
    near = gazetteer.in_postal.get(postal_code, {})
    for names in (near, *_department_names(postal_code, gazetteer), gazetteer.by_name):
        size = _leading_name(after, names, postal_code)
        left = after[size:]
        if size and (not left or _is_line(left)):
            return [*before, *left], postal_code, " ".join(after[:size])
        if size and names is near and not misspelt_in(after, near):
            # "69003 Lyon Part Dieu": a quarter after the town, unless nothing else may be the street.
            return (before if _is_street(before) else [*before, *left]), postal_code, " ".join(after[:size])
        if after and not _is_line(after):
            continue
        size = _trailing_name(before, names, postal_code)
        street = [*before[: len(before) - size], *after]
        if size and (not street or _is_street(street)):
            return street, postal_code, " ".join(before[-size:])
    if before and after:
        return before, postal_code, " ".join(after)
    size = _leading_name(before, near, postal_code)
    if size and _is_street(before[size:]):  # "Bondy 4 rue X 93140"
        return before[size:], postal_code, " ".join(before[:size])
    return before or after, postal_code, "" if before else _town_at_head(after, near)


def _town_said_twice(
    street: list[str], postal_code: str, town: str, gazetteer: Gazetteer
) -> list[tuple[list[str], str, str]]:
    """The street without the town that is said again after it: "4 RUE X BONDY 93140 BONDY"."""
    near = gazetteer.in_postal.get(postal_code, {})
    if town and street == town.split() and misspelt_in(street, near, cutoff=FUZZY_IN_POSTAL):
        return [([], postal_code, town)]  # "93140 Bondi" is no lieu-dit
    size = _trailing_name(street, near, postal_code) if town else 0
    if not size or size == len(street) or not _is_street(street[:-size]):
        return []
    return [(street[:-size], postal_code, town)]


def _town_at_head(words: list[str], near: dict[str, tuple[str, ...]]) -> str:
    """Town words when only a town follows the postal code; empty when a street does."""
    return "" if _is_line(words) else " ".join(words) if near else ""


def _department_names(postal_code: str, gazetteer: Gazetteer) -> list[dict[str, tuple[str, ...]]]:
    from geo.territory import departments_of_postal_code  # noqa: PLC0415 - kept beside its only use

    return [
        gazetteer.in_department.get(department, {}) for department in departments_of_postal_code(postal_code)
    ]


def _without_postal_code(words: list[str], gazetteer: Gazetteer) -> list[tuple[list[str], str, str]]:
    """A town at the end, a town before a last number, a town at the beginning, no town at all."""
    ways: list[tuple[list[str], str, str]] = []
    size = _trailing_name(words, gazetteer.by_name)
    if size and _is_street(words[:-size]):
        ways.append((words[:-size], "", " ".join(words[-size:])))
    if len(words) > 2 and _HOUSE_NUMBER.match(words[-1]):
        size = _trailing_name(words[:-1], gazetteer.by_name)
        if size and size < len(words) - 1 and _is_street(words[: -1 - size]):
            ways.append(([*words[: -1 - size], words[-1]], "", " ".join(words[-1 - size : -1])))
    size = _leading_name(words, gazetteer.by_name)
    if size and size < len(words) and _is_street(words[size:]):
        ways.append((words[size:], "", " ".join(words[:size])))
    if size == len(words):
        ways.append(([], "", " ".join(words)))
    ways += _town_before_department(words, gazetteer)
    ways.append((words, "", ""))
    return ways


def _town_before_department(words: list[str], gazetteer: Gazetteer) -> list[tuple[list[str], str, str]]:
    """A town followed by the code or the name of its department: "Bondy 93", "Bondy Seine-Saint-Denis"."""
    for last in range(1, min(_LONGEST_DEPARTMENT, len(words) - 1) + 1):
        department = gazetteer.department_keys.get(" ".join(words[-last:]))
        names = gazetteer.in_department.get(department, {}) if department else {}
        before = words[:-last]
        size = _trailing_name(before, names) if names else 0
        if size and _is_street(before[:-size]):
            town = " ".join(before[-size:])
            codes = names.get(commune_key(town), ())  # none for "Paris 11e 75": the town tells all
            return [(before[:-size], gazetteer.postal_code(codes[0]) if codes else "", town)]
    return []


def understand_misspelt(text: str, gazetteer: Gazetteer) -> list[Parsed]:
    """Ways to understand a text whose town is misspelt, for one where nothing else was found; may be empty.

    The last words, or the first, are compared with every name of the country: some ten milliseconds each.
    """
    cleaned, ignored = clean(fold(_SUR.sub(" sur ", text).replace("°", " ")))
    words = cleaned.split()
    if _postal_place(words, gazetteer) is not None:
        return []
    found: list[Parsed] = []
    for size in range(min(_LONGEST_MISSPELT, len(words) - 1), 0, -1):
        for town, street in ((words[-size:], words[:-size]), (words[:size], words[size:])):
            if not _is_street(street) or _is_line(town):
                continue
            name = misspelt_name(" ".join(town), gazetteer)
            if name:
                line = parse_line(" ".join(street))
                found.append(
                    Parsed(
                        names=names_of(line),
                        number=line.number if line.name else None,
                        suffix=line.suffix,
                        town=name,
                        ignored=(*ignored, *line.ignored),
                    )
                )
    return list(dict.fromkeys(found))


def town_alone(text: str, gazetteer: Gazetteer) -> list[Parsed]:
    """A text that is the name of a town, cut or misspelt, and nothing else; for when nothing was found."""
    words = fold(text).split()
    if not words or len(words) > _LONGEST_NAME or _is_line(words):
        return []
    name = misspelt_name(" ".join(words), gazetteer)
    return [Parsed(town=town) for town in (" ".join(words), name) if town]


def _is_line(words: list[str]) -> bool:
    """Whether words are a street line rather than a misspelt town: they hold a type or a number."""
    return any(word[0].isdigit() or is_type(word) for word in words)


def _is_street(words: list[str]) -> bool:
    """Whether words can name a street: nothing at all, or more than a type and small words."""
    if not words:
        return True
    line = parse_line(" ".join(words))
    rest = [word for word in line.name.split() if word not in _SMALL_WORDS]
    key = street_key(line.name)
    # A type alone names no street; one that is a name too does ("le bourg", "le château", "grande rue").
    named = key.core != key.type or key.type in WEAK_TYPES or key.type in NAMES_BY_THEMSELVES
    return bool(rest) and named


def _trailing_name(words: list[str], names: Mapping[str, tuple[str, ...]], postal_code: str = "") -> int:
    """How many last words name a commune of `names`; the longest name wins."""
    tail = _arrondissement_at_tail(words, postal_code)
    for size in range(min(_LONGEST_NAME, len(words)), 0, -1):
        part = words[-size:]
        if size > 1 and part[0] in {"de", "du", "des", "d", "a", "et", "en"}:
            continue
        if commune_key(" ".join(part)) in names or size == tail:
            return size
    return 0


def _arrondissement_at_tail(words: list[str], postal_code: str) -> int:
    """Words of "paris 11", "lyon 3e arrondissement" at the end."""
    return next((size for size in (3, 2) if _arrondissement_words(words[-size:], postal_code) == size - 1), 0)


def _leading_name(words: list[str], names: Mapping[str, tuple[str, ...]], postal_code: str = "") -> int:
    """How many first words name a commune of `names`; the longest name wins, its arrondissement with it."""
    for size in range(min(_LONGEST_NAME, len(words)), 0, -1):
        if words[size - 1] in _SMALL_WORDS and size > 1 and size < len(words):
            continue
        if size == 1 and len(words) > 1 and is_type(words[0]):
            continue  # Rue (Somme) is a town; "rue X" is not in it
        if commune_key(" ".join(words[:size])) in names:
            return size + (_arrondissement_words(words, postal_code) if size == 1 else 0)
    return 0


def _arrondissement_words(words: list[str], postal_code: str) -> int:
    """Words that follow a town and name its arrondissement ("11", "3e arrondissement"); 0 when none do.

    A bare number that is not the arrondissement of the postal code is that of a house: "75011 Paris 12".
    """
    highest = _ARRONDISSEMENTS.get(words[0], 0) if words else 0
    match = _ORDINAL.match(words[1]) if len(words) > 1 else None
    if not highest or match is None or not 1 <= int(match[1]) <= highest:
        return 0
    if len(words) > 2 and words[2].startswith("arr"):
        return 2
    written = not words[1].isdigit()  # "12e" is no number of a house
    if not written and len(words) > 2 and (is_type(words[2]) or (len(words) > 3 and words[2] in SUFFIXES)):
        return 0
    known = postal_code[2:3] == "0" and postal_code[3:].isdigit()
    return 0 if known and not written and int(postal_code[3:]) != int(match[1]) else 1
