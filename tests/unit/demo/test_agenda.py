"""Calendars and declarations of the invented France: right ones, the same each time."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from care.agenda import check, first_clash
from care.participation import check as check_declaration
from demo.agenda import declaration, slots

TODAY = date(2026, 11, 25)
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
numbers = st.integers(0, 99_999_999).map(lambda n: f"8999{n:08d}")


@settings(deadline=None)
@given(numbers)
def test_every_invented_calendar_could_have_been_written_by_hand(idnps):
    found = slots(idnps, today=TODAY)
    assert found == slots(idnps, today=TODAY)
    for slot in found:
        check(slot, zone=ZoneInfo("Indian/Reunion"), now=NOW)
    pairs = [(one, other) for n, one in enumerate(found) for other in found[n + 1 :]]
    assert not [pair for pair in pairs if first_clash(*pair)]
    check_declaration(declaration(idnps))


def test_most_take_part_and_some_refuse():
    said = [declaration(f"8999{n:08d}") for n in range(400)]
    assert 320 < sum(item.participating for item in said) < 400
    assert 0 < sum(item.en_sus for item in said) < sum(item.participating for item in said)
