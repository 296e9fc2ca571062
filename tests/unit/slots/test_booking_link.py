"""The booking link: `origin` added properly, and only to addresses of the vendor."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slots.booking import allowed_link, booking_link
from slots.fhir.booking import is_web_address


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


@given(st.from_regex(r"https?://[a-zA-Z0-9.:@\[\]/?#\\% -]{0,12}", fullmatch=True))
def test_an_address_that_looks_usual_is_one_once_taken_apart(url):
    if is_web_address(url):
        parts = urlsplit(url)
        assert parts.hostname
        assert parts.port != 0
        kept = allowed_link(url, hosts={parts.netloc.lower()}, plain=True)
        assert kept == url
        assert allowed_link(url, hosts={f"{parts.netloc.lower()}.example"}, plain=True) is None
