"""Hours published by ISO week: union, clock changes, places in several zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from care.hours import Published, weeks
from care.interval import covered

PARIS, REUNION = ZoneInfo("Europe/Paris"), ZoneInfo("Indian/Reunion")
_ZERO = datetime(2026, 3, 23, tzinfo=UTC)
moments = st.integers(0, 21 * 24 * 60).map(lambda minutes: _ZERO + timedelta(minutes=minutes))


@st.composite
def published(draw, zones=(PARIS, REUNION)):
    start = draw(moments)
    return Published(
        start=start,
        end=start + timedelta(minutes=draw(st.integers(1, 600))),
        zone=draw(st.sampled_from(zones)),
        source=draw(st.sampled_from(["sas", "vendor"])),
    )


@settings(deadline=None)
@given(st.lists(published(zones=(PARIS,)), max_size=15))
def test_the_weeks_of_one_zone_share_out_the_time_covered(items):
    found = weeks(items)
    assert sum(week.total_min for week in found) == covered((i.start, i.end) for i in items) // timedelta(
        minutes=1
    )
    assert [week.monday for week in found] == sorted({week.monday for week in found})
    assert all(week.monday.isoweekday() == 1 for week in found)


@settings(deadline=None)
@given(st.lists(published(), max_size=15), st.randoms())
def test_a_total_lies_between_the_larger_source_and_the_sum(items, random):
    found = weeks(items)
    for week in found:
        assert max(week.sas_min, week.vendor_min) <= week.total_min <= week.sas_min + week.vendor_min
    shuffled = [*items, *items]
    random.shuffle(shuffled)
    assert weeks(shuffled) == found


def _all_the_time(first: datetime, zone: ZoneInfo) -> Published:
    return Published(start=first, end=first + timedelta(days=21), zone=zone, source="sas")


def test_a_week_lasts_167_or_169_hours_when_the_clock_changes():
    spring = {
        week.monday: week.total_min // 60 for week in weeks([_all_the_time(_ZERO - timedelta(days=8), PARIS)])
    }
    assert (spring[date(2026, 3, 16)], spring[date(2026, 3, 23)]) == (168, 167)
    start = datetime(2026, 10, 10, tzinfo=UTC)
    autumn = {week.monday: week.total_min // 60 for week in weeks([_all_the_time(start, PARIS)])}
    assert (autumn[date(2026, 10, 12)], autumn[date(2026, 10, 19)]) == (168, 169)
    overseas = {week.monday: week.total_min // 60 for week in weeks([_all_the_time(start, REUNION)])}
    assert overseas[date(2026, 10, 19)] == 168


def test_a_night_over_sunday_is_cut_at_midnight_of_the_place():
    sunday = datetime(2026, 11, 29, 21, 0, tzinfo=UTC)  # 22:00 in Paris, 01:00 on Monday in Réunion
    night = {"start": sunday, "end": sunday + timedelta(hours=4), "source": "sas"}
    assert [(w.monday, w.total_min) for w in weeks([Published(zone=PARIS, **night)])] == [
        (date(2026, 11, 23), 120),
        (date(2026, 11, 30), 120),
    ]
    assert [(w.monday, w.total_min) for w in weeks([Published(zone=REUNION, **night)])] == [
        (date(2026, 11, 30), 240)
    ]


def test_the_same_time_at_two_places_counts_once():
    start = datetime(2026, 11, 25, 9, tzinfo=UTC)
    places = [
        Published(
            start=start + timedelta(hours=n), end=start + timedelta(hours=2 + n), zone=PARIS, source="sas"
        )
        for n in (0, 1)
    ]
    (week,) = weeks(places)
    assert week.total_min == 180
