"""What holds of every answer, whatever its bytes."""

from __future__ import annotations

import json
import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from slots.fhir.bundle import extract_slots
from slots.fhir.outcome import outcome_messages
from slots.fhir.pagination import next_page
from slots.fhir.profile import FLOWS
from tests.unit.slots.answers import VALUES, any_sample, bend
from tests.unit.slots.bundles import WINDOW
from tests.unit.slots.contract import IDS, hold_contract

SEEDS = st.integers(0, 2**32)


def read(*pages: bytes, flow: str = "agg-ps") -> Any:
    return extract_slots(list(pages), flow=flow, requested_ids=IDS, **WINDOW)


@given(st.lists(st.binary(max_size=200), max_size=3), st.sampled_from(sorted(FLOWS)))
def test_any_bytes_are_read_without_error(pages, flow):
    hold_contract(read(*pages, flow=flow), flow)
    outcome_messages(pages)


@given(VALUES, st.sampled_from(sorted(FLOWS)))
def test_any_json_is_read_without_error(document, flow):
    page = json.dumps(document).encode()
    hold_contract(read(page, flow=flow), flow)
    outcome_messages([page])
    next_page(page, base_url="https://agenda.example", pages_read=1)


@given(st.lists(VALUES, max_size=6), st.sampled_from(sorted(FLOWS)))
def test_any_entries_are_read_without_error(entries, flow):
    page = json.dumps({"resourceType": "Bundle", "type": "searchset", "entry": entries}).encode()
    hold_contract(read(page, flow=flow), flow)


@settings(max_examples=150)
@given(SEEDS, st.integers(1, 12), st.data())
def test_the_order_of_entries_does_not_change_the_slots(seed, times, data):
    rng = random.Random(seed)
    sample = any_sample(rng)
    bend(sample.bundle["entry"], rng, times)
    entries = [entry for entry in sample.bundle["entry"] if has_name(entry)]
    shuffled = data.draw(st.permutations(entries))
    one, other = (sample_page(items) for items in (entries, shuffled))
    flow = sample.request["flow"]
    for name in ("slots", "rejected", "warnings"):
        assert as_set(read(one, flow=flow)[name]) == as_set(read(other, flow=flow)[name])


@settings(max_examples=100)
@given(SEEDS, st.integers(0, 12), st.integers(0, 30))
def test_the_cut_into_pages_does_not_change_the_answer(seed, times, at):
    rng = random.Random(seed)
    sample = any_sample(rng)
    bend(sample.bundle["entry"], rng, times)
    entries = sample.bundle["entry"]
    flow = sample.request["flow"]
    assert read(sample_page(entries[:at]), sample_page(entries[at:]), flow=flow) == read(
        sample_page(entries), flow=flow
    )


@settings(max_examples=100)
@given(SEEDS, st.integers(0, 12))
def test_reading_again_or_twice_as_much_gives_the_same_slots(seed, times):
    rng = random.Random(seed)
    sample = any_sample(rng)
    bend(sample.bundle["entry"], rng, times)
    page = sample_page([entry for entry in sample.bundle["entry"] if has_name(entry)])
    flow = sample.request["flow"]
    once, again, twice = read(page, flow=flow), read(page, flow=flow), read(page, page, flow=flow)
    assert once == again
    assert (twice["slots"], twice["rejected"]) == (once["slots"], once["rejected"])


def has_name(entry: Any) -> bool:
    """A slot with neither id nor fullUrl has no name but its rank, which is what these properties change."""
    if not isinstance(entry, dict) or not isinstance(entry.get("resource"), dict):
        return True
    names = (entry["resource"].get("id"), entry.get("fullUrl"))
    return any(isinstance(name, str) and name.strip() for name in names)


def sample_page(entries: Any) -> bytes:
    return json.dumps({"resourceType": "Bundle", "type": "searchset", "entry": entries}).encode()


def as_set(items: Any) -> list[str]:
    return sorted(json.dumps(item, sort_keys=True) for item in items)
