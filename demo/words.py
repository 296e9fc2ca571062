"""Words as the official files write them: capitals without accents, cut to a width."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_NOT_WORD: Final = re.compile(r"[^A-Z0-9]+")


def bare(text: str) -> str:
    """No accent, ligatures opened; case and punctuation kept."""
    opened = (
        text.replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae").replace("Æ", "AE").replace("’", "'")
    )
    return "".join(c for c in unicodedata.normalize("NFD", opened) if not unicodedata.combining(c))


def capitals(text: str) -> str:
    """Upper case, no accent, punctuation to single spaces.

    >>> capitals("L'Haÿ-les-Roses")
    'L HAY LES ROSES'
    """
    return _NOT_WORD.sub(" ", bare(text).upper()).strip()


def postal_name(name: str) -> str:
    """Name of a town as postal files write it: capitals, SAINT shortened.

    >>> postal_name("Saint-Étienne"), postal_name("Paris 12e Arrondissement")
    ('ST ETIENNE', 'PARIS 12')
    """
    words = capitals(name).split()
    if words[-1:] == ["ARRONDISSEMENT"]:
        return f"{' '.join(words[:-2])} {int(''.join(filter(str.isdigit, words[-2]))):02d}"
    return " ".join({"SAINT": "ST", "SAINTE": "STE"}.get(word, word) for word in words)


def cut(text: str, width: int) -> str:
    """The first `width` characters, without a space at the end."""
    return text[:width].rstrip()
