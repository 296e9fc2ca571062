"""The reasons of a rank, in French, with the value measured and the points it gave; they sum to the score."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from geo.travel.label import told
from search.policy import UNIT

if TYPE_CHECKING:
    from search.query import SearchQuery
    from search.rank import Part, Ranked


def reasons(ranked: Ranked, card: dict[str, Any], query: SearchQuery) -> list[dict[str, Any]]:
    """One reason for each part of the score, then how equals are told apart.

    `card` tells the way: its fields `travel_…`.
    """
    made = [
        _reason(part, way(card) if part.code == "travel" else _wait(part.value))
        if part.code in {"travel", "wait"}
        else _settled(part)
        for part in ranked.parts
    ]
    made.append(_TERRITORY if query.place.point is None else _LOT)
    return made


def _reason(part: Part, text: str) -> dict[str, Any]:
    return {"code": part.code, "text": text, "value": part.value, "points": part.points / UNIT}


@lru_cache(maxsize=256)
def _settled(part: Part) -> dict[str, Any]:
    """The reason of a part that only has a few values: the same object on many cards."""
    return _reason(part, _TEXTS[part.code, part.value])


def seen_in_min(ranked: Ranked) -> float | None:
    """Minutes until a patient is cared for, at the first slot one can reach; None when unknown."""
    value = next(part.value for part in ranked.parts if part.code == "wait")
    return None if value is None else float(value)


def summary(card: dict[str, Any]) -> str:
    """The time to care of a card in a few words.

    >>> summary({"seen_in_min": 100.0, "travel_min": 12.3, "travel_source": "road"})
    'vu dans 1 h 40, à 12 min'
    >>> summary({"seen_in_min": None, "travel_min": 18.0, "travel_source": "estimate"})
    'créneaux inconnus, à ≈ 18 min'
    """
    seen = card["seen_in_min"]
    first = "créneaux inconnus" if seen is None else f"vu dans {duration(seen)}"
    if card["travel_min"] is None:
        return first
    about = "≈ " if card["travel_source"] == "estimate" else ""
    return f"{first}, à {about}{duration(card['travel_min'])}"


def duration(minutes: float) -> str:
    """Minutes as one says them.

    >>> duration(0.4), duration(59.6), duration(125), duration(2940)
    ('1 min', '1 h 00', '2 h 05', '2 j 1 h')
    """
    whole = max(1, round(minutes))
    if whole < 60:
        return f"{whole} min"
    if whole < 48 * 60:
        return f"{whole // 60} h {whole % 60:02d}"
    return f"{whole // 1440} j {whole % 1440 // 60} h"


def distance_text(distance_m: int) -> str:
    """As on the cards: metres under one kilometre, else kilometres rounded up.

    >>> distance_text(812), distance_text(4200)
    ('812 m', '5 km')
    """
    return f"{distance_m} m" if distance_m < 1000 else f"{math.ceil(distance_m / 1000)} km"


def way(card: dict[str, Any]) -> str:
    """The way to a card, always with how it was computed, and its interval when it is an estimate."""
    if card["travel_source"] is None:
        return "Recherche dans tout un territoire : le trajet ne compte pas."
    minutes = math.inf if card["travel_min"] is None else card["travel_min"]
    low, high = card["travel_range_min"] or (minutes, minutes)
    text = told(
        minutes,
        low=low,
        high=high,
        source=card["travel_source"],
        barrier="barrier" in card["travel_flags"],
    )
    return f"{text[0].upper()}{text[1:]}{', par un bac' if 'ferry' in card['travel_flags'] else ''}."


def _wait(minutes: float | str | bool | None) -> str:
    """What the rank followed; vendors asked since may have told another slot."""
    if minutes is None:
        return "Attente inconnue."
    return f"Premier créneau accessible dans {duration(float(minutes))}, au moment du classement."


_TEXTS = {
    ("slots", "known"): "Un créneau est connu dans la période.",
    ("slots", "unknown"): "Créneaux inconnus : aucun agenda ne les dit ; ils viennent après les connus.",
    ("slots", "none"): "Aucun créneau dans la période.",
    ("participation", True): "Déclare participer au SAS.",
    ("participation", False): "Participation au SAS non déclarée.",
    ("remote", True): "Le premier créneau est une téléconsultation.",
    ("remote", False): "Consultation en présence du patient.",
    ("fit", True): "De la spécialité demandée.",
    ("fit", False): "Répond au besoin sans être de la spécialité demandée.",
}


def _by_lot(text: str) -> dict[str, Any]:
    return {"code": "lot", "text": text, "value": None, "points": 0.0}


_LOT = _by_lot("À égalité, l'ordre est tiré au sort, le même sur toutes les pages.")
_TERRITORY = _by_lot(
    "Territoire entier : à délai comparable (par tranches de 4 h), l'ordre est tiré au sort."
)
