"""The log of a server: a bounded queue in memory, written each second by a task beside the requests.

A search never waits for it. What is over the bound per second, or does not fit, is counted and the count is
written. A process that dies loses the last second of rankings, and the counters that had not reached ten.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from core.clock import utc_now
from search.audit.exposure import weight
from search.audit.log import QUERIES, append
from search.audit.packing import pack
from search.audit.record import is_drawn

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractAsyncContextManager
    from datetime import date

    from psycopg import AsyncConnection

    from search.audit.record import RankingRecord

Reason = Literal["rate", "queue", "storage", "seed", "invalid", "few"]
Outcome = Literal["kept"] | Reason

LOT = 10
"""Searches behind each number written about an offer: fewer would point at one search, and its place."""

_EVERY_S = 1.0
_LONGEST_WAIT_S = 60.0
_MOST_WAITING = 1000
_MOST_COUNTED = 200_000
_EXPOSURE = {
    "days": "day",
    "specialties": "specialty",
    "offer_ids": "offer_id",
    "shown": "shown",
    "exposure": "exposure",
}
_logger = structlog.get_logger("audit")


class RankingWriter:
    """The log of one process.

    connection   opens a transaction of the role that writes, committed when left
    rate_per_s   most rankings kept each second; bursts of one second
    told         is told how many rankings were kept, or not kept and why, once that is written
    """

    def __init__(
        self,
        connection: Callable[[], AbstractAsyncContextManager[AsyncConnection[Any]]],
        *,
        rate_per_s: float,
        told: Callable[[Outcome, int], None] = lambda _outcome, _count: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connection = connection
        self._told = told
        self._rate, self._clock = rate_per_s, clock
        self._allowed, self._asked_at = max(1.0, rate_per_s), clock()
        self._waiting: deque[RankingRecord] = deque()
        self._skipped: Counter[tuple[date, Reason]] = Counter()
        self._shown: dict[tuple[date, str, str], tuple[int, int]] = {}
        self._lots: list[dict[str, Any]] = []
        self._today: date | None = None
        self._task: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()

    def room(self, day: date) -> bool:
        """Whether a ranking noted now would be kept (`search.audit.record.RankingLog`)."""
        reason = self._full()
        if reason is not None:
            self._skipped[day, reason] += 1
        return reason is None

    def note(self, record: RankingRecord) -> None:
        """Keep a ranking, or count it as skipped (`search.audit.record.RankingLog`)."""
        try:
            reason = self._refusal(record)
            if reason is None:
                self._waiting.append(record)
            else:
                self._skipped[record.day, reason] += 1
        except Exception:  # a search must not fail for its audit
            _logger.exception("ranking-lost")

    def shown(self, offer_ids: Sequence[str], specialty: str, day: date, *, first_rank: int = 1) -> None:
        """Count the offers of a page (`search.audit.record.RankingLog`)."""
        try:
            for rank, offer_id in enumerate(offer_ids, start=first_rank):
                self._count(day, specialty, offer_id, weight(rank))
        except Exception:  # a search must not fail for its audit
            _logger.exception("exposure-lost")

    def start(self) -> None:
        """Begin to write, until `close`."""
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Write what waits and stop; counters that have not reached ten are counted as too few."""
        self._stopping.set()
        if self._task is not None:
            await self._task
        for day, _, _ in self._shown:
            self._skipped[day, "few"] += 1
        self._shown.clear()
        await self.flush()

    async def flush(self) -> bool:
        """Write what waits, in one transaction; tells whether that was done; if not, it still waits."""
        records, lots, skipped = self._taken()
        if not records and not lots and not skipped:
            return True
        try:
            async with self._connection() as conn:
                await append(conn, records)
                await self._add(conn, lots, skipped)
        except (psycopg.DataError, psycopg.IntegrityError):
            _logger.exception("audit-refused")
            self._skipped.update(skipped)
            for day in [record.day for record in records] + [lot["day"] for lot in lots]:
                self._skipped[day, "invalid"] += 1
            return False
        except (psycopg.Error, PoolTimeout, OSError) as error:
            _logger.warning(
                "audit-not-written", error=type(error).__name__, sqlstate=getattr(error, "sqlstate", None)
            )
            self._put_back(records, lots, skipped)
            return False
        self._told("kept", len(records))
        for (_, reason), count in skipped.items():
            self._told(reason, count)
        return True

    async def _run(self) -> None:
        wait_s = _EVERY_S
        while not self._stopping.is_set():
            # Not cancelled: a transaction under way ends, and what it writes is not lost.
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), wait_s)
            self._forget_yesterday()
            # A server whose login may not write goes on serving: it tries again, less and less often.
            wait_s = _EVERY_S if await self.flush() else min(wait_s * 2, _LONGEST_WAIT_S)

    def _refusal(self, record: RankingRecord) -> Reason | None:
        if not is_drawn(record.seed, record.area):
            return "seed"
        full = self._full()
        if full is not None:
            return full
        try:
            pack(record.candidates)
        except ValueError:
            return "invalid"
        self._allowed -= 1
        return None

    def _full(self) -> Reason | None:
        if len(self._waiting) >= _MOST_WAITING:
            return "queue"
        now = self._clock()
        self._allowed = min(max(1.0, self._rate), self._allowed + (now - self._asked_at) * self._rate)
        self._asked_at = now
        return None if self._allowed >= 1 else "rate"

    def _count(self, day: date, specialty: str, offer_id: str, exposure: int) -> None:
        key = (day, specialty, offer_id)
        if key not in self._shown and len(self._shown) >= _MOST_COUNTED:
            self._skipped[day, "queue"] += 1
            return
        times, sum_ = self._shown.get(key, (0, 0))
        times, sum_ = times + 1, sum_ + exposure
        if times < LOT:
            self._shown[key] = (times, sum_)
            return
        self._shown.pop(key, None)
        self._lots.append(
            {"day": day, "specialty": specialty, "offer_id": offer_id, "shown": times, "exposure": sum_}
        )

    def _forget_yesterday(self) -> None:
        """Counters of a day that is over everywhere and that never reached ten."""
        today = utc_now().date()
        if today == self._today:
            return
        self._today = today
        for key in [key for key in self._shown if (today - key[0]).days > 1]:
            del self._shown[key]
            self._skipped[key[0], "few"] += 1

    def _taken(
        self,
    ) -> tuple[list[RankingRecord], list[dict[str, Any]], Counter[tuple[date, Reason]]]:
        taken = list(self._waiting), self._lots, self._skipped
        self._waiting.clear()
        self._lots, self._skipped = [], Counter()
        return taken

    def _put_back(
        self,
        records: list[RankingRecord],
        lots: list[dict[str, Any]],
        skipped: Counter[tuple[date, Reason]],
    ) -> None:
        self._skipped.update(skipped)
        room = max(0, _MOST_WAITING - len(self._waiting))
        for record in records[room:]:
            self._skipped[record.day, "storage"] += 1
        self._waiting.extendleft(reversed(records[:room]))
        self._lots[:0] = lots[:_MOST_WAITING]
        for lot in lots[_MOST_WAITING:]:
            self._skipped[lot["day"], "storage"] += 1

    async def _add(
        self,
        conn: AsyncConnection[Any],
        lots: list[dict[str, Any]],
        skipped: Counter[tuple[date, Reason]],
    ) -> None:
        async with conn.cursor() as cursor:
            if lots:
                await cursor.execute(
                    QUERIES["audit_add_exposure"],
                    {array: [lot[name] for lot in lots] for array, name in _EXPOSURE.items()},
                )
            if skipped:
                await cursor.executemany(
                    QUERIES["audit_add_skipped"],
                    [
                        {"day": day, "reason": reason, "count": count}
                        for (day, reason), count in skipped.items()
                    ],
                )
