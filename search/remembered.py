"""The slots that the index holds of a few offers, as cards show them: read earlier, not verified."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from search.index.offers import uuid_of
from search.index.slots import MODALITIES
from search.ports import OfferedSlot, Remembered
from search.soonest import KEPT_FOR_MIN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from search.index.directory import Index
    from search.index.slots import Note
    from search.query import SearchQuery
    from search.soonest import Period


def remembered(
    index: Index, offers: Iterable[int], query: SearchQuery, period: Period
) -> dict[str, Remembered]:
    """Slots in the period of the offers whose knowledge is fresh, by identifier: the first of each day."""
    days = [period.start, *_midnights(query), period.end + 1]
    found: dict[str, Remembered] = {}
    for offer in map(int, offers):
        asked = int(index.slots.asked[offer])
        if asked < period.now - KEPT_FOR_MIN:
            continue
        slots, total = index.slots.known(
            offer, days, query.slots_per_day, modalities=query.filters.modality or MODALITIES
        )
        if slots:
            read_at = min(asked, period.now)
            notes = {note: index.slots.noted(note) for _, note in slots}
            found[uuid_of(index.offers.identity[offer])] = Remembered(
                slots=[_offered(start, notes[note], read_at) for start, note in slots],
                total=total,
                sources=frozenset(note.source for note in notes.values()),
            )
    return found


def _midnights(query: SearchQuery) -> list[int]:
    """Minutes since 1970 of each midnight of the period, in the zone of the place."""
    zone, day = query.place.zone, query.window.start.astimezone(query.place.zone).date()
    last = query.window.end.astimezone(zone).date()
    made = []
    while day < last:
        day += timedelta(days=1)
        made.append(int(datetime.combine(day, time(), tzinfo=zone).timestamp() // 60))
    return made


@lru_cache(maxsize=32_768)
def _offered(start_min: int, note: Note, asked: int) -> OfferedSlot:
    """The slot, read at that minute: those of many agendas begin together, each is made once."""
    start = _moment(start_min)
    return OfferedSlot(
        start=start,
        end=start + timedelta(minutes=note.minutes),
        modality=note.modality,
        source=note.source,
        as_of=_moment(asked),
        bookable=False,
        flags=note.flags,
    )


def _moment(minutes: int) -> datetime:
    return datetime.fromtimestamp(minutes * 60, tz=UTC)
