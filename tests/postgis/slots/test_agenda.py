"""The SAS calendar on a real database: writing, changing, removing, taking, reading."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import psycopg
import pytest

from care.agenda import AgendaSlot
from care.hand import Hand
from core.db.connect import conninfo
from core.errors import Conflict, InvalidParameter, NotFoundError, SlotFull, SlotLocked, SlotOver
from slots import agenda, agenda_booking, agenda_calendar, agenda_edit, agenda_file, agenda_week, ical

pytestmark = pytest.mark.postgis

WEDNESDAY = date(2026, 11, 25)
FRIDAY = date(2026, 11, 27)
_DAY = timedelta(days=1)


def dated(day: date = FRIDAY, start: int = 9, end: int = 11, **values) -> AgendaSlot:
    return AgendaSlot(
        **{"starts_on": day, "until": day, "start": time(start), "end": time(end), "capacity": 2, **values}
    )


def weekly(*weekdays: int, starts_on: date = WEDNESDAY, **values) -> AgendaSlot:
    return dated(**{"starts_on": starts_on, "until": None, "weekdays": weekdays, **values})


async def free(conn, *places: str, start=None, days: int = 10, **how):
    start = start or datetime(2026, 11, 25, 9, tzinfo=UTC)
    found = await agenda.free_slots(conn, places, start=start, until=start + timedelta(days=days), **how)
    return {
        place: [(item.day, item.start.hour, item.remaining) for item in items]
        for place, items in found.items()
    }


def later(hand: Hand, **delta) -> Hand:
    return replace(hand, now=hand.now + timedelta(**delta))


async def test_a_slot_written_is_free_at_its_place_in_local_time(writer, place, overseas, hand):
    await agenda_edit.add(writer, place, dated(), hand)
    await agenda_edit.add(writer, overseas, dated(), hand)
    assert await free(writer, place, overseas) == {place: [(FRIDAY, 8, 2)], overseas: [(FRIDAY, 5, 2)]}


async def test_a_place_unknown_to_the_directory_has_no_calendar(writer, hand):
    with pytest.raises(NotFoundError):
        await agenda_edit.add(writer, str(uuid.uuid4()), dated(), hand)


async def test_a_window_bears_on_the_start_of_a_slot_and_on_the_end_of_a_range(writer, place, hand):
    await agenda_edit.add(writer, place, dated(form="single", capacity=1, start=9, end=10), hand)
    await agenda_edit.add(writer, place, dated(start=9, end=11), hand)
    inside = datetime(2026, 11, 27, 8, 30, tzinfo=UTC)
    assert await free(writer, place, start=inside) == {place: [(FRIDAY, 8, 2)]}
    begins = datetime(2026, 11, 27, 8, tzinfo=UTC)
    assert len((await free(writer, place, start=begins))[place]) == 2
    assert len((await free(writer, place, start=begins - _DAY, days=1))[place]) == 2
    assert await free(writer, place, start=datetime(2026, 11, 27, 10, tzinfo=UTC)) == {}


async def test_reserved_for_a_cpts_is_seen_in_its_flow_only(writer, place, hand):
    await agenda_edit.add(writer, place, dated(visibility=("CPTS",)), hand)
    assert await free(writer, place) == {}
    assert await free(writer, place, shown_in="cpts") == {place: [(FRIDAY, 8, 2)]}


async def test_changing_a_series_that_has_begun_keeps_what_is_past(writer, place, hand):
    monday = date(2026, 11, 30)
    first = await agenda_edit.add(writer, place, weekly(1, 5), hand)
    much_later = later(hand, days=6)  # Tuesday 1 December
    changed = await agenda_edit.change(
        writer, first.slot_id, weekly(1, starts_on=monday, start=14, end=16), much_later
    )
    assert changed.slot_id != first.slot_id
    found = await free(writer, place, days=13)
    assert found[place] == [(FRIDAY, 8, 2), (monday, 8, 2), (monday + 7 * _DAY, 13, 2)]


async def test_changing_a_series_to_come_rewrites_it_in_place(writer, place, hand):
    first = await agenda_edit.add(writer, place, weekly(5, starts_on=FRIDAY), hand)
    changed = await agenda_edit.change(
        writer, first.slot_id, weekly(5, starts_on=FRIDAY, start=14, end=16), hand
    )
    assert changed.slot_id == first.slot_id
    assert (await free(writer, place, days=5))[place] == [(FRIDAY, 13, 2)]


async def test_one_occurrence_changed_leaves_the_others(writer, place, hand):
    series = await agenda_edit.add(writer, place, weekly(5), hand)
    changed = await agenda_edit.change_one(writer, series.slot_id, FRIDAY, dated(start=15, end=16), hand)
    assert changed.slot_id != series.slot_id
    assert changed.warnings == []
    assert (await free(writer, place, days=12))[place] == [(FRIDAY, 14, 2), (FRIDAY + 7 * _DAY, 8, 2)]
    with pytest.raises(NotFoundError):
        await agenda_edit.change_one(writer, series.slot_id, FRIDAY, dated(start=17, end=18), hand)


async def test_a_series_written_today_is_not_offered_after_the_event(writer, place, hand):
    await agenda_edit.add(writer, place, weekly(3), hand)  # 09:00, and it is 10:00
    assert (await free(writer, place, days=8))[place] == [(WEDNESDAY + 7 * _DAY, 8, 2)]


async def test_a_series_made_into_one_day_shows_that_day_even_if_it_was_taken_out(writer, place, hand):
    series = await agenda_edit.add(writer, place, weekly(5, starts_on=FRIDAY), hand)
    await agenda_edit.remove_one(writer, series.slot_id, FRIDAY, hand)
    await agenda_edit.change(writer, series.slot_id, dated(FRIDAY), hand)
    assert (await free(writer, place, days=12))[place] == [(FRIDAY, 8, 2)]


async def test_days_taken_out_stay_out_when_the_series_is_changed(writer, place, hand):
    series = await agenda_edit.add(writer, place, weekly(3, 5), hand)
    tomorrow = later(hand, days=1)
    await agenda_edit.remove_one(writer, series.slot_id, FRIDAY, tomorrow)
    await agenda_edit.change(writer, series.slot_id, weekly(5, start=14, end=16), tomorrow)
    assert (await free(writer, place, start=tomorrow.now, days=11))[place] == [(FRIDAY + 7 * _DAY, 13, 2)]


async def test_removing_from_a_day_on_keeps_the_days_before(writer, place, hand):
    series = await agenda_edit.add(writer, place, weekly(5), hand)
    await agenda_edit.remove_from(writer, series.slot_id, date(2026, 12, 5), hand)
    assert len((await free(writer, place, days=30))[place]) == 2
    await agenda_edit.remove_from(writer, series.slot_id, None, hand)
    assert await free(writer, place, days=30) == {}


async def test_what_has_begun_is_neither_changed_nor_removed(writer, place, hand):
    slot = await agenda_edit.add(writer, place, dated(), hand)
    after = later(hand, days=2)
    for attempt in (
        agenda_edit.change(writer, slot.slot_id, dated(date(2026, 12, 4)), after),
        agenda_edit.remove_from(writer, slot.slot_id, None, after),
        agenda_edit.remove_one(writer, slot.slot_id, FRIDAY, after),
    ):
        with pytest.raises(SlotOver):
            await attempt
    assert (await free(writer, place))[place] == [(FRIDAY, 8, 2)]


async def test_a_place_taken_locks_its_occurrence_and_no_other(writer, place, hand):
    series = await agenda_edit.add(writer, place, weekly(5, form="single", capacity=1), hand)
    await agenda_booking.book(writer, series.slot_id, FRIDAY, hand, booking_id=str(uuid.uuid4()))
    assert (await free(writer, place, days=12))[place] == [(FRIDAY + 7 * _DAY, 8, 1)]
    for attempt in (
        agenda_edit.change(writer, series.slot_id, weekly(5), hand),
        agenda_edit.change_one(writer, series.slot_id, FRIDAY, dated(start=15, end=16), hand),
        agenda_edit.remove_one(writer, series.slot_id, FRIDAY, hand),
        agenda_edit.remove_from(writer, series.slot_id, None, hand),
    ):
        with pytest.raises(SlotLocked, match="27/11/2026"):
            await attempt
    await agenda_edit.remove_from(writer, series.slot_id, date(2026, 11, 28), hand)
    assert await free(writer, place, days=30) == {}


async def test_a_range_is_taken_up_to_its_capacity_and_given_back(writer, place, hand):
    slot = await agenda_edit.add(writer, place, dated(), hand)
    start = datetime(2026, 11, 27, 8, 30, tzinfo=UTC)
    keys = [str(uuid.uuid4()) for _ in range(3)]
    for key in (keys[0], keys[0], keys[1]):  # the same request twice takes one place
        await agenda_booking.book(writer, slot.slot_id, FRIDAY, hand, booking_id=key, start=start)
    assert await free(writer, place) == {}
    with pytest.raises(SlotFull):
        await agenda_booking.book(writer, slot.slot_id, FRIDAY, hand, booking_id=keys[2], start=start)
    for _ in range(2):
        given_back = await agenda_booking.cancel(writer, keys[0], hand)
        assert given_back.state == "cancelled"
    assert (await free(writer, place))[place] == [(FRIDAY, 8, 1)]
    with pytest.raises(Conflict):
        await agenda_booking.book(writer, slot.slot_id, FRIDAY, hand, booking_id=keys[0], start=start)


@pytest.mark.parametrize(
    ("how", "error"),
    [
        ({"start": None}, InvalidParameter),
        ({"start": datetime(2026, 11, 27, 10, 0, tzinfo=UTC)}, InvalidParameter),
        ({"modality": "HH"}, InvalidParameter),
        ({"day": date(2026, 11, 28)}, NotFoundError),
    ],
)
async def test_a_place_is_refused_outside_the_slot(writer, place, hand, how, error):
    slot = await agenda_edit.add(writer, place, dated(modalities=("AMB", "VR")), hand)
    asked = {"day": FRIDAY, "start": datetime(2026, 11, 27, 9, tzinfo=UTC), "modality": "AMB", **how}
    with pytest.raises(error):
        await agenda_booking.book(
            writer, slot.slot_id, asked.pop("day"), hand, booking_id=str(uuid.uuid4()), **asked
        )


async def test_the_last_place_goes_to_one_of_two_at_once(database, home, writer, place, hand):
    slot = await agenda_edit.add(writer, place, dated(form="single", capacity=1), hand)
    await writer.commit()

    async def attempt() -> str:
        async with await psycopg.AsyncConnection.connect(conninfo(database, home, role="writer")) as conn:
            try:
                await agenda_booking.book(conn, slot.slot_id, FRIDAY, hand, booking_id=str(uuid.uuid4()))
            except SlotFull:
                return "full"
            return "booked"

    assert sorted(await asyncio.gather(*(attempt() for _ in range(4)))) == ["booked", "full", "full", "full"]


async def test_an_absence_hides_slots_and_gives_them_back(writer, place, hand):
    slot = await agenda_edit.add(writer, place, weekly(4, 5), hand)
    period = await agenda_week.absent(writer, place, FRIDAY, FRIDAY, hand)
    assert [day for day, _, _ in (await free(writer, place, days=3))[place]] == [FRIDAY - _DAY]
    with pytest.raises(NotFoundError, match="indisponible"):
        await agenda_booking.book(
            writer, slot.slot_id, FRIDAY, hand, booking_id=str(uuid.uuid4()), start=hand.now + 2 * _DAY
        )
    await agenda_week.back(writer, place, period.unavailability_id, hand)
    switch = await agenda_week.absent(writer, place, None, None, hand)
    assert await free(writer, place, days=300) == {}
    await agenda_week.back(writer, place, switch.unavailability_id, later(hand, days=2))
    assert [day for day, _, _ in (await free(writer, place, days=5))[place]] == [FRIDAY]
    assert await agenda_week.absences(writer, place, WEDNESDAY) == [replace(switch, last_on=FRIDAY - _DAY)]


async def test_a_week_is_copied_once_and_overlaps_are_told(writer, place, hand):
    await agenda_edit.add(writer, place, weekly(5), hand)
    await agenda_edit.add(writer, place, dated(FRIDAY, 14, 16), hand)
    await agenda_edit.add(writer, place, dated(FRIDAY + 7 * _DAY, 15, 17), hand)
    copied = await agenda_week.copy_week(writer, place, FRIDAY, FRIDAY + 7 * _DAY, hand)
    assert [item.slot.start for item in copied.written] == [time(14)]
    assert [item.code for item in copied.written[0].warnings] == ["overlap"]
    assert copied.present == [FRIDAY + 7 * _DAY]
    again = await agenda_week.copy_week(writer, place, FRIDAY, FRIDAY + 7 * _DAY, hand)
    assert (again.written, len(again.present)) == ([], 2)
    back = await agenda_week.copy_week(writer, place, FRIDAY + 7 * _DAY, FRIDAY - 7 * _DAY, hand)
    assert (back.written, len(back.over)) == ([], 3)


async def test_the_week_shows_what_is_full_hidden_or_over(writer, place, hand):
    slot = await agenda_edit.add(writer, place, dated(FRIDAY, capacity=1, form="single"), hand)
    await agenda_booking.book(writer, slot.slot_id, FRIDAY, hand, booking_id=str(uuid.uuid4()))
    await agenda_edit.add(writer, place, dated(FRIDAY - _DAY), hand)
    await agenda_week.absent(writer, place, FRIDAY - _DAY, FRIDAY - _DAY, hand)
    found = await agenda.week(writer, place, FRIDAY)
    assert [(item.day, item.taken, item.absent) for item in found] == [
        (FRIDAY - _DAY, 0, True),
        (FRIDAY, 1, False),
    ]
    with pytest.raises(NotFoundError):
        await agenda.week(writer, str(uuid.uuid4()), FRIDAY)


async def test_every_change_is_in_the_history_with_who_made_it(writer, place, hand):
    slot = await agenda_edit.add(writer, place, dated(), hand)
    await agenda_edit.change(writer, slot.slot_id, dated(capacity=5), hand)
    await agenda_edit.remove_from(writer, slot.slot_id, None, hand)
    found = await agenda.rows(writer, "agenda_changes", offer_id=place, max_rows=10)
    assert [(row["action"], row["actor"]) for row in found] == [
        ("slot-removed", "token:test"),
        ("slot-changed", "token:test"),
        ("slot-added", "token:test"),
    ]
    assert found[1]["before"]["capacity"] == 2
    assert found[1]["after"]["capacity"] == 5


async def test_the_history_cannot_be_rewritten_by_the_server(writer, place, hand):
    await agenda_edit.add(writer, place, dated(), hand)
    for attack in ("DELETE FROM agenda.change", "UPDATE agenda.change SET actor = 'nobody'"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            async with writer.transaction():
                await writer.execute(attack)


async def test_a_file_is_taken_in_once(writer, place, hand):
    await agenda_edit.add(writer, place, weekly(1, 4), hand)
    await agenda_edit.add(writer, place, dated(), hand)
    await agenda_week.absent(writer, place, date(2026, 12, 24), None, hand)
    zone = await agenda_calendar.lock(writer, place)
    held = await agenda_calendar.held(writer, place, zone, hand.now)
    absences = await agenda_week.absences(writer, place, WEDNESDAY)
    content = ical.write(held, absences, zone, now=hand.now)
    done = await agenda_file.take_in(writer, place, content, ical.Wanted(), hand)
    assert (done.written, done.present, done.unavailabilities, done.refused) == ([], 3, 0, [])


async def test_a_file_given_to_another_place_writes_the_same_days_there(writer, place, overseas, hand):
    series = await agenda_edit.add(writer, place, weekly(5, visibility=("PRO", "SNP")), hand)
    await agenda_edit.remove_one(writer, series.slot_id, FRIDAY, hand)
    zone = await agenda_calendar.lock(writer, place)
    content = ical.write(await agenda_calendar.held(writer, place, zone, hand.now), [], zone, now=hand.now)
    done = await agenda_file.take_in(writer, overseas, content, ical.Wanted(), hand)
    assert done.refused == []
    assert (await free(writer, overseas, days=12))[overseas] == (await free(writer, place, days=12))[place]
