"""Answers as GeoJSON, field for field as addok and the national service write them, plus `match`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from geo.crs import to_metres
from geo.point import Point
from geo.territory import department_of

if TYPE_CHECKING:
    from geo.geocoding.answer import Located
    from geo.geocoding.label import Label


def feature(located: Located, label: Label, *, distance_m: float | None = None) -> dict[str, Any]:
    """One answer; empty fields are left out. `x`, `y`: metres, legal projection of its department."""
    assert located.lon is not None  # noqa: S101 - answers without a position are never shown
    assert located.lat is not None  # noqa: S101 - idem
    point = Point(lon=located.lon, lat=located.lat)
    x_m, y_m = to_metres(point, department_code=department_of(located.citycode))
    properties: dict[str, Any] = {
        name: value for name, value in asdict(label).items() if value != "" and name != "importance"
    }
    properties |= {
        "score": located.score,
        "type": located.level,
        "importance": label.importance,
        "x": round(x_m, 2),
        "y": round(y_m, 2),
        "match": {
            "level": located.level,
            "commune": located.commune,
            "street": located.street,
            "likeness": round(located.likeness, 3),
            "number": located.number,
        },
    }
    if distance_m is not None:
        properties["distance"] = round(distance_m)
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [round(point.lon, 6), round(point.lat, 6)]},
        "properties": properties,
    }


def feature_collection(
    features: list[dict[str, Any]],
    *,
    query: str | None,
    filters: dict[str, str],
    centre: Point | None,
    limit: int,
) -> dict[str, Any]:
    """The answer of a search, with what was asked."""
    body: dict[str, Any] = {
        "type": "FeatureCollection",
        "version": "draft",
        "features": features,
        "attribution": "BAN",
        "licence": "ETALAB-2.0",
        "limit": limit,
    }
    if query is not None:
        body["query"] = query
    if filters:
        body["filters"] = filters
    if centre is not None:
        body["center"] = [centre.lon, centre.lat]
    return body
