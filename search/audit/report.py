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
    from collections.abc import Mapping
    from datetime import date

    from psycopg import AsyncConnection

    from search.audit.evidence import Finding
    from search.audit.replay import PolicyText
    from search.audit.sample import Sample

MOST_RANKINGS = 20_000
"""Rankings replayed and tested; of a longer log, an even sample."""

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

    most     rankings replayed and tested; `rounds` shuffles of each test
    The chain is verified from its start, whatever the days. Every ranking of the days is replayed and tested,
    or of more than `most` an even sample.
    """
    checked = await log.chain(conn)
    (counted,) = await log.rows(conn, "audit_count", since=since, until=until)
    step = max(1, -(-counted["count"] // most))  # an even sample of a long log, from the oldest on
    seen = _Seen()
    async for line in log.walk(conn):
        checked.add(line)
        if since <= line["day"] <= until:
            seen.add(line, policies, look=seen.count % step == 0)
    verified = checked.verified()
    looked_at = sample(seen.looked_at, policies)
    rng = np.random.default_rng(int(verified.head[:16], 16))
    found, far, shares = await _evidence(conn, looked_at, rng, since=since, until=until, rounds=rounds)
    skipped = await log.rows(conn, "audit_skipped", since=since, until=until)
    content: dict[str, Any] = {
        "form": _FORM,
        "since": since.isoformat(),
        "until": until.isoformat(),
        "rankings": seen.count,
        "tested": len(looked_at),
        "days": len(seen.days),
        "areas": len(seen.areas),
        "specialties": len(seen.specialties),
        "chain": {"held": verified.held, "head": verified.head, "broken": verified.broken},
        "replay": {
            "made": len(seen.looked_at),
            "identical": seen.replays["identical"],
            "without_policy": seen.replays["no-policy"],
            "differs": seen.replays["differs"],
            "first": seen.differs[:_MOST_NAMED],
        },
        "policies": [
            {"version": version, "digest": digest, "rankings": count}
            for (version, digest), count in sorted(seen.policies.items())
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


class _Seen:
    """What the walk of the log gathers: counts of every ranking of the days, replays of those looked at."""

    def __init__(self) -> None:
        self.count = 0
        self.days: set[date] = set()
        self.areas: set[str] = set()
        self.specialties: set[str] = set()
        self.policies: Counter[tuple[str, str]] = Counter()
        self.looked_at: list[dict[str, Any]] = []
        self.replays: Counter[str] = Counter()
        self.differs: list[int] = []

    def add(self, line: dict[str, Any], policies: Mapping[str, PolicyText], *, look: bool) -> None:
        """Take a ranking; `look`: replay it and keep it for the tests."""
        self.count += 1
        self.days.add(line["day"])
        self.areas.add(line["area"])
        self.specialties.add(line["specialty"])
        self.policies[line["policy"], line["policy_digest"]] += 1
        if not look:
            return
        self.looked_at.append(line)
        made = replay(line, policies)
        if made.code == "no-policy":
            self.replays["no-policy"] += 1
        elif made.identical:
            self.replays["identical"] += 1
        else:
            self.replays["differs"] += 1
            self.differs.append(line["ranking_id"])
