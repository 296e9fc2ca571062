"""Specialties, professions and kinds of structure: the words a search of care is made of.

One namespace of official codes: savoir-faire of the Annuaire Santé (`SM54`), professions (table G15, two
digits, `60`) and categories of FINESS establishments that give care (three digits, `620`). Tables of our own
in `care/nomenclatures/*.csv`, from the public nomenclatures of the ANS and of FINESS. The generations of
codes of one discipline form a group that is searched as one, named by its head: qualified (`SM26`),
specialist (`SM53`) and present (`SM54`) general practitioners are all `SM54`.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Kind = Literal["specialty", "profession", "structure"]

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


class Nomenclature:
    """Every specialty by code, its group, and the words people use for it."""

    def __init__(self, specialties: list[Specialty], synonyms: list[tuple[str, str]]) -> None:
        self._by_code: Mapping[str, Specialty] = {item.code: item for item in specialties}
        self.synonyms = tuple(synonyms)
        unknown = {item.group_code for item in specialties} | {code for _, code in synonyms}
        if missing := unknown - self._by_code.keys():
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
    return Nomenclature(specialties, [(row["text"], row["code"]) for row in _rows("synonym.csv")])


_FILES: tuple[tuple[str, Kind], ...] = (
    ("savoir_faire.csv", "specialty"),
    ("profession.csv", "profession"),
    ("structure_category.csv", "structure"),
)


def _rows(name: str) -> list[dict[str, str]]:
    text = resources.files("care.nomenclatures").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
