"""What the audit of neutrality sees: share of invented logs in which a bias is found, by size and length.

Each cell makes logs of the invented country of `bench.audit_world` with one bias, and asks the tests of the
audit, corrected for their number as in a report. Honest logs tell how often it accuses wrongly, beside the
level it is meant to keep: five in a hundred.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import numpy as np

from bench.audit_world import DAY, FAVOURED, Bias, World
from bench.harness import Goal, record
from search.audit import evidence, facts
from search.audit.replay import by_digest, replay
from search.audit.sample import Sample, sample
from search.policy import HUNDREDTHS
from search.rank import KNOWN

if TYPE_CHECKING:
    from bench.audit_world import Kind
    from search.audit.evidence import Finding, Labels

_COUNTS = (50, 200, 1000)
_SIZES: dict[Kind, tuple[float, ...]] = {
    "lot": (0.1, 0.2, 0.4),
    "seed": (0.5, 1.0),
    "bonus": (150, 1500),  # hundred-millionths of a point: a tenth of a minute, a minute
    "wait": (5,),
    "drop": (0.01, 0.03, 0.1),
}
_REPEATS = 20
_HONEST = 400
_HONEST_COUNT = 200
_POLICIES = by_digest()


def main() -> None:
    """Measure and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", default="demo", choices=("small", "demo", "national"))
    scale = parser.parse_args().scale
    repeats, honest = (8, 40) if scale == "small" else (_REPEATS, _HONEST)
    table = {
        f"{kind} {size:g} × {count}": _share_found(Bias(kind=kind, size=size), count, repeats)
        for kind, sizes in _SIZES.items()
        for size in sizes
        for count in _COUNTS
    }
    alarms, below = _honest(honest)
    record(
        "audit_power",
        {
            "scale": scale,
            "repeats": repeats,
            "honest_logs": honest,
            "honest_rankings_each": _HONEST_COUNT,
            "found": {name: found for name, (found, _) in table.items()},
            "not_replayed": {name: differ for name, (_, differ) in table.items()},
            "false_alarm_share": alarms,
            "exact_p_below_level_share": below,
            "lot_020_found_of_1000": table["lot 0.2 × 1000"][0],
            "bonus_minute_not_replayed_of_50": table["bonus 1500 × 50"][1],
            "wait_5_min_found_of_200": table["wait 5 × 200"][0],
            "drop_010_found_of_200": table["drop 0.1 × 200"][0],
        },
        {
            "false_alarms_to_level": alarms / evidence.LEVEL,
            "exact_p_below_level_away": abs(below / evidence.LEVEL - 1),
        },
        {
            "lot_020_found_of_1000": Goal(0.95, at_least=True),
            "bonus_minute_not_replayed_of_50": Goal(1.0, at_least=True),
            "wait_5_min_found_of_200": Goal(0.95, at_least=True),
            "drop_010_found_of_200": Goal(0.95, at_least=True),
            # Three standard deviations over what 5 % gives in so many logs.
            "false_alarms_to_level": 1 + 3 * float(np.sqrt(0.95 / 0.05 / honest)),
            "exact_p_below_level_away": 0.35 if scale != "small" else 0.8,
        },
    )


def _share_found(bias: Bias, count: int, repeats: int) -> tuple[float, float]:
    """Shares of the logs: where the favoured vendor is pointed at; where a ranking does not replay."""
    found = differs = 0
    for turn in range(repeats):
        world = World(1000 * turn + count)
        lines = world.lines(count, bias)
        if bias.kind in {"lot", "seed", "bonus"}:
            differs += any(not replay(line, _POLICIES).identical for line in lines[:50])
        tests = _tests(bias.kind, sample(lines, _POLICIES), world, bias.size)
        found += any(item.label == FAVOURED and item.p_holm < evidence.LEVEL for item in tests)
    return found / repeats, differs / repeats


def _honest(logs: int) -> tuple[float, float]:
    """Shares: of honest logs that any test accuses; of single exact tests below the level."""
    alarms = below = tests = 0
    for turn in range(logs):
        world = World(500_000 + turn)
        found = _tests("none", sample(world.lines(_HONEST_COUNT, Bias()), _POLICIES), world, 0)
        alarms += any(item.p_holm < evidence.LEVEL for item in found)
        exact = [item.p for item in found if item.test in {"order", "ties"}]
        below += sum(p < evidence.LEVEL for p in exact)
        tests += len(exact)
    return alarms / logs, below / tests


def _tests(kind: Kind, looked_at: Sample, world: World, size: float) -> list[Finding]:
    """The tests that a report makes of a log, corrected together; agendas and directory where they matter."""
    vendors = world.labels_of(looked_at.identities)
    rng = np.random.default_rng(1)
    found = [
        *evidence.findings("order", evidence.order(looked_at), [vendors], rng, rounds=0),
        *evidence.findings("ties", evidence.ties(looked_at), [vendors], rng, rounds=0),
        *evidence.findings("strata", evidence.strata(looked_at), [vendors], rng, rounds=0),
    ]
    if kind == "wait":
        rows = facts.unexplained(looked_at, _published(looked_at, vendors, size))
        found += evidence.findings("waits", rows, [vendors], rng, rounds=0)
    if kind == "drop":
        found += _presence(looked_at, world, rng)
    return evidence.corrected(found)


def _presence(looked_at: Sample, world: World, rng: np.random.Generator) -> list[Finding]:
    cells = [at for at in looked_at.firsts() if looked_at.lines[at]["area"].startswith("cell:")]
    inside = world.directory([looked_at.lines[at]["area"] for at in cells])
    expected = {
        at: {_text(int(high), int(low)) for high, low in rows} for at, rows in zip(cells, inside, strict=True)
    }
    ids, rows = facts.missing(looked_at, expected)
    halves = [(int(text[:16], 16), int(text[16:], 16)) for text in (name.replace("-", "") for name in ids)]
    labels = world.labels_of(np.array(halves, dtype=np.uint64))
    return evidence.findings("presence", rows, [labels], rng, rounds=0)


def _published(looked_at: Sample, vendors: Labels, late_min: float) -> list[set[datetime]]:
    """The starts that practitioners publish: those of the honest waits, from noon."""
    noon = datetime.combine(DAY, time(12), tzinfo=UTC)
    starts: list[set[datetime]] = [set() for _ in looked_at.identities]
    late = np.array([name == FAVOURED for name in vendors.names])[vendors.of_offer]
    for row in np.flatnonzero(looked_at.candidates.slots == KNOWN).tolist():
        offer = int(looked_at.offer[row])
        wait = timedelta(minutes=int(looked_at.candidates.wait[row]) // HUNDREDTHS)
        starts[offer].add(noon + wait - timedelta(minutes=late_min if late[offer] else 0))
    return starts


def _text(high: int, low: int) -> str:
    digits = f"{high:016x}{low:016x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


if __name__ == "__main__":
    main()
