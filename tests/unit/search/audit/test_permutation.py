"""Permutation tests: exact moments, honest p-values, intervals, correction for many tests."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.audit import permutation

GROUPS = st.lists(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2)), min_size=2, max_size=5), min_size=1, max_size=3
)


def arrays(drawn: list[list[tuple[int, int]]]):
    group = np.repeat(np.arange(len(drawn)), [len(item) for item in drawn]).astype(np.int64)
    value = np.array([value for item in drawn for value, _ in item], dtype=np.float64)
    label = np.array([label for item in drawn for _, label in item], dtype=np.int64)
    return group, value, label


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2)), min_size=2, max_size=6))
def test_moments_are_those_of_every_shuffle_of_a_group(rows):
    group, value, label = arrays([rows])
    found = permutation.shares(permutation.groups(group, value), label, 3, group)
    for which in range(3):
        sums = [sum(order[at] for at in np.flatnonzero(label == which)) for order in permutations(value)]
        assert found.expected[which] == pytest.approx(np.mean(sums))
        assert found.variance[which] == pytest.approx(np.var(sums), abs=1e-9)


@given(GROUPS, st.integers(0, 1000))
def test_shuffles_stay_within_their_groups_and_lose_nothing(drawn, seed):
    group, value, label = arrays(drawn)
    given_groups = permutation.groups(group, value)
    (sums,) = permutation.shuffled(given_groups, [(group, len(drawn))], np.random.default_rng(seed), rounds=5)
    assert np.allclose(sums, np.bincount(group, weights=value))
    found = permutation.shares(given_groups, label, 3, group)
    assert found.observed.sum() == pytest.approx(found.expected.sum())


def test_rows_alone_in_their_group_or_left_out_are_not_looked_at():
    group = np.array([3, -1, 5, 3, -1], dtype=np.int64)
    found = permutation.groups(group, np.arange(5.0))
    assert found.rows.tolist() == [0, 3]
    assert found.group.tolist() == [0, 0]


def test_the_normal_law_agrees_with_shuffles_on_many_rows():
    rng = np.random.default_rng(3)
    group = np.repeat(np.arange(400), 5).astype(np.int64)
    value, label = rng.random(2000), rng.integers(0, 3, 2000)
    given_groups = permutation.groups(group, value)
    found = permutation.shares(given_groups, label, 3, group)
    (drawn,) = permutation.shuffled(given_groups, [(label, 3)], rng)
    assert permutation.p_values(found, drawn) == pytest.approx(permutation.p_values(found, None), abs=0.04)


def test_what_cannot_vary_is_never_significant():
    group, value = np.zeros(4, dtype=np.int64), np.ones(4)
    found = permutation.shares(permutation.groups(group, value), np.array([0, 0, 1, 1]), 2, group)
    assert permutation.p_values(found, None).tolist() == [1.0, 1.0]
    label = np.array([0, 0, 1, 1])
    given_groups = permutation.groups(group, value)
    rng = np.random.default_rng(1)
    assert permutation.largest_deviation(given_groups, label, found, rng) == (0.0, 1.0)


def test_an_interval_holds_one_where_nothing_is_wrong_and_not_where_much_is():
    rng = np.random.default_rng(5)
    group = np.repeat(np.arange(500), 4).astype(np.int64)
    value = np.tile([3.0, 2.0, 1.0, 0.0], 500)
    honest = rng.permuted(np.tile([0, 0, 1, 1], (500, 1)), axis=1).reshape(-1)
    bent = np.tile([0, 1, 0, 1], 500)
    for label, holds in ((honest, True), (bent, False)):
        found = permutation.shares(permutation.groups(group, value), label, 2, group)
        low, high = permutation.intervals(found, np.random.default_rng(1))
        assert bool(low[0] <= 1 <= high[0]) is holds


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_a_correction_only_raises_p_values_and_keeps_their_order(p):
    corrected = permutation.holm(p)
    assert all(before <= after <= 1 for before, after in zip(p, corrected, strict=True))
    order = sorted(range(len(p)), key=lambda at: p[at])
    assert [corrected[at] for at in order] == sorted(corrected)
    assert min(corrected) == pytest.approx(min(1.0, len(p) * min(p)))
