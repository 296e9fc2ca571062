"""What the order promises, proved on candidates drawn at random, many times."""

from __future__ import annotations

import random
import uuid
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from search.policy import HUNDREDTHS, UNIT, policy
from search.rank import Candidate, RankKey, after, columns, first, loss, lot, rank

RULE = policy()
MANY = settings(max_examples=300)
# Few values on purpose: many ties.
TIMES = st.sampled_from([0, 500, 1_000, 1_500, 12_345, 144_000, 432_000])
TRAVELS = st.sampled_from([0, 100, 430, 1_000, 1_010, 2_500, 6_000, 20_000])
IDS = st.uuids(version=4).map(str)


@st.composite
def candidate(draw: st.DrawFn, *, territory: bool = False) -> Candidate:
    slots = draw(st.sampled_from(["none", "unknown", "known"]))
    return Candidate(
        offer_id=draw(IDS),
        slots=slots,
        wait=draw(TIMES) if slots == "known" else 0,
        remote=draw(st.booleans()) if slots == "known" else False,
        travel=None if territory else draw(TRAVELS),
        participating=draw(st.booleans()),
        misfit=draw(st.booleans()),
    )


def some(**given):
    return st.lists(candidate(**given), max_size=25, unique_by=lambda item: item.offer_id)


pools = st.one_of(some(), some(territory=True))


def order(pool: list[Candidate], seed: str = "s") -> list[str]:
    return [item.offer_id for item in rank(pool, RULE, seed=seed)]


@MANY
@given(pools, st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_the_order_of_arrival(pool, dice):
    shuffled = pool.copy()
    dice.shuffle(shuffled)
    assert order(pool) == order(shuffled)


@MANY
@given(pools, st.text(min_size=1, max_size=20))
def test_the_same_seed_gives_the_same_order_and_no_two_share_a_rank(pool, seed):
    ranked = rank(pool, RULE, seed=seed)
    assert [item.offer_id for item in ranked] == order(pool, seed)
    keys = [item.key for item in ranked]
    assert keys == sorted(set(keys))


@MANY
@given(pools, st.randoms(use_true_random=False))
def test_changing_identifiers_changes_nothing_but_the_lot_between_equals(pool, dice):
    renamed = {item.offer_id: str(uuid.UUID(int=dice.getrandbits(128))) for item in pool}
    before = rank(pool, RULE, seed="s")
    behind = rank([replace(item, offer_id=renamed[item.offer_id]) for item in pool], RULE, seed="s")
    assert [item.points for item in before] == [item.points for item in behind]
    equals: dict[int, set[str]] = {}
    for item in behind:
        equals.setdefault(item.points, set()).add(item.offer_id)
    for place, item in enumerate(before):
        assert renamed[item.offer_id] in equals[behind[place].points]


@MANY
@given(pools, candidate())
def test_adding_a_candidate_never_swaps_two_others(pool, added):
    pool = [item for item in pool if item.offer_id != added.offer_id]
    assert [item for item in order([*pool, added]) if item != added.offer_id] == order(pool)


@MANY
@given(some(), st.data())
def test_coming_closer_being_free_earlier_or_fitting_better_never_lowers_a_rank(pool, data):
    if not pool:
        return
    place = data.draw(st.integers(0, len(pool) - 1))
    item = pool[place]
    better = data.draw(
        st.sampled_from(
            [
                replace(item, travel=data.draw(st.integers(0, item.travel or 0))),
                replace(item, wait=data.draw(st.integers(0, item.wait))),
                replace(item, misfit=False),
                replace(item, participating=True),
                replace(item, remote=False) if item.travel == 0 else item,
                replace(item, slots="known", wait=item.wait),
            ]
        )
    )
    changed = [*pool[:place], better, *pool[place + 1 :]]
    assert order(changed).index(item.offer_id) <= order(pool).index(item.offer_id)


@MANY
@given(pools, st.integers(1, 7))
def test_pages_concatenate_to_the_one_order(pool, size):
    table = columns(pool)
    losses, lots = loss(table, RULE), lot(table.identity, "s")
    whole = first(losses, lots, len(pool)).tolist()
    paged: list[int] = []
    key: RankKey | None = None
    while True:
        left = np.arange(len(pool)) if key is None else np.flatnonzero(after(losses, lots, key))
        page = left[first(losses[left], lots[left], size)].tolist()
        if not page:
            break
        paged += page
        key = RankKey(int(losses[page[-1]]), int(lots[page[-1]]))
    assert paged == whole


@MANY
@given(pools)
def test_the_parts_sum_to_the_score_and_the_score_follows_the_order(pool):
    ranked = rank(pool, RULE, seed="s")
    for item in ranked:
        assert item.points == sum(part.points for part in item.parts) == UNIT - item.key.loss
        assert all(part.points >= 0 for part in item.parts)
        assert 0 <= item.score <= 1
    assert [item.points for item in ranked] == sorted((item.points for item in ranked), reverse=True)


@given(some())
def test_a_known_slot_then_participation_come_before_any_time(pool):
    states = {"known": 2, "unknown": 1, "none": 0}
    classes = [
        (states[known.slots], known.participating)
        for item in rank(pool, RULE, seed="s")
        for known in pool
        if known.offer_id == item.offer_id
    ]
    assert classes == sorted(classes, reverse=True)


def test_equals_rotate_and_each_is_first_as_often():
    pool = [Candidate(offer_id=str(uuid.UUID(int=n)), travel=500) for n in range(10)]
    firsts = [order(pool, f"seed-{n}")[0] for n in range(5_000)]
    counts = [firsts.count(item.offer_id) for item in pool]
    # 500 each on average; six standard deviations of a binomial draw (21) either way.
    assert all(370 < count < 630 for count in counts)


def test_one_by_one_or_thousands_at_once_the_points_are_the_same():
    dice = random.Random(5)
    pool = [
        Candidate(
            offer_id=str(uuid.UUID(int=dice.getrandbits(128))),
            slots=dice.choice(["none", "unknown", "known"]),
            wait=dice.randrange(400_000),
            travel=dice.randrange(15_000),
            participating=dice.random() < 0.3,
        )
        for _ in range(3_000)
    ]
    together = {item.offer_id: item.points for item in rank(pool, RULE, seed="s")}
    alone = {item.offer_id: rank([item], RULE, seed="s")[0].points for item in pool[:300]}
    assert all(together[offer_id] == points for offer_id, points in alone.items())


def test_thirty_minutes_of_road_are_worth_three_hours_and_a_quarter_of_waiting():
    # The table of docs/ranking.md: 5 min cost 15, 30 min cost 210.
    near = Candidate(
        offer_id=str(uuid.UUID(int=1)), slots="known", wait=300 * HUNDREDTHS, travel=5 * HUNDREDTHS
    )
    far = Candidate(
        offer_id=str(uuid.UUID(int=2)), slots="known", wait=104 * HUNDREDTHS, travel=30 * HUNDREDTHS
    )
    assert order([near, far]) == [far.offer_id, near.offer_id]
    later = replace(far, wait=106 * HUNDREDTHS)
    assert order([near, later]) == [near.offer_id, far.offer_id]


def test_at_a_distance_the_way_counts_for_nothing():
    near, far = (
        Candidate(offer_id=str(uuid.UUID(int=n)), slots="known", wait=100, remote=True, travel=travel)
        for n, travel in ((1, 0), (2, 9_000))
    )
    assert {item.points for item in rank([near, far], RULE, seed="s")} == {
        rank([near], RULE, seed="s")[0].points
    }


def test_in_a_territory_waits_of_one_class_are_ties():
    pool = [
        Candidate(offer_id=str(uuid.UUID(int=n)), slots="known", wait=n * 60 * HUNDREDTHS, travel=None)
        for n in range(8)
    ]
    points = {item.offer_id: item.points for item in rank(pool, RULE, seed="s")}
    assert len({points[item.offer_id] for item in pool[:4]}) == 1
    assert points[pool[3].offer_id] > points[pool[4].offer_id]
