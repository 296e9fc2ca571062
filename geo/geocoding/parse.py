"""The grammar of a French address: one for split fields and for free text.

What is not geographic is cut first (BP, CEDEX, floors, "chez"), then a line gives a number, an index and a
name. Free text also gives a postal code and a commune, wherever they stand. Nothing is looked up here but the
names of communes, through the gazetteer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from geo.geocoding.normalise import canonical_type, fold, fold_suffix
from geo.geocoding.reading import LOCALITY, Name, readings
from geo.geocoding.vocabulary import (
    ARTICLES,
    PRACTICES,
    ROAD_TYPES,
    STRONG_TYPES,
    SUFFIXES,
    TYPE_PHRASES,
    WEAK_TYPES,
)

MONTHS = frozenset(
    (
        *("janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout"),
        *("septembre", "octobre", "novembre", "decembre"),
    )
)
_BOX = re.compile(
    r"(?<!\bvoie )\b(?:bp|b p|cs|c s|tsa|t s a|cidex|boite postale)(?: ?n)? ?\d+(?: \d{2,3}\b)?(?: ?[a-z]\b)?"
)
_PHONE = re.compile(r"\b(?:tel(?:ephone)? )?0[1-9](?: ?\d{2}){4}\b")
_INSIDE = re.compile(
    r"\b(?:\d{1,2} ?(?:er|ere|e|eme|ieme|nd) (?:etage|etg)(?: (?:droite|gauche|face)\b)?|"
    r"(?:etage|etg)(?: \d{1,2}\b)?|"
    r"(?:batiment|bat|bt|escalier|esc|appartement|appt|appart|apt|porte n|hall|entree|interphone|digicode"
    r"|boite|bte)"
    r"(?: ?(?:n )?\d{1,4}[a-z]?| (?:n )?(?:[a-z]\d{0,3}|[ivx]{1,4}))\b|"
    r"porte \d{1,4}(?= \d)|\brdc\b|rez de (?:chaussee|jardin)"
    r"|(?:a )?(?:droite|gauche) (?:au fond|en entrant))"
)
_CARE_OF = re.compile(r"\b(?:c o|aux bons soins de)\b\D*")
# A hamlet may be "Chez Dupont": somebody's name only where a street stands beside it.
_CHEZ = re.compile(r"\bchez\b\D*")
_ANGLE = re.compile(r"\b(?:a l )?angle (?:de )?(?:la |du |des |de l |de )?(?:et )?")
# After a name, a corner opens a second street.
_CORNER = re.compile(r"(?<=[a-z] )(?<!\ba l )" + _ANGLE.pattern)
_FACING = re.compile(r"\bface (?:a|au|aux)\b.*$")
# The country closes a line that holds a postal code; a street may be "rue Anatole France".
_COUNTRY = re.compile(r"\bfrance\s*$")
_POSTAL_CODE = re.compile(r"\b\d{5}\b")
# What one of the patterns above or below needs: most lines hold none of it, and are not looked at further.
_MAY_HOLD = re.compile(
    r"\b(?:bp|b p|cs|c s|tsa|t s a|cidex|boite|0[1-9]|tel|etage|etg|batiment|bat|bt|escalier|esc|appartement"
    r"|appt|appart|apt|porte (?:n|\d)|hall|entree|interphone|digicode|bte|rdc|rez|droite|gauche|c o|aux bons"
    r"|chez"
    r"|angle|face|france|cedex|cdx)|\d ?(?:er|ere|e|eme|ieme|nd) (?:etage|etg)"
)
_CEDEX = re.compile(r"\b(?:cedex|cdx)\b(?: ?\d{1,2}\b)?")
# Two characters may be an index ("10bv", in Paris) unless they are a type ("12av").
_NOT_AN_INDEX = "|".join(
    sorted({word for word in {*STRONG_TYPES, *WEAK_TYPES} if len(word) == 2} | {"er", "nd", "re", "em"})
)
_INDEX = rf"(?!(?:{_NOT_AN_INDEX})\b)[a-z][a-z0-9]?"
_GLUED_TYPE = re.compile(
    r"^(\d{1,4})(rue|avenue|av|bd|boulevard|place|route|chemin|allee|impasse|quai|cours)$"
)
_NUMBER = re.compile(rf"^(\d{{1,5}})(bis|ter|quater|quinquies|{_INDEX})?$")
_BEFORE_A_NAME_NUMBER = frozenset(
    ("rn", "rd", "cd", "vc", "cr", "n", "d", "nationale", "departementale", "lot", "km", "no")
)
_PHRASES: dict[str, list[tuple[str, ...]]] = {}
for _phrase, _ in TYPE_PHRASES:
    _PHRASES.setdefault(_phrase[0], []).append(_phrase)
_NATIONAL = frozenset({"nationale", "departementale"})
_RANGE_WORDS = frozenset({"a", "et", "au", "ou"})
_LONGEST_RANGE = 8  # numbers; more are no range, and would be read again from each of them
_NO_NUMBER = frozenset({0, 9999, 99999})
_LETTER = re.compile(r"^[a-z]$")
_SPACED_INDEX = re.compile(rf"^{_INDEX}$")
_ARTICLES_AFTER_INDEX = frozenset({"du", "de", "des", "d", "la", "le", "les", "l", "au", "aux"})


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressFields:
    """An address split in fields, as the health directory and FINESS give it. Each may be empty.

    office is the delivery office, with or without its postal code ("75634 PARIS CEDEX 13"), or the commune.
    """

    complement: str = ""
    number: str = ""
    suffix: str = ""
    street_type: str = ""
    street_name: str = ""
    locality: str = ""
    postal_code: str = ""
    office: str = ""
    citycode: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """What a street line says. `number` None when there is none; `ignored` are words cut out."""

    number: int | None = None
    suffix: str = ""
    name: str = ""
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """An address ready to be looked for.

    names       streets or lieux-dits to try, the surest first; empty when only a commune is asked
    number      number and folded index; None when there is none
    citycode, postal_code, town   what tells the commune
    ignored     parts that were cut out
    """

    names: tuple[Name, ...] = ()
    number: int | None = None
    suffix: str = ""
    citycode: str = ""
    postal_code: str = ""
    town: str = ""
    ignored: tuple[str, ...] = ()


def parse_fields(fields: AddressFields) -> Parsed:
    """Split fields through the grammar of a line.

    A number field counts only when the line has none of its own; a line in the wrong field (the whole street
    in the locality) is read there.

    >>> p = parse_fields(AddressFields(number="0012", suffix="B", street_type="R", street_name="DE L EGLISE"))
    >>> p.number, p.suffix, p.names[0].core
    (12, 'b', 'eglise')
    """
    kind = canonical_type(fields.street_type) if fields.street_type else ""
    street = " ".join(part for part in (kind or fields.street_type, fields.street_name) if part)
    line = parse_line(f"{fields.number} {street}" if fields.number and street else street)
    number, suffix = line.number, line.suffix
    if fields.number and number is None:
        number, suffix = _number_of(fields.number, fields.suffix)
    elif fields.suffix and not suffix:
        suffix = fold_suffix(fields.suffix)
    names = [line.name] if line.name else []
    ignored = line.ignored
    for other in (fields.locality, fields.complement):
        if not other:
            continue
        more = parse_line(other)
        ignored += more.ignored
        if not more.name:
            continue
        if number is None and more.number is not None:
            # The street stands in the wrong field: the line that has the number is it.
            number, suffix = more.number, more.suffix
            names.insert(0, more.name)
        else:
            names.append(more.name)
    postal_code = fields.postal_code.strip() or _postal_code_of(fields.office)
    return Parsed(
        names=readings(names, numbered=number is not None and not suffix),
        number=number,
        suffix=suffix,
        citycode=fields.citycode.strip().upper(),
        postal_code=postal_code.zfill(5) if postal_code.isdigit() and len(postal_code) == 4 else postal_code,
        town=fields.office,
        ignored=ignored,
    )


@lru_cache(maxsize=65_536)
def parse_line(text: str) -> Line:
    """Number, index and name of a street line in any spelling.

    >>> parse_line("6 AV B DU MAINE")
    Line(number=6, suffix='b', name='av du maine', ignored=())
    >>> parse_line("12-14 R B FRANKLIN, BP 33")
    Line(number=12, suffix='', name='r b franklin', ignored=('bp 33',))
    >>> parse_line("RUE DU 8 MAI 1945")
    Line(number=None, suffix='', name='rue du 8 mai 1945', ignored=())
    """
    cleaned, ignored = clean(fold(text.replace("&", " et ").replace("°", " ")))
    words = cleaned.split()
    if not words:
        return Line(ignored=ignored)
    words = _unglue(words)
    place = _number_place(words)
    if place is None:
        return Line(name=_one_street(words), ignored=ignored)
    match = _NUMBER.match(words[place])
    assert match is not None  # noqa: S101 - `_number_place` only gives such words
    number = int(match[1])
    suffix = fold_suffix(match[2] or "")
    before, after = words[:place], words[place + 1 :]
    if before or len(after) > 1:  # what follows a number alone is its street: "100 RN"
        after, found = _take_suffix(after)
        suffix = suffix or found
    after = _skip_range(after, match[1])
    if not suffix:
        after, suffix = _index_after_type(after)
    if before and before[-1] in {"n", "no", "num", "numero"}:
        before = before[:-1]
    # A lieu-dit may stand before the number ("LE BOURG 12 RUE DU PUITS"): the street is after it.
    name = _one_street(after) if after else " ".join(before)
    if after and before and before[0] == match[1]:  # "22 z1 22Z1 Rue X": said twice, it begins the name
        name = " ".join(words[place:])
    elif after and before:
        ignored = (*ignored, " ".join(before))
    return Line(number=None if number in _NO_NUMBER else number, suffix=suffix, name=name, ignored=ignored)


def names_of(line: Line) -> tuple[Name, ...]:
    """Readings of the name of a line, the surest first; empty without a name."""
    return readings([line.name], numbered=line.number is not None and not line.suffix)


def is_type(word: str) -> bool:
    """Whether a folded word is a street type in some spelling."""
    return word in STRONG_TYPES or word in WEAK_TYPES or word in {"grande", "grand", "gde", "petite", "rond"}


def clean(text: str) -> tuple[str, tuple[str, ...]]:
    """Text without what is not geographic, and the parts cut out."""
    if not _MAY_HOLD.search(text):
        return text, ()
    ignored: list[str] = []
    for pattern in (_BOX, _PHONE, _CEDEX, _INSIDE, _CARE_OF, _CHEZ, _CORNER, _ANGLE, _FACING, _COUNTRY):
        if pattern is _COUNTRY and not _POSTAL_CODE.search(text):
            continue
        if pattern is _CHEZ and (chez := _CHEZ.search(text)) and not _stands_beside_a_street(chez, text):
            continue
        for match in pattern.finditer(text):
            part = match.group().strip()
            if part:
                ignored.append(part)
        text = pattern.sub(" et " if pattern is _CORNER else " ", text)
    return " ".join(text.split()), tuple(ignored)


def _stands_beside_a_street(chez: re.Match[str], text: str) -> bool:
    """Whether a street stands beside "chez": a type before it, or one that is no word of towns after it."""
    before, after = text[: chez.start()].split(), text[chez.end() :].split()
    return any(is_type(word) and not LOCALITY.match(f"{word} ") for word in before) or any(
        word in STRONG_TYPES and not LOCALITY.match(f"{word} ") for word in after
    )


def _unglue(words: list[str]) -> list[str]:
    """Cut "12rue" into "12 rue"."""
    first = _GLUED_TYPE.match(words[0])
    return [first[1], first[2], *words[1:]] if first else words


def _number_place(words: list[str]) -> int | None:
    """Index of the word that is the number of the address; None when the digits belong to the name."""
    for place, word in enumerate(words):
        if not _NUMBER.match(word) or (len(word) == 5 and word.isdigit()):
            continue
        rest = _skip_range(_take_suffix(words[place + 1 :])[0])
        if rest and _starts_with_type(rest) and not (place and words[place - 1] in {"km", "lot"}):
            return place
    first = _NUMBER.match(words[0])
    if first and len(words) > 1 and not (words[0].isdigit() and words[1] in MONTHS):
        return 0
    if words[0] in PRACTICES:  # "MAISON MEDICALE 4 LE BOURG", not "PHARMACIE DES 4 VENTS"
        for place in range(2, len(words) - 1):
            if words[place].isdigit() and len(words[place]) < 5 and words[place - 1] not in ARTICLES:
                return place
    last = words[-1]
    if len(words) > 2 and _NUMBER.match(last) and not last[4:].isdigit() and not _belongs_to_name(words):
        return len(words) - 1
    indexed = last in SUFFIXES or _LETTER.match(last)
    numbered = len(words) > 2 and indexed and words[-2].isdigit() and len(words[-2]) < 5
    if numbered and not _belongs_to_name(words[:-1]):
        return len(words) - 2
    return None


def _belongs_to_name(words: list[str]) -> bool:
    """Whether last digits are part of the name: a year after a month, the number of a road or of a lot."""
    before = words[-2]
    if before in _NATIONAL and len(words) > 2 and STRONG_TYPES.get(words[-3], "route") not in ROAD_TYPES:
        return False  # "rue Nationale 33", and not "route nationale 33"
    return (
        (before in MONTHS and len(words[-1]) == 4)
        or before in STRONG_TYPES
        or (before in WEAK_TYPES and len(words) == 2)
        or before in _BEFORE_A_NAME_NUMBER
        or before in _ARTICLES_AFTER_INDEX
    )


def _starts_with_type(words: list[str]) -> bool:
    if is_type(words[0]):
        return True
    phrases = _PHRASES.get(words[0], ())
    return any(tuple(words[: len(phrase)]) == phrase for phrase in phrases)


def _take_suffix(words: list[str]) -> tuple[list[str], str]:
    """Words after the number without its index, and the index."""
    if not words:
        return words, ""
    first = words[0]
    if first in SUFFIXES:
        return words[1:], SUFFIXES[first]
    if len(words) == 1 and _SPACED_INDEX.match(first):  # "rue de Romainville 55 s"
        return [], first
    # "12 b rue X": a letter before a type. "12 r pasteur": the letter is the type itself.
    indexed = _SPACED_INDEX.match(first) and (first not in ARTICLES or first == "a")
    if indexed and len(words) > 1 and _starts_with_type(words[1:]):
        return words[1:], first
    return words, ""


def _index_after_type(words: list[str]) -> tuple[list[str], str]:
    """Index written after the type ("AV B DU MAINE"): before an article only, else it is an initial."""
    if len(words) > 2 and words[0] in STRONG_TYPES:
        second = words[1]
        if second in SUFFIXES:
            return [words[0], *words[2:]], SUFFIXES[second]
        if _LETTER.match(second) and second not in {"d", "l"} and words[2] in _ARTICLES_AFTER_INDEX:
            return [words[0], *words[2:]], second
    return words, ""


def _skip_range(words: list[str], number: str = "") -> list[str]:
    """Words after a range ("12-14", "12 à 14", "12 et 14"), whose first number stands for it.

    number   the number before: said twice ("192 192P1 Rue X"), it begins the name of the street
    """
    rest = words
    for _ in range(min(_LONGEST_RANGE, len(words))):
        skip = 1 if rest[0] in _RANGE_WORDS and len(rest) > 1 and _NUMBER.match(rest[1]) else 0
        match = _NUMBER.match(rest[skip]) if len(rest) > skip else None
        if match is None or len(rest[skip]) > 4 or match[1] == number:
            return rest
        following = rest[skip + 1 :]
        following, _ = _take_suffix(following)
        # "12 14 juillet" is number 12 of "14 juillet" as well as a range: a month after keeps the digits.
        if not following or following[0] in MONTHS:
            return rest
        rest = following
    return rest


def _one_street(words: list[str]) -> str:
    """The first street of a line that names two ("43 R SIMART 18 R FERDINAND FLOCON")."""
    for place in range(2, len(words) - 1):
        if words[place].isdigit() and _starts_with_type(words[place + 1 :]) and len(words) > place + 2:
            return " ".join(words[:place])
        if words[place] in {"et", "angle"} and words[place + 1] in STRONG_TYPES and len(words) > place + 2:
            return " ".join(words[:place])
    return " ".join(words)


def _number_of(number: str, suffix: str) -> tuple[int | None, str]:
    match = re.match(r"\D*(\d{1,5})\s*([A-Za-z]+)?", number)
    if match is None:
        return None, ""
    value = int(match[1])
    found = fold_suffix(suffix) or fold_suffix(match[2] or "")
    return (None, "") if value in _NO_NUMBER else (value, found)


def _postal_code_of(office: str) -> str:
    match = re.match(r"\s*(\d{5})\b", office)
    return match[1] if match else ""
