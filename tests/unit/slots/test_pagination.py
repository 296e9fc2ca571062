"""Section 4.1: further pages."""

from __future__ import annotations

import json

import pytest

from slots.fhir.pagination import next_page
from slots.fhir.profile import MAX_PAGES
from tests.unit.slots.bundles import ps

BASE = "https://agenda-alpha.example/fhir"


def page(link: object) -> bytes:
    return json.dumps({"resourceType": "Bundle", "link": link}).encode()


def following(url: object, base: str = BASE) -> str | None:
    return next_page(
        page([{"relation": "self", "url": BASE}, {"relation": "next", "url": url}]),
        base_url=base,
        pages_read=1,
    )


@pytest.mark.parametrize(
    ("url", "followed"),
    [
        (f"{BASE}?page=2", f"{BASE}?page=2"),
        ("https://AGENDA-ALPHA.example:443/x", "https://AGENDA-ALPHA.example:443/x"),
        ("Slot?page=2", f"{BASE}/Slot?page=2"),
        ("/fhir?page=2", "https://agenda-alpha.example/fhir?page=2"),
        ("http://agenda-alpha.example/fhir?page=2", None),
        ("https://agenda-alpha.example:8443/fhir?page=2", None),
        ("https://evil.example/fhir?page=2", None),
        ("//evil.example/fhir", None),
        ("https://agenda-alpha.example@evil.example/", None),
        ("https://agenda-alpha.example\\@evil.example/", None),
        ("file:///etc/passwd", None),
        ("https://[::1", None),
        ("https://agenda-alpha.example:x/", None),
        ("", None),
        (None, None),
        (7, None),
    ],
)
def test_a_next_link_is_followed_on_the_same_server_only(url, followed):
    assert following(url) == followed


def test_a_base_with_a_port_compares_its_port():
    assert following("http://127.0.0.1:9000/a?2", "http://127.0.0.1:9000/a") == "http://127.0.0.1:9000/a?2"
    assert following("http://127.0.0.1/a?2", "http://127.0.0.1:9000/a") is None


def test_five_pages_at_most_are_asked():
    link = page([{"relation": "next", "url": f"{BASE}?page=9"}])
    assert next_page(link, base_url=BASE, pages_read=MAX_PAGES - 1) is not None
    assert next_page(link, base_url=BASE, pages_read=MAX_PAGES) is None


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"3", page(None), page({"relation": "next"}), page([None, {"relation": ["next"]}])]
)
def test_no_readable_link_is_no_next_page(body):
    assert next_page(body, base_url=BASE, pages_read=1) is None


def test_a_next_link_that_was_not_followed_is_said_and_changes_nothing():
    sample = ps()
    sample.bundle["link"].append({"relation": "next", "url": "https://evil.example/"})
    result = sample.extract()
    assert result["warnings"] == [{"ref": "Bundle", "code": "next-link-ignored"}]
    assert result["slots"] == ps().extract()["slots"]
    assert sample.extract(sample.page(), ps().page())["warnings"][0]["code"] != "next-link-ignored"
