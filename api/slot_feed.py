"""Free slots for the index of the search: joins the room that reads them to the room that ranks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from search.index.slots import SlotChanges
from slots.feed import Feed

if TYPE_CHECKING:
    from psycopg import AsyncConnection


class SlotNews:
    """`search.ports.SlotFeed` on the sweep and on our own calendars."""

    def __init__(self) -> None:
        self._feed = Feed()

    async def changes(self, conn: AsyncConnection[Any], *, everything: bool) -> SlotChanges | None:
        """See the port."""
        news = await self._feed.news(conn, everything=everything)
        if news is None:
            return None
        return SlotChanges(
            offer=news.offer,
            asked=news.asked,
            slot_offer=news.slot_offer,
            slot_start=news.slot_start,
            slot_marks=news.slot_marks,
            slot_minutes=news.slot_minutes,
            slot_source=news.slot_source,
            sources=news.sources,
        )
