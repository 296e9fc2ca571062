"""Minutes from kilometres of straight line, one at a time and without a library: the formula of the estimate.

`t = 3.2 + 1.0·d` minutes up to 40 km, then `43.2 + 0.85·(d - 40)`, d in kilometres over the ground: fitted on
1,452 journeys by car computed by OSRM in Alsace in 2016 (median error 11.5 %). On foot: 4.5 km/h along a way
1.3 times as long as the straight line. The figures are those of `profiles/estimate.toml`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.travel.profile import table

if TYPE_CHECKING:
    from geo.travel.times import ProfileName


def travel_min(distance_km: float, *, profile: ProfileName = "car") -> float:
    """Minutes for a straight line of that many kilometres.

    >>> travel_min(0.8), travel_min(60)
    (4.0, 60.2)
    """
    facts = table("estimate")
    if profile == "foot":
        return facts["foot_min_per_km"] * distance_km
    near_km = min(distance_km, facts["near_km"])
    far_km = distance_km - near_km
    return facts["start_min"] + facts["near_min_per_km"] * near_km + facts["far_min_per_km"] * far_km


def reach_km(minutes: float, *, profile: ProfileName = "car") -> float:
    """The straight line that takes that many minutes: inverse of `travel_min`; 0 when nothing is so near.

    >>> reach_km(60.2), reach_km(2)
    (60.0, 0.0)
    """
    facts = table("estimate")
    if profile == "foot":
        return minutes / facts["foot_min_per_km"]
    edge_min = facts["start_min"] + facts["near_min_per_km"] * facts["near_km"]
    if minutes <= edge_min:
        return max(0.0, (minutes - facts["start_min"]) / facts["near_min_per_km"])
    return facts["near_km"] + (minutes - edge_min) / facts["far_min_per_km"]


def factor_of(*, density_class: int | None = None, peak: bool = False) -> float:
    """Factor for a class of density of the commune (1 to 7) and, when asked, for the peak hours.

    >>> factor_of(density_class=7), factor_of(peak=True)
    (1.0, 1.5)
    """
    facts = table("estimate")
    by_density = 1.0 if density_class is None else float(facts["density_factor"][str(density_class)])
    return by_density * (facts["option"]["peak_factor"] if peak else 1.0)
