"""Matching the header of an official file by normalised name, never by position only."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from core.errors import ColumnsChanged

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

_NOT_WORD = re.compile(r"[^a-z0-9]+")


def header_key(label: str) -> str:
    """A header label without accents, capitals, apostrophes or punctuation.

    >>> header_key("#Code_commune_INSEE"), header_key("Libellé civilité d’exercice")
    ('code commune insee', 'libelle civilite d exercice')
    """
    text = label.replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae").replace("Æ", "AE")
    text = unicodedata.normalize("NFD", text)
    text = "".join(char for char in text if not unicodedata.combining(char))
    return _NOT_WORD.sub(" ", text.lower()).strip()


def match_columns(
    labels: Sequence[str],
    columns: Mapping[str, Sequence[str]],
    *,
    mandatory: AbstractSet[str],
    file: str,
) -> dict[str, int]:
    """Position of each of our columns in a header.

    `columns` gives, for each of our names, the labels accepted, the preferred one first; our own name is
    always accepted. Unknown labels are ignored. A label standing twice keeps its first place.

    Raises
    ------
    ColumnsChanged   a mandatory column is missing; `details` lists it and the labels found

    """
    positions: dict[str, int] = {}
    for index, label in enumerate(labels):
        positions.setdefault(header_key(label), index)
    found: dict[str, int] = {}
    for name, accepted in columns.items():
        for label in (*accepted, name):
            index = positions.get(header_key(label))
            if index is not None:
                found[name] = index
                break
    missing = sorted(mandatory - found.keys())
    if missing:
        wanted = ", ".join(f"« {(columns[name] or (name,))[0]} »" for name in missing)
        raise ColumnsChanged(
            f"{file} : colonne absente : {wanted}. Colonnes lues : {', '.join(labels[:60])}.",
            file=file,
            missing=missing,
            found=list(labels),
        )
    return found
