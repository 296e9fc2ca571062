"""Cursors: opaque, signed, without a place."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidParameter
from search import page
from search.rank import RankKey

KEY = b"k" * 32
CURSOR = page.Cursor(
    query=page.digest("48.85,2.35", KEY),
    policy="time-to-care-1",
    seed="20261124-aa",
    last=RankKey(81_234_567, 2**64 - 1),
    shown=20,
    steps_km=(5.0, 10.0),
    found=(2, 9),
    standing=(4, 30),
    travel="road",
    start=datetime(2026, 11, 24, 9, tzinfo=UTC),
    end=datetime(2026, 11, 26, 22, 59, 59, tzinfo=UTC),
)


def test_a_cursor_reads_back_what_was_written():
    assert page.read(page.write(CURSOR, KEY), KEY, query=CURSOR.query) == CURSOR


def test_a_cursor_of_another_query_is_refused():
    with pytest.raises(InvalidParameter) as refused:
        page.read(page.write(CURSOR, KEY), KEY, query=page.digest("45,5", KEY))
    assert refused.value.details["parameter"] == "cursor"


def test_a_cursor_signed_by_another_server_is_refused():
    with pytest.raises(InvalidParameter):
        page.read(page.write(CURSOR, b"x" * 32), KEY)


@given(st.text(max_size=200))
def test_any_other_text_is_refused_as_a_parameter(text):
    with pytest.raises(InvalidParameter) as refused:
        page.read(text, KEY)
    assert refused.value.details["parameter"] == "cursor"


@given(st.integers(min_value=0, max_value=400), st.sampled_from("ABab01-_"))
def test_a_changed_character_is_seen(position, character):
    text = page.write(CURSOR, KEY)
    position %= len(text)
    changed = text[:position] + character + text[position + 1 :]
    if changed != text and position < len(text) - 1:  # the last one may hold unused bits
        with pytest.raises(InvalidParameter):
            page.read(changed, KEY)


def test_the_digest_of_a_place_cannot_be_made_without_the_key():
    assert page.digest("48.85,2.35", KEY) != page.digest("48.85,2.35", b"other")
