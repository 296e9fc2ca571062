"""The slots that the index holds of a few offers, as cards show them: read earlier, not verified."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from search.index.offers import uuid_of
from search.index.slots import MODALITIES
from search.ports import OfferedSlot, Remembered
from search.soonest import KEPT_FOR_MIN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from search.index.directory import Index
    from search.index.slots import KnownSlot
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
            as_of = _moment(min(asked, period.now))
            shown = [_offered(slot, as_of) for slot in slots]
            found[uuid_of(index.offers.identity[offer])] = Remembered(slots=shown, total=total)
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


def _offered(slot: KnownSlot, as_of: datetime) -> OfferedSlot:
    start = _moment(slot.start)
    return OfferedSlot(
        start=start,
        end=start + timedelta(minutes=slot.minutes),
        modality=slot.modality,
        source=slot.source,
        as_of=as_of,
        bookable=False,
    )


def _moment(minutes: int) -> datetime:
    return datetime.fromtimestamp(minutes * 60, tz=UTC)
