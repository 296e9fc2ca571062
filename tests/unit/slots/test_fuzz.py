"""Mutated answers: clean bundles bent in their JSON or cut in their bytes, always the same way."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import pytest

from slots.fhir import answer
from slots.fhir.bundle import extract_slots
from tests.unit.slots.answers import bend
from tests.unit.slots.bundles import OFFICIAL, WINDOW, cpts, ps, sos
from tests.unit.slots.contract import IDS, hold_contract

if TYPE_CHECKING:
    from pathlib import Path

ROUNDS = 400


def cut(page: bytes, rng: random.Random) -> bytes:
    """Truncate, flip, remove, repeat or insert bytes."""
    body = bytearray(page)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(body) + 1)
        match rng.randrange(5):
            case 0:
                del body[at:]
            case 1:
                body[at : at + 1] = bytes([rng.randrange(256)])
            case 2:
                del body[at : at + rng.randint(1, 40)]
            case 3:
                body[at:at] = body[at : at + rng.randint(1, 200)]
            case _:
                body[at:at] = rng.choice([b"{", b"[", b'"', b"\\", b"\xff", b",", b"null", b"\\ud800"])
    return bytes(body)


@pytest.mark.parametrize("make", [ps, cpts, sos])
def test_a_bent_bundle_is_read_and_the_contract_holds(make):
    told: set[str] = set()
    for seed in range(ROUNDS):
        rng = random.Random(f"bend {make.__name__} {seed}")
        sample = make()
        bend(sample.bundle, rng, rng.choice([1, 2, 5, 20]))
        result = extract_slots([sample.page()], flow=sample.request["flow"], requested_ids=IDS, **WINDOW)
        hold_contract(result, sample.request["flow"])
        told |= {item["reason"] for item in result["rejected"]} | {result["failure_reason"] or "ok"}
    assert len(told) > 10, "the fuzzer must reach many verdicts to be worth running"


@pytest.mark.parametrize("make", [ps, cpts, sos])
def test_cut_bytes_are_read_and_the_contract_holds(make):
    page = make().page()
    flow = make().request["flow"]
    for seed in range(ROUNDS):
        rng = random.Random(f"cut {make.__name__} {seed}")
        hold_contract(extract_slots([cut(page, rng)], flow=flow, requested_ids=IDS, **WINDOW), flow)


@pytest.mark.parametrize("make", [ps, cpts, sos])
def test_the_reader_of_suspicious_bodies_refuses_nothing_that_keeps_the_limits(make):
    page = make().page()
    assert answer._walk(page) is None
    for seed in range(ROUNDS):
        body = cut(page, random.Random(f"walk {make.__name__} {seed}"))
        refused = answer._walk(body)
        assert refused in {None, "invalid-json"}
        assert refused is None or isinstance(answer.parse(body), str)


@pytest.mark.parametrize("number", [b"9" * 5_000, b"1e9999999999999999999", b"-0." + b"1" * 5_000, b"1E+400"])
def test_a_number_too_long_does_not_stop_the_process(number):
    body = b'{"resourceType": "Bundle", "type": "searchset", "total": ' + number + b"}"
    result = extract_slots([body], flow="agg-ps", requested_ids=IDS, **WINDOW)
    assert result["failure_reason"] in {None, "invalid-json"}


@pytest.mark.real
@pytest.mark.parametrize("name", OFFICIAL)
def test_a_mutated_official_bundle_never_raises(name: str, official_fhir: Path):
    page = (official_fhir / name).read_bytes()
    for seed in range(ROUNDS):
        rng = random.Random(f"official {name} {seed}")
        document: Any = json.loads(page)
        bend(document, rng, rng.choice([1, 2, 5, 20]))
        for body in (json.dumps(document).encode(), cut(page, rng)):
            result = extract_slots([body], **OFFICIAL[name])
            assert result == extract_slots([body], **OFFICIAL[name])
            assert {item["practitioner_id"] for item in result["slots"]} <= OFFICIAL[name]["requested_ids"]
