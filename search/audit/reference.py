"""The rule of ranking, written a second time, for outside checkers and against our own mistakes.

Python's own library only, no array, no import of the project: this file, the file of a policy and an export
of the log are enough (`python reference.py policy.toml rankings.jsonl`). It follows docs/ranking.md step by
step, and shares nothing with `search.rank`; the audit compares both with what was logged.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tomllib
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NOWHERE = -1
_STATES = ("none", "unknown", "known")
_WORD = (1 << 64) - 1
_ONE = 100_000_000


@dataclass(frozen=True, kw_only=True)
class Line:
    """One candidate as logged: times in whole hundredths of a minute, travel `NOWHERE` in a department."""

    offer_id: bytes
    slots: int
    remote: bool
    participating: bool
    misfit: bool
    wait: int
    travel: int


def lines(packed: bytes) -> list[Line]:
    """The candidates of a ranking, from its bytes (26 each, big-endian)."""
    return [_line(packed[at : at + 26]) for at in range(0, len(packed), 26)]


def points_short(line: Line, policy: Mapping[str, Any]) -> int:
    """How many whole hundred-millionths of a point a candidate is short of one: fewer comes first."""
    care = policy["care"]
    per_hundredth = round(care["points_per_min"] / 100)
    points = policy["slots"][_STATES[line.slots]]
    if line.participating:
        points += policy["participation"]["declared"] - policy["participation"]["other"]
    spared = 0
    if line.slots == _STATES.index("known"):
        wait = line.wait
        if line.travel == NOWHERE:
            step = care["wait"]["territory_step_min"] * 100
            wait = wait - wait % step
        spared += _largest(care["wait"]) - _cost(care["wait"], wait)
    if line.travel != NOWHERE:
        # Nobody travels to a consultation at a distance.
        spared += _largest(care["travel"]) - (0 if line.remote else _cost(care["travel"], line.travel))
    if not line.remote:
        spared += care["remote"]["cost_min"] * 100
    if not line.misfit:
        spared += care["fit"]["cost_min"] * 100
    return _ONE - points - per_hundredth * spared


def lot(offer_id: bytes, seed: str) -> int:
    """The number drawn for an offer from the seed: SplitMix64's finaliser over both halves."""
    start = int.from_bytes(hashlib.blake2b(seed.encode(), digest_size=8).digest(), "little")
    return _mix(_mix(int.from_bytes(offer_id[:8], "big") ^ start) ^ int.from_bytes(offer_id[8:], "big"))


def order(given: Sequence[Line], policy: Mapping[str, Any], seed: str) -> list[int]:
    """Positions of the candidates in the order of the rule."""
    return sorted(
        range(len(given)), key=lambda at: (points_short(given[at], policy), lot(given[at].offer_id, seed))
    )


def replays(packed: bytes, policy: Mapping[str, Any], seed: str) -> bool:
    """Whether the candidates of a ranking stand in the order of the rule."""
    given = lines(packed)
    return order(given, policy, seed) == list(range(len(given)))


def chained(previous: str, ranking: Mapping[str, Any]) -> str:
    """The digest that a ranking of an export must carry."""
    members = {name: value for name, value in ranking.items() if name not in {"previous", "hash"}}
    text = json.dumps(members, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


def _line(row: bytes) -> Line:
    flags = row[17]
    return Line(
        offer_id=row[:16],
        slots=row[16],
        remote=bool(flags & 1),
        participating=bool(flags & 2),
        misfit=bool(flags & 4),
        wait=int.from_bytes(row[18:22], "big", signed=True),
        travel=int.from_bytes(row[22:26], "big", signed=True),
    )


def _largest(shape: Mapping[str, Any]) -> int:
    return shape["knots"][-1][1] * 100


def _cost(shape: Mapping[str, Any], value: int) -> int:
    knots = [(at * 100, cost * 100) for at, cost in shape["knots"]]
    if value <= knots[0][0]:
        return knots[0][1]
    for (at, cost), (next_at, next_cost) in pairwise(knots):
        if value < next_at:
            return cost + (value - at) * (next_cost - cost) // (next_at - at)
    return knots[-1][1]


def _mix(value: int) -> int:
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _WORD
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _WORD
    return value ^ (value >> 31)


def main(arguments: Sequence[str] | None = None) -> int:
    """Check an export: each ranking follows the one before, and replays; 0 when all do, 1 otherwise."""
    parser = argparse.ArgumentParser(description="Check an export of the log of rankings.")
    parser.add_argument("policy", type=Path, help="file of the policy (TOML)")
    parser.add_argument("rankings", type=Path, help="export (one JSON object per line)")
    given = parser.parse_args(arguments)
    text = given.policy.read_bytes()
    digest, policy = hashlib.sha256(text).hexdigest(), tomllib.loads(text.decode())
    previous: str | None = None
    counts = {"replayed": 0, "differs": 0, "not chained": 0, "of another policy": 0}
    with given.rankings.open(encoding="utf-8") as export:
        for text_line in export:
            ranking = json.loads(text_line)
            expected = ranking["previous"] if previous is None else previous
            if ranking["previous"] != expected or chained(expected, ranking) != ranking["hash"]:
                counts["not chained"] += 1
            previous = ranking["hash"]
            if ranking["policy_digest"] != digest:
                counts["of another policy"] += 1
            elif replays(bytes.fromhex(ranking["candidates"]), policy, ranking["seed"]):
                counts["replayed"] += 1
            else:
                counts["differs"] += 1
                print(f"ranking {ranking['ranking_id']} does not replay")
    print(", ".join(f"{name}: {count}" for name, count in counts.items()))
    return 1 if counts["differs"] or counts["not chained"] else 0


if __name__ == "__main__":
    sys.exit(main())
