"""The order of offers: pure, total, blind to whoever sells, owns or names them.

No database, no clock, no randomness but the seed. What the ranking may see of an offer is `Candidates`:
what is known of its slots, its declared participation, minutes of waiting and of travel, how well it fits. No
name, no brand, no software vendor, no order of arrival. Ties are broken by lot, from the seed and the
identifier of the offer, so that nobody is first by structure and any order can be replayed.

Everything is computed on whole numbers: the same candidates, policy and seed give the same order and the same
points on every machine, one by one or twenty thousand at once.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple
from uuid import UUID

import numpy as np

from search.policy import HUNDREDTHS, UNIT, Policy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Slots = Literal["none", "unknown", "known"]
PartCode = Literal["slots", "participation", "wait", "travel", "remote", "fit"]

SLOTS: tuple[Slots, ...] = ("none", "unknown", "known")
NONE, UNKNOWN, KNOWN = range(3)
NO_TRAVEL = -1
"""Stands for the travel of an offer of a territory, where no place is travelled from."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """What a policy may see of one offer.

    offer_id       a UUID; decides the lot between equals, nothing else
    slots          what is known of its slots in the period asked
    wait           hundredths of a minute until the first slot that can be reached; only where slots are known
    remote         that slot is a remote consultation: the travel costs nothing
    travel         hundredths of a minute by car; None in the search of a whole territory
    participating  declared as taking part; declaring nothing counts like declaring no
    misfit         answers the need without being of the specialty itself
    """

    offer_id: str
    slots: Slots = "unknown"
    wait: int = 0
    remote: bool = False
    travel: int | None = None
    participating: bool = False
    misfit: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidates:
    """The same of many offers, as columns of one length.

    identity   first and second half of the UUID, uint64 (n, 2)
    slots      int8, index in `SLOTS`
    wait       int64, hundredths of a minute; 0 where slots are not known
    remote     bool
    travel     int64, hundredths of a minute, NO_TRAVEL in a territory
    participating, misfit   bool
    """

    identity: NDArray[np.uint64]
    slots: NDArray[np.int8]
    wait: NDArray[np.int64]
    remote: NDArray[np.bool_]
    travel: NDArray[np.int64]
    participating: NDArray[np.bool_]
    misfit: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.slots)

    def take(self, index: NDArray[np.intp]) -> Candidates:
        """Some of them, in that order."""
        return Candidates(
            identity=self.identity[index],
            slots=self.slots[index],
            wait=self.wait[index],
            remote=self.remote[index],
            travel=self.travel[index],
            participating=self.participating[index],
            misfit=self.misfit[index],
        )


@dataclass(frozen=True, order=True, slots=True)
class RankKey:
    """Where an offer stands in the total order: smaller comes first.

    loss   whole points short of `UNIT`
    lot    drawn from the seed and the offer
    """

    loss: int
    lot: int


class Part(NamedTuple):
    """One named part of a score, in whole hundred-millionths of a point.

    value   what was measured: minutes, or the state by its name; None when there is nothing to measure
    """

    code: PartCode
    value: float | str | bool | None
    points: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Ranked:
    """A candidate in its place; its points are the sum of those of its parts."""

    index: int
    offer_id: str
    key: RankKey
    parts: tuple[Part, ...]

    @property
    def points(self) -> int:
        """Sum of the points, in whole hundred-millionths."""
        return sum(part.points for part in self.parts)

    @property
    def score(self) -> float:
        """The same in points, from 0 to 1."""
        return self.points / UNIT


def rank(candidates: Sequence[Candidate], rule: Policy, *, seed: str) -> list[Ranked]:
    """The total order of the candidates under a policy, whatever the order they come in."""
    table = columns(candidates)
    losses, lots = loss(table, rule), lot(table.identity, seed)
    order = first(losses, lots, len(table))
    return ranked(table, rule, losses, lots, order)


def columns(candidates: Sequence[Candidate]) -> Candidates:
    """Candidates as columns."""
    identity = np.frombuffer(b"".join(UUID(item.offer_id).bytes for item in candidates), dtype=">u8")
    return Candidates(
        identity=identity.astype(np.uint64).reshape(-1, 2),
        slots=np.array([SLOTS.index(item.slots) for item in candidates], dtype=np.int8),
        wait=np.array([item.wait for item in candidates], dtype=np.int64),
        remote=np.array([item.remote for item in candidates], dtype=np.bool_),
        travel=np.array(
            [NO_TRAVEL if item.travel is None else item.travel for item in candidates], dtype=np.int64
        ),
        participating=np.array([item.participating for item in candidates], dtype=np.bool_),
        misfit=np.array([item.misfit for item in candidates], dtype=np.bool_),
    )


def loss(table: Candidates, rule: Policy) -> NDArray[np.int64]:
    """Points that each candidate is short of `UNIT`, int64 (n,): the smaller, the earlier."""
    points = _slot_points(table, rule) + _participation_points(table, rule)
    points += rule.points_per_hundredth * (_wait(table, rule) + _travel(table, rule))
    points += rule.points_per_hundredth * (_remote(table, rule) + _fit(table, rule))
    return UNIT - points


def lot(identity: NDArray[np.uint64], seed: str) -> NDArray[np.uint64]:
    """A number drawn for each offer from the seed, uint64 (n,): even over offers, another for each seed.

    The finaliser of SplitMix64 (Steele, Lea and Flood, 2014) over both halves of the identifier.
    """
    start = np.frombuffer(hashlib.blake2b(seed.encode(), digest_size=8).digest(), dtype="<u8")[0]
    return _mixed(_mixed(identity[:, 0] ^ start) ^ identity[:, 1])


def first(losses: NDArray[np.int64], lots: NDArray[np.uint64], count: int) -> NDArray[np.intp]:
    """Indices of the first `count` candidates, in their order."""
    if count < len(losses):
        limit = np.partition(losses, count - 1)[count - 1] if count > 0 else np.int64(-1)
        kept = np.flatnonzero(losses <= limit)
        return kept[np.lexsort((lots[kept], losses[kept]))][:count]
    return np.lexsort((lots, losses))


def after(losses: NDArray[np.int64], lots: NDArray[np.uint64], key: RankKey) -> NDArray[np.bool_]:
    """Which candidates come after a key."""
    return (losses > key.loss) | ((losses == key.loss) & (lots > np.uint64(key.lot)))


def ranked(
    table: Candidates,
    rule: Policy,
    losses: NDArray[np.int64],
    lots: NDArray[np.uint64],
    order: NDArray[np.intp],
) -> list[Ranked]:
    """The candidates of an order, with the parts of their scores."""
    shown = table.take(order)
    per_hundredth = rule.points_per_hundredth
    made: list[tuple[PartCode, list[float | str | bool | None], list[int]]] = [
        ("slots", [SLOTS[state] for state in shown.slots.tolist()], _slot_points(shown, rule).tolist()),
        (
            "participation",
            list(shown.participating.tolist()),
            _participation_points(shown, rule).tolist(),
        ),
        (
            "wait",
            [
                wait / HUNDREDTHS if state == KNOWN else None
                for wait, state in zip(shown.wait.tolist(), shown.slots.tolist(), strict=True)
            ],
            (per_hundredth * _wait(shown, rule)).tolist(),
        ),
        (
            "travel",
            [None if travel == NO_TRAVEL else travel / HUNDREDTHS for travel in shown.travel.tolist()],
            (per_hundredth * _travel(shown, rule)).tolist(),
        ),
        ("remote", list(shown.remote.tolist()), (per_hundredth * _remote(shown, rule)).tolist()),
        (
            "fit",
            [not misfit for misfit in shown.misfit.tolist()],
            (per_hundredth * _fit(shown, rule)).tolist(),
        ),
    ]
    parts = [
        [Part(code, value, points_) for value, points_ in zip(values, points, strict=True)]
        for code, values, points in made
    ]
    keys = map(RankKey, losses[order].tolist(), lots[order].tolist())
    uuids = shown.identity.astype(">u8").tobytes()
    return [
        Ranked(
            index=index,
            offer_id=str(UUID(bytes=uuids[16 * place : 16 * place + 16])),
            key=key,
            parts=of_one,
        )
        for place, (index, key, of_one) in enumerate(
            zip(order.tolist(), keys, zip(*parts, strict=True), strict=True)
        )
    ]


def _slot_points(table: Candidates, rule: Policy) -> NDArray[np.int64]:
    return np.array(rule.slots, dtype=np.int64)[table.slots]


def _participation_points(table: Candidates, rule: Policy) -> NDArray[np.int64]:
    return np.where(table.participating, rule.participating, 0)


def _wait(table: Candidates, rule: Policy) -> NDArray[np.int64]:
    """Cost spared by not waiting, in hundredths: none where no slot is known; of a territory, by classes."""
    step = np.where(table.travel == NO_TRAVEL, rule.territory_step, 1)
    spared = rule.wait.largest - rule.wait.cost(table.wait // step * step)
    return np.where(table.slots == KNOWN, spared, 0)


def _travel(table: Candidates, rule: Policy) -> NDArray[np.int64]:
    """Cost spared by being near, in hundredths: all of it at a distance, none of it in a territory."""
    spared = rule.travel.largest - np.where(table.remote, 0, rule.travel.cost(table.travel))
    return np.where(table.travel == NO_TRAVEL, 0, spared)


def _remote(table: Candidates, rule: Policy) -> NDArray[np.int64]:
    return np.where(table.remote, 0, rule.remote)


def _fit(table: Candidates, rule: Policy) -> NDArray[np.int64]:
    return np.where(table.misfit, 0, rule.misfit)


def _mixed(value: NDArray[np.uint64]) -> NDArray[np.uint64]:
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))
