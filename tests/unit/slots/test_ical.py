"""iCalendar files: what goes out comes back; what is private or strange stays out."""

from __future__ import annotations

import contextlib
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from care.agenda import LAST_END, AgendaSlot, Held, days
from core.errors import InvalidParameter
from slots.agenda_week import Absence
from slots.ical import Wanted, read, write

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 25)
HOUR = "DTSTART:20261201T090000\nDTEND:20261201T100000"


@st.composite
def held_slots(draw):
    steps = draw(st.lists(st.integers(0, 96), min_size=2, max_size=2, unique=True).map(sorted))
    start, end = (time(step * 15 // 60, step * 15 % 60) if step < 96 else LAST_END for step in steps)
    starts_on = TODAY + timedelta(days=draw(st.integers(0, 300)))
    weekdays = tuple(sorted(draw(st.sets(st.integers(1, 7), max_size=7))))
    until = draw(st.none() | st.integers(6, 400).map(lambda n: starts_on + timedelta(days=n)))
    form = draw(st.sampled_from(["single", "range"]))
    slot = AgendaSlot(
        starts_on=starts_on,
        until=until if weekdays else starts_on,
        start=start,
        end=end,
        weekdays=weekdays,
        form=form,
        capacity=1 if form == "single" else draw(st.integers(1, 200)),
        modalities=tuple(sorted(draw(st.sets(st.sampled_from(["AMB", "HH", "VR"]), min_size=1)))),
        visibility=tuple(
            sorted(draw(st.sets(st.sampled_from(["CPTS", "PRO", "PUBLIC", "SNP"]), min_size=1)))
        ),
    )
    falls = list(days(slot, starts_on, starts_on + timedelta(days=60)))
    excluded = draw(st.sets(st.sampled_from(falls), max_size=4)) if slot.weekly else set()
    return Held(
        slot_id=str(uuid.UUID(int=draw(st.integers(0, 2**64)))), slot=slot, excluded=frozenset(excluded)
    )


def _falling(slot: AgendaSlot) -> AgendaSlot:
    """The slot as a file has it: beginning on a day it falls on."""
    first = next(days(slot, slot.starts_on, slot.starts_on + timedelta(days=7)))
    return replace(slot, starts_on=first) if slot.weekly else slot


@settings(max_examples=60, deadline=None)
@given(
    st.lists(held_slots(), max_size=4),
    st.sampled_from(["Europe/Paris", "Indian/Reunion", "America/Miquelon", "America/Martinique"]).map(
        ZoneInfo
    ),
    st.lists(st.tuples(st.integers(0, 90), st.none() | st.integers(0, 20)), max_size=2),
)
def test_what_goes_out_comes_back(held, zone, periods):
    absences = [
        Absence(
            unavailability_id=str(number),
            first_on=TODAY + timedelta(days=first),
            last_on=None if length is None else TODAY + timedelta(days=first + length),
        )
        for number, (first, length) in enumerate(periods)
    ]
    found = read(write(held, absences, zone, now=NOW), zone, wanted=Wanted(), today=TODAY)
    assert found.refused == []
    assert [(slot, excluded) for _rank, slot, excluded in found.slots] == [
        (_falling(item.slot), item.excluded) for item in held
    ]
    assert found.absences == [(item.first_on, item.last_on) for item in absences]


def _file(*events: str) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//FR"]
    for event in events:
        lines += ["BEGIN:VEVENT", "UID:1@test", "DTSTAMP:20261101T000000Z", *event.splitlines(), "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def _read(*events: str, zone: ZoneInfo = PARIS, **wanted):
    return read(_file(*events), zone, wanted=Wanted(**wanted), today=TODAY)


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ("DTSTART:20261201T090000\nDTEND:20261201T100000\nCLASS:PRIVATE", "reserved"),
        ("DTSTART:20261201T090000\nDTEND:20261201T100000\nCLASS:CONFIDENTIAL", "reserved"),
        ("DTSTART:20261201T090000\nDTEND:20261201T100000\nSTATUS:CANCELLED", "cancelled"),
        (
            "DTSTART:20261201T090000\nDTEND:20261201T100000\nATTENDEE:mailto:patient@example.org",
            "appointment",
        ),
        ("DTSTART;VALUE=DATE:20261201\nDTEND;VALUE=DATE:20261202", "days-without-hours"),
        ("DTSTART:20261201T220000\nDTEND:20261202T060000", "over-midnight"),
        ("DTSTART:20261201T090500\nDTEND:20261201T100000", "over-the-step"),
        ("DTSTART:20261201T090000\nDTEND:20261201T090000", "no-time"),
        ("DTSTART:20261101T090000\nDTEND:20261101T100000", "past"),
        ("DTSTART:20261201T090000\nDTEND:20261201T100000\nRRULE:FREQ=SECONDLY", "recurrence"),
        ("DTSTART:18000101T090000\nDTEND:18000101T100000\nRRULE:FREQ=DAILY;INTERVAL=2", "recurrence"),
        ("DTSTART:20261201T090000", "unreadable"),
        ("DTEND:20261201T090000", "unreadable"),
    ],
)
def test_what_is_not_a_slot_is_refused_with_its_rank(event, reason):
    good = "DTSTART:20261201T090000\nDTEND:20261201T100000"
    found = _read(good, event)
    assert found.refused == [(2, reason)]
    assert len(found.slots) == 1


def test_titles_and_descriptions_go_nowhere():
    found = _read(f"{HOUR}\nSUMMARY:Mme Canari\nDESCRIPTION:fièvre\nLOCATION:12 rue")
    assert "Canari" not in repr(found)
    assert "fièvre" not in repr(found)


def test_a_time_in_another_zone_is_moved_to_that_of_the_place():
    found = _read("DTSTART:20261201T090000Z\nDTEND:20261201T100000Z", zone=ZoneInfo("Indian/Reunion"))
    ((_, slot, _excluded),) = found.slots
    assert (slot.start, slot.end) == (time(13), time(14))


def test_a_weekly_rule_in_another_zone_becomes_dates_that_follow_its_clock():
    zone = ";TZID=Europe/Paris"
    event = f"DTSTART{zone}:20261204T090000\nDTEND{zone}:20261204T100000\nRRULE:FREQ=WEEKLY"
    found = _read(event, zone=ZoneInfo("Indian/Reunion"))
    assert all(not slot.weekly for _, slot, _ in found.slots)
    assert {slot.start for _, slot, _ in found.slots} == {time(12), time(11)}
    assert len(found.slots) == 51


ROMANCE = """BEGIN:VTIMEZONE
TZID:Romance
BEGIN:STANDARD
DTSTART:19810101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19810101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""


def test_a_zone_under_a_name_of_its_own_is_known_by_its_clock_changes():
    event = "DTSTART;TZID=Romance:20261201T090000\nDTEND;TZID=Romance:20261201T100000\nRRULE:FREQ=WEEKLY"
    zone = ROMANCE.replace("\n", "\r\n").encode()
    content = _file(event).replace(b"BEGIN:VEVENT", zone + b"BEGIN:VEVENT")
    ((_, slot, _excluded),) = read(content, PARIS, wanted=Wanted(), today=TODAY).slots
    assert (slot.weekdays, slot.start) == ((2,), time(9))
    elsewhere = read(content, ZoneInfo("America/New_York"), wanted=Wanted(), today=TODAY).slots
    assert len(elsewhere) > 50


def test_every_day_or_once_a_month_become_dates():
    found = _read("DTSTART:20261201T090000\nDTEND:20261201T100000\nRRULE:FREQ=DAILY;COUNT=3")
    assert [slot.starts_on.day for _, slot, _ in found.slots] == [1, 2, 3]
    found = _read("DTSTART:20260105T090000\nDTEND:20260105T100000\nRRULE:FREQ=MONTHLY;BYDAY=1MO")
    assert [slot.starts_on.isoformat() for _, slot, _ in found.slots][:2] == ["2026-12-07", "2027-01-04"]


def test_a_series_begun_last_year_goes_on_from_today():
    event = "DTSTART:20250106T090000\nDTEND:20250106T100000\nRRULE:FREQ=WEEKLY"
    event += "\nEXDATE:20250113T090000,20261207T090000"
    ((_, slot, excluded),) = _read(event).slots
    assert (slot.starts_on, slot.weekdays) == (TODAY, (1,))
    assert excluded == {date(2026, 12, 7)}


def test_what_an_event_does_not_say_is_taken_from_the_request():
    found = _read(
        "DTSTART:20261201T090000\nDTEND:20261201T100000", form="range", capacity=4, modalities=("VR",)
    )
    ((_, slot, _excluded),) = found.slots
    assert (slot.capacity, slot.modalities, slot.visibility) == (4, ("VR",), ("SNP",))


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"hello", b"BEGIN:VEVENT\r\n", b"PK\x03\x04"])
def test_what_is_not_a_calendar_is_refused(content):
    with pytest.raises(InvalidParameter):
        read(content, PARIS, wanted=Wanted(), today=TODAY)


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 400))
def test_a_damaged_file_never_breaks_the_reading(noise, where):
    whole = _file("DTSTART:20261201T090000\nDTEND:20261201T100000\nRRULE:FREQ=WEEKLY;BYDAY=MO")
    cut = whole[: where % len(whole)] + noise + whole[where % len(whole) :]
    with contextlib.suppress(InvalidParameter):
        read(cut, PARIS, wanted=Wanted(), today=TODAY)
