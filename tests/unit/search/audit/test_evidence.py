"""A bias put in on purpose is found; an honest order is not accused."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import numpy as np
import pytest

from bench.audit_world import DAY, FAVOURED, VENDORS, Bias, World
from search.audit import evidence, facts
from search.audit.evidence import Finding, Labels
from search.audit.replay import by_digest, replay
from search.audit.sample import Sample, sample
from search.policy import HUNDREDTHS
from search.rank import KNOWN

POLICIES = by_digest()


def made(bias: Bias, count: int, seed: int = 1) -> tuple[Sample, Labels, World]:
    world = World(seed)
    found = sample(world.lines(count, bias), POLICIES)
    return found, world.labels_of(found.identities), world


def of(findings: list[Finding], label: str) -> Finding:
    (found,) = [item for item in findings if item.label == label]
    return found


def exact(bias: Bias, count: int) -> list[Finding]:
    looked_at, vendors, _ = made(bias, count)
    rng = np.random.default_rng(7)
    return evidence.corrected(
        evidence.findings("order", evidence.order(looked_at), [vendors], rng, rounds=0)
        + evidence.findings("ties", evidence.ties(looked_at), [vendors], rng, rounds=0)
    )


def test_an_honest_order_is_not_accused():
    found = exact(Bias(), 400)
    assert len(found) == 2 * len(VENDORS)
    assert min(item.p_holm for item in found) > 0.05
    assert all(item.low <= item.ratio <= item.high for item in found)


@pytest.mark.parametrize(
    "bias",
    [Bias(kind="lot", size=0.3), Bias(kind="seed", size=1.0), Bias(kind="bonus", size=30_000)],
    ids=lambda bias: bias.kind,
)
def test_a_vendor_favoured_between_equals_is_found(bias: Bias):
    found = exact(bias, 600)
    accused = [item for item in found if item.label == FAVOURED and item.test == "order"]
    assert accused[0].p_holm < 0.01
    assert accused[0].ratio > 1


@pytest.mark.parametrize(
    ("bias", "replays"),
    [
        (Bias(), True),
        (Bias(kind="seed", size=1.0), True),  # an honest order of a chosen seed: only the tests see it
        (Bias(kind="lot", size=0.3), False),
        (Bias(kind="bonus", size=100), False),  # a millionth of a point
    ],
    ids=lambda value: getattr(value, "kind", None),
)
def test_what_the_rule_did_not_give_does_not_replay(bias: Bias, replays: bool):
    lines = World(2).lines(60, bias)
    assert all(replay(line, POLICIES).identical for line in lines) is replays


def test_the_tests_are_seeded():
    looked_at, vendors, _ = made(Bias(kind="lot", size=0.1), 60)
    one, other = (
        evidence.findings("order", evidence.order(looked_at), [vendors], np.random.default_rng(9), rounds=50)
        for _ in range(2)
    )
    assert one == other


def test_an_offer_always_first_among_its_equals_is_found_alone():
    world = World(4)
    lines = world.lines(200, Bias())
    looked_at = sample(lines, POLICIES)
    finding, far = evidence.practitioners(looked_at, np.random.default_rng(1))
    assert finding is not None
    assert finding.p > 0.01
    lucky = int(np.bincount(looked_at.offer[np.isin(looked_at.tie, _large(looked_at))]).argmax())
    bent = looked_at.offer.copy()
    for tie in _large(looked_at):
        rows = np.flatnonzero(looked_at.tie == tie)
        mine = rows[looked_at.offer[rows] == lucky]
        if len(mine):
            bent[mine[0]], bent[rows[0]] = bent[rows[0]], bent[mine[0]]
    swapped = Sample(
        **{name: getattr(looked_at, name) for name in Sample.__dataclass_fields__ if name != "offer"},
        offer=bent,
    )
    finding, far = evidence.practitioners(swapped, np.random.default_rng(1))
    assert finding is not None
    assert finding.label == far[0]["offer_id"] == looked_at.offer_ids[lucky]
    assert finding.p < 0.01


def _large(looked_at: Sample) -> list[int]:
    return np.flatnonzero(np.bincount(looked_at.tie) >= 3).tolist()


def published(looked_at: Sample, world: World, late_min: float = 0) -> list[set[datetime]]:
    """The starts that practitioners publish: those of the honest waits, from noon."""
    noon = datetime.combine(DAY, time(12), tzinfo=UTC)
    starts: list[set[datetime]] = [set() for _ in looked_at.identities]
    vendors = world.labels_of(looked_at.identities)
    for row in np.flatnonzero(looked_at.candidates.slots == KNOWN).tolist():
        offer = int(looked_at.offer[row])
        late = late_min if vendors.names[vendors.of_offer[offer]] == FAVOURED else 0
        starts[offer].add(
            noon
            + timedelta(minutes=int(looked_at.candidates.wait[row]) // HUNDREDTHS)
            - timedelta(minutes=late)
        )
    return starts


@pytest.mark.parametrize("late_min", [0, 10])
def test_waits_of_a_vendor_made_longer_than_its_agendas_say_are_found(late_min: int):
    looked_at, vendors, world = made(Bias(kind="wait", size=late_min), 120)
    rows = facts.unexplained(looked_at, published(looked_at, world, late_min))
    found = evidence.findings("waits", rows, [vendors], np.random.default_rng(1), rounds=0)
    if late_min == 0:
        assert rows.value.sum() == 0
        assert found == []  # nothing is unexplained: nothing to share out
        return
    accused = of(found, FAVOURED)
    assert accused.ratio > 3
    assert accused.p < 1e-6


def test_agendas_that_have_moved_since_are_not_held_against_anybody():
    looked_at, _, _ = made(Bias(), 20)
    long_ago = {datetime(2020, 1, 1, tzinfo=UTC)}
    rows = facts.unexplained(looked_at, [long_ago] * len(looked_at.identities))
    assert (rows.group == -1).all()


@pytest.mark.parametrize("drop", [0.0, 0.1])
def test_offers_of_a_vendor_left_out_of_the_candidates_are_found(drop: float):
    looked_at, _, world = made(Bias(kind="drop", size=drop), 40)
    cells = [index for index, line in enumerate(looked_at.lines) if line["area"].startswith("cell:")]
    inside = world.directory([looked_at.lines[index]["area"] for index in cells])
    expected = {index: ids_of(rows) for index, rows in zip(cells, inside, strict=True)}
    ids, rows = facts.missing(looked_at, expected)
    identities = np.array([[int(text[:16], 16), int(text[16:], 16)] for text in bare(ids)], dtype=np.uint64)
    found = evidence.findings(
        "presence", rows, [world.labels_of(identities)], np.random.default_rng(1), rounds=0
    )
    if drop == 0:
        assert found == []
        return
    accused = of(found, FAVOURED)
    assert accused.observed < accused.expected
    assert accused.p < 1e-6


def ids_of(rows: np.ndarray) -> set[str]:
    return {
        "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
        for text in (f"{int(high):016x}{int(low):016x}" for high, low in rows)
    }


def bare(ids: list[str]) -> list[str]:
    return [text.replace("-", "") for text in ids]


def test_an_empty_log_gives_nothing_to_look_at():
    looked_at = sample([], POLICIES)
    none = Labels(factor="vendor", names=("a", "b"), of_offer=np.zeros(0, dtype=np.int64))
    for rows in (evidence.order(looked_at), evidence.ties(looked_at), evidence.strata(looked_at)):
        assert evidence.findings("ties", rows, [none], np.random.default_rng(1)) == []
    assert evidence.practitioners(looked_at, np.random.default_rng(1)) == (None, [])
