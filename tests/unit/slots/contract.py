"""What section 4.5 says of every record, checked on one answer."""

from __future__ import annotations

import json
from typing import Any, get_args

from care.slot import FailureReason, FreeSlot, Place, RejectionReason, WarningCode
from slots.fhir.profile import VISIBILITY_ALLOWED

IDS = {"899900004215", "899900007311", "398799991400035"}


def hold_contract(result: Any, flow: str) -> None:
    """Everything section 4.5 says of a record, checked on one."""
    assert json.loads(json.dumps(result)) == result
    assert result["outcome"] == ("ok" if result["failure_reason"] is None else "failed")
    assert result["failure_reason"] in {None, *get_args(FailureReason)}
    assert {item["reason"] for item in result["rejected"]} <= set(get_args(RejectionReason))
    assert {item["code"] for item in result["warnings"]} <= set(get_args(WarningCode))
    told = [(item["ref"], item["code"]) for item in result["warnings"]]
    assert len(told) == len(set(told))
    for slot in result["slots"]:
        hold_record(slot, flow)


def hold_record(slot: Any, flow: str) -> None:
    assert list(slot) == list(FreeSlot.__annotations__)
    assert list(slot["place"]) == list(Place.__annotations__)
    assert slot["start"] <= slot["end"]
    assert "2026-10-24T06:00:00Z" <= slot["start"] <= "2026-10-26T22:59:59Z"
    assert slot["visibility"] == sorted(set(slot["visibility"]))
    assert slot["visibility"]
    assert set(slot["visibility"]) <= VISIBILITY_ALLOWED[flow]  # type: ignore[index]
    assert bool(slot["cpts"]) == ("CPTS" in slot["visibility"])
    assert slot["consultation_types"] == sorted(set(slot["consultation_types"]))
    assert slot["booking_url"] is None or slot["booking_url"].lower().startswith(("http://", "https://"))
    asked = slot["organization_id"] if flow == "agg-sos" else slot["practitioner_id"]
    other = slot["practitioner_id"] if flow == "agg-sos" else slot["organization_id"]
    assert asked in IDS
    assert other is None
    place = slot["place"]
    assert (place["postal_code"] and place["city"]) or slot["structure_id"] or place["identifier_value"]
