"""Slots on the cards of a page, and what the vendors said, as the answer tells them.

The order of the offers does not change: slots fill cards that are already in their place. An offer is left
out of a search "with slots" only when it is known to have none; unknown is never shown as none.
"""

from __future__ import annotations

import hashlib
import math
import uuid
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from search.ports import Availability, EditorLine, OfferedSlot, Reading
    from search.query import Filters, SearchQuery

_READ = frozenset({"ok", "empty"})
_CREATED = uuid.UUID("8a3b5e52-3f0a-4c1c-9d3e-5a5b8f6d7c10")


def fill(card: dict[str, Any], known: Availability | None, query: SearchQuery) -> dict[str, Any]:
    """The card with its slots, in the zone of the search, filtered as asked.

    The rank stays what it was when the page was settled; the time to care follows what is known now.
    """
    if known is not None and known.as_held:
        kept: Sequence[OfferedSlot] = known.slots
        slots = [_kept_written(slot, query.place.zone) for slot in kept]
    else:
        kept = _kept(known.slots if known is not None else (), query)
        slots = _first_of_days(kept, query)
    left_out = known.left_out if known is not None else 0
    return card | {
        "next_slot": slots[0]["start"] if slots else None,
        # Of slots held in memory only the first of each day are here: the ranking saw them all.
        "seen_in_min": card["seen_in_min"] if left_out else _seen_in_min(kept, card, query),
        "slots": slots,
        "slots_more": len(kept) - len(slots) + left_out,
        "slots_state": known.state if known is not None else "unknown",
    }


def _seen_in_min(slots: Sequence[OfferedSlot], card: dict[str, Any], query: SearchQuery) -> float | None:
    """Minutes until the first slot that can be reached; None when none is known."""
    start = query.window.start.replace(second=0, microsecond=0)
    reached = start + timedelta(minutes=math.ceil(card["travel_min"] or 0))
    for slot in slots:
        if slot.start >= reached or "VR" in slot.modality:
            return max(0.0, (slot.start - start).total_seconds() / 60)
    return None


def is_left_out(card: dict[str, Any], filters: Filters) -> bool:
    """Whether a filled card is known to have no slot of those asked."""
    return (
        (filters.with_slots or bool(filters.modality))
        and card["slots_state"] == "known"
        and not card["slots"]
    )


def shown_slots(slots: Iterable[OfferedSlot], query: SearchQuery) -> tuple[list[dict[str, Any]], int]:
    """The first slots of each day in the window and of the modalities asked, and how many more there are."""
    kept = _kept(slots, query)
    shown = _first_of_days(kept, query)
    return shown, len(kept) - len(shown)


def _kept(slots: Iterable[OfferedSlot], query: SearchQuery) -> list[OfferedSlot]:
    """The slots in the window and of the modalities asked, soonest first; equal ones by a seeded lot."""
    wanted = set(query.filters.modality)
    start, end = query.window.start.replace(microsecond=0), query.window.end
    kept = [
        slot
        for slot in slots
        # A range for several patients may have begun, while it is not over.
        if slot.start <= end
        and (slot.start >= start or ("range" in slot.flags and slot.end > start))
        and (not wanted or not wanted.isdisjoint(slot.modality))
    ]
    sources = {slot.source for slot in kept}
    if len(sources) > 1:
        lots = {source: _lot(source, query.seed) for source in sources}
        kept.sort(key=lambda slot: (slot.start, slot.end, lots[slot.source]))
    else:
        kept.sort(key=attrgetter("start", "end"))
    return kept


def _first_of_days(slots: Iterable[OfferedSlot], query: SearchQuery) -> list[dict[str, Any]]:
    zone, most = query.place.zone, query.slots_per_day
    shown, of_day = [], Counter[str]()
    for slot in slots:
        written = _written(slot, zone)
        day = written["start"][:10]
        of_day[day] += 1
        if of_day[day] <= most:
            shown.append(written)
    return shown


def _written(slot: OfferedSlot, zone: ZoneInfo) -> dict[str, Any]:
    """A slot as a card tells it, its moments in the zone of the search."""
    return {
        "start": _local(slot.start, zone),
        "end": _local(slot.end, zone),
        "modality": list(slot.modality),
        "source": slot.source,
        "as_of": _local(slot.as_of, zone),
        "bookable": slot.bookable,
        "booking_url": slot.booking_url,
        "flags": list(slot.flags),
    }


_kept_written = lru_cache(maxsize=32_768)(_written)
"""The same of slots held in memory: they are the same at each search."""


def _lot(source: str, seed: str) -> str:
    return hashlib.blake2b(f"{seed}:{source}".encode(), digest_size=8).hexdigest()


@lru_cache(maxsize=16_384)
def _local(moment: datetime, zone: ZoneInfo) -> str:
    """A moment in the zone of the search: slots of many agendas begin together, each is written once."""
    return moment.astimezone(zone).isoformat(timespec="seconds")


def created_cards(
    query: SearchQuery, cards: Sequence[dict[str, Any]], reading: Reading
) -> list[dict[str, Any]]:
    """Cards of the places that a vendor alone knows, in the order of the offers they go with.

    They have no rank, no position and no distance of their own, and say so.
    """
    by_id = {card["id"]: card for card in cards}
    rank = {card["id"]: index for index, card in enumerate(cards)}
    made = []
    for extra in sorted(
        (extra for extra in reading.created if extra.offer_id in by_id),
        key=lambda extra: (rank[extra.offer_id], extra.address),
    ):
        slots, _ = shown_slots(extra.slots, query)
        if slots:
            card = by_id[extra.offer_id]
            made.append(
                {
                    "id": str(uuid.uuid5(_CREATED, f"{extra.offer_id}:{extra.address}")),
                    "offer_id": extra.offer_id,
                    "kind": card["kind"],
                    "rpps": card["rpps"],
                    "name": card["name"],
                    "specialties": card["specialties"],
                    "address": extra.address,
                    "phone": extra.phone,
                    "timezone": query.place.timezone,
                    "flags": ["place-from-agenda"],
                    "next_slot": slots[0]["start"],
                    "slots": slots,
                }
            )
    return made


def editor_lines(reading: Reading) -> list[dict[str, Any]]:
    """The state of each vendor, by name of record."""
    return [
        {
            "editor": line.editor,
            "name": line.name,
            "state": line.state,
            "as_of": line.as_of.isoformat(timespec="seconds") if line.as_of else None,
        }
        for line in reading.editors
    ]


def is_partial(reading: Reading | None) -> bool:
    """Whether a vendor could not be read."""
    return reading is not None and any(line.state not in _READ for line in reading.editors)


def joined(first: Reading, second: Reading) -> Reading:
    """Two readings of one search as one; of a vendor, what was worse."""
    order = ("ok", "empty", "off", "invalid", "http-error", "timeout")
    lines = {line.editor: line for line in first.editors}
    for line in second.editors:
        known = lines.get(line.editor)
        if known is None or {known.state, line.state} == {"ok", "empty"}:
            lines[line.editor] = line if known is None or line.state == "ok" else known
        elif order.index(line.state) > order.index(known.state):
            lines[line.editor] = line
    return replace(
        first,
        by_offer={**first.by_offer, **second.by_offer},
        created=(*first.created, *second.created),
        editors=tuple(lines[slug] for slug in sorted(lines)),
        complete=first.complete and second.complete,
    )


def silent_sentences(reading: Reading) -> list[str]:
    """One French sentence for each vendor whose slots could not be read."""
    return [_SENTENCES[line.state].format(name=line.name) for line in reading.editors if _silent(line)]


def _silent(line: EditorLine) -> bool:
    return line.state in _SENTENCES


_SENTENCES = {
    "timeout": "L'agenda « {name} » n'a pas répondu à temps : ses créneaux sont inconnus.",
    "http-error": "L'agenda « {name} » a répondu par une erreur : ses créneaux sont inconnus.",
    "invalid": "La réponse de l'agenda « {name} » est illisible : ses créneaux sont inconnus.",
    "off": "L'agenda « {name} » n'est pas interrogé pour le moment : ses créneaux sont inconnus.",
}
