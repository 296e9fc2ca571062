"""The SAS calendar: what a slot is, when it occurs, what it runs into."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from care.agenda import (
    LAST_END,
    MODALITIES,
    AgendaSlot,
    Held,
    canonical,
    check,
    days,
    first_clash,
    occurrence,
    occurrences,
    to_come,
    warnings,
)
from care.visibility import VISIBILITIES, may_show
from core.errors import InvalidParameter

PARIS, REUNION = ZoneInfo("Europe/Paris"), ZoneInfo("Indian/Reunion")
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
ZONES = st.sampled_from(["Europe/Paris", "Indian/Reunion", "America/Miquelon", "America/Cayenne"]).map(
    ZoneInfo
)


@st.composite
def slots(draw, first=date(2026, 1, 1), last=date(2027, 12, 31)):
    """Any right slot."""
    steps = draw(st.lists(st.integers(0, 96), min_size=2, max_size=2, unique=True).map(sorted))
    start, end = (time(step * 15 // 60, step * 15 % 60) if step < 96 else LAST_END for step in steps)
    starts_on = draw(st.dates(first, last))
    weekdays = tuple(sorted(draw(st.sets(st.integers(1, 7), max_size=7))))
    until = draw(st.none() | st.integers(6, 200).map(lambda n: starts_on + timedelta(days=n)))
    form = draw(st.sampled_from(["single", "range"]))
    return AgendaSlot(
        starts_on=starts_on,
        until=until if weekdays else starts_on,
        start=start,
        end=end,
        weekdays=weekdays,
        form=form,
        capacity=1 if form == "single" else draw(st.integers(1, 200)),
        modalities=tuple(sorted(draw(st.sets(st.sampled_from(MODALITIES), min_size=1)))),
        visibility=tuple(sorted(draw(st.sets(st.sampled_from(VISIBILITIES), min_size=1)))),
    )


def slot(**given_values) -> AgendaSlot:
    values = {
        "starts_on": date(2026, 12, 1),
        "until": date(2026, 12, 1),
        "start": time(9),
        "end": time(11),
        **given_values,
    }
    return AgendaSlot(**values)


def weekly(*weekdays: int, **given_values) -> AgendaSlot:
    return slot(weekdays=weekdays, **{"until": None, **given_values})


@settings(deadline=None)
@given(slots(), ZONES)
def test_a_right_slot_passes_the_check_and_occurs(found, place):
    check(found, zone=place, now=datetime(2025, 12, 30, tzinfo=UTC))
    assert next(days(found, found.starts_on, found.starts_on + timedelta(days=7)), None) is not None


@settings(deadline=None)
@given(slots(), ZONES, st.dates(date(2026, 1, 1), date(2028, 6, 1)), st.integers(0, 40))
def test_days_are_those_of_the_calendar_on_the_wall(found, place, first, length):
    last = first + timedelta(days=length)
    expected = [
        day
        for day in (first + timedelta(days=n) for n in range(length + 1))
        if found.starts_on <= day <= (found.until or date.max)
        and (day.isoweekday() in found.weekdays if found.weekly else day == found.starts_on)
    ]
    assert list(days(found, first, last)) == expected
    excluded = set(expected[::2])
    assert list(days(found, first, last, excluded=excluded)) == expected[1::2]


@settings(deadline=None)
@given(slots(), ZONES, st.dates(date(2026, 1, 1), date(2027, 12, 1)))
def test_the_cut_of_time_into_windows_changes_no_occurrence(found, place, first):
    start = datetime.combine(first, time(0), tzinfo=UTC)
    cuts = [start + timedelta(hours=hours) for hours in (0, 7, 24, 25, 49, 100)]
    second = timedelta(seconds=1)
    whole = occurrences(found, place, (cuts[0], cuts[-1] - second))
    parts = {
        item.start: item
        for one, other in pairwise(cuts)
        for item in occurrences(found, place, (one, other - second))
    }
    assert sorted(parts) == [item.start for item in whole]


@settings(deadline=None)
@given(slots(), ZONES, st.integers(0, 60))
def test_an_occurrence_shows_its_local_times_but_inside_a_clock_change(found, place, number):
    day = found.starts_on + timedelta(days=number)
    item = occurrence(found, day, place)
    span = datetime.combine(day, found.end) - datetime.combine(day, found.start)
    if item is None:
        assert span <= timedelta(hours=1)
        return
    assert item.start < item.end
    assert abs((item.end - item.start) - span) <= timedelta(hours=1)
    midnight, next_midnight = (
        datetime.combine(day + timedelta(days=n), time(0), tzinfo=place) for n in (0, 1)
    )
    if midnight.utcoffset() == next_midnight.utcoffset():
        assert item.end - item.start == span
        assert item.start.astimezone(place).time() == found.start
        assert item.end.astimezone(place).time() == found.end


def test_a_weekly_slot_keeps_its_local_time_over_both_clock_changes():
    nights = weekly(7, starts_on=date(2026, 3, 1), start=time(1), end=time(4))
    for day, hours in ((date(2026, 3, 22), 3), (date(2026, 3, 29), 2), (date(2026, 10, 25), 4)):
        item = occurrence(nights, day, PARIS)
        assert item is not None
        assert item.end - item.start == timedelta(hours=hours)
    item = occurrence(nights, date(2026, 3, 29), REUNION)
    assert item is not None
    assert item.end - item.start == timedelta(hours=3)


def test_a_slot_inside_the_hour_that_is_skipped_does_not_occur_that_day():
    night = weekly(7, starts_on=date(2026, 3, 1), start=time(2), end=time(2, 45))
    assert occurrence(night, date(2026, 3, 29), PARIS) is None
    assert occurrence(night, date(2026, 3, 22), PARIS) is not None


def test_half_a_slot_in_the_hour_that_is_skipped_keeps_the_other_half():
    item = occurrence(slot(start=time(2, 30), end=time(3, 30)), date(2026, 3, 29), PARIS)
    assert item is not None
    assert (item.start.hour, item.end - item.start) == (1, timedelta(minutes=30))


@pytest.mark.parametrize(
    ("wrong", "parameter"),
    [
        ({"start": time(9, 5)}, "start"),
        ({"end": time(10, 50)}, "end"),
        ({"end": time(9)}, "end"),
        ({"end": time(8)}, "end"),
        ({"capacity": 0}, "capacity"),
        ({"capacity": 201}, "capacity"),
        ({"form": "single", "capacity": 2}, "capacity"),
        ({"modalities": ()}, "modalities"),
        ({"modalities": ("PHONE",)}, "modalities"),
        ({"visibility": ("OWN-PATIENTS",)}, "visibility"),
        ({"visibility": ()}, "visibility"),
        ({"weekdays": (8,), "until": None}, "weekdays"),
        ({"weekdays": (1, 1), "until": None}, "weekdays"),
        ({"weekdays": (1,), "until": date(2026, 11, 30)}, "until"),
        ({"weekdays": (1,), "until": date(2026, 12, 2)}, "weekdays"),
        ({"until": date(2026, 12, 2)}, "until"),
        ({"starts_on": date(2026, 11, 24), "until": date(2026, 11, 24)}, "starts_on"),
        ({"starts_on": date(2026, 11, 25), "until": date(2026, 11, 25)}, "starts_on"),
        ({"starts_on": date(2031, 1, 1), "until": date(2031, 1, 1)}, "starts_on"),
    ],
)
def test_what_cannot_be_a_slot_names_the_field(wrong, parameter):
    with pytest.raises(InvalidParameter) as refused:
        check(slot(**wrong), zone=PARIS, now=NOW)
    assert refused.value.details["parameter"] == parameter


def test_the_past_is_that_of_the_place():
    late = slot(starts_on=date(2026, 11, 25), until=date(2026, 11, 25), start=time(11), end=time(12))
    check(late, zone=PARIS, now=NOW)  # 10:00 in Paris, 13:00 in Réunion
    with pytest.raises(InvalidParameter):
        check(late, zone=REUNION, now=NOW)


def test_a_day_may_end_at_23_59_and_nothing_begins_then():
    check(slot(start=time(22), end=LAST_END), zone=PARIS, now=NOW)
    with pytest.raises(InvalidParameter):
        check(slot(start=LAST_END, end=LAST_END), zone=PARIS, now=NOW)


@settings(deadline=None)
@given(slots(last=date(2026, 3, 1)), slots(last=date(2026, 3, 1)), st.sets(st.integers(0, 420), max_size=6))
def test_the_first_clash_is_the_first_day_both_fall_on(one, other, numbers):
    excluded = {date(2026, 1, 1) + timedelta(days=number) for number in numbers}
    horizon = date(2026, 1, 1), date(2027, 1, 31)
    theirs = set(days(other, *horizon)) if one.start < other.end and other.start < one.end else set()
    shared = [day for day in days(one, *horizon, excluded=excluded) if day in theirs]
    assert first_clash(one, other, excluded=excluded) == (shared[0] if shared else None)
    assert first_clash(other, one, excluded=excluded) == first_clash(one, other, excluded=excluded)


def test_overlaps_and_long_single_slots_are_told_not_refused():
    held = [Held(slot_id="a", slot=weekly(2, start=time(10), end=time(12)))]
    told = warnings(slot(form="single", end=time(10, 15)), held)
    assert [(item.code, item.day, item.slot_id) for item in told] == [
        ("long-single", None, None),
        ("overlap", date(2026, 12, 1), "a"),
    ]
    assert warnings(slot(form="single", end=time(10)), held) == []
    taken_out = [replace(held[0], excluded=frozenset({date(2026, 12, 1)}))]
    assert warnings(slot(end=time(10, 15)), taken_out) == []


@settings(deadline=None)
@given(slots(), ZONES, st.integers(0, 2 * 365 * 24 * 60))
def test_the_canonical_form_keeps_every_occurrence_to_come(found, place, minutes):
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    until = now + timedelta(days=60)
    same = canonical(found, zone=place, now=now)
    coming = [item for item in occurrences(found, place, (now, until)) if item.start >= now]
    assert [item for item in occurrences(same, place, (now, until)) if item.start >= now] == coming
    assert canonical(same, zone=place, now=now) == same


def test_a_series_written_today_does_not_offer_what_has_begun():
    wednesday = weekly(3, starts_on=date(2026, 11, 25), start=time(9), end=time(12))
    assert to_come(wednesday, zone=PARIS, now=NOW).starts_on == date(2026, 11, 26)  # it is 10:00 there
    later = replace(wednesday, start=time(10), end=time(12))
    assert to_come(later, zone=PARIS, now=NOW) == later


@pytest.mark.parametrize(
    ("visibility", "ordinary", "cpts"),
    [
        (("PUBLIC",), True, True),
        (("PRO",), True, True),
        (("SNP",), True, True),
        (("CPTS",), False, True),
        (("CPTS", "SNP"), True, True),
        ((), False, False),
        (("OWN-PATIENTS",), False, False),
        (("STRUCTURE", "PATIENTELE"), False, False),
    ],
)
def test_visibility_decides_where_a_slot_is_shown(visibility, ordinary, cpts):
    assert may_show(visibility, shown_in="ordinary") is ordinary
    assert may_show(visibility, shown_in="cpts") is cpts
