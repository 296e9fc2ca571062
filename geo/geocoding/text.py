"""Free text to parsed addresses: where the postal code, the commune and the street are, in any order.

A text may be understood in several ways ("rue de Paris" holds the name of a town); each way is tried, and the
base tells which one exists. The ways are few, in a fixed order.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from geo.geocoding.normalise import commune_key, fold, street_key
from geo.geocoding.parse import Parsed, clean, is_type, names_of, parse_line

if TYPE_CHECKING:
    from geo.geocoding.gazetteer import Gazetteer

_POSTAL_CODE = re.compile(r"^\d{5}$")
_CEDEX = re.compile(r"\b(?:cedex|cdx)\b(?: ?(\d{1,2}))?\b")
_ORDINAL = re.compile(r"^0?(\d{1,2})(?:er|e|eme|ieme)?$")
_TOWNS_WITH_ARRONDISSEMENTS = frozenset({"paris", "lyon", "marseille"})
_SUR = re.compile(r"\bs/", re.IGNORECASE)
_LONGEST_NAME = 9
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
        ways = [_with_postal_code(words, place, gazetteer)]
    found: list[Parsed] = []
    for rest, postal_code, town in ways:
        line = parse_line(" ".join(rest))
        suffix = f" cedex {cedex_number or ''}".rstrip() if cedex and town else ""
        found.append(
            Parsed(
                names=names_of(line.name),
                number=line.number if line.name else None,
                suffix=line.suffix,
                postal_code=postal_code,
                town=f"{town}{suffix}",
                ignored=(*ignored, *line.ignored),
            )
        )
    return list(dict.fromkeys(found))


def numbers_as_names(parsed: Parsed, text: str) -> Parsed:
    """The same address with its leading number read as part of the name ("8 mai", "11 novembre")."""
    return replace(parsed, names=names_of(text), number=None, suffix="")


def _postal_place(words: list[str], gazetteer: Gazetteer) -> int | None:
    """Where the postal code stands: known ones first, the last of them; else any five digits of France."""
    fives = [place for place, word in enumerate(words) if _POSTAL_CODE.match(word)]
    for known in (gazetteer.by_postal, gazetteer.cedex):
        for place in reversed(fives):
            if words[place] in known:
                return place
    return fives[-1] if fives and "01" <= words[fives[-1]][:2] <= "98" else None


def _with_postal_code(words: list[str], place: int, gazetteer: Gazetteer) -> tuple[list[str], str, str]:
    """Street words, postal code, town."""
    postal_code, before, after = words[place], words[:place], words[place + 1 :]
    near = gazetteer.in_postal.get(postal_code, {})
    for names in (near, *_department_names(postal_code, gazetteer)):
        size = _leading_name(after, names)
        if size:
            return [*before, *after[size:]], postal_code, " ".join(after[:size])
        size = _trailing_name(before, names)
        if size and (size < len(before) or not after):
            return [*before[:-size], *after], postal_code, " ".join(before[-size:])
    if before and after:
        return before, postal_code, " ".join(after)
    return before or after, postal_code, "" if before else _town_at_head(after, near)


def _town_at_head(words: list[str], near: dict[str, tuple[str, ...]]) -> str:
    """Town words when only a town follows the postal code; empty when a street does."""
    if any(word[0].isdigit() or is_type(word) for word in words):
        return ""
    return " ".join(words) if near else ""


def _department_names(postal_code: str, gazetteer: Gazetteer) -> list[dict[str, tuple[str, ...]]]:
    from geo.territory import departments_of_postal_code  # noqa: PLC0415 - kept beside its only use

    return [
        gazetteer.in_department.get(department, {}) for department in departments_of_postal_code(postal_code)
    ]


def _without_postal_code(words: list[str], gazetteer: Gazetteer) -> list[tuple[list[str], str, str]]:
    """A town at the end, a town at the beginning, no town at all."""
    ways: list[tuple[list[str], str, str]] = []
    size = _trailing_name(words, gazetteer.by_name)
    if size and _is_street(words[:-size]):
        ways.append((words[:-size], "", " ".join(words[-size:])))
    size = _leading_name(words, gazetteer.by_name)
    if size and size < len(words) and _is_street(words[size:]):
        ways.append((words[size:], "", " ".join(words[:size])))
    if size == len(words):
        ways.append(([], "", " ".join(words)))
    if len(words) > 1 and (words[-1] in gazetteer.departments or words[-1].upper() in gazetteer.departments):
        department = words[-1].upper()
        names = gazetteer.in_department.get(department, {})
        size = _trailing_name(words[:-1], names)
        if size:
            key = commune_key(" ".join(words[-1 - size : -1]))
            postal_code = gazetteer.postal_code(names[key][0])
            ways.insert(0, (words[: -1 - size], postal_code, " ".join(words[-1 - size : -1])))
    ways.append((words, "", ""))
    return ways


def _is_street(words: list[str]) -> bool:
    """Whether words can name a street: nothing at all, or more than a type and small words."""
    if not words:
        return True
    line = parse_line(" ".join(words))
    rest = [word for word in line.name.split() if word not in _SMALL_WORDS]
    key = street_key(line.name)
    return bool(rest) and key.core != key.type if line.name else False


def _trailing_name(words: list[str], names: dict[str, tuple[str, ...]]) -> int:
    """How many last words name a commune of `names`; the longest name wins."""
    tail = _arrondissement_at_tail(words)
    for size in range(min(_LONGEST_NAME, len(words)), 0, -1):
        part = words[-size:]
        if size > 1 and part[0] in {"de", "du", "des", "d", "a", "et", "en"}:
            continue
        if commune_key(" ".join(part)) in names or size == tail:
            return size
    return 0


def _arrondissement_at_tail(words: list[str]) -> int:
    """Words of "paris 11", "lyon 3e arrondissement" at the end."""
    for size in (2, 3):
        part = words[-size:]
        if len(part) == size and part[0] in _TOWNS_WITH_ARRONDISSEMENTS and _ORDINAL.match(part[1]):
            return size if size == 2 or part[2].startswith("arr") else 0
    return 0


def _leading_name(words: list[str], names: dict[str, tuple[str, ...]]) -> int:
    """How many first words name a commune of `names`; the longest name wins, its arrondissement with it."""
    for size in range(min(_LONGEST_NAME, len(words)), 0, -1):
        if words[size - 1] in _SMALL_WORDS and size > 1 and size < len(words):
            continue
        if size == 1 and len(words) > 1 and is_type(words[0]):
            continue  # Rue (Somme) is a town; "rue X" is not in it
        if commune_key(" ".join(words[:size])) in names:
            return size + _arrondissement_words(words, size)
    return 0


def _arrondissement_words(words: list[str], size: int) -> int:
    """Words that follow a town and name its arrondissement ("11", "3e arrondissement")."""
    if size != 1 or words[0] not in _TOWNS_WITH_ARRONDISSEMENTS or len(words) < 2:
        return 0
    if not _ORDINAL.match(words[1]) or (len(words) > 2 and is_type(words[2])):
        return 0
    return 2 if len(words) > 2 and words[2].startswith("arr") else 1
