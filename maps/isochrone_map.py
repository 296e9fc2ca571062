"""The map of where one gets from a place within some minutes, as one HTML file."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import folium
from shapely.geometry import shape

from maps import french
from maps.folium_frame import Call, base_map, file_of, named, ours, outline_lines
from maps.offline import json_text
from maps.web.assets import packaged_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geo.point import Point
    from maps.layers import Outline

# From the nearest to the furthest: told apart without colours too, by how dark they are.
COLOURS = ("#08306b", "#08519c", "#2171b5", "#4292c6", "#6baed6", "#9ecae1")
_HATCH = "8 6"
_MARGIN_DEG = 0.02


def isochrone_map(
    areas: Mapping[str, Any],
    origin: Point,
    *,
    outlines: Sequence[Outline] = (),
    names: Sequence[tuple[str, float, float]] = (),
    made_on: date,
) -> str:
    """The areas of `geo.travel.areas.collection` around the place they start from.

    Estimated areas have a dashed edge, and the page says what they are.
    """
    features = [item for item in areas["features"] if item["geometry"]["coordinates"]]
    estimated = areas["source"] == "estimate"
    shown = [item for item in outlines if _meets(item, features)]
    drawn = base_map(shown, bounds=_bounds(features, origin))
    for rank, feature in reversed(list(enumerate(features))):
        style = {
            "color": COLOURS[rank],
            "weight": 2,
            "dashArray": _HATCH if estimated else None,
            "fillColor": COLOURS[rank],
            "fillOpacity": 0.35,
        }
        area = folium.GeoJson(feature, style_function=lambda _, style=style: style, interactive=False)
        named(area, f"aire_{rank}").add_to(drawn)
    start = folium.CircleMarker(
        (origin.lat, origin.lon), radius=6, color="#16211f", fill=True, fill_opacity=1, interactive=False
    )
    named(start, "depart").add_to(drawn)
    drawn.add_child(Call("sasFrame", drawn.get_name()))
    drawn.add_child(Call("sasNames", f"{drawn.get_name()}, {json_text(list(names))}"))
    return file_of(
        drawn,
        "file_isochrones.html",
        scripts=[packaged_text("leaflet/dist/leaflet.js"), ours("frame.js")],
        styles=[packaged_text("leaflet/dist/leaflet.css"), ours("map.css"), _styles(len(features))],
        title="Temps de trajet en voiture" if areas["profile"] == "car" else "Temps de trajet à pied",
        labels=[item["properties"]["label"] for item in features],
        estimated=estimated,
        notices=areas["notices"],
        sources=[*_source(areas), *outline_lines(shown)],
        made_on=made_on,
    )


def _source(areas: Mapping[str, Any]) -> list[str]:
    if areas["attribution"] is None:
        return ["temps estimés à vol d’oiseau"]
    when = f", réseau du {french.day(date.fromisoformat(areas['as_of']))}" if areas["as_of"] else ""
    return [f"{areas['attribution']}{when}"]


def _meets(outline: Outline, features: Sequence[Mapping[str, Any]]) -> bool:
    west, south, east, north = outline.bounds
    return any(
        west <= box[2] and box[0] <= east and south <= box[3] and box[1] <= north
        for box in (shape(item["geometry"]).bounds for item in features)
    )


def _bounds(features: Sequence[Mapping[str, Any]], origin: Point) -> list[list[float]]:
    """What the map opens on: the widest area, else a few kilometres around the place."""
    boxes = [shape(item["geometry"]).bounds for item in features]
    west = min([box[0] for box in boxes], default=origin.lon - _MARGIN_DEG)
    south = min([box[1] for box in boxes], default=origin.lat - _MARGIN_DEG)
    east = max([box[2] for box in boxes], default=origin.lon + _MARGIN_DEG)
    north = max([box[3] for box in boxes], default=origin.lat + _MARGIN_DEG)
    return [[south, west], [north, east]]


def _styles(count: int) -> str:
    return "\n".join(f".area-{rank} {{ fill: {COLOURS[rank]}; fill-opacity: 0.6; }}" for rank in range(count))
