"""Reading a vendor's answer: from the bytes of its pages to slots, refusals and warnings (section 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from slots.fhir.answer import read_answer
from slots.fhir.association import AssociationSchedules
from slots.fhir.index import Index
from slots.fhir.instant import bound
from slots.fhir.pagination import next_link
from slots.fhir.practitioner import PractitionerSchedules
from slots.fhir.profile import FLOWS
from slots.fhir.slot import SlotReader, Window
from slots.fhir.verdict import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from care.slot import Extraction, FailureReason, Flow
    from slots.fhir.answer import Answer, Page


def extract_slots(
    pages: Sequence[Page],
    *,
    flow: str,
    requested_ids: Iterable[str],
    window_start: datetime | str,
    window_end: datetime | str,
    http_status: int = 200,
) -> Extraction:
    """Read one vendor's answer to a search of slots. Pure: no network, no database, no clock.

    A bad slot is refused alone, with the first reason found; nothing in `pages` ever raises. The time and
    memory taken grow with the size of the answer, which is limited (16 MiB a page, 20 000 entries in all).

    Args:
        pages: bodies of the pages, in order; all together form one answer.
        flow: `agg-ps` (INT_R01), `agg-cpts` (INT_R04) or `agg-sos` (SOS Médecins).
        requested_ids: what was asked, with the type digit: `8` + RPPS, `0` + ADELI; for SOS `3` + SIRET.
        window_start: first `Slot.start` accepted; an aware datetime or an RFC 3339 text.
        window_end: last `Slot.start` accepted, likewise.
        http_status: status of the answer; anything but 200 is a failure.

    Raises:
        ValueError: the caller is wrong: unknown flow, or a bound of the window without time zone.
    """
    if flow not in FLOWS:
        raise ValueError(f"unknown flow: {flow}")
    window = Window(bound(window_start), bound(window_end))
    answer = read_answer(pages, http_status)
    if isinstance(answer, str):
        return failed(answer)
    return _read(answer, cast("Flow", flow), frozenset(requested_ids), window)


def failed(reason: FailureReason) -> Extraction:
    """The record of an answer that fails as a whole; `timeout` and `transport` are for the client to say."""
    return {"outcome": "failed", "failure_reason": reason, "slots": [], "rejected": [], "warnings": []}


def _read(answer: Answer, flow: Flow, requested_ids: frozenset[str], window: Window) -> Extraction:
    index = Index(answer.entries)
    attaching = AssociationSchedules if flow == "agg-sos" else PractitionerSchedules
    reader = SlotReader(index, flow=flow, window=window, schedules=attaching(index, requested_ids))
    result: Extraction = {
        "outcome": "ok", "failure_reason": None, "slots": [], "rejected": [], "warnings": []
    }  # fmt: skip
    warnings = result["warnings"]
    if next_link(answer.bundles[-1]) is not None:
        warnings.append({"ref": "Bundle", "code": "next-link-ignored"})
    warnings.extend({"ref": resource.ref, "code": "duplicate-dropped"} for resource in index.repeated())
    for slot in index.slots():
        try:
            record, codes = reader.read(slot)
        except Refused as refused:
            result["rejected"].append({"slot_ref": slot.ref, "reason": refused.reason})
        else:
            result["slots"].append(record)
            warnings.extend({"ref": slot.ref, "code": code} for code in dict.fromkeys(codes))
    return result
