"""Hours of care published by each practitioner, week by week (rules: `care.hours`).

The times that vendors show are kept bare (practitioner, start, end, source) until their week is over and
counted, then removed; the counts stay. `record_published` is for whoever reads vendors, `close_weeks` for a
nightly run.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from care.hours import Published, Week, weeks
from care.local_time import monday_of
from slots.agenda import expanded, place_zone, rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from psycopg import AsyncConnection

_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)
# The last place to finish a week is twelve hours behind Greenwich.
_LATEST_ZONE = timedelta(hours=12)
_KEPT_WEEKS = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A time that a vendor showed: whose, when, by whom, in which zone."""

    idnps: str
    start: datetime
    end: datetime
    source: str
    timezone: str


async def record_published(conn: AsyncConnection[Any], shown: Sequence[Shown], *, seen_at: datetime) -> None:
    """Keep times that vendors showed; one that is known is not kept twice."""
    await rows(
        conn,
        "hours_record",
        idnps=[item.idnps for item in shown],
        start_at=[item.start for item in shown],
        end_at=[item.end for item in shown],
        source=[item.source for item in shown],
        timezone=[item.timezone for item in shown],
        seen_at=seen_at,
    )


async def count_week(
    conn: AsyncConnection[Any], day: date, idnps: Sequence[str] | None = None
) -> dict[str, Week]:
    """The count of the week of a day, for some practitioners or for everybody who published something."""
    monday = monday_of(day)
    published = await _published(conn, monday, idnps)
    counted = {
        number: next((week for week in weeks(items) if week.monday == monday), None)
        for number, items in published.items()
    }
    return {number: week for number, week in counted.items() if week is not None}


async def practitioner_weeks(
    conn: AsyncConnection[Any], idnps: Sequence[str], first: date, last: date
) -> dict[str, list[Week | None]]:
    """Each week from that of `first` to that of `last`, for each practitioner: None where nobody counted.

    A week that was counted and in which somebody published nothing is a week of zero minutes.
    """
    bounds = {"first_week": monday_of(first), "last_week": monday_of(last)}
    closed = {row["week"]: row["vendors_read"] for row in await rows(conn, "hours_closed_weeks", **bounds)}
    kept = {
        (row["idnps"], row["week"]): Week(
            monday=row["week"],
            sas_min=row["sas_min"],
            vendor_min=row["vendor_min"],
            total_min=row["total_min"],
            vendors_read=closed.get(row["week"], False),
        )
        for row in await rows(conn, "hours_weeks", idnps=list(idnps), **bounds)
    }
    number = (bounds["last_week"] - bounds["first_week"]) // _WEEK + 1
    mondays = [bounds["first_week"] + n * _WEEK for n in range(number)]
    nothing = {
        monday: Week(monday=monday, sas_min=0, vendor_min=0, total_min=0, vendors_read=read)
        for monday, read in closed.items()
    }
    return {
        person: [
            kept.get((person, monday), nothing[monday]) if monday in closed else None for monday in mondays
        ]
        for person in idnps
    }


async def close_weeks(conn: AsyncConnection[Any], now: datetime) -> list[date]:
    """Count the weeks that are over everywhere and not yet forgotten; returns their Mondays.

    The last five weeks are counted again, an older one only if a run missed it; then the vendors' times of
    what is older go. A count made is never made again on what is left of its times. Weeks before the first
    calendar or vendor are not counted: nobody could publish then.
    """
    last = monday_of((now.astimezone(UTC) - _LATEST_ZONE).date()) - _WEEK
    known_since = (await rows(conn, "hours_oldest"))[0]
    if known_since["began_at"] is None:
        return []
    oldest, began = known_since["oldest_end_at"], known_since["began_at"]
    first = last - (_KEPT_WEEKS - 1) * _WEEK
    opening = monday_of(began.date())
    begin = first if oldest is None else min(first, monday_of((oldest - _DAY).date()))
    known = {row["week"] for row in await rows(conn, "hours_closed_weeks", first_week=begin, last_week=last)}
    mondays = [begin + number * _WEEK for number in range((last - begin) // _WEEK + 1)]
    done = [monday for monday in mondays if monday >= opening and (monday >= first or monday not in known)]
    for monday in done:
        await _close(conn, monday, now)
    await rows(conn, "hours_forget", before=datetime.combine(first - _DAY, time(0), tzinfo=UTC))
    return done


async def _close(conn: AsyncConnection[Any], monday: date, now: datetime) -> None:
    counted = await count_week(conn, monday)
    people = list(counted)
    await rows(
        conn,
        "hours_close",
        week=monday,
        idnps=people,
        sas_min=[counted[person].sas_min for person in people],
        vendor_min=[counted[person].vendor_min for person in people],
        total_min=[counted[person].total_min for person in people],
        counted_at=now,
    )
    vendor_rows = sum(1 for person in people if counted[person].vendor_min)
    await rows(conn, "hours_mark_closed", week=monday, counted_at=now, vendor_rows=vendor_rows)


async def _published(
    conn: AsyncConnection[Any], monday: date, idnps: Iterable[str] | None
) -> dict[str, list[Published]]:
    """Everything published around a week: a day more on each side, for the zones."""
    people = None if idnps is None else list(idnps)
    start = datetime.combine(monday - _DAY, time(0), tzinfo=UTC)
    until = datetime.combine(monday + _WEEK + _DAY, time(0), tzinfo=UTC)
    found: dict[str, list[Published]] = {}
    holders = {
        row["offer_id"]: row["idnps"] for row in await rows(conn, "agenda_of_practitioners", idnps=people)
    }
    async for item in expanded(conn, list(holders), start, until):
        if not item.absent:
            found.setdefault(holders[item.offer_id], []).append(
                Published(start=item.start, end=item.end, zone=place_zone(item.timezone), source="sas")
            )
    for row in await rows(conn, "hours_published", idnps=people, start_at=start, until=until):
        found.setdefault(row["idnps"], []).append(
            Published(
                start=row["start_at"], end=row["end_at"], zone=place_zone(row["timezone"]), source="vendor"
            )
        )
    return found
