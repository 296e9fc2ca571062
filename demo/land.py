"""One department, ready to be written: its communes, their centres, its streets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import pyproj

from demo import streets as street_plan
from demo.chance import choose
from demo.words import postal_name

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry import MultiPolygon

    from demo.centres import Centres
    from demo.france import Commune, Department
    from demo.streets import Numbers, Streets

_CEDEX_FROM: Final = 9_000  # inhabitants
_CENTRAL: Final = 1.35  # above 1: places prefer the streets near the centre of their commune


@dataclass(frozen=True)
class Land:
    """A department under one seed and ratio. `outline_m` is in its legal projection."""

    seed: int
    ratio: float
    department: Department
    communes: list[Commune]
    centres: Centres
    outline_m: MultiPolygon
    streets: Streets

    @classmethod
    def build(
        cls,
        *,
        seed: int,
        ratio: float,
        department: Department,
        communes: list[Commune],
        centres: Centres,
        outline_m: MultiPolygon,
    ) -> Land:
        """Lay the streets out."""
        streets = street_plan.lay_out(
            communes, centres, outline_m, seed=seed, department=department.code, ratio=ratio
        )
        return cls(seed, ratio, department, communes, centres, outline_m, streets)

    @cached_property
    def population(self) -> NDArray[np.float64]:
        """Inhabitants of each commune."""
        return np.array([commune.population for commune in self.communes], dtype=np.float64)

    @cached_property
    def _degrees(self) -> pyproj.Transformer:
        return pyproj.Transformer.from_crs(self.department.srid, 4326, always_xy=True)

    def degrees(
        self, x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Metres of the legal projection to longitude and latitude, rounded to 6 decimals."""
        lon, lat = self._degrees.transform(x, y)
        return np.round(lon, 6), np.round(lat, 6)

    def numbers(self, street: NDArray[np.int64], rank: NDArray[np.int64]) -> Numbers:
        """Number, suffix and position of these addresses."""
        return street_plan.numbers_of(self.streets, street, rank, seed=self.seed)

    def choose_addresses(
        self, rng: np.random.Generator, size: int, *, pull: float
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """`size` addresses (street, rank): communes by population ** pull, then rather central streets."""
        streets = self.streets
        per_commune = np.bincount(streets.commune, weights=streets.count, minlength=len(self.communes))
        start = np.concatenate([[0], np.cumsum(per_commune)[:-1]])
        weights = np.where(per_commune > 0, np.maximum(self.population, 1.0) ** pull, 0.0)
        commune = choose(rng, weights, size)
        height = rng.random(size) ** _CENTRAL
        address = (start[commune] + np.floor(height * per_commune[commune])).astype(np.int64)
        street = np.searchsorted(streets.first, address, side="right") - 1
        return street, address - streets.first[street]

    @cached_property
    def cedex(self) -> dict[int, str]:
        """CEDEX code of the communes that have one, by rank."""
        return cedex_codes(self.department.code, self.communes)

    @cached_property
    def arrondissements(self) -> list[int]:
        """Number of each arrondissement of Paris, Lyon, Marseille (its CEDEX bears it); 0 for a commune."""
        return [
            int("".join(filter(str.isdigit, commune.name))) if commune.kind == "ARM" else 0
            for commune in self.communes
        ]

    @cached_property
    def offices(self) -> list[str]:
        """Town of each commune as postal lines write it: "PARIS", "ST ETIENNE"."""
        return [
            postal_name(commune.name).rstrip("0123456789 ")
            if commune.kind == "ARM"
            else postal_name(commune.name)
            for commune in self.communes
        ]


def cedex_codes(department: str, communes: list[Commune]) -> dict[int, str]:
    """CEDEX code of the bigger communes, by rank: free codes of the department, from the last one down."""
    prefix = department if len(department) == 3 else communes[0].postal_codes[0][:2]
    taken = {code for commune in communes for code in commune.postal_codes}
    width = 5 - len(prefix)
    free = (f"{prefix}{number:0{width}d}" for number in range(10**width - 1, 0, -1))
    ranks = [rank for rank, commune in enumerate(communes) if commune.population >= _CEDEX_FROM]
    return dict(zip(ranks, (code for code in free if code not in taken), strict=False))
