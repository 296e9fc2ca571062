"""Hours published, counted on a real database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from care.agenda import AgendaSlot
from core.db.connect import connect
from slots import agenda_edit, agenda_week, hours
from slots.hours import Shown

pytestmark = pytest.mark.postgis

MONDAY = date(2026, 11, 30)
PERSON = "899900000000"
_WEEK = timedelta(days=7)


@pytest.fixture
def person(add_offers) -> list[str]:
    """Two places of one practitioner, one of them in Réunion."""
    return add_offers(
        [
            {"lon": 2.35, "lat": 48.85, "idnps": PERSON},
            {"lon": 55.45, "lat": -20.88, "idnps": PERSON, "department": "974", "timezone": "Indian/Reunion"},
        ]
    )


@pytest.fixture(autouse=True)
def long_known(database, home) -> None:
    """Vendors were read long before: every week asked may be counted."""
    with connect(database, home, role="owner") as owner:
        owner.execute(
            "INSERT INTO agenda.published_slot VALUES ('899900000091', '2026-10-05 08:00Z', "
            "'2026-10-05 09:00Z', 'agenda-z', 'Europe/Paris', '2026-10-01 08:00Z')"
        )


def every(day: int, start: int, end: int) -> AgendaSlot:
    return AgendaSlot(
        starts_on=date(2026, 11, 26),
        until=None,
        weekdays=(day,),
        start=time(start),
        end=time(end),
        capacity=3,
    )


def shown(day: date, start: int, end: int, source: str = "agenda-a") -> Shown:
    return Shown(
        idnps=PERSON,
        start=datetime(day.year, day.month, day.day, start, tzinfo=UTC),
        end=datetime(day.year, day.month, day.day, end, tzinfo=UTC),
        source=source,
        timezone="Europe/Paris",
    )


async def test_calendar_vendors_and_places_are_united(writer, person, hand):
    await agenda_edit.add(writer, person[0], every(1, 9, 11), hand)  # 08:00-10:00 UTC
    await agenda_edit.add(writer, person[1], every(1, 13, 15), hand)  # 09:00-11:00 UTC
    times = [shown(MONDAY, 9, 12), shown(MONDAY, 9, 12), shown(MONDAY, 11, 12, source="agenda-b")]
    for _ in range(2):
        await hours.record_published(writer, times, seen_at=hand.now)
    counted = await hours.count_week(writer, MONDAY + timedelta(days=3), [PERSON])
    assert (counted[PERSON].sas_min, counted[PERSON].vendor_min, counted[PERSON].total_min) == (180, 180, 240)
    assert await hours.count_week(writer, MONDAY, ["899900000026"]) == {}


async def test_weeks_before_anybody_could_publish_are_not_counted(database, home, writer, person, hand):
    await writer.execute("DELETE FROM agenda.published_slot")
    assert await hours.close_weeks(writer, hand.now) == []
    await agenda_edit.add(writer, person[0], every(1, 9, 11), hand)
    await writer.commit()
    with connect(database, home, role="owner") as owner:
        owner.execute("UPDATE agenda.calendar SET created_at = %s", (hand.now,))
    assert await hours.close_weeks(writer, hand.now) == []
    done = await hours.close_weeks(writer, hand.now + 2 * _WEEK)
    assert done == [date(2026, 11, 23), MONDAY]
    assert await hours.close_weeks(writer, hand.now + 2 * _WEEK) == done


async def test_an_absence_counts_for_nothing(writer, person, hand):
    await agenda_edit.add(writer, person[0], every(1, 9, 11), hand)
    await agenda_week.absent(writer, person[0], MONDAY, MONDAY, hand)
    assert await hours.count_week(writer, MONDAY) == {}
    assert (await hours.count_week(writer, MONDAY + _WEEK))[PERSON].total_min == 120


async def test_a_week_that_is_over_is_counted_kept_and_its_vendor_times_forgotten(writer, person, hand):
    await agenda_edit.add(writer, person[0], every(1, 9, 11), hand)
    await hours.record_published(writer, [shown(MONDAY, 9, 12)], seen_at=hand.now)
    during = replace(hand, now=datetime(2026, 12, 7, 11, tzinfo=UTC))  # still Sunday evening far in the west
    assert MONDAY not in await hours.close_weeks(writer, during.now)
    after = datetime(2026, 12, 7, 13, tzinfo=UTC)
    for _ in range(2):
        assert (await hours.close_weeks(writer, after))[-1] == MONDAY
    found = await hours.practitioner_weeks(writer, [PERSON, "899900000026"], MONDAY, MONDAY + _WEEK)
    first, second = found[PERSON]
    assert first is not None
    assert (first.sas_min, first.vendor_min, first.total_min, first.vendors_read) == (120, 180, 240, True)
    assert second is None  # not counted: unknown
    nobody = found["899900000026"][0]
    assert nobody is not None
    assert nobody.total_min == 0  # counted: nothing
    for weeks_later in (6, 7, 8):
        done = await hours.close_weeks(writer, after + weeks_later * _WEEK)
        assert MONDAY not in done
        assert len(done) >= 5
    kept = await writer.execute("SELECT count(*) FROM agenda.published_slot")
    assert await kept.fetchone() == (0,)
    again = await hours.practitioner_weeks(writer, [PERSON], MONDAY, MONDAY)
    assert again[PERSON][0] == first


async def test_a_late_run_counts_the_weeks_it_missed_before_forgetting_them(writer, person, hand):
    await hours.record_published(writer, [shown(MONDAY, 9, 12)], seen_at=hand.now)
    done = await hours.close_weeks(writer, datetime(2027, 3, 1, 13, tzinfo=UTC))
    assert MONDAY in done
    assert done[-1] == date(2027, 2, 22)
    found = await hours.practitioner_weeks(writer, [PERSON], MONDAY, MONDAY)
    assert found[PERSON][0] is not None


async def test_a_week_in_which_no_vendor_was_read_says_so(writer, person, hand):
    await agenda_edit.add(writer, person[0], every(1, 9, 11), hand)
    await hours.close_weeks(writer, datetime(2026, 12, 7, 13, tzinfo=UTC))
    (week,) = (await hours.practitioner_weeks(writer, [PERSON], MONDAY, MONDAY))[PERSON]
    assert week is not None
    assert (week.total_min, week.vendors_read) == (120, False)
