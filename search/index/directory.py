"""The index of a process: read when first needed, again when the directory changes; kept up with slots."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import structlog

from core.db.records import records
from search.index.offers import FIELDS, Offers, build
from search.index.slots import SlotTable
from search.statements import QUERIES, rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg import AsyncConnection

    from search.ports import SlotFeed


@dataclass(frozen=True, kw_only=True)
class Index:
    """Offers and slots that belong together. Columns that others prepare for these offers go in `beside`."""

    offers: Offers
    slots: SlotTable
    version: tuple[int, ...]
    beside: dict[str, Any]


class DirectoryIndex:
    """Gives the index to the searches of a process.

    Parameters
    ----------
    feed            tells what is newly known of slots; None where nobody keeps agendas
    max_age_s       how long the index is trusted before the database is asked what changed; 0: it is read
                    again at each search, and no change is ever missed
    specialty_ids   read these groups only: for a command that makes one search
    """

    def __init__(
        self, feed: SlotFeed | None, *, max_age_s: float, specialty_ids: Sequence[int] | None = None
    ) -> None:
        self._feed = feed
        self._max_age_s = max_age_s
        self._specialty_ids = None if specialty_ids is None else list(specialty_ids)
        self._index: Index | None = None
        self._checked_at_s = float("-inf")
        self._lock = asyncio.Lock()

    async def current(self, conn: AsyncConnection[Any]) -> Index:
        """The index, no older than `max_age_s`; while one search refreshes it, others use it as it is."""
        index = self._index
        if index is not None and (self._is_fresh() or (self._max_age_s > 0 and self._lock.locked())):
            return index
        async with self._lock:
            if self._index is None or not self._is_fresh():
                self._index = await self._refreshed(conn)
                self._checked_at_s = time.monotonic()
            return self._index

    def _is_fresh(self) -> bool:
        return time.monotonic() - self._checked_at_s < self._max_age_s

    async def _refreshed(self, conn: AsyncConnection[Any]) -> Index:
        (found,) = await rows(conn, "index_version")
        version = tuple(int(value) for value in found.values())
        index = self._index
        if index is None or self._max_age_s == 0 or version != index.version:
            return await self._read(conn, version)
        await self._take(conn, index, everything=False)
        return index

    async def _read(self, conn: AsyncConnection[Any], version: tuple[int, ...]) -> Index:
        started_s = time.monotonic()
        await conn.execute("SET statement_timeout = 0")  # a search is bounded, this read is that of a country
        try:
            read = await records(conn, QUERIES["index_rows"], {"specialty_ids": self._specialty_ids}, FIELDS)
            offers = await asyncio.to_thread(build, read)
            index = Index(offers=offers, slots=SlotTable(len(offers)), version=version, beside={})
            await self._take(conn, index, everything=True)
        finally:
            await conn.execute("RESET statement_timeout")
        structlog.get_logger("search").info(
            "index-read",
            offers=len(offers),
            slots=index.slots.total,
            seconds=round(time.monotonic() - started_s, 1),
        )
        return index

    async def _take(self, conn: AsyncConnection[Any], index: Index, *, everything: bool) -> None:
        if self._feed is None:
            return
        given = await self._feed.changes(conn, everything=everything)
        if given is not None:
            numbers = index.offers.numbers(given.offer)
            slot_numbers = index.offers.numbers(given.slot_offer)
            index.slots.take(numbers.astype(np.int64), slot_numbers.astype(np.int64), given)
