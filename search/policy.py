"""A policy of ranking: a published, versioned data file of `search/policies`, read and checked.

A policy holds numbers only. It is in force everywhere unless a territory has its own: a file of the same form
that a signature vouches for (`search.territory_policy`).
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from numpy.typing import NDArray

DEFAULT_POLICY = "time-to-care-1"
UNIT = 100_000_000
"""Whole points in one point of the answers."""
HUNDREDTHS = 100
"""Times are ranked in whole hundredths of a minute."""


class PolicyInvalid(SourceError):
    """A policy file does not say what it must, or its numbers break the rule they are published under."""

    code = "policy-invalid"


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """A cost that grows with a value, by straight pieces; both in hundredths of a minute.

    knots   (value, cost), growing; beyond the last one the cost is that of the last
    """

    knots: tuple[tuple[int, int], ...]

    @property
    def largest(self) -> int:
        """The cost that no value passes."""
        return self.knots[-1][1]

    def cost(self, value: NDArray[np.int64]) -> NDArray[np.int64]:
        """Cost of each value, rounded down to a whole hundredth: same integers on every machine."""
        inside, start, length, cost, rise = _pieces(self.knots)
        bounded = np.minimum(np.maximum(value, self.knots[0][0]), self.knots[-1][0])
        piece = inside.searchsorted(bounded, side="right")
        return cost[piece] + (bounded - start[piece]) * rise[piece] // length[piece]


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """Points of each part, in whole hundred-millionths; times in hundredths of a minute.

    slots             points where slots are none, unknown, known
    participating     points of a declared participation
    points_per_hundredth  points that a hundredth of a minute takes away
    wait, travel      cost of waiting and of travelling
    territory_step    waits of one class are ties in a search of a whole territory
    remote, misfit    cost added to a remote consultation, to an offer beside the specialty
    digest            SHA-256 of the file: the version cannot be changed under its name
    """

    version: str
    published_on: date
    title: str
    slots: tuple[int, int, int]
    participating: int
    points_per_hundredth: int
    wait: Shape
    travel: Shape
    territory_step: int
    remote: int
    misfit: int
    digest: str

    def __post_init__(self) -> None:
        care = self.points_per_hundredth * (
            self.wait.largest + self.travel.largest + self.remote + self.misfit
        )
        none, unknown, known = self.slots
        _require(0 <= none < unknown < known, "les créneaux connus doivent passer avant les inconnus")
        _require(care <= self.participating, "le délai ne doit pas passer avant la participation")
        _require(
            min(known - unknown, unknown - none) >= self.participating + care,
            "la participation ne doit pas passer avant un créneau connu",
        )
        _require(known + self.participating + care <= UNIT, "la somme des points dépasse un")
        for shape in (self.wait, self.travel):
            grows = all(
                before[0] < after[0] and before[1] <= after[1]
                for before, after in zip(shape.knots, shape.knots[1:], strict=False)
            )
            _require(grows and len(shape.knots) > 1, "un coût ne doit jamais baisser quand le temps croît")
        _require(self.points_per_hundredth > 0 and self.territory_step > 0, "les pas doivent être positifs")
        _require(self.remote >= 0 and self.misfit >= 0, "un coût ne doit pas être négatif")


@cache
def policy(version: str = DEFAULT_POLICY) -> Policy:
    """A published policy.

    Raises
    ------
    PolicyInvalid   no such version, or its file is not as agreed
    """
    try:
        text = resources.files("search.policies").joinpath(f"{version}.toml").read_bytes()
    except FileNotFoundError:
        raise PolicyInvalid(f"La règle de classement « {version} » n'existe pas.") from None
    return read_policy(text)


def published() -> list[str]:
    """Versions published, by name."""
    files = resources.files("search.policies").iterdir()
    return sorted(item.name.removesuffix(".toml") for item in files if item.name.endswith(".toml"))


def read_policy(text: bytes) -> Policy:
    """The policy a file holds.

    Raises
    ------
    PolicyInvalid   not TOML, a number is missing, or the numbers break the order of the rule
    """
    try:
        given = tomllib.loads(text.decode("utf-8"))
        care = given["care"]
        return Policy(
            version=given["version"],
            published_on=given["published_on"],
            title=given["title"],
            slots=(given["slots"]["none"], given["slots"]["unknown"], given["slots"]["known"]),
            participating=given["participation"]["declared"] - given["participation"]["other"],
            points_per_hundredth=_whole(care["points_per_min"] / HUNDREDTHS),
            wait=_shape(care["wait"]),
            travel=_shape(care["travel"]),
            territory_step=care["wait"]["territory_step_min"] * HUNDREDTHS,
            remote=care["remote"]["cost_min"] * HUNDREDTHS,
            misfit=care["fit"]["cost_min"] * HUNDREDTHS,
            digest=hashlib.sha256(text).hexdigest(),
        )
    except (
        KeyError,
        TypeError,
        ValueError,
    ) as error:  # TOMLDecodeError and UnicodeDecodeError are ValueErrors
        raise PolicyInvalid(f"Le fichier de la règle de classement est illisible : {error!r}.") from error


@cache
def _pieces(knots: tuple[tuple[int, int], ...]) -> tuple[NDArray[np.int64], ...]:
    """Starts of all straight pieces but the first; start, length, cost and rise of each."""
    value, cost = np.array(knots, dtype=np.int64).T
    return value[1:-1].copy(), value[:-1].copy(), np.diff(value), cost[:-1].copy(), np.diff(cost)


def _shape(given: Mapping[str, Any]) -> Shape:
    return Shape(knots=tuple((value * HUNDREDTHS, cost * HUNDREDTHS) for value, cost in given["knots"]))


def _whole(value: float) -> int:
    if value != int(value):
        raise ValueError("points_per_min must be a multiple of ten")
    return int(value)


def _require(holds: bool, reason: str) -> None:
    if not holds:
        raise PolicyInvalid(f"La règle de classement se contredit : {reason}.")
