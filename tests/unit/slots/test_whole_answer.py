"""Section 4.1: what makes a whole answer fail, and what does not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from slots.fhir import answer
from slots.fhir.answer import Body
from slots.fhir.bundle import extract_slots, failed
from slots.fhir.profile import MAX_BODY_BYTES, MAX_ENTRIES
from tests.unit.slots.bundles import REQUESTS, WINDOW, Sample, cpts, ps, sos

if TYPE_CHECKING:
    from collections.abc import Callable

OUTCOME = {
    "resourceType": "OperationOutcome",
    "issue": [{"severity": "error", "code": "processing", "diagnostics": "base arrêtée"}],
}


def reason_of(*pages: bytes, http_status: int = 200) -> str | None:
    result = extract_slots(list(pages), **REQUESTS["ps-1.1.0"], **WINDOW, http_status=http_status)
    assert result["outcome"] == ("ok" if result["failure_reason"] is None else "failed")
    if result["failure_reason"] is not None:
        assert (result["slots"], result["rejected"], result["warnings"]) == ([], [], [])
    return result["failure_reason"]


def bundle(**changes: object) -> bytes:
    return json.dumps({"resourceType": "Bundle", "type": "searchset", **changes}).encode()


@pytest.mark.parametrize("reason", ["timeout", "transport"])
def test_the_client_says_timeout_and_transport_in_the_same_form(reason):
    assert failed(reason) == {
        "outcome": "failed",
        "failure_reason": reason,
        "slots": [],
        "rejected": [],
        "warnings": [],
    }


@pytest.mark.parametrize("status", [201, 204, 206, 301, 400, 401, 403, 404, 422, 429, 500, 503, 0])
def test_any_status_but_200_fails_whatever_the_body(status):
    assert reason_of(ps().page(), http_status=status) == "http-error"
    assert reason_of(b"<html>", http_status=status) == "http-error"


def test_a_body_of_16_mib_is_read_and_one_byte_more_is_refused():
    page = bundle()
    assert reason_of(page.ljust(MAX_BODY_BYTES)) is None
    assert reason_of(page.ljust(MAX_BODY_BYTES + 1)) == "response-too-large"


def test_the_limit_of_size_is_for_each_page_and_comes_before_the_content():
    assert reason_of(bundle().ljust(MAX_BODY_BYTES), bundle().ljust(MAX_BODY_BYTES)) is None
    assert reason_of(b"not json", b" " * (MAX_BODY_BYTES + 1)) == "response-too-large"


def test_a_body_stops_being_read_as_soon_as_it_is_too_large():
    body = Body()
    for _ in range(16):
        body.add(b" " * (1 << 20))
    assert not body.full
    body.add(b"  ")
    assert body.full
    assert len(body.page()) == MAX_BODY_BYTES + 1
    assert reason_of(body.page()) == "response-too-large"


def test_20_000_entries_are_read_and_one_more_is_refused():
    assert reason_of(bundle(entry=[{}] * MAX_ENTRIES)) is None
    assert reason_of(bundle(entry=[{}] * (MAX_ENTRIES + 1))) == "response-too-large"


def test_the_limit_of_entries_is_on_the_sum_of_the_pages():
    half = bundle(entry=[None] * (MAX_ENTRIES // 2))
    assert reason_of(half, half) is None
    assert reason_of(half, half, bundle(entry=[None])) == "response-too-large"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b'{"resourceType": "Bundle", "type": "searchset"',
        b"<Bundle xmlns='http://hl7.org/fhir'/>",
        '{"resourceType": "Bundle", "type": "searchset", "id": "é"}'.encode("latin-1"),
        '{"resourceType": "Bundle"}'.encode("utf-16"),
        b'{"resourceType": "Bundle", "type": "searchset", "total": NaN}',
        b'{"resourceType": "Bundle", "type": "searchset"} {}',
        b"\x00",
    ],
)
def test_what_is_not_json_in_utf_8_is_refused(body):
    assert reason_of(body) == "invalid-json"


def test_no_page_at_all_is_no_json():
    assert reason_of() == "invalid-json"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (rb"cut \ud83d", "cut \ufffd"),
        (rb"\uDE00 low", "\ufffd low"),
        (rb"\ud83d\ud83d\ude00", "\ufffd\U0001f600"),
        (rb"\\ud83d \ud83d", "\\ud83d \ufffd"),
        (rb"\\\ud83d\n", "\\\ufffd\n"),
    ],
)
def test_half_an_emoji_in_a_text_does_not_cost_the_answer(written, read):
    sample = ps()
    sample["Slot/matin"]["serviceType"][2]["text"] = "here"
    result = sample.extract(sample.page().replace(b"here", written))
    assert result["slots"][0]["reasons"][0] == read


@pytest.mark.parametrize(
    "body", [rb'{"a": "\ud83d"', rb"\ud83d", rb'"\ud83', rb'{"resourceType": "\ud83d" \ud83d}']
)
def test_half_an_emoji_does_not_make_json_of_what_is_not(body):
    assert reason_of(body) == "invalid-json"


@pytest.mark.parametrize("depth", [2_000, 100_000, 4_000_000])
@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_nesting_deeper_than_the_parser_accepts_is_refused_without_a_crash(depth, opening):
    size = min(depth, (MAX_BODY_BYTES - 100) // len(opening))
    assert reason_of(b'{"resourceType":"Bundle","x":' + opening * size) == "invalid-json"


def test_deep_nesting_that_the_parser_accepts_is_read_even_in_copies_that_must_be_compared():
    sample = ps()
    sample["Slot/matin"]["extension"] = "here"
    sample.copy_of("Slot/matin")
    page = sample.page().replace(b'"here"', b"[" * 900 + b"]" * 900)
    result = sample.extract(page)
    assert [slot["slot_ref"] for slot in result["slots"]] == ["Slot/matin", "Slot/libre", "Slot/soir"]
    assert result["warnings"] == [{"ref": "Slot/matin", "code": "duplicate-dropped"}]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (
            b'{"resourceType":"Bundle","type":"searchset","x":[' + b"[]," * 30_000 + b"[]]}",
            "response-too-large",
        ),
        (b'{"resourceType":"Bundle","entry":[' + b"{}," * 30_000 + b"{}]}", "response-too-large"),
        (b'{"resourceType":"Bundle","x":[' + b"[]," * 30_000, "response-too-large"),
        (b'{"x":{"entry":[' + b"{}," * 22_000 + b'{}]},"entry":[' + b"{}," * 2_000, None),
        (b'{"entry":[{}],"x":[' + b"{}," * 22_000 + b"{}]}", None),
        (b'{"x":{"entry":[],' + b'"a":{},' * 22_000 + b'"a":{}}}', None),
        (b'{"y":["entry",["entry"]],"entry" : [' + b"[[]]," * 20_001, "response-too-large"),
        (b'{"resourceType":"Bundle","x":' + b"[" * 60_000, "invalid-json"),
        (b'{"resourceType":"Bundle",' + b"}{" * 30_000, "invalid-json"),
    ],
)
def test_a_flood_of_brackets_is_counted_while_reading_and_never_built(body, reason, monkeypatch):
    def never(_: bytes) -> object:
        raise AssertionError("the whole document was built")

    monkeypatch.setattr(answer, "MAX_BRACKETS", 25_000)
    monkeypatch.setattr(answer.orjson, "loads", never)
    assert answer._walk(body) == reason
    if reason is not None:
        assert reason_of(body) == reason


def test_the_walk_goes_over_texts_in_one_go_even_when_they_never_end():
    assert answer._walk(b'{"a":"' + rb"\"[{" * 2_000_000) is None
    assert answer._walk(b'{"a":' + rb'"[","{\\","]\"",' * 500_000 + b'"x"}') is None


def test_brackets_inside_texts_are_not_taken_for_nesting():
    assert reason_of(bundle(x="[" * 2_000_000, y="{" * 2_000_000)) is None


@pytest.mark.parametrize("document", [OUTCOME, {"resourceType": "OperationOutcome"}])
def test_an_operation_outcome_as_the_body_of_a_200_is_a_failure(document):
    assert reason_of(json.dumps(document).encode()) == "operation-outcome"


@pytest.mark.parametrize(
    "document",
    [
        None,
        True,
        3,
        "Bundle",
        [],
        [{"resourceType": "Bundle"}],
        {},
        {"resourceType": "Slot"},
        {"resourceType": ["Bundle"]},
    ],
)
def test_any_other_json_that_is_not_a_bundle_is_refused(document):
    assert reason_of(json.dumps(document).encode()) == "not-a-bundle"


@pytest.mark.parametrize("kind", ["batch", "collection", "Searchset", "", None, 1, ["searchset"], {}])
def test_a_bundle_of_another_type_is_refused(kind):
    assert reason_of(bundle(type=kind)) == "bundle-type-invalid"


def test_a_bundle_without_type_is_refused():
    assert reason_of(b'{"resourceType": "Bundle"}') == "bundle-type-invalid"


def test_one_bad_page_fails_the_whole_answer():
    good = ps().page()
    assert reason_of(good, b"{") == "invalid-json"
    assert reason_of(json.dumps(OUTCOME).encode(), good) == "operation-outcome"
    assert reason_of(good, bundle(type="batch")) == "bundle-type-invalid"


def without(sample: Sample, *names: str) -> Sample:
    for name in names:
        sample.bundle.pop(name, None)
    return sample


def spoil_profiles(sample: Sample) -> Sample:
    for entry in sample.bundle["entry"]:
        entry["resource"].setdefault("meta", {})["profile"] = ["https://elsewhere.example/profile"]
    return sample


def unknown_parts(sample: Sample) -> Sample:
    for entry in sample.bundle["entry"]:
        entry["resource"]["text"] = {"status": "generated", "div": "<div>…</div>"}
        entry["resource"]["unheardOf"] = [{"deep": [1, None]}]
    sample.add({"resourceType": "Basket", "id": "x"}, fullUrl="urn:uuid:x")
    sample.add({"resourceType": "Patient", "id": "nobody"})
    sample.bundle["entry"] += [None, 3, "x", [], {}, {"resource": None}, {"resource": []}, {"fullUrl": "x"}]
    return sample


def change(**changes: object) -> Callable[[Sample], Sample]:
    def apply(sample: Sample) -> Sample:
        sample.bundle.update(changes)
        return sample

    return apply


@pytest.mark.parametrize("make", [ps, cpts, sos])
@pytest.mark.parametrize(
    "spoil",
    [
        lambda sample: without(sample, "total"),
        change(total=0),
        change(total="many"),
        change(total=-1),
        lambda sample: without(sample, "link"),
        change(link="self"),
        lambda sample: without(sample, "meta", "id"),
        spoil_profiles,
        unknown_parts,
        lambda sample: [entry.pop("search", None) for entry in sample.bundle["entry"]] and sample,
        lambda sample: (
            [entry.update(search={"mode": "include"}) for entry in sample.bundle["entry"]] and sample
        ),
        lambda sample: sample.add(OUTCOME, search={"mode": "outcome"}) and sample,
    ],
)
def test_what_is_no_failure_changes_nothing(make, spoil):
    assert spoil(make()).extract() == make().extract()


@pytest.mark.parametrize("entry", [[], None, {}, "none", 4])
def test_an_answer_without_entry_is_a_success_with_no_slot(entry):
    result = ps().extract(bundle(entry=entry, total=0))
    assert result == {"outcome": "ok", "failure_reason": None, "slots": [], "rejected": [], "warnings": []}


def test_a_leading_byte_order_mark_is_tolerated():
    sample = ps()
    assert sample.extract(b"\xef\xbb\xbf" + sample.page()) == sample.extract()


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_a_page_may_be_any_bytes(kind):
    sample = ps()
    assert sample.extract(kind(sample.page())) == sample.extract()


def test_all_pages_together_form_one_answer():
    whole = cpts()
    first, second = cpts(), cpts()
    first.bundle["entry"] = first.bundle["entry"][:3]
    second.bundle["entry"] = second.bundle["entry"][3:]
    assert whole.extract(first.page(), second.page()) == whole.extract()


@pytest.mark.parametrize(
    "wrong",
    [
        {"flow": "agg"},
        {"flow": ""},
        {"window_start": "2026-10-24"},
        {"window_end": "2026-10-24T08:00:00"},
    ],
)
def test_a_wrong_request_is_an_error_of_the_caller(wrong):
    sample = ps()
    with pytest.raises(ValueError, match=r"flow|bound"):
        sample.extract(**wrong)
