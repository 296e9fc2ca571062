"""Travel time by car, estimated from the straight line, for who has no road network (`geo.travel`)."""

from __future__ import annotations

from geo.travel.straight import reach_km, travel_min

__all__ = ["SOURCE", "reach_km", "travel_min"]

SOURCE = "estimate"
