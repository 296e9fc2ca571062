"""The reasons of a rank, in French, with the value measured and the points it gave; they sum to the score."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from search.rank import Ranked


def reasons(ranked: Ranked) -> list[dict[str, Any]]:
    """One reason for each part of the score."""
    return [
        {
            "code": part.code,
            "text": _TEXTS[part.code](part.value),
            "value": part.value,
            "points": round(part.points, 4),
        }
        for part in ranked.parts
    ]


def distance_text(distance_m: int) -> str:
    """As on the cards: metres under one kilometre, else kilometres rounded up.

    >>> distance_text(812), distance_text(4200)
    ('812 m', '5 km')
    """
    return f"{distance_m} m" if distance_m < 1000 else f"{math.ceil(distance_m / 1000)} km"


def _distance(value: int | None) -> str:
    return f"À {distance_text(value or 0)} du lieu cherché ; à égalité, l'ordre est tiré au sort."


def _rotation(_value: int | None) -> str:
    return "Recherche dans tout un territoire : l'ordre est tiré au sort, le même sur toutes les pages."


_TEXTS = {"distance": _distance, "rotation": _rotation}
