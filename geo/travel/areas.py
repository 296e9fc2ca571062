"""Areas reached within some minutes as a GeoJSON document, with everything that must be said beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry import mapping

from geo.travel.times import ATTRIBUTION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.point import Point
    from geo.travel.choice import RoadOrEstimate
    from geo.travel.times import ProfileName, Reach, Source

_DECIMALS_DEG = 1e-6
_CUT = "L’aire atteint le bord du réseau routier chargé : elle peut continuer au-delà."
_NOBODY = np.empty(0)


def collection(
    choice: RoadOrEstimate, origin: Point, minutes: Sequence[float], *, profile: ProfileName = "car"
) -> dict[str, Any]:
    """The areas as a FeatureCollection (RFC 7946, 6 decimals), from the shortest time to the longest.

    The place asked is not in it. Times given twice are given once. Beside the features: `source`, `as_of`
    (ISO date or None), `profile`, `attribution` (to be shown with the areas), `notices` (French sentences).
    """
    times = choice.choose(origin, _NOBODY, _NOBODY, profile=profile)
    areas = times.reach(origin, sorted(set(minutes)))
    notices = [*choice.notices, *([_CUT] if any(area.cut for area in areas) else [])]
    return {
        "type": "FeatureCollection",
        "source": times.source,
        "as_of": times.as_of.isoformat() if times.as_of else None,
        "profile": times.profile,
        "attribution": ATTRIBUTION if times.source == "road" else None,
        "notices": notices,
        "features": [_feature(area, times.source) for area in areas],
    }


def _feature(area: Reach, source: Source) -> dict[str, Any]:
    geometry = area.geometry
    if not geometry.is_empty:
        rounded = shapely.set_precision(geometry, _DECIMALS_DEG)
        geometry = shapely.orient_polygons(rounded)
    return {
        "type": "Feature",
        "geometry": mapping(geometry),
        "properties": {"minutes": area.minutes, "label": label(area.minutes, source), "cut": area.cut},
    }


def label(minutes: float, source: Source) -> str:
    """What an area is, in French.

    >>> label(20, "road"), label(7.5, "estimate")
    ('20 min par la route, hors trafic', '≈ 7,5 min, estimation à vol d’oiseau')
    """
    number = f"{minutes:g}".replace(".", ",")
    if source == "road":
        return f"{number} min par la route, hors trafic"
    return f"≈ {number} min, estimation à vol d’oiseau"
