"""What the colours, letters and words of the maps mean: families of care, statuses of a SAS.

Nothing is told by colour alone: each family has its letters, each status its pattern and its word. The
colours keep a contrast of at least 4.5 with the white letters drawn on them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Status = Literal["operating", "preparing", "unknown"]


@dataclass(frozen=True, kw_only=True)
class Family:
    """One family of care: `key` is what `map.family()` answers in SQL."""

    key: str
    label: str
    letters: str
    colour: str


FAMILIES: tuple[Family, ...] = (
    Family(key="gp", label="Médecins généralistes", letters="MG", colour="#0b5d7e"),
    Family(key="specialist", label="Autres médecins", letters="Sp", colour="#5b4bb0"),
    Family(key="dentist", label="Chirurgiens-dentistes", letters="D", colour="#7a5a00"),
    Family(key="nurse", label="Infirmiers", letters="I", colour="#a63a6a"),
    Family(key="physio", label="Masseurs-kinésithérapeutes", letters="K", colour="#2e6f40"),
    Family(key="midwife", label="Sages-femmes", letters="SF", colour="#8c3f9e"),
    Family(key="allied", label="Autres professionnels", letters="Au", colour="#55606b"),
    Family(key="pharmacy", label="Pharmacies et pharmaciens", letters="Ph", colour="#1b7a4b"),
    Family(key="hospital", label="Hôpitaux et cliniques", letters="H", colour="#b3261e"),
    Family(key="centre", label="Centres et maisons de santé", letters="C", colour="#9a4a10"),
    Family(key="laboratory", label="Laboratoires", letters="L", colour="#3d5a99"),
    Family(key="other", label="Autres structures", letters="St", colour="#4d4d4d"),
)

POSITION_LABELS: dict[str, str] = {
    "given": "coordonnées officielles",
    "housenumber": "au numéro",
    "street": "à la rue",
    "locality": "au lieu-dit",
    "municipality": "à la commune seulement",
    "none": "non localisé",
}
"""How a position was found, in the words shown to people."""

POSITION_SOURCES: dict[str, str] = {
    "finess": "FINESS",
    "ban": "Base Adresse Nationale",
    "commune": "centre de la commune",
    "manual": "corrigée à la main",
}
"""Who says so, in the words shown to people."""

_TOLD_BY_LEVEL = frozenset({"commune-only", "no-position"})


def position_sentence(position: Mapping[str, Any]) -> str:
    """How a place was found, for people, from the `position` of an offer.

    >>> position_sentence({"level": "municipality", "source": "commune", "doubts": [
    ...     {"code": "commune-only", "text": "Placé à la commune seulement."}]})
    'à la commune seulement.'
    >>> position_sentence({"level": "housenumber", "source": "manual", "doubts": []})
    'au numéro, corrigée à la main.'
    """
    told = POSITION_LABELS[position["level"]]
    if position["source"] == "manual":
        told += f", {POSITION_SOURCES['manual']}"
    doubts = [doubt["text"] for doubt in position["doubts"] if doubt["code"] not in _TOLD_BY_LEVEL]
    return " ".join([f"{told}.", *doubts])


@dataclass(frozen=True, kw_only=True)
class DoubtMark:
    """How doubtful positions of one rank (`geo.doubt.RANKS`) are drawn."""

    rank: int
    colour: str


DOUBT_MARKS: tuple[DoubtMark, ...] = (
    DoubtMark(rank=1, colour="#8c1d18"),
    DoubtMark(rank=2, colour="#b3261e"),
    DoubtMark(rank=3, colour="#8a4b08"),
    DoubtMark(rank=4, colour="#5b4bb0"),
    DoubtMark(rank=5, colour="#55606b"),
)


@dataclass(frozen=True, kw_only=True)
class StatusMark:
    """How a status of a SAS is shown."""

    key: Status
    label: str
    meaning: str
    colour: str
    symbol: str


STATUSES: tuple[StatusMark, ...] = (
    StatusMark(
        key="operating",
        label="En service",
        meaning="Un service d’accès aux soins répond dans ce département.",
        colour="#0b5d7e",
        symbol="●",
    ),
    StatusMark(
        key="preparing",
        label="En préparation",
        meaning="L’ouverture est annoncée.",
        colour="#e9a23b",
        symbol="◐",
    ),
    StatusMark(
        key="unknown",
        label="Non établi",
        meaning="La source ne le dit pas : cela ne veut pas dire qu’il n’y a pas de service.",
        colour="#dfe3e1",
        symbol="○",
    ),
)


def family(key: str) -> Family:
    """The family of that key; KeyError when there is none."""
    return _FAMILY_BY_KEY[key]


def status_mark(key: Status) -> StatusMark:
    """How that status is shown."""
    return _MARK_BY_KEY[key]


_FAMILY_BY_KEY = {item.key: item for item in FAMILIES}
_MARK_BY_KEY = {item.key: item for item in STATUSES}
