"""How a travel time is told to people: rounded to the minute, and never without saying where it comes
from.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geo.travel.times import Source


def told(minutes: float, *, low: float, high: float, source: Source, barrier: bool = False) -> str:
    """A time in French, with its interval when it is an estimate.

    >>> told(18.2, low=15.5, high=23.3, source="estimate")
    '≈ 18 min (15–23, estimation à vol d’oiseau)'
    >>> told(18.2, low=16.4, high=20.4, source="road")
    '18 min par la route, hors trafic'
    >>> told(math.inf, low=math.inf, high=math.inf, source="road")
    'hors d’atteinte par la route'
    """
    if not math.isfinite(minutes):
        return "hors d’atteinte par la route" if source == "road" else "trop loin"
    if source == "road":
        return f"{_whole(minutes)} min par la route, hors trafic"
    water = " ; l’eau ou une frontière coupe la ligne droite" if barrier else ""
    interval = f"{round(low)}–{round(high)}"
    return f"≈ {_whole(minutes)} min ({interval}, estimation à vol d’oiseau{water})"


def _whole(minutes: float) -> int:
    return max(1, round(minutes))
