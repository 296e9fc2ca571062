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
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from zoneinfo import ZoneInfo

    from search.ports import Availability, EditorLine, OfferedSlot, Reading
    from search.query import Filters, SearchQuery

_READ = frozenset({"ok", "empty"})
_CREATED = uuid.UUID("8a3b5e52-3f0a-4c1c-9d3e-5a5b8f6d7c10")


def fill(card: dict[str, Any], known: Availability | None, query: SearchQuery) -> dict[str, Any]:
    """The card with its slots, in the zone of the search, filtered as asked.

    The rank stays what it was when the page was settled; the time to care follows what is known now.
    """
    slots, more = shown_slots(known.slots if known is not None else (), query)
    return card | {
        "next_slot": slots[0]["start"] if slots else None,
        "seen_in_min": _seen_in_min(slots, card, query),
        "slots": slots,
        "slots_more": more + (known.left_out if known is not None else 0),
        "slots_state": known.state if known is not None else "unknown",
    }


def _seen_in_min(slots: Sequence[dict[str, Any]], card: dict[str, Any], query: SearchQuery) -> float | None:
    """Minutes until the first slot that can be reached; None when none is known."""
    start = query.window.start.replace(second=0, microsecond=0)
    reached = start + timedelta(minutes=math.ceil(card["travel_min"] or 0))
    for slot in slots:
        begins = datetime.fromisoformat(slot["start"])
        if begins >= reached or "VR" in slot["modality"]:
            return max(0.0, (begins - start).total_seconds() / 60)
    return None


def is_left_out(card: dict[str, Any], filters: Filters) -> bool:
    """Whether a filled card is known to have no slot of those asked."""
    return (
        (filters.with_slots or bool(filters.modality))
        and card["slots_state"] == "known"
        and not card["slots"]
    )


def shown_slots(slots: Iterable[OfferedSlot], query: SearchQuery) -> tuple[list[dict[str, Any]], int]:
    """The first slots of each day in the window and of the modalities asked, and how many more there are.

    Soonest first; equal ones by a seeded lot.
    """
    wanted = set(query.filters.modality)
    kept = [slot for slot in slots if _in_window(slot, query) and (not wanted or wanted & set(slot.modality))]
    lots = {source: _lot(source, query.seed) for source in {slot.source for slot in kept}}
    kept.sort(key=lambda slot: (slot.start, slot.end, lots[slot.source]))
    zone = query.place.zone
    shown, of_day = [], Counter[date]()
    for slot in kept:
        start = slot.start.astimezone(zone)
        of_day[start.date()] += 1
        if of_day[start.date()] <= query.slots_per_day:
            shown.append(_slot(slot, start, zone))
    return shown, len(kept) - len(shown)


def _in_window(slot: OfferedSlot, query: SearchQuery) -> bool:
    """It begins in the window; a range for several patients may have begun, while it is not over."""
    start = query.window.start.replace(microsecond=0)
    begins = slot.start >= start or ("range" in slot.flags and slot.end > start)
    return begins and slot.start <= query.window.end


def _lot(source: str, seed: str) -> str:
    return hashlib.blake2b(f"{seed}:{source}".encode(), digest_size=8).hexdigest()


def _slot(slot: OfferedSlot, start: datetime, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "start": start.isoformat(timespec="seconds"),
        "end": slot.end.astimezone(zone).isoformat(timespec="seconds"),
        "modality": list(slot.modality),
        "source": slot.source,
        "as_of": slot.as_of.astimezone(zone).isoformat(timespec="seconds"),
        "bookable": slot.bookable,
        "booking_url": slot.booking_url,
        "flags": list(slot.flags),
    }


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
