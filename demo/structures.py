"""The invented establishments of one department: which kind, where, under which numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from demo import identifiers
from demo.chance import stream, whole
from demo.names import FAMILY
from demo.scale import STRUCTURES
from demo.structure_kinds import KINDS, SOS_MEDECINS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from demo.land import Land

_AT_LEAST_ONE: Final = frozenset({"620", "611", "124", "603", "604", "355", "500", "365"})
_SOS_FROM: Final = 250_000  # inhabitants of a department with an association
_QUARTERS: Final = (
    "DU CENTRE", "DE LA GARE", "DU MARCHE", "DE LA MAIRIE", "DES LILAS", "DU PARC", "DE LA FONTAINE",
    "DU STADE", "DES ECOLES",
    "DU LAC", "DE LA TOUR", "DU PONT", "DES TILLEULS", "DU CHATEAU", "DE LA PAIX", "DES ROSES", "DU MOULIN",
    "DES PINS",
)  # fmt: skip


@dataclass(frozen=True)
class Structures:
    """Establishments of one department.

    frame     one row each: finess, finess_ej, siren, siret, name, phone, kind (rank in `KINDS`), code
    street, rank   where they stand (address of the invented address base)
    """

    frame: pl.DataFrame
    street: NDArray[np.int64]
    rank: NDArray[np.int64]

    def __len__(self) -> int:
        """How many."""
        return len(self.street)


def plan(land: Land, *, share_of_country: float, siren_from: int) -> Structures:
    """Establishments of a department that holds `share_of_country` of the inhabitants.

    Several establishments may share a legal entity, hence a SIREN; `siren_from` is the first free rank.
    """
    rng = stream(land.seed, "structures", land.department.code)
    kinds_of_2021 = np.array([kind.count for kind in KINDS])
    expected = kinds_of_2021 / kinds_of_2021.sum() * STRUCTURES * share_of_country * land.ratio
    counts = whole(rng, expected)
    population = float(land.population.sum())
    for rank, kind in enumerate(KINDS):
        if kind.code in _AT_LEAST_ONE or (SOS_MEDECINS in kind.names and population > _SOS_FROM):
            counts[rank] = max(counts[rank], 1)
    kinds = np.repeat(np.arange(len(KINDS)), counts)
    street, number = _addresses(land, rng, kinds)
    size = len(kinds)
    entity = _entities(rng, kinds)
    ranks = np.arange(size)
    frame = pl.DataFrame(
        {
            "finess": identifiers.finess(land.department.code, ranks),
            "finess_ej": identifiers.finess(land.department.code, entity, legal=True),
            "siren": identifiers.siren(siren_from + entity),
            "siret": identifiers.siret(siren_from + entity, ranks % 9_000 + 1),
            "name": pl.Series(_names(land, rng, kinds, street)),
            "phone": identifiers.phones(land.department.code, land.department.region, ranks * 7 + 13),
            "kind": pl.Series(kinds),
            "code": pl.Series([KINDS[rank].code for rank in kinds.tolist()], dtype=pl.String),
        }
    )
    return Structures(frame=frame, street=street, rank=number)


def _addresses(
    land: Land, rng: np.random.Generator, kinds: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    street = np.zeros(len(kinds), dtype=np.int64)
    number = np.zeros(len(kinds), dtype=np.int64)
    pulls = np.array([kind.pull for kind in KINDS])[kinds]
    for pull in np.unique(pulls):
        at = np.flatnonzero(pulls == pull)
        street[at], number[at] = land.choose_addresses(rng, len(at), pull=float(pull))
    return street, number


def _entities(rng: np.random.Generator, kinds: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rank of the legal entity of each establishment: half share one with the establishment before."""
    alone = (rng.random(len(kinds)) < 0.55) | (kinds == 0)
    alone[:1] = True
    return np.cumsum(alone) - 1


def _names(
    land: Land, rng: np.random.Generator, kinds: NDArray[np.int64], street: NDArray[np.int64]
) -> list[str]:
    """Names such as PHARMACIE FICTIVARD or CH LYON; 2 % hold quotes, as in the real stock."""
    towns = land.offices
    commune = land.streets.commune[street]
    draws = rng.random(len(kinds))
    family = rng.integers(0, len(FAMILY), len(kinds))
    quarter = rng.integers(0, len(_QUARTERS), len(kinds))
    word = rng.integers(0, 1 << 30, len(kinds))
    names: list[str] = []
    for i, kind in enumerate(kinds.tolist()):
        words = KINDS[kind].names
        start = words[word[i] % len(words)]
        if start == SOS_MEDECINS or draws[i] > 0.7:
            name = f"{start} {towns[commune[i]]}"
        elif draws[i] < 0.02:
            name = f'{start} "{_QUARTERS[quarter[i]]}"'
        elif draws[i] < 0.35:
            name = f"{start} {_QUARTERS[quarter[i]]}"
        else:
            name = f"{start} {FAMILY[family[i]]}"
        names.append(name)
    return names
