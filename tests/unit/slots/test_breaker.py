"""The circuit breaker: opens when it must, probes one call at a time, never stays open for ever."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from slots.breaker import Breaker, BreakerRule

RULE = BreakerRule(in_a_row=3, window=10, share=0.5, rest_s=5.0)


def broken() -> Breaker:
    breaker = Breaker(rule=RULE)
    for _ in range(RULE.in_a_row):
        assert breaker.allows(0.0)
        breaker.failed(0.0)
    return breaker


def test_failures_in_a_row_open_it_and_nothing_goes_until_the_rest_is_over():
    breaker = broken()
    assert breaker.state(0.0) == "open"
    assert not breaker.allows(4.9)


def test_one_failure_in_two_opens_it_once_enough_calls_were_seen():
    breaker = Breaker(rule=RULE)
    for _ in range(4):
        breaker.succeeded()
        breaker.failed(0.0)
    assert breaker.state(0.0) == "closed"
    breaker.succeeded()
    breaker.failed(0.0)
    assert breaker.state(0.0) == "open"


def test_half_open_lets_one_probe_through_and_its_success_closes():
    breaker = broken()
    assert breaker.allows(5.0)
    assert not breaker.allows(5.0)
    breaker.succeeded()
    assert breaker.state(5.0) == "closed"
    assert breaker.allows(5.0)
    assert breaker.allows(5.0)


def test_the_failure_of_the_probe_opens_it_for_another_rest():
    breaker = broken()
    assert breaker.allows(5.0)
    breaker.failed(6.0)
    assert not breaker.allows(10.9)
    assert breaker.allows(11.0)


def test_a_probe_given_up_by_us_leaves_room_for_another():
    breaker = broken()
    assert breaker.allows(5.0)
    breaker.left()
    assert breaker.allows(5.0)


def test_a_late_answer_from_before_the_opening_does_not_close_it():
    breaker = broken()
    breaker.succeeded()
    assert breaker.state(0.0) == "open"


@given(st.lists(st.booleans(), max_size=200))
def test_it_never_stays_open_for_ever(outcomes):
    breaker, now_s = Breaker(rule=RULE), 0.0
    for failed in outcomes:
        if breaker.allows(now_s):
            breaker.failed(now_s) if failed else breaker.succeeded()
        now_s += 0.5
    now_s += RULE.rest_s
    assert breaker.allows(now_s)
    breaker.succeeded()
    assert breaker.state(now_s) == "closed"


class ManyCalls(RuleBasedStateMachine):
    """Calls under way at once, ending in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.breaker = Breaker(rule=RULE)
        self.now_s = 0.0
        self.probes = 0
        self.calls: list[bool] = []

    @rule(seconds=st.floats(0, 6))
    def time_passes(self, seconds: float) -> None:
        self.now_s += seconds

    @rule()
    def a_call_begins(self) -> None:
        half_open = self.breaker.state(self.now_s) == "half-open"
        if self.breaker.allows(self.now_s):
            self.calls.append(half_open)

    @precondition(lambda self: any(self.calls))
    @rule(how=st.sampled_from(["succeeded", "failed", "left"]))
    def the_probe_ends(self, how: str) -> None:
        self.calls.remove(True)
        getattr(self.breaker, how)(*([self.now_s] if how == "failed" else []))

    @invariant()
    def one_probe_at_most(self) -> None:
        assert sum(self.calls) <= 1


TestManyCalls = ManyCalls.TestCase
