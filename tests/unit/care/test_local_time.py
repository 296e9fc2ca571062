"""Local time and instants, through every clock change of the zones of France."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from care.local_time import day_bounds, days_between, instant, local_day, monday_of, zone

PARIS = ZoneInfo("Europe/Paris")
ZONES = [
    "Europe/Paris", "America/Guadeloupe", "America/Martinique", "America/Cayenne", "Indian/Reunion",
    "Indian/Mayotte", "America/Miquelon", "Pacific/Noumea", "Pacific/Tahiti",
]  # fmt: skip
zones = st.sampled_from(ZONES).map(ZoneInfo)
dates = st.dates(date(2020, 1, 1), date(2035, 12, 31))
minutes = st.integers(0, 24 * 60 - 1).map(lambda m: time(m // 60, m % 60))


@settings(deadline=None)
@given(dates, minutes, zones)
def test_an_instant_shows_its_local_time_unless_the_clock_skipped_it(day, clock, place):
    shown = instant(day, clock, place).astimezone(place).replace(tzinfo=None, fold=0)
    wanted = datetime.combine(day, clock)
    if shown != wanted:  # skipped: the change itself, whose offset is another a second before
        assert wanted < shown <= wanted + timedelta(hours=1)
        moment = instant(day, clock, place)
        before = (moment - timedelta(seconds=1)).astimezone(place)
        assert before.utcoffset() != moment.astimezone(place).utcoffset()


@settings(deadline=None)
@given(dates, minutes, dates, minutes, zones)
def test_instants_keep_the_order_of_local_times(day, clock, other_day, other_clock, place):
    local, other = datetime.combine(day, clock), datetime.combine(other_day, other_clock)
    if local <= other:
        assert instant(day, clock, place) <= instant(other_day, other_clock, place)


@settings(deadline=None)
@given(dates, zones)
def test_the_days_of_a_zone_follow_one_another_without_a_hole(day, place):
    start, end = day_bounds(day, place)
    assert end == day_bounds(day + timedelta(days=1), place)[0]
    assert timedelta(hours=23) <= end - start <= timedelta(hours=25)
    assert local_day(start, place) == day
    assert local_day(end - timedelta(seconds=1), place) == day


@pytest.mark.parametrize(
    ("day", "clock", "expected"),
    [
        (date(2026, 3, 29), time(1, 45), "2026-03-29T00:45:00+00:00"),
        (date(2026, 3, 29), time(2, 0), "2026-03-29T01:00:00+00:00"),
        (date(2026, 3, 29), time(2, 45), "2026-03-29T01:00:00+00:00"),
        (date(2026, 3, 29), time(3, 0), "2026-03-29T01:00:00+00:00"),
        (date(2026, 10, 25), time(2, 0), "2026-10-25T00:00:00+00:00"),
        (date(2026, 10, 25), time(2, 45), "2026-10-25T00:45:00+00:00"),
        (date(2026, 10, 25), time(3, 0), "2026-10-25T02:00:00+00:00"),
    ],
)
def test_both_clock_changes_of_paris(day, clock, expected):
    assert instant(day, clock, PARIS).isoformat() == expected


def test_reunion_has_no_clock_change_and_saint_pierre_has_its_own():
    assert instant(date(2026, 3, 29), time(2, 30), ZoneInfo("Indian/Reunion")) == datetime(
        2026, 3, 28, 22, 30, tzinfo=UTC
    )
    assert instant(date(2026, 3, 8), time(2, 30), ZoneInfo("America/Miquelon")) == datetime(
        2026, 3, 8, 5, 0, tzinfo=UTC
    )


def test_weeks_begin_on_monday_across_a_year():
    assert monday_of(date(2027, 1, 1)) == date(2026, 12, 28)
    assert [day.isoformat() for day in days_between(date(2026, 12, 31), date(2027, 1, 1))] == [
        "2026-12-31",
        "2027-01-01",
    ]
    assert zone("Europe/Atlantis") is None
