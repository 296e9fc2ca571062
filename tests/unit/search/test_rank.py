"""The order of offers, as a pure function."""

from __future__ import annotations

import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from search.explain import reasons
from search.rank import Candidate, RankKey, policy, rank, tie

OFFERS = st.lists(
    st.builds(
        Candidate,
        offer_id=st.uuids().map(str),
        distance_m=st.integers(min_value=0, max_value=100_000) | st.sampled_from([0, 120, 120, 5000]),
    ),
    unique_by=lambda item: item.offer_id,
    max_size=40,
)
SEEDS = st.text("abcdef0123456789-", min_size=1, max_size=20)


@given(OFFERS, SEEDS, st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_the_order_of_arrival(offers, seed, shuffler):
    shuffled = list(offers)
    shuffler.shuffle(shuffled)
    assert rank(shuffled, policy(), seed=seed) == rank(offers, policy(), seed=seed)


@given(OFFERS, SEEDS)
def test_the_order_is_total_and_nearer_never_comes_after(offers, seed):
    ranked = rank(offers, policy(), seed=seed)
    keys = [item.key for item in ranked]
    assert keys == sorted(set(keys))
    distances = [item.distance_m for item in ranked]
    assert distances == sorted(distances)


@given(OFFERS, OFFERS, SEEDS)
def test_adding_offers_never_swaps_two_others(offers, others, seed):
    known = {item.offer_id for item in offers}
    both = rank([*offers, *(item for item in others if item.offer_id not in known)], policy(), seed=seed)
    kept = [item.offer_id for item in both if item.offer_id in known]
    assert kept == [item.offer_id for item in rank(offers, policy(), seed=seed)]


@given(OFFERS, SEEDS)
def test_the_parts_sum_to_the_score_and_the_score_follows_the_order(offers, seed):
    ranked = rank(offers, policy(), seed=seed)
    scores = [item.score for item in ranked]
    assert scores == sorted(scores, reverse=True)
    for item in ranked:
        assert abs(sum(reason["points"] for reason in reasons(item)) - item.score) < 1e-4


@given(OFFERS, SEEDS, st.integers(min_value=1, max_value=7))
def test_pages_concatenate_to_the_one_order(offers, seed, limit):
    whole = rank(offers, policy(), seed=seed)
    paged, after = [], RankKey(-1, "")
    while batch := [item for item in rank(offers, policy(), seed=seed) if item.key > after][:limit]:
        paged += batch
        after = batch[-1].key
    assert paged == whole


def test_a_tie_is_broken_by_the_seed_not_by_the_identifier():
    twins = [Candidate(offer_id=f"offer-{n}", distance_m=100) for n in range(30)]
    orders = {tuple(item.offer_id for item in rank(twins, policy(), seed=f"day-{n}")) for n in range(8)}
    assert len(orders) == 8


def test_the_same_seed_replays_the_same_order():
    assert tie("offer-1", "seed") == tie("offer-1", "seed")
    assert tie("offer-1", "seed") != tie("offer-1", "other")


def test_a_candidate_has_no_room_for_a_name_a_brand_or_a_vendor():
    assert {item.name for item in dataclasses.fields(Candidate)} == {"offer_id", "distance_m"}


def test_half_the_points_at_the_half_distance():
    rule = policy()
    assert rule.distance_points(round(rule.half_distance_km * 1000)) == 0.5
    assert rule.distance_points(None) == 0.0
