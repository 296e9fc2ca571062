"""The report of neutrality: what was kept, whether it holds, whether it replays, what it shows."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from search.audit import evidence, facts, log
from search.audit.permutation import ROUNDS
from search.audit.replay import replay
from search.audit.sample import sample
from search.audit.verdict import judge

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from psycopg import AsyncConnection

    from search.audit.evidence import Finding
    from search.audit.replay import PolicyText
    from search.audit.sample import Sample

MOST_RANKINGS = 20_000
"""Rankings looked at by the tests; of a longer log, an even sample."""

_FORM = 1
_MOST_NAMED = 20


async def report(
    conn: AsyncConnection[Any],
    policies: Mapping[str, PolicyText],
    *,
    since: date,
    until: date,
    most: int = MOST_RANKINGS,
    rounds: int = ROUNDS,
) -> dict[str, Any]:
    """The report over some days (both included), as JSON values; the same log gives the same report.

    most     rankings that the tests look at; `rounds` shuffles of each test
    The chain is verified from its start, whatever the days; every ranking of the days is replayed.
    """
    checked = await log.chain(conn)
    replays: Counter[str] = Counter()
    differs: list[int] = []
    kept: list[dict[str, Any]] = []
    used: Counter[tuple[str, str]] = Counter()
    async for line in log.walk(conn):
        checked.add(line)
        if since <= line["day"] <= until:
            made = replay(line, policies)
            outcome = (
                "identical" if made.identical else "no-policy" if made.code == "no-policy" else "differs"
            )
            replays[outcome] += 1
            if outcome == "differs":
                differs.append(line["ranking_id"])
            used[line["policy"], line["policy_digest"]] += 1
            kept.append(line)
    verified = checked.verified()
    looked_at = sample(_even(kept, most), policies)
    rng = np.random.default_rng(int(verified.head[:16], 16))
    found, far, shares = await _evidence(conn, looked_at, rng, since=since, until=until, rounds=rounds)
    skipped = await log.rows(conn, "audit_skipped", since=since, until=until)
    content: dict[str, Any] = {
        "form": _FORM,
        "since": since.isoformat(),
        "until": until.isoformat(),
        "rankings": len(kept),
        "tested": len(looked_at),
        "days": len({line["day"] for line in kept}),
        "areas": len({line["area"] for line in kept}),
        "specialties": len({line["specialty"] for line in kept}),
        "chain": {"held": verified.held, "head": verified.head, "broken": verified.broken},
        "replay": {
            "made": len(kept),
            "identical": replays["identical"],
            "without_policy": replays["no-policy"],
            "differs": len(differs),
            "first": differs[:_MOST_NAMED],
        },
        "policies": [
            {"version": version, "digest": digest, "rankings": count}
            for (version, digest), count in sorted(used.items())
        ],
        "skipped": {row["reason"]: row["count"] for row in skipped},
        "tests": [finding.as_json() for finding in found],
        "practitioners": far,
        "exposure": shares,
    }
    return {**content, **judge(content)}


async def _evidence(
    conn: AsyncConnection[Any],
    looked_at: Sample,
    rng: np.random.Generator,
    *,
    since: date,
    until: date,
    rounds: int,
) -> tuple[list[Finding], list[dict[str, Any]], dict[str, Any]]:
    ids = looked_at.offer_ids
    factors = await facts.factors(conn, ids)
    found = evidence.findings("order", evidence.order(looked_at), factors, rng, rounds=rounds)
    found += evidence.findings("ties", evidence.ties(looked_at), factors, rng, rounds=rounds)
    furthest, far = evidence.practitioners(looked_at, rng, rounds=rounds)
    found += [furthest] if furthest is not None else []
    found += evidence.findings("strata", evidence.strata(looked_at), factors, rng, rounds=rounds)
    expected_ids, present = await facts.presence(conn, looked_at)
    every = await facts.factors(conn, expected_ids)
    found += evidence.findings("presence", present, every, rng, rounds=rounds)
    found += evidence.findings("waits", await facts.waits(conn, looked_at), factors[:1], rng, rounds=rounds)
    shown = {
        row["offer_id"]: row["exposure"]
        for row in await log.rows(conn, "audit_exposure", since=since, until=until)
    }
    shares = {factor.factor: evidence.exposure(looked_at, factor, shown) for factor in factors}
    shares["participation"] = evidence.exposure_by_participation(looked_at)
    return evidence.corrected(found), far, shares


def _even(kept: Sequence[dict[str, Any]], most: int) -> list[dict[str, Any]]:
    """An even sample: one in every so many, from the oldest on."""
    step = -(-len(kept) // most) if kept else 1
    return list(kept[::step])
