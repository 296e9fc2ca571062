"""The one normalisation of addresses, for the index and for what is asked.

`fold` brings spellings together, `street_key` splits a street name into its type and its core, `skeleton`
is a sound-like key of a core. Each is a pure function of its text: the base is indexed with them once per
distinct name, queries go through the same ones.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from geo.geocoding.vocabulary import (
    ARTICLES,
    LONE_ROADS,
    ROAD_LETTERS,
    ROAD_TYPES,
    ROMAN,
    STRONG_TYPES,
    SUFFIXES,
    TENS,
    TITLES,
    TYPE_PHRASES,
    UNITS,
    WEAK_TYPES,
)

_ORDINAL = re.compile(r"(\d+)(?:er|ere|e|eme|ieme|nd|nde|re|em)")
_ROAD_GLUED = re.compile(r"(rn|rd|cd|n|d|vc|cr)(\d{1,4}[a-z]?)")
_ROAD_NUMBER = re.compile(r"\d{1,4}[a-z]?")
_VOWELS = frozenset("aeiouyh")
_ASCII_FOLD = {
    **{code: " " for code in range(128) if not chr(code).isalnum()},
    **{ord(upper): upper.lower() for upper in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
}


class _FoldTable(dict[int, str]):
    """Translation table made as characters are met: one lookup per character afterwards."""

    def __missing__(self, code: int) -> str:
        text = {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "ø": "o", "Ø": "o"}.get(chr(code))
        if text is None:
            text = unicodedata.normalize("NFKD", chr(code)).lower()
            text = "".join(c for c in text if not unicodedata.combining(c))
            # NFKD may give signs, or letters that lower() lengthens: only letters and digits stay, and the
            # digits of other scripts are ours.
            text = "".join(_digit(c) if c.isdigit() else c if c.isalnum() else " " for c in text)
            if unicodedata.category(chr(code)) in {"Mn", "Cf", "Me"}:
                text = ""
        self[code] = text
        return text


def _digit(character: str) -> str:
    return str(unicodedata.digit(character))


_FOLD = _FoldTable(_ASCII_FOLD)


def fold(text: str) -> str:
    """Lower case without accents; ligatures opened, punctuation to space, spaces collapsed.

    Idempotent. The display form is kept elsewhere.

    >>> fold("L'Haÿ-les-Roses"), fold(" Nœux–les  MINES ")
    ('l hay les roses', 'noeux les mines')
    """
    return " ".join(text.translate(_FOLD).split())


class StreetKey(NamedTuple):
    """A street name taken apart.

    type   canonical type ("rue", "avenue"…), empty when the name starts with none
    core   name words without strong type and articles; titles and numbers in one spelling
    """

    type: str
    core: str


def core(name: str) -> str:
    """Core of a street or lieu-dit name: what is compared first.

    >>> core("AV MAL DE LATTRE DE TASSIGNY"), core("Rue du Huit Mai 1945")
    ('marechal lattre tassigny', '8 mai 1945')
    """
    return street_key(name).core


@lru_cache(maxsize=65536)
def street_key(name: str) -> StreetKey:
    """Type and core of a name, in any spelling.

    >>> street_key("Bd du Gal de Gaulle")
    StreetKey(type='boulevard', core='general gaulle')
    >>> street_key("Grande Rue")
    StreetKey(type='grande rue', core='grande rue')
    """
    words = fold(name).split()
    kind, rest = _split_type(words)
    kept = _core_words(rest)
    if kept and kept[0] == "rue" and kind == "rue":  # "RUE RUE DES LILAS"
        kept = kept[1:] or kept
    if not kept:
        kept = kind.split() or words
    return StreetKey(type=kind, core=" ".join(kept))


def without_weak_type(name_core: str) -> str | None:
    """The core without a leading word that is a type in some places ("quartier", "villa"), if it has one.

    >>> without_weak_type("quartier chamaras"), without_weak_type("chamaras")
    ('chamaras', None)
    """
    first, _, rest = name_core.partition(" ")
    return rest if rest and first in WEAK_TYPES else None


@lru_cache(maxsize=4_096)
def canonical_type(text: str) -> str:
    """Canonical word of a street type, from its code or its label; empty when it is none.

    >>> canonical_type("AV"), canonical_type("Rond-point"), canonical_type("GAL")
    ('avenue', 'rond point', 'galerie')
    """
    folded = fold(text)
    if folded == "gal":  # as a type code it is a gallery; in a name, a general
        return "galerie"
    kind, rest = _split_type(folded.split())
    return kind if rest in ([], [kind]) else ""


def _split_type(words: list[str]) -> tuple[str, list[str]]:
    """Leading type and the words after it; a weak type stays among the words."""
    if not words:
        return "", words
    first = words[0]
    for phrase, kind in TYPE_PHRASES:
        size = len(phrase)
        if first == phrase[0] and tuple(words[:size]) == phrase:
            return kind, words[size:]
    road = [LONE_ROADS[first]] if len(words) == 1 and first in LONE_ROADS else _numbered_road(words)
    if road is not None:
        return "route", road
    if first in STRONG_TYPES:
        kind = STRONG_TYPES[first]
        named = len(words) > 1 and words[1] in {"nationale", "departementale"} and kind not in ROAD_TYPES
        return kind, words[1:] if named else _numbered_road(words[1:]) or words[1:]
    if first in WEAK_TYPES:
        kind = WEAK_TYPES[first]
        return kind, [kind, *words[1:]]
    return "", words


def _numbered_road(words: list[str]) -> list[str] | None:
    """Letter and number of a road ("RN7", "nationale 7", "D 12"), and what follows; None when it is none."""
    if not words:
        return None
    glued = _ROAD_GLUED.fullmatch(words[0])
    if glued is not None:
        return [ROAD_LETTERS[glued[1]], glued[2], *words[1:]]
    if words[0] not in ROAD_LETTERS or len(words) < 2:
        return None
    if words[0] in {"nationale", "departementale"} and _ROAD_GLUED.fullmatch(words[1]):
        return _numbered_road(words[1:])
    if _ROAD_NUMBER.fullmatch(words[1]):
        return [ROAD_LETTERS[words[0]], *words[1:]]
    return None


def _core_words(words: list[str]) -> list[str]:
    """Name words in one spelling: articles out, titles in full, numbers in digits."""
    kept: list[str] = []
    for place, word in enumerate(words):
        if word in ARTICLES and not _stays(words, place):
            continue
        kept.append(_one_spelling(word, words, place))
    return _join_numbers(kept)


def _stays(words: list[str], place: int) -> bool:
    """Whether a word that is an article elsewhere is a letter here: "R A BRIAND", "D 12", "Allée A"."""
    if len(words[place]) > 1:
        return False
    if place == len(words) - 1:
        return place == 0
    follower = words[place + 1][0]
    return follower.isdigit() or (place == 0 and follower not in _VOWELS)


def _one_spelling(word: str, words: list[str], place: int) -> str:
    if word[0].isdigit():
        ordinal = _ORDINAL.fullmatch(word)
        return ordinal[1] if ordinal else word.lstrip("0") or "0"
    if word in TITLES:
        follower = words[place + 1] if place + 1 < len(words) else ""
        return word if not follower or follower[0].isdigit() else TITLES[word]
    if word in UNITS:
        return str(UNITS[word])
    if word in ROMAN:
        return str(ROMAN[word])
    return word


def _join_numbers(words: list[str]) -> list[str]:
    """Join "vingt" and "2" into 22; a ten alone is its digits."""
    joined: list[str] = []
    ten: int | None = None
    for word in words:
        if ten is not None and word.isdigit() and 0 < int(word) < 10:
            joined[-1] = str(ten + int(word))
            ten = None
            continue
        ten = TENS.get(word)
        joined.append(str(ten) if ten is not None else word)
    return joined


_SOUNDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"ph", "f"),
        (r"sch|sh", "ch"),
        (r"(?<!c)h", ""),
        (r"y", "i"),
        (r"c?qu|ck|q|c(?![eih])", "k"),
        (r"c(?=[ei])|z|x", "s"),
        (r"gu(?=[ei])", "g"),
        (r"g(?=[ei])", "j"),
        (r"eau|au", "o"),
        (r"ai|ei|oe", "e"),
        (r"ill", "i"),
        (r"m(?=[bp])", "n"),
        (r"w", "v"),
        (r"([a-z])\1+", r"\1"),
    )
)
_MUTE = re.compile(r"(?<=[a-z]{3})(?:es|s|e|t|d)+(?= |$)")


@lru_cache(maxsize=65536)
def skeleton(name_core: str) -> str:
    """Sound-like key of a core, without spaces: typing by ear, plurals and doubled letters fall together.

    Digits stay as they are. Two names with one skeleton are candidates, not equals: likeness decides.

    >>> skeleton("marechal lattre tassigny") == skeleton("marechale latre tasigni")
    True
    """
    text = name_core
    for pattern, sound in _SOUNDS:
        text = pattern.sub(sound, text)
    return _MUTE.sub("", text).replace(" ", "")


@lru_cache(maxsize=4_096)
def fold_suffix(text: str) -> str:
    """Repetition index on the letter(s) both sides are compared on: bis→b, ter→t, quater→q.

    >>> fold_suffix("BIS"), fold_suffix("B"), fold_suffix("p1"), fold_suffix("")
    ('b', 'b', 'p1', '')
    """
    folded = fold(text).replace(" ", "")
    return SUFFIXES.get(folded, folded)


_SUFFIX_ALPHABET = {
    character: place for place, character in enumerate("0123456789abcdefghijklmnopqrstuvwxyz", 1)
}
NUMBER_STEP = 2048
"""Room left to the repetition index in a number key: two characters of 36, and none, are 1,369."""


def number_key(number: int, suffix: str = "") -> int:
    """One integer for a number and its index, ordered as they stand in the street.

    number × 2048 + code of the first two characters of the folded index. The base stores these keys, sorted.

    >>> number_key(12), number_key(12, "bis") == number_key(12, "B"), number_key(12, "b") < number_key(13)
    (24576, True, True)
    """
    return number * NUMBER_STEP + (_suffix_code(suffix) if suffix else 0)


@lru_cache(maxsize=4_096)
def _suffix_code(suffix: str) -> int:
    code = 0
    folded = fold_suffix(suffix)
    for place in range(2):
        code = code * 37 + (_SUFFIX_ALPHABET.get(folded[place], 0) if place < len(folded) else 0)
    return code


def commune_key(name: str) -> str:
    """A commune name reduced to what all its spellings share.

    Saint and Sainte in full, `S/` is sur, articles out wherever they stand, no space.

    >>> commune_key("ST-GERMAIN S/ MORIN") == commune_key("Saint-Germain-sur-Morin")
    True
    >>> commune_key("MANS (LE)") == commune_key("Le Mans"), commune_key("LHAY LES ROSES")
    (True, 'lhayroses')
    """
    text = name.lower().replace("s/s", " sous ").replace("s/", " sur ").replace("/", " sur ")
    words = fold(text).split()
    kept = [
        _COMMUNE_WORDS.get(word, word)
        for place, word in enumerate(words)
        if word not in _COMMUNE_ARTICLES or len(words) == 1 or (word == "lez" and place == 0)
    ]
    return "".join(kept or words)


_COMMUNE_WORDS = {
    "st": "saint",
    "ste": "sainte",
    "sts": "saints",
    "stes": "saintes",
    "nd": "notredame",
    "mt": "mont",
    "vx": "vieux",
    "gd": "grand",
    "gde": "grande",
    "arrdt": "arrondissement",
    "ss": "sous",
}
_COMMUNE_ARTICLES = frozenset(
    {"le", "la", "les", "l", "lez", "de", "du", "des", "d", "en", "et", "a", "aux", "au"}
)
