"""A policy says what it must, or is refused."""

from __future__ import annotations

from importlib import resources

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.policy import DEFAULT_POLICY, PolicyInvalid, policy, published, read_policy

TEXT = resources.files("search.policies").joinpath(f"{DEFAULT_POLICY}.toml").read_bytes()


def test_every_published_policy_is_readable_and_named_after_its_file():
    assert DEFAULT_POLICY in published()
    for version in published():
        assert policy(version).version == version


def test_a_version_that_was_never_published_is_refused():
    with pytest.raises(PolicyInvalid):
        policy("favours-nobody-9")


@pytest.mark.parametrize(
    ("before", "behind"),
    [
        (b"known = 70_000_000", b"known = 30_000_000"),
        (b"declared = 15_000_000", b"declared = 1_000"),
        (b"declared = 15_000_000", b"declared = 40_000_000"),
        (b"[20, 90]", b"[20, 9]"),
        (b"[20, 90]", b"[10, 90]"),
        (b"points_per_min = 1_500", b"points_per_min = 0"),
        (b"points_per_min = 1_500", b"points_per_min = 155"),
        (b"known = 70_000_000", b"known = 99_000_000"),
        (b"cost_min = 30", b"cost_min = -30"),
        (b"[slots]", b"[creneaux]"),
        (b"version =", b"version"),
    ],
)
def test_numbers_that_break_the_published_rule_are_refused(before, behind):
    assert before in TEXT
    with pytest.raises(PolicyInvalid):
        read_policy(TEXT.replace(before, behind))


@given(st.lists(st.integers(0, 10_000_000), min_size=2, max_size=50))
def test_a_cost_never_falls_when_the_time_grows(values):
    values.sort()
    for shape in (policy().wait, policy().travel):
        costs = shape.cost(np.array(values, dtype=np.int64)).tolist()
        assert costs == sorted(costs)
        assert costs[0] >= 0
        assert costs[-1] <= shape.largest


def test_the_digest_tells_a_file_that_was_changed_under_its_name():
    assert read_policy(TEXT).digest == policy().digest
    assert read_policy(TEXT + b"\n").digest != policy().digest
