"""The rule written twice: both agree everywhere, and what was logged replays unless bent."""

from __future__ import annotations

import json
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.audit import reference
from search.audit.packing import START, chained, pack, unpack
from search.audit.replay import by_digest, replay
from search.policy import policy
from search.rank import Candidate, Candidates, columns, first, loss, lot

CANDIDATES = st.lists(
    st.builds(
        Candidate,
        offer_id=st.uuids().map(str),
        slots=st.sampled_from(["none", "unknown", "known"]),
        wait=st.integers(0, 5_000_000) | st.sampled_from([0, 6000, 432_000, 4_464_000]),
        remote=st.booleans(),
        travel=st.none() | st.integers(0, 30_000) | st.sampled_from([0, 1000, 2000, 4000, 6000, 15_000]),
        participating=st.booleans(),
        misfit=st.booleans(),
    ),
    unique_by=lambda item: item.offer_id,
    max_size=40,
)
SEEDS = st.text("abcdef0123456789-", min_size=1, max_size=20)
POLICIES = by_digest()


def ordered(table: Candidates, seed: str) -> Candidates:
    return table.take(first(loss(table, policy()), lot(table.identity, seed), len(table)))


def line(table: Candidates, seed: str, **changed: Any) -> dict[str, Any]:
    made = {
        "ranking_id": 1,
        "day": date(2026, 11, 26),
        "policy": policy().version,
        "policy_digest": policy().digest,
        "seed": seed,
        "specialty": "SM54",
        "area": "department:75",
        "total": len(table),
        "page": 20,
        "candidates": pack(table),
        "previous": START,
        **changed,
    }
    return {**made, "hash": chained(made["previous"], made)}


@given(CANDIDATES)
def test_candidates_come_back_from_their_bytes(candidates):
    table = columns(candidates)
    back = unpack(pack(table))
    for name in ("identity", "slots", "wait", "remote", "travel", "participating", "misfit"):
        assert np.array_equal(getattr(back, name), getattr(table, name)), name


@given(CANDIDATES, SEEDS)
def test_the_rule_written_twice_gives_the_same_points_and_lots(candidates, seed):
    table = columns(candidates)
    (text,) = POLICIES.values()
    second = reference.lines(pack(table))
    assert [reference.points_short(item, text.table) for item in second] == loss(table, policy()).tolist()
    assert [reference.lot(item.offer_id, seed) for item in second] == lot(table.identity, seed).tolist()


@given(CANDIDATES, SEEDS)
def test_an_honest_ranking_replays_both_ways(candidates, seed):
    assert replay(line(ordered(columns(candidates), seed), seed), POLICIES).identical


@given(CANDIDATES, SEEDS, st.data())
def test_two_offers_that_swapped_their_places_are_seen(candidates, seed, data):
    table = ordered(columns(candidates), seed)
    if len(table) < 2:
        return
    one, other = sorted(data.draw(st.permutations(range(len(table))))[:2])
    index = np.arange(len(table))
    index[[one, other]] = index[[other, one]]
    found = replay(line(table.take(index), seed), POLICIES)
    assert (found.code, found.reference, found.first_at) == ("differs", "differs", one + 1)


def test_a_policy_that_is_not_at_hand_is_said_so():
    found = replay(line(columns([]), "s", policy_digest="0" * 64), POLICIES)
    assert (found.code, found.identical) == ("no-policy", False)


def test_a_time_too_long_for_its_bytes_is_refused():
    with pytest.raises(ValueError, match="fit"):
        pack(columns([Candidate(offer_id="0" * 32, slots="known", wait=1 << 31)]))


def exported(path: Path, count: int) -> list[dict[str, Any]]:
    """An export of honest rankings, each chained to the one before."""
    written, previous = [], START
    for number in range(count):
        table = columns(
            [
                Candidate(offer_id=f"{10 * number + item:032x}", slots="known", wait=item % 3)
                for item in range(9)
            ]
        )
        made = line(ordered(table, f"s{number}"), f"s{number}", ranking_id=number + 1, previous=previous)
        previous = made["hash"]
        written.append({**made, "day": made["day"].isoformat(), "candidates": made["candidates"].hex()})
    path.write_text("".join(json.dumps(item) + "\n" for item in written))
    return written


@pytest.fixture
def rule(tmp_path: Path) -> str:
    """The file of the policy, beside the export."""
    path = tmp_path / "policy.toml"
    path.write_bytes(resources.files("search.policies").joinpath(f"{policy().version}.toml").read_bytes())
    return str(path)


def test_an_outside_checker_finds_an_honest_export_whole(tmp_path, rule, capsys):
    exported(tmp_path / "log.jsonl", 5)
    assert reference.main([rule, str(tmp_path / "log.jsonl")]) == 0
    assert "replayed: 5, differs: 0, not chained: 0" in capsys.readouterr().out


def test_an_outside_checker_finds_a_ranking_changed_or_gone(tmp_path, rule, capsys):
    written = exported(tmp_path / "log.jsonl", 5)
    rows = written[2]["candidates"]
    written[2]["candidates"] = rows[52:104] + rows[:52] + rows[104:]
    del written[3]
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(item) + "\n" for item in written))
    assert reference.main([rule, str(tmp_path / "log.jsonl")]) == 1
    assert "replayed: 3, differs: 1, not chained: 2" in capsys.readouterr().out
