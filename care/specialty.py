"""Specialties, professions and kinds of structure: the words a search of care is made of.

One namespace of official codes: savoir-faire of the Annuaire Santé (`SM54`), professions (table G15, two
digits, `60`) and categories of FINESS establishments that give care (three digits, `620`). Tables of our own
in `care/nomenclatures/*.csv`, from the public nomenclatures of the ANS and of FINESS. The generations of
codes of one discipline form a group that is searched as one, named by its head: qualified (`SM26`),
specialist (`SM53`) and present (`SM54`) general practitioners are all `SM54`.

The words people say are curated in `synonym.csv`; nothing is learnt from use. The tables have a version, the
last line of `version.csv`, which an answer can name: a changed table is a new version (a test compares the
digests).
"""

from __future__ import annotations

import csv
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Literal, cast, get_args

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Kind = Literal["specialty", "profession", "structure"]
FillerRole = Literal["noise", "child", "manner", "generic"]
Sense = Literal["synonym", "need", "unsure"]

_FAMILIES = {"SM": 10_000, "SCD": 11_000, "SI": 12_000, "DSM": 13_000, "SCH": 14_000}
_CODE = re.compile(r"(SM|SCD|SI|DSM|SCH)?(\d{1,3})")


@dataclass(frozen=True, kw_only=True, slots=True)
class Specialty:
    """One code of the nomenclature."""

    code: str
    label: str
    kind: Kind
    group_code: str

    @property
    def specialty_id(self) -> int:
        """Number of the code in the database: the digits of a profession or of a category, as they are;
        the digits after a base of their family for a savoir-faire. Two codes never share one.

        >>> Specialty(code="SM54", label="", kind="specialty", group_code="SM54").specialty_id
        10054
        """
        return specialty_id(self.code)

    @property
    def is_head(self) -> bool:
        """Whether the group is named by this code."""
        return self.code == self.group_code


def specialty_id(code: str) -> int:
    """Number of a code in the database.

    Raises
    ------
    ValueError   the code is of no known family

    """
    match = _CODE.fullmatch(code)
    if match is None:
        raise ValueError(f"no number for the code {code!r}")
    return _FAMILIES.get(match[1], 0) + int(match[2])


@dataclass(frozen=True, kw_only=True, slots=True)
class Word:
    """What people say for a group of specialties.

    sense   a name of the group (`kiné`), a need it answers (`suture`), or a word too wide to be taken for any
            group without asking (`ortho`): its groups are proposed, none is searched
    code    head of the group meant first
    also    heads of groups that answer as well and may be searched together, best first
    other   heads of groups the word may mean instead
    """

    text: str
    sense: Sense
    code: str
    also: tuple[str, ...] = ()
    other: tuple[str, ...] = ()


class Nomenclature:
    """Every specialty by code, its group, and the words people use for it.

    version    name of the tables in use
    words      the curated words, in the order of the file
    frequent   what is proposed before anything is typed, in this order
    filler     words that may stand beside a name or a need, by role: `noise` (when, how urgently), `child`
               and `manner` (for whom, how: a name beside them goes before them), `generic` (any other word
               says more)
    """

    def __init__(
        self,
        specialties: list[Specialty],
        words: list[Word],
        *,
        frequent: list[Word] | None = None,
        filler: list[tuple[str, FillerRole]] | None = None,
        version: str = "",
    ) -> None:
        self._by_code: Mapping[str, Specialty] = {item.code: item for item in specialties}
        self.words = tuple(words)
        self.frequent = tuple(frequent or ())
        self.filler: Mapping[FillerRole, frozenset[str]] = {
            role: frozenset(text for text, known in filler or () if known == role)
            for role in get_args(FillerRole)
        }
        self.version = version
        named = {item.group_code for item in specialties}
        for word in (*self.words, *self.frequent):
            named |= {word.code, *word.also, *word.other}
        if missing := named - self._by_code.keys():
            raise ValueError(f"codes without a row: {sorted(missing)}")

    def __iter__(self) -> Iterator[Specialty]:
        """Every code, in the order of the files."""
        return iter(self._by_code.values())

    def get(self, code: str) -> Specialty | None:
        """The specialty of a code, in any case; None when unknown."""
        return self._by_code.get(code.strip().upper())

    def head(self, specialty: Specialty) -> Specialty:
        """The head of its group."""
        return self._by_code[specialty.group_code]

    def label(self, code: str) -> str:
        """Label of a code; the code itself when unknown (newer than our tables)."""
        specialty = self._by_code.get(code)
        return specialty.label if specialty is not None else code


@cache
def nomenclature() -> Nomenclature:
    """The tables of `care/nomenclatures`, read once."""
    specialties = [
        Specialty(code=row["code"], label=row["label"], kind=kind, group_code=row["group_code"])
        for name, kind in _FILES
        for row in _rows(name)
    ]
    return Nomenclature(
        specialties,
        [_word(row) for row in _rows("synonym.csv")],
        frequent=[_word(row | {"sense": "synonym"}) for row in _rows("frequent.csv")],
        filler=[(row["text"], cast("FillerRole", row["role"])) for row in _rows("filler.csv")],
        version=_rows("version.csv")[-1]["version"],
    )


def tables_digest() -> str:
    """Digest of the tables as they stand, to be written beside their version."""
    digest = hashlib.sha256()
    for name in (*(name for name, _ in _FILES), "synonym.csv", "frequent.csv", "filler.csv"):
        digest.update(resources.files("care.nomenclatures").joinpath(name).read_bytes())
    return digest.hexdigest()[:16]


def _word(row: dict[str, str]) -> Word:
    return Word(
        text=row["text"],
        sense=cast("Sense", row["sense"]),
        code=row["code"],
        also=tuple(row.get("also", "").split()),
        other=tuple(row.get("other", "").split()),
    )


_FILES: tuple[tuple[str, Kind], ...] = (
    ("savoir_faire.csv", "specialty"),
    ("profession.csv", "profession"),
    ("structure_category.csv", "structure"),
)


def _rows(name: str) -> list[dict[str, str]]:
    text = resources.files("care.nomenclatures").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
