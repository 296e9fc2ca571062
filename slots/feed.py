"""Free slots of every offer as they become known: what vendors told the sweep, what our own calendars hold.

For a reader that keeps them in memory. Where both know of an offer the vendor's slots count, and the others
are left out (`care.precedence`), offer by offer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from core.clock import utc_now
from core.db.records import records
from slots.agenda import QUERIES, free_slots, rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray
    from psycopg import AsyncConnection

    from slots.agenda import CalendarSlot

CALENDAR_AHEAD = timedelta(days=8)
"""How far our own calendars are written out."""
CALENDAR_AGAIN = timedelta(hours=6)
RANGE_STEP = timedelta(minutes=15)
"""A range takes patients all along: it counts as a start at each of these steps."""
ALWAYS_FRESH = 2**31 - 1
_OVERLAP = timedelta(minutes=1)
_CHUNK = 2_000
_OFFERS = (("offer_id", "V16"), ("asked", ">i4"))
_SLOTS = (
    ("offer_id", "V16"),
    ("start", ">i4"),
    ("marks", ">i2"),
    ("minutes", ">i2"),
    ("source", ">i2"),
)
_BITS = {"AMB": 1, "HH": 2, "VR": 4}


@dataclass(frozen=True, kw_only=True)
class News:
    """What is newly known of some offers; for each of them it replaces what was known.

    offer      first halves of the UUIDs of the offers told of, uint64 (k,)
    asked      minutes since 1970, int64 (k,); ALWAYS_FRESH where our own calendar speaks
    slot_offer, slot_start, slot_marks, slot_minutes, slot_source   one entry for each start: offer,
               minutes since 1970, bits of what is said of it (as `feed_slots`), how long it lasts, place in
               `sources`, (m,)
    sources    `sas` for our own calendars, then the vendors by their short name
    """

    offer: NDArray[np.uint64]
    asked: NDArray[np.int64]
    slot_offer: NDArray[np.uint64]
    slot_start: NDArray[np.int64]
    slot_marks: NDArray[np.int64]
    slot_minutes: NDArray[np.int64]
    slot_source: NDArray[np.int64]
    sources: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class _Mark:
    asked_at: datetime | None
    changes: int
    editors: int
    slugs: tuple[str, ...]


class Feed:
    """Remembers how far its reader is; one for each reader."""

    def __init__(self) -> None:
        self._mark: _Mark | None = None
        self._own: dict[int, list[tuple[int, int]]] = {}
        self._written_at = datetime.min.replace(tzinfo=UTC)

    async def news(self, conn: AsyncConnection[Any], *, everything: bool) -> News | None:
        """What is newly known since the last call, or all that is known; None when nothing changed."""
        now = utc_now()
        (row,) = await rows(conn, "feed_mark")
        mark = _Mark(
            asked_at=row["asked_at"],
            changes=row["changes"],
            editors=row["editors"],
            slugs=tuple(row["slugs"]),
        )
        before = self._mark
        again = now - self._written_at > CALENDAR_AGAIN
        if before is None or everything or again or mark.editors != before.editors:
            await self._calendars(conn, since=0, now=now)
            made = await self._vendors(conn, None, now, slugs=mark.slugs)
        elif mark == before:
            return None
        else:
            changed: set[int] = set()
            if mark.changes > before.changes:
                changed = await self._calendars(conn, since=before.changes, now=now)
            people = await self._people(conn, before) if mark.asked_at != before.asked_at else []
            people += await self._holders(conn, changed)
            made = await self._vendors(conn, people, now, slugs=mark.slugs, calendars=changed)
        self._mark = mark
        return made

    async def _people(self, conn: AsyncConnection[Any], before: _Mark) -> list[str]:
        since = (
            before.asked_at - _OVERLAP if before.asked_at is not None else datetime.min.replace(tzinfo=UTC)
        )
        return [row["practitioner_id"] for row in await rows(conn, "feed_people", since=since)]

    async def _holders(self, conn: AsyncConnection[Any], changed: set[int]) -> list[str]:
        """Practitioners of these calendars: what vendors said of them is read with it."""
        if not changed:
            return []
        found = await rows(conn, "feed_holders")
        return [row["idnps"] for row in found if _half(row["offer_id"]) in changed]

    async def _calendars(self, conn: AsyncConnection[Any], *, since: int, now: datetime) -> set[int]:
        """Write out the calendars that changed; the offers concerned."""
        found = [row["offer_id"] for row in await rows(conn, "feed_calendars", since=since)]
        if since == 0:
            self._own = {}
            self._written_at = now
        for first in range(0, len(found), _CHUNK):
            chunk = found[first : first + _CHUNK]
            free = await free_slots(conn, chunk, start=now, until=now + CALENDAR_AHEAD)
            for offer_id in chunk:
                self._own.pop(_half(offer_id), None)
            for offer_id, slots in free.items():
                self._own[_half(offer_id)] = sorted(start for slot in slots for start in _starts(slot, now))
        return {_half(offer_id) for offer_id in found}

    async def _vendors(
        self,
        conn: AsyncConnection[Any],
        people: list[str] | None,
        now: datetime,
        *,
        slugs: Sequence[str],
        calendars: Iterable[int] | None = None,
    ) -> News:
        """What vendors said of some people (None: everybody), with our calendars of the offers concerned."""
        told = await records(conn, QUERIES["feed_offers"], {"practitioner_ids": people}, _OFFERS)
        slots = await records(
            conn,
            QUERIES["feed_slots"],
            {"practitioner_ids": people, "since": now - _OVERLAP, "slugs": list(slugs)},
            _SLOTS,
        )
        offer, slot_offer = _halves(told["offer_id"]), _halves(slots["offer_id"])
        asked = told["asked"].astype(np.int64)
        with_vendor = set(np.unique(slot_offer).tolist())
        concerned = set(self._own if calendars is None else calendars) | (
            set(offer.tolist()) & self._own.keys()
        )
        own = sorted(key for key in concerned if key not in with_vendor)
        entries = [(key, start, bits) for key in own for start, bits in self._own.get(key, ())]
        speaking = {key for key, _, _ in entries}
        asked[np.isin(offer, np.array(sorted(speaking), dtype=np.uint64))] = ALWAYS_FRESH
        known = set(offer.tolist())
        added = [key for key in own if key not in known]
        minutes = np.full(len(entries), int(RANGE_STEP.total_seconds() // 60))
        return News(
            offer=np.append(offer, np.array(added, dtype=np.uint64)),
            asked=np.append(asked, np.array([_age(key in speaking) for key in added], dtype=np.int64)),
            slot_offer=np.append(slot_offer, np.array([entry[0] for entry in entries], dtype=np.uint64)),
            slot_start=_joined(slots["start"], [entry[1] for entry in entries]),
            slot_marks=_joined(slots["marks"], [entry[2] for entry in entries]),
            slot_minutes=_joined(slots["minutes"], minutes),
            slot_source=_joined(slots["source"], np.zeros(len(entries))),
            sources=("sas", *slugs),
        )


def _joined(read: NDArray[Any], ours: Sequence[int] | NDArray[Any]) -> NDArray[np.int64]:
    return np.append(read.astype(np.int64), np.array(ours, dtype=np.int64))


def _age(speaks: bool) -> int:
    """A calendar of ours with nothing free tells nothing: a vendor may know of a slot there."""
    return ALWAYS_FRESH if speaks else -(2**31)


def _starts(slot: CalendarSlot, now: datetime) -> list[tuple[int, int]]:
    """Starts a patient can be given, with the bits of the modalities."""
    bits = sum(_BITS[modality] for modality in slot.slot.modalities)
    if slot.slot.form == "single":
        return [(_minutes(slot.start), bits)]
    moment, starts = max(slot.start, now), []
    while moment < slot.end:
        starts.append((_minutes(moment), bits))
        moment += RANGE_STEP
    return starts


def _minutes(moment: datetime) -> int:
    return int(moment.timestamp() // 60)


def _half(offer_id: str) -> int:
    return int(offer_id.replace("-", "")[:16], 16)


def _halves(offer_id: NDArray[Any]) -> NDArray[np.uint64]:
    return offer_id.copy().view(">u8").reshape(-1, 2)[:, 0].astype(np.uint64)
