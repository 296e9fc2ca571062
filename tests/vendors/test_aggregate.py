"""All vendors at once, under one deadline; one vendor's failure is its own."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from slots.aggregate import Limits
from slots.answers import states
from slots.breaker import BreakerRule
from tests.vendors.conftest import PATIENT, PEOPLE, brand, window


async def test_everybody_is_asked_once_and_answers(ground):
    here = await ground(
        brand("a", parts=range(50)), brand("b", parts=range(50, 100)), brand("c", parts=range(0))
    )
    answers = await here.ask()
    assert {slug: answer.state for slug, answer in answers.items()} == {"a": "ok", "b": "ok", "c": "empty"}
    assert here.sandbox.requests == {"a": 1, "b": 1, "c": 1}
    known = {slot["practitioner_id"] for answer in answers.values() for slot in answer.slots}
    assert known <= set(PEOPLE)
    assert len(known) > 15


async def test_a_hung_vendor_takes_nothing_from_the_others(ground):
    vendors = [brand(f"v{n}", parts=range(n * 10, n * 10 + 10)) for n in range(10)]
    here = await ground(*vendors, limits=Limits(deadline_s=2.0, breaker=PATIENT, cache_s=0))
    here.sandbox.switch("v3", "hung")
    start, end = window()
    asked = here.aggregator.ask(practitioner_ids=PEOPLE, start=start, end=end)
    order = [(answer.editor, answer.state) async for answer in asked.answers(within_s=10)]
    assert order[-1] == ("v3", "timeout")
    assert {state for _, state in order[:-1]} <= {"ok", "empty"}
    assert len(order) == 10


async def test_who_is_late_is_told_and_its_call_serves_the_next_search(ground):
    here = await ground(brand("late"), slow_s=0.6, limits=Limits(breaker=PATIENT))
    here.sandbox.switch("late", "slow")
    first = await here.ask(within_s=0.05)
    assert (first["late"].state, first["late"].reason) == ("timeout", "late")
    second = await here.ask()
    assert second["late"].state == "ok"
    assert here.sandbox.requests == {"late": 1}


async def test_identical_demands_at_once_make_one_call(ground):
    here = await ground(brand("a"), limits=Limits(breaker=PATIENT))
    answers = await asyncio.gather(*(here.ask() for _ in range(20)))
    assert {answer["a"].state for answer in answers} == {"ok"}
    assert here.sandbox.requests == {"a": 1}


async def test_a_failure_is_not_kept_for_the_next_search(ground):
    here = await ground(brand("a"), limits=Limits(breaker=PATIENT))
    here.sandbox.switch("a", "error-500")
    assert (await here.ask())["a"].state == "http-error"
    here.sandbox.switch("a", None)
    assert (await here.ask())["a"].state == "ok"


@pytest.mark.parametrize("fault", ["error-500", "truncated", "reset"])
async def test_nothing_is_retried_inside_a_search(ground, fault):
    here = await ground(brand("a"))
    here.sandbox.switch("a", fault)
    await here.ask()
    assert here.sandbox.requests == {"a": 1}


async def test_the_circuit_opens_after_failures_then_a_probe_closes_it(ground):
    rule = BreakerRule(in_a_row=3, rest_s=600)
    here = await ground(brand("a"), brand("b"), limits=Limits(breaker=rule, cache_s=0))
    here.sandbox.switch("a", "error-500")
    seen = [(await here.ask())["a"].state for _ in range(5)]
    assert seen == ["http-error"] * 3 + ["off"] * 2
    assert here.sandbox.requests["a"] == 3
    here.sandbox.switch("a", None)
    here.aggregator._vendors["a"].breaker.rule = replace(rule, rest_s=0)  # the rest is over
    states_after = [(await here.ask())["a"].state for _ in range(2)]
    assert states_after == ["ok", "ok"]
    assert here.sandbox.requests["b"] == 7  # the other one was asked each time


async def test_a_vendor_never_has_more_calls_at_once_than_its_record_says(ground):
    here = await ground(brand("a", latency_s=0.02), records={"a": {"max_concurrent": 3}})
    batches = [[f"8999{number:08d}" for number in range(first, first + 25)] for first in range(0, 500, 25)]
    answers = await asyncio.gather(*(here.ask(people=batch) for batch in batches))
    assert all(answer["a"].state == "ok" for answer in answers)
    assert here.sandbox.most_at_once["a"] <= 3


async def test_a_vendor_is_not_asked_faster_than_its_rate(ground):
    here = await ground(
        brand("a"),
        records={"a": {"rate_per_s": 5.0}},
        limits=Limits(deadline_s=0.5, breaker=PATIENT, cache_s=0),
    )
    batches = [[f"8999{number:08d}"] for number in range(40)]
    answers = await asyncio.gather(*(here.ask(people=batch) for batch in batches))
    refused = [answer["a"] for answer in answers if answer["a"].state == "timeout"]
    assert {answer.reason for answer in refused} == {"limit"}
    assert here.sandbox.requests["a"] <= 4 + 4 * 0.5 + 1  # a burst of a second's worth, then the rate


async def test_processes_that_serve_together_share_what_a_vendor_allows(ground):
    allowed = {"rate_per_s": 10.0, "max_concurrent": 4}
    limits = Limits(deadline_s=0.5, breaker=PATIENT, cache_s=0, processes=2)
    here = await ground(brand("a", latency_s=0.02), records={"a": allowed}, limits=limits)
    batches = [[f"8999{number:08d}"] for number in range(40)]
    await asyncio.gather(*(here.ask(people=batch) for batch in batches))
    assert here.sandbox.most_at_once["a"] <= 2
    assert here.sandbox.requests["a"] <= 4 + 4 * 0.5 + 1


async def test_large_searches_go_by_batches_of_25_people_and_10_associations(ground):
    here = await ground(brand("a", flows=("agg-ps", "agg-sos")))
    people = [f"8999{number:08d}" for number in range(60)]
    associations = tuple(f"3987654321{number:05d}" for number in range(12))
    start, end = window()
    asked = here.aggregator.ask(practitioner_ids=people, association_ids=associations, start=start, end=end)
    answers = [answer async for answer in asked.answers(within_s=10)]
    assert sorted(len(answer.asked) for answer in answers) == [2, 10, 10, 25, 25]
    assert [answer.state for answer in states(answers)] == ["ok"]


async def test_a_record_that_changes_is_used_and_the_others_keep_their_connections(ground):
    here = await ground(brand("a"), brand("b"))
    await here.ask()
    kept = here.aggregator._vendors["b"].client
    (a, b) = here.aggregator.editors
    await here.aggregator.use([b])
    assert list(await here.ask()) == ["b"]
    assert here.aggregator._vendors["b"].client is kept
    await here.aggregator.use([a, b])
    assert set(await here.ask()) == {"a", "b"}


async def test_a_messy_vendor_of_the_old_guide_is_read_like_the_others(ground):
    here = await ground(brand("tidy"), brand("messy", guide="1.1.0", messy=True))
    answers = await here.ask()
    assert answers["messy"].state == answers["tidy"].state == "ok"
    assert answers["messy"].refused == 0
    assert answers["messy"].warnings > 0


async def test_a_server_without_such_a_vendor_is_an_error_of_that_vendor(ground):
    here = await ground(brand("a"))
    (editor,) = here.aggregator.editors
    await here.aggregator.use([replace(editor, base_url=f"{here.base}/nobody/fhir")])
    answer = (await here.ask())["a"]
    assert (answer.state, answer.reason) == ("http-error", "http-error")


async def test_a_private_address_behind_a_name_is_not_reached(ground):
    here = await ground(brand("a"))
    (editor,) = here.aggregator.editors
    inside = replace(editor, base_url="https://localhost:1/fhir", sandbox=False)
    await here.aggregator.use([inside])
    answer = (await here.ask())["a"]
    assert (answer.state, answer.reason) == ("http-error", "transport")
