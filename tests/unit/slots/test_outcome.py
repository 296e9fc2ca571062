"""Messages of vendors for the log (sections 2.2 and 4.1)."""

from __future__ import annotations

import json

from slots.fhir.outcome import outcome_messages
from tests.unit.slots.bundles import ps


def outcome(*issues: object) -> dict:
    return {"resourceType": "OperationOutcome", "issue": list(issues)}


def test_the_text_of_a_failure_is_kept_for_the_log():
    body = json.dumps(
        outcome({"diagnostics": "start: date invalide"}, {"details": {"text": "refusé"}}, {"code": "invalid"})
    )
    assert outcome_messages([body.encode()]) == ["start: date invalide", "refusé", "invalid"]


def test_an_outcome_inside_a_bundle_is_a_message_and_no_failure():
    sample = ps()
    sample.add(
        outcome({"severity": "warning", "diagnostics": "agenda 12 indisponible"}), search={"mode": "outcome"}
    )
    assert outcome_messages([sample.page(), sample.page()]) == ["agenda 12 indisponible"]
    assert sample.extract() == ps().extract()


def test_a_message_cannot_break_the_log_nor_fill_it():
    issues = [{"diagnostics": f"{number}\r\nforged line \x1b[31m" + "x" * 10_000} for number in range(100)]
    messages = outcome_messages([json.dumps(outcome(*issues)).encode()])
    assert len(messages) == 20
    assert all(len(message) <= 500 and message.isprintable() for message in messages)


def test_anything_else_has_no_message():
    for body in (
        b"",
        b"<html>",
        b"3",
        b"[]",
        b'{"issue": [{"code": "x"}]}',
        b'{"resourceType": "OperationOutcome", "issue": {}}',
    ):
        assert outcome_messages([body]) == []
