"""Slots of a card as people read them: by day, in the zone of the search, in French. Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from maps import french

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SHOWN_A_DAY = 4
LETTERS = {"AMB": ("C", "au cabinet"), "VR": ("T", "téléconsultation"), "HH": ("D", "à domicile")}
STATES = {
    "ok": "a répondu",
    "empty": "a répondu : aucun créneau",
    "timeout": "n’a pas répondu à temps",
    "http-error": "a répondu par une erreur",
    "invalid": "a répondu de façon illisible",
    "off": "n’est pas interrogé pour le moment",
}


def days(slots: Sequence[Mapping[str, Any]], *, today: date) -> list[dict[str, Any]]:
    """The slots by day, soonest first, four of each day at most; `more` counts the others.

    `slots` are those of an answer, in order; `today` is the day in the zone of the search.
    """
    by_day: dict[date, list[dict[str, Any]]] = {}
    for slot in slots:
        start = datetime.fromisoformat(slot["start"])
        by_day.setdefault(start.date(), []).append(_shown(slot, start))
    return [
        {"label": _label(day, today), "slots": found[:SHOWN_A_DAY], "more": max(0, len(found) - SHOWN_A_DAY)}
        for day, found in by_day.items()
    ]


def clock(moment: datetime) -> str:
    """An hour as French writes it.

    >>> clock(datetime(2026, 3, 27, 9, 5)), clock(datetime(2026, 3, 27, 14))
    ('9\u00a0h\u00a005', '14\u00a0h')
    """
    minutes = f"\u00a0{moment.minute:02d}" if moment.minute else ""
    return f"{moment.hour}\u00a0h{minutes}"


def moment(start: str, today: date) -> str:
    """The day and the hour of a slot.

    >>> moment("2026-03-27T09:05:00+01:00", date(2026, 3, 26))
    'demain à 9\u00a0h\u00a005'
    """
    at = datetime.fromisoformat(start)
    label = _label(at.date(), today)
    return f"{label[0].lower()}{label[1:]} à {clock(at)}"


def read_at(slots: Sequence[Mapping[str, Any]]) -> str:
    """When the oldest of these slots was read."""
    oldest = min((datetime.fromisoformat(slot["as_of"]) for slot in slots), default=None)
    return clock(oldest) if oldest is not None else ""


def _shown(slot: Mapping[str, Any], start: datetime) -> dict[str, Any]:
    known = [LETTERS[kind] for kind in slot["modality"] if kind in LETTERS]
    words = [words for _, words in known] + (["sans rendez-vous"] if "walk-in" in slot["flags"] else [])
    until = datetime.fromisoformat(slot["end"])
    return {
        "at": f"{clock(start)}\u2013{clock(until)}" if "range" in slot["flags"] else clock(start),
        "letters": "".join(letter for letter, _ in known),
        "words": ", ".join(words),
        "url": slot["booking_url"],
        "source": slot["source"],
    }


def _label(day: date, today: date) -> str:
    near = {
        today: "Aujourd’hui",
        today + timedelta(days=1): "Demain",
        today + timedelta(days=2): "Après-demain",
    }
    return near.get(day) or french.day(day)
