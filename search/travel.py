"""Travel time by car, estimated from the straight line: always there, always labelled `estimate`.

`t = 3.2 + 1.0·d` minutes up to 40 km, then `43.2 + 0.85·(d - 40)`, d in kilometres over the ground: fitted on
1,452 journeys computed by OSRM in Alsace (median error 11.5 %); 80 % of them lie between 0.85 and 1.28 times
the estimate. Blind to water and mountains.
"""

from __future__ import annotations

START_MIN = 3.2
NEAR_MIN_PER_KM = 1.0
FAR_MIN_PER_KM = 0.85
NEAR_KM = 40.0

SOURCE = "estimate"
LOW_FACTOR = 0.85
HIGH_FACTOR = 1.28


def travel_min(distance_km: float) -> float:
    """Minutes by car for a straight line of that many kilometres.

    >>> travel_min(0.8), travel_min(60)
    (4.0, 60.2)
    """
    near = min(distance_km, NEAR_KM)
    return START_MIN + NEAR_MIN_PER_KM * near + FAR_MIN_PER_KM * (distance_km - near)


def reach_km(minutes: float) -> float:
    """The straight line that takes that many minutes: inverse of `travel_min`; 0 when nothing is so near.

    >>> reach_km(60.2), reach_km(2)
    (60.0, 0.0)
    """
    edge_min = START_MIN + NEAR_MIN_PER_KM * NEAR_KM
    if minutes <= edge_min:
        return max(0.0, (minutes - START_MIN) / NEAR_MIN_PER_KM)
    return NEAR_KM + (minutes - edge_min) / FAR_MIN_PER_KM
