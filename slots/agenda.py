"""The SAS calendar, read: what is free at some places in a window, the week of one place as it is written.

`free_slots` is what a search needs. Series are expanded here, by `care.agenda`, never in SQL: one rule for
clock changes everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from psycopg.rows import dict_row

from care.agenda import AgendaSlot, Occurrence, occurrences
from care.local_time import DEFAULT_TIMEZONE, day_bounds, monday_of
from care.local_time import zone as known_zone
from care.visibility import ShownIn, may_show
from core.db.queries import Queries
from core.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping, Sequence

    from psycopg import AsyncConnection

QUERIES = Queries.load(Path(__file__).with_name("sql"))
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class CalendarSlot:
    """One occurrence of a slot of a place, with what is left of it; instants are in UTC.

    remaining   places left; 0: taken or full
    absent      the place is unavailable that day
    changed_at  when the slot was last written
    """

    offer_id: str
    slot_id: str
    day: date
    start: datetime
    end: datetime
    timezone: str
    slot: AgendaSlot
    remaining: int
    absent: bool
    changed_at: datetime

    @property
    def taken(self) -> int:
        """Places taken."""
        return self.slot.capacity - self.remaining


async def rows(conn: AsyncConnection[Any], name: str, **parameters: Any) -> list[dict[str, Any]]:
    """Rows of a statement of this room, as dictionaries."""
    async with conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(QUERIES[name], parameters)
        return await cursor.fetchall() if cursor.description is not None else []


async def free_slots(
    conn: AsyncConnection[Any],
    offer_ids: Sequence[str],
    *,
    start: datetime,
    until: datetime,
    shown_in: ShownIn = "ordinary",
) -> dict[str, list[CalendarSlot]]:
    """What a regulator may be shown of the SAS calendar of some places: place → free slots, soonest first.

    A single slot counts when it begins within the window, both ends included; a range also when it has begun
    and is not over. Full slots, absences and what its visibility keeps from this flow are left out. A place
    without any is not in the answer: its calendar holds nothing free, which is not to say that nobody else
    knows of a slot there.
    """
    found: dict[str, list[CalendarSlot]] = {}
    async for item in expanded(conn, offer_ids, start, until):
        begun = item.start < start
        if (
            item.remaining > 0
            and not item.absent
            and may_show(item.slot.visibility, shown_in=shown_in)
            and not (begun and item.slot.form == "single")
        ):
            found.setdefault(item.offer_id, []).append(item)
    for slots in found.values():
        slots.sort(key=lambda item: (item.start, item.end, item.slot_id))
    return found


async def week(conn: AsyncConnection[Any], offer_id: str, day: date) -> list[CalendarSlot]:
    """Everything written for a place in the ISO week of a day: free, taken, over, hidden by an absence.

    Raises
    ------
    NotFoundError   the place has no calendar
    """
    zone = await zone_of(conn, offer_id)
    monday = monday_of(day)
    start, end = day_bounds(monday, zone)[0], day_bounds(monday + 6 * _DAY, zone)[1]
    found = [item async for item in expanded(conn, [offer_id], start, end) if start <= item.start < end]
    return sorted(found, key=lambda item: (item.start, item.end, item.slot_id))


async def zone_of(conn: AsyncConnection[Any], offer_id: str) -> ZoneInfo:
    """The zone of the calendar of a place.

    Raises
    ------
    NotFoundError   the place has no calendar
    """
    calendar = await rows(conn, "agenda_calendar", offer_id=offer_id)
    if not calendar:
        raise NotFoundError("Ce lieu n'a pas encore d'agenda SAS.", parameter="offer_id")
    return place_zone(calendar[0]["timezone"])


def place_zone(name: str | None) -> ZoneInfo:
    """The zone of that name; that of Paris when it is not known."""
    return known_zone(name or DEFAULT_TIMEZONE) or ZoneInfo(DEFAULT_TIMEZONE)


async def expanded(
    conn: AsyncConnection[Any], offer_ids: Sequence[str], start: datetime, until: datetime
) -> AsyncIterator[CalendarSlot]:
    """Every occurrence of some places that shares some time with a window: free or not, in no set order."""
    written = await rows(
        conn,
        "agenda_slots",
        offer_ids=list(offer_ids),
        first_on=start.astimezone(UTC).date() - _DAY,
        last_on=until.astimezone(UTC).date() + _DAY,
    )
    for row in written:
        for item in _occurrences(row, start, until):
            yield item


def _occurrences(row: Mapping[str, Any], start: datetime, until: datetime) -> Iterator[CalendarSlot]:
    slot = slot_of(row)
    for item in occurrences(slot, place_zone(row["timezone"]), (start, until), excluded=set(row["excluded"])):
        yield _calendar_slot(row, slot, item)


def _calendar_slot(row: Mapping[str, Any], slot: AgendaSlot, item: Occurrence) -> CalendarSlot:
    return CalendarSlot(
        offer_id=row["offer_id"],
        slot_id=row["slot_id"],
        day=item.day,
        start=item.start,
        end=item.end,
        timezone=row["timezone"],
        slot=slot,
        remaining=max(0, slot.capacity - row["taken"].get(item.day.isoformat(), 0)),
        absent=any(item.day in period for period in row["absent"]),
        changed_at=row["updated_at"],
    )


def slot_of(row: Mapping[str, Any]) -> AgendaSlot:
    """The slot of a row of `agenda.slot`."""
    return AgendaSlot(
        starts_on=row["starts_on"],
        until=row["until"],
        weekdays=tuple(row["weekdays"]),
        start=row["start_local"],
        end=row["end_local"],
        form=row["form"],
        capacity=row["capacity"],
        modalities=tuple(row["modalities"]),
        visibility=tuple(row["visibility"]),
    )
