"""The order of offers: pure, total, blind to whoever sells, owns or names them.

No database, no clock, no randomness but the seed. A candidate holds nothing that could favour anybody: no
name, no brand, no software vendor, no order of arrival. Ties are broken by a digest of the seed and of the
offer, so that nobody is first by structure and any order can be replayed.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

DEFAULT_POLICY = "distance-1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """What the policy may see of an offer.

    offer_id    used for the tie rule only
    distance_m  over the ground, whole metres; None where no place is measured from (a department)
    """

    offer_id: str
    distance_m: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """A published, versioned rule: a file of `search/policies`."""

    version: str
    half_distance_km: float

    def distance_points(self, distance_m: int | None) -> float:
        """From 1 at the place itself towards 0 far away; 0.5 at `half_distance_km`; 0 without distance."""
        if distance_m is None:
            return 0.0
        return 1.0 / (1.0 + distance_m / 1000.0 / self.half_distance_km)


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One named part of a score."""

    code: str
    value: int | None
    points: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Ranked:
    """A candidate in its place; `score` is the sum of the points of `parts`."""

    offer_id: str
    distance_m: int | None
    key: RankKey
    parts: tuple[Part, ...]

    @property
    def score(self) -> float:
        """Sum of the points."""
        return sum(part.points for part in self.parts)


@dataclass(frozen=True, order=True, slots=True)
class RankKey:
    """Where an offer stands in the total order: smaller comes first; two offers never share one."""

    distance_m: int
    tie: str


@cache
def policy(version: str = DEFAULT_POLICY) -> Policy:
    """A published policy.

    Raises
    ------
    FileNotFoundError   no such version
    """
    text = resources.files("search.policies").joinpath(f"{version}.toml").read_text(encoding="utf-8")
    return Policy(**tomllib.loads(text))


def tie(offer_id: str, seed: str) -> str:
    """Digest that breaks ties: even over offers, another for each seed; as in `candidates.sql`."""
    return hashlib.md5(f"{seed}:{offer_id}".encode(), usedforsecurity=False).hexdigest()


def rank(candidates: Iterable[Candidate], rule: Policy, *, seed: str) -> list[Ranked]:
    """The total order of the candidates under a policy, whatever the order they come in."""
    return sorted((_ranked(item, rule, seed) for item in candidates), key=lambda item: item.key)


def _ranked(item: Candidate, rule: Policy, seed: str) -> Ranked:
    return Ranked(
        offer_id=item.offer_id,
        distance_m=item.distance_m,
        key=RankKey(item.distance_m or 0, tie(item.offer_id, seed)),
        parts=(Part(code="distance", value=item.distance_m, points=rule.distance_points(item.distance_m)),)
        if item.distance_m is not None
        else (Part(code="rotation", value=None, points=0.0),),
    )
