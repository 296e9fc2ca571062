"""Limits of nesting, brackets and entries, held while the bytes of an answer arrive."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slots.fhir.answer import Body
from slots.fhir.profile import MAX_BRACKETS, MAX_ENTRIES, MAX_NESTING
from slots.fhir.scan import Scan

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text() | st.just("entry"), inner, max_size=4)
    ),
    max_leaves=25,
)


def counted(body: bytes, size: int) -> tuple[int, int, int]:
    scan = Scan()
    for start in range(0, len(body), size):
        assert scan.feed(body[start : start + size]) is None
    return scan._depth, scan._brackets, scan._entries


def expected(value: object, depth: int = 0, *, entries: bool = False) -> tuple[int, int]:
    """Brackets, and members of a root's `entry` array that are arrays or objects."""
    if not isinstance(value, list | dict):
        return 0, 0
    brackets, found = 1, int(entries and depth == 2)
    for name, item in value.items() if isinstance(value, dict) else enumerate(value):
        inside = entries or (
            depth == 0 and isinstance(value, dict) and name == "entry" and isinstance(item, list)
        )
        more = expected(item, depth + 1, entries=inside)
        brackets, found = brackets + more[0], found + more[1]
    return brackets, found


@given(JSON, st.integers(1, 12), st.booleans())
def test_brackets_and_entries_are_counted_the_same_wherever_the_chunks_are_cut(value, size, escaped):
    body = json.dumps(value, ensure_ascii=escaped).encode("utf-8", "surrogatepass")
    depth, brackets, entries = counted(body, size)
    assert depth == 0
    assert (brackets, entries) == expected(value)


@given(st.binary(max_size=300), st.integers(1, 40))
def test_any_bytes_are_counted_without_error(body, size):
    scan = Scan()
    for start in range(0, len(body), size):
        scan.feed(body[start : start + size])


def test_two_hundred_thousand_nested_arrays_are_refused_at_the_limit_of_nesting():
    scan = Scan()
    assert scan.feed(b"[" * MAX_NESTING) is None
    assert scan.feed(b"[") == "invalid-json"


def test_an_entry_too_many_is_refused_before_the_end_of_the_body():
    scan = Scan()
    assert scan.feed(b'{"resourceType":"Bundle","entry" : [' + b"{}," * MAX_ENTRIES) is None
    assert scan.feed(b"{}") == "response-too-large"


def test_texts_that_never_end_are_read_once():
    scan = Scan()
    for _ in range(200):
        assert scan.feed(b'{"a":"' + rb"\"[{" * 10_000) is None
    assert scan._depth <= 2


@pytest.mark.parametrize("flood", [b"[],", b'{"a":1},'])
def test_a_large_body_stops_being_read_at_the_limit_that_it_passes(flood):
    body = Body()
    fed = 0
    chunk = flood * (64 * 1024 // len(flood))
    body.add(b'{"x":[')
    while not (body.full or body.refused):
        body.add(chunk)
        fed += 1
    assert body.refused == "response-too-large"
    assert fed * len(chunk) < 1.2 * MAX_BRACKETS * len(flood)


def test_a_small_body_costs_no_count():
    body = Body()
    body.add(b"[" * 200_000)
    assert body.refused is None  # the parser refuses it at once, see test_whole_answer
