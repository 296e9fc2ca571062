"""The background sweep: which practitioners each vendor knows, and when they are next free.

Every vendor is asked about everybody, 25 at a time, within its rate, all vendors side by side. What it
answers becomes what is known: new slots come, those no longer given go. What could not be read stays, with
its age. Each group of batches is committed with how far it went: a sweep that is cut goes on from there.
"""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

import structlog
from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from core.clock import utc_now
from core.errors import SystemMissing
from slots.aggregate import LIVE_SHARE, is_unreadable
from slots.attach import SHOWN, attach
from slots.editors import QUERIES, all_editors, rows
from slots.fhir.bundle import extract_slots
from slots.fhir.client import EditorClient
from slots.fhir.request import BATCH, slot_search
from slots.hours import Shown, record_published
from slots.rate import Bucket
from slots.sites import site

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from care.slot import FreeSlot
    from slots.editors import Editor

Connect = Callable[[], AbstractAsyncContextManager[AsyncConnection[Any]]]

WINDOW = timedelta(hours=72)
_AT_ONCE = 4
_GROUP = 16
_FAILURES_IN_A_ROW = 5


class Progress(Protocol):
    """Told how far the sweep is; the door decides how it is shown."""

    def start(self, total: int) -> None:
        """The sweep counts `total` practitioners, over all vendors."""
        ...

    def advance(self, done: int, text: str) -> None:
        """`done` more; `text` names the vendor."""
        ...


@dataclass(frozen=True, kw_only=True)
class Swept:
    """One vendor's pass. `ended` is false when it was given up: the next one goes on from there."""

    slug: str
    asked: int
    failed: int
    slots: int
    ended: bool


class Sweep:
    """One sweep of every vendor in service. `connect` opens a writer's connection for the time of a block."""

    def __init__(
        self,
        connect: Connect,
        *,
        deadline_s: float,
        connect_timeout_s: float,
        progress: Progress | None = None,
    ) -> None:
        self._connect = connect
        self._deadline_s = deadline_s
        self._connect_timeout_s = connect_timeout_s
        self._progress = progress

    async def run(self) -> list[Swept]:
        """Sweep, then forget what is past its time; a line for each vendor."""
        async with self._connect() as conn:
            known = [editor for editor in await all_editors(conn) if editor.state == "on"]
            (size,) = await rows(conn, "sweep_size")
        asked = [editor for editor in known if editor.practitioner_flow() is not None]
        if self._progress is not None:
            self._progress.start(size["total"] * len(asked))
        swept = await asyncio.gather(*(self._vendor(editor) for editor in asked))
        async with self._connect() as conn:
            await purge(conn, now=utc_now())
        return list(swept)

    async def _vendor(self, editor: Editor) -> Swept:
        """One vendor's pass, from where it was cut."""
        async with self._connect() as conn:
            (begun,) = await rows(conn, "begin_sweep", slug=editor.slug, now=utc_now())
        self._told(begun["asked"], editor)
        try:
            client = EditorClient(editor, connect_timeout_s=self._connect_timeout_s)
        except SystemMissing:
            structlog.get_logger("slots").error("editor-unusable", editor=editor.slug)
            return Swept(slug=editor.slug, asked=0, failed=0, slots=0, ended=False)
        rate = editor.rate_per_s * (1 - LIVE_SHARE)
        pass_ = _Pass(
            client=client,
            bucket=Bucket(rate_per_s=rate, burst=max(1.0, rate / 4)),
            places=asyncio.Semaphore(min(_AT_ONCE, editor.max_concurrent)),
            deadline_s=self._deadline_s,
        )
        try:
            return await self._groups(editor, pass_, begun)
        finally:
            await client.close()

    async def _groups(self, editor: Editor, pass_: _Pass, begun: dict[str, Any]) -> Swept:
        """Group after group of batches, each committed with how far it went."""
        last_id, asked, failed, slots = begun["last_id"], begun["asked"], begun["failed"], begun["slots"]
        while True:
            async with self._connect() as conn:
                found = await rows(conn, "sweep_people", after=last_id, max_rows=BATCH * _GROUP)
            if not found:
                async with self._connect() as conn:
                    now = utc_now()
                    await execute(conn, "forget_gone", slug=editor.slug, now=now)
                    await execute(conn, "end_sweep", slug=editor.slug, now=now)
                return Swept(slug=editor.slug, asked=asked, failed=failed, slots=slots, ended=True)
            people = [row["idnps"] for row in found]
            now = utc_now().replace(microsecond=0)
            batches = [tuple(people[first : first + BATCH]) for first in range(0, len(people), BATCH)]
            answers = await asyncio.gather(*(pass_.ask(batch, now) for batch in batches))
            if pass_.given_up:
                return Swept(slug=editor.slug, asked=asked, failed=failed, slots=slots, ended=False)
            lost = sum(len(batch) for batch, answer in zip(batches, answers, strict=True) if answer is None)
            read = [
                (batch, answer) for batch, answer in zip(batches, answers, strict=True) if answer is not None
            ]
            count = sum(len(answer) for _, answer in read)
            last_id = people[-1]
            async with self._connect() as conn:
                await _keep(conn, editor.slug, read, start=now)
                zones = {row["idnps"]: row["timezone"] for row in found}
                shown = [_shown(slot, editor.slug, zones) for _, answer in read for slot in answer]
                await record_published(conn, [item for item in shown if item is not None], seen_at=now)
                await execute(
                    conn,
                    "advance_sweep",
                    slug=editor.slug,
                    last_id=last_id,
                    asked=len(people),
                    failed=lost,
                    slots=count,
                    now=utc_now(),
                )
            asked, failed, slots = asked + len(people), failed + lost, slots + count
            self._told(len(people), editor)

    def _told(self, done: int, editor: Editor) -> None:
        if self._progress is not None and done:
            self._progress.advance(done, editor.name)


@dataclass(kw_only=True)
class _Pass:
    """The calls to one vendor. After several failures in a row it is given up, until the next sweep."""

    client: EditorClient
    bucket: Bucket
    places: asyncio.Semaphore
    deadline_s: float
    failures: int = 0

    @property
    def given_up(self) -> bool:
        return self.failures >= _FAILURES_IN_A_ROW

    async def ask(self, batch: tuple[str, ...], start: datetime) -> list[FreeSlot] | None:
        """The free slots of a batch, or None when they could not be read."""
        async with self.places:
            await asyncio.sleep(self.bucket.wait_s(asyncio.get_running_loop().time()))
            if self.given_up:
                return None
            found = await self._read(batch, start)
        self.failures = 0 if found is not None else self.failures + 1
        return found

    async def _read(self, batch: tuple[str, ...], start: datetime) -> list[FreeSlot] | None:
        flow = self.client.editor.practitioner_flow() or "agg-ps"
        end = start + WINDOW
        url = slot_search(self.client.editor.base_url, flow=flow, ids=batch, start=start, end=end)
        try:
            async with asyncio.timeout(self.deadline_s):
                fetched = await self.client.fetch(url)
        except TimeoutError:
            return None
        if fetched.failure is not None:
            return None
        read = extract_slots(
            fetched.pages, flow=flow, requested_ids=batch, window_start=start, window_end=end
        )
        if read["failure_reason"] is not None or is_unreadable(read, flow):
            return None
        return read["slots"]


async def purge(conn: AsyncConnection[Any], *, now: datetime) -> int:
    """Delete the slots past their time; how many."""
    (done,) = await rows(conn, "purge_slots", now=now)
    return int(done["purged"])


async def execute(conn: AsyncConnection[Any], statement: str, /, **parameters: Any) -> None:
    """Run a statement of this room that answers nothing."""
    await conn.execute(QUERIES[statement], parameters)


async def _keep(
    conn: AsyncConnection[Any],
    slug: str,
    read: Sequence[tuple[tuple[str, ...], Sequence[FreeSlot]]],
    *,
    start: datetime,
) -> None:
    """Write what was read of a group of batches."""
    people = [value for batch, _ in read for value in batch]
    sites = [made for row in await rows(conn, "sweep_sites", practitioner_ids=people) if (made := site(row))]
    answered = [slot for _, slots in read for slot in slots]
    places = {
        id(item.slot): (offer_id, item.guessed)
        for offer_id, found in attach(sites, answered).by_offer.items()
        for item in found
    }
    kept = {
        row_key(row): row for slot in answered for row in [_row(slot, *places.get(id(slot), (None, False)))]
    }
    await execute(
        conn,
        "keep_swept",
        slug=slug,
        ids=people,
        slots=Jsonb(list(kept.values())),
        window_start=start,
        now=utc_now(),
    )


def _shown(slot: FreeSlot, slug: str, zones: Mapping[str, str]) -> Shown | None:
    """The time of a slot for the count of hours, when it may be shown."""
    holder = slot["practitioner_id"]
    if holder is None or not SHOWN & set(slot["visibility"]):
        return None
    return Shown(
        idnps=holder,
        start=datetime.fromisoformat(slot["start"]),
        end=datetime.fromisoformat(slot["end"]),
        source=slug,
        timezone=zones[holder],
    )


def row_key(row: dict[str, Any]) -> tuple[str, str, str]:
    """What makes two slots of a vendor the same."""
    return row["practitioner_id"], row["start_at"], row["place_key"]


def _row(slot: FreeSlot, offer_id: str | None, place_guess: bool) -> dict[str, Any]:
    place = slot["place"]
    where = (slot["structure_id"], place["line"], place["postal_code"], place["city"])
    digest = hashlib.md5(repr(where).encode(), usedforsecurity=False).digest()
    return {
        "practitioner_id": slot["practitioner_id"],
        "start_at": slot["start"],
        "place_key": str(uuid.UUID(bytes=digest)),
        "offer_id": offer_id,
        "place_guess": place_guess,
        "end_at": slot["end"],
        "consultation_types": slot["consultation_types"],
        "visibility": slot["visibility"],
        "appointment_type": slot["appointment_type"],
        "booking_url": slot["booking_url"],
        "structure_id": slot["structure_id"],
        "line": place["line"],
        "postal_code": place["postal_code"],
        "city": place["city"],
    }
