"""How two spellings of a word are one: folded, without plural, as heard, word order aside."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from geo.geocoding.normalise import fold

_SMALL: Final = frozenset(
    [
        *("a", "au", "aux", "avec", "cabinet", "chez", "consultation", "d", "de", "des", "du", "en", "et"),
        *("l", "la", "le", "les", "liberal", "liberale", "ou", "pour", "rdv", "rendez", "specialiste"),
        *("un", "une", "vous"),
    ]
)


def key(text: str) -> str:
    """Folded words without plural marks and without the small words that say nothing.

    >>> key("Les kinésithérapeutes"), key("chir. dent."), key("O.R.L.")
    ('kinesitherapeute', 'chir dent', 'orl')
    """
    words = fold(text).split()
    if len(words) > 1 and all(len(word) == 1 for word in words):
        return "".join(words)
    kept = [word for word in words if word not in _SMALL] or words
    return " ".join(singular(word) for word in kept)


def singular(word: str) -> str:
    """Without the mark of the plural.

    >>> singular("hopitaux"), singular("dents"), singular("os")
    ('hopital', 'dent', 'os')
    """
    if len(word) > 3 and word.endswith("aux") and not word.endswith("eaux"):
        return word[:-3] + "al"
    return word[:-1] if len(word) > 3 and word[-1] in "sx" else word


def sorted_words(text_key: str) -> str:
    """A key whose words are in alphabetical order: two orders of one text are equal."""
    return " ".join(sorted(text_key.split()))


@lru_cache(maxsize=16_384)
def sound(text_key: str) -> str:
    """The key written as it is heard.

    >>> sound("farmacie") == sound("pharmacie"), sound("kyne") == sound("kine")
    (True, True)
    >>> sound("ostheopate") == sound("osteopathe")
    True
    """
    for letters, heard in _HEARD:
        text_key = text_key.replace(letters, heard)
    text_key = re.sub(r"(.)\1+", r"\1", text_key)
    return re.sub(r"(?<=\w{3})[et]+(?= |$)", "", text_key)


_HEARD: Final = (
    ("ph", "f"),
    ("th", "t"),
    ("rh", "r"),
    ("ch", "k"),
    ("ck", "k"),
    ("qu", "k"),
    ("gu", "g"),
    ("eau", "o"),
    ("au", "o"),
    ("ei", "e"),
    ("ai", "e"),
    ("em", "en"),
    ("am", "an"),
    ("en", "an"),
    ("y", "i"),
    ("c", "k"),
    ("z", "s"),
    ("h", ""),
)
