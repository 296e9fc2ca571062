"""The booking link: `origin` added properly, and only to addresses of the vendor."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slots.booking import allowed_link, booking_link


@pytest.mark.parametrize(
    ("stored", "given"),
    [
        ("https://e.example/a/12", "https://e.example/a/12?origin=sas"),
        ("https://e.example/a?ps=12", "https://e.example/a?ps=12&origin=sas"),
        ("https://e.example/a?origin=x&ps=12", "https://e.example/a?ps=12&origin=sas"),
        ("https://e.example/#/a/12", "https://e.example/?origin=sas#/a/12"),
        ("https://e.example/a?q=%C3%A9+b", "https://e.example/a?q=%C3%A9+b&origin=sas"),
    ],
)
def test_the_table_of_the_contract(stored, given):
    assert booking_link(stored, origin="sas") == given


@given(st.lists(st.from_regex(r"[a-z]{1,5}=[A-Za-z0-9%+]{0,5}", fullmatch=True), max_size=5))
def test_adding_origin_twice_changes_nothing_more(pairs):
    once = booking_link(f"https://e.example/a?{'&'.join(pairs)}", origin="sas")
    assert booking_link(once, origin="sas") == once
    assert once.count("origin=sas") == 1


@pytest.mark.parametrize(
    ("url", "plain", "kept"),
    [
        ("https://agenda.example/p", False, True),
        ("https://AGENDA.example/p", False, True),
        ("http://agenda.example/p", False, False),
        ("http://agenda.example/p", True, True),
        ("https://agenda.example.evil.example/p", False, False),
        ("https://agenda.example@evil.example/p", False, False),
        ("https://user:pass@agenda.example/p", False, False),
        ("https://agenda.example:8443/p", False, False),
        ("javascript:alert(1)", True, False),
        (None, True, False),
    ],
)
def test_a_link_leads_to_a_host_of_the_vendor_or_nowhere(url, plain, kept):
    assert (allowed_link(url, hosts={"agenda.example"}, plain=plain) is not None) is kept
