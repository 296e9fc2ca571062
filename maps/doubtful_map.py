"""The map of doubtful positions: where each place is shown, where another source has it, and the metres."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geo.doubt import DOUBTS, RANKS
from maps import french
from maps.folium_frame import MAINLAND_BOUNDS, Call, base_map, file_of, ours, source_lines
from maps.layers import MAX_POINTS, map_sources, names_in, outlines
from maps.legend import DOUBT_MARKS, POSITION_LABELS, POSITION_SOURCES
from maps.offline import json_text
from maps.web.assets import packaged_text
from search.card import address_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    import psycopg

    from ingest.doubts import Choice, Doubtful

MAX_PLACES = MAX_POINTS
_DIGITS = 5


def doubtful_map(conn: psycopg.Connection[Any], found: Doubtful, choice: Choice, *, made_on: date) -> str:
    """The worst doubtful positions as one HTML file; the database gives outlines, names and sources."""
    drawn_places = [place for place in found.places if place["lon"] is not None]
    shapes = outlines(conn, choice.departments)
    drawn = base_map(shapes, bounds=_bounds(drawn_places))
    where = ", ".join(item.name for item in shapes) if choice.departments and shapes else "France"
    kinds = [item for item in DOUBTS if item.code in found.counts]
    data = {
        "kinds": {item.code: french.typeset(item.sentence) for item in kinds},
        "names": names_in(conn, choice.departments),
        "columns": _columns(found.places),
    }
    drawn.add_child(Call("sasDoubts", f"{drawn.get_name()}, {json_text(data)}"))
    return file_of(
        drawn,
        "file_doubts.html",
        scripts=[
            packaged_text("leaflet/dist/leaflet.js"),
            packaged_text("leaflet.markercluster/dist/leaflet.markercluster.js"),
            ours("frame.js"),
            ours("doubts.js"),
        ],
        styles=[
            packaged_text("leaflet/dist/leaflet.css"),
            packaged_text("leaflet.markercluster/dist/MarkerCluster.css"),
            ours("map.css"),
            _mark_styles(),
        ],
        title=f"Positions douteuses : {where}",
        found=found,
        unplaced=len(found.places) - len(drawn_places),
        ranks=[
            (rank, label, [item for item in kinds if item.rank == rank])
            for rank, label in RANKS.items()
            if any(item.rank == rank for item in kinds)
        ],
        sources=source_lines(map_sources(conn), shapes),
        made_on=made_on,
    )


def _columns(places: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """One list for each fact, in the order of the places: the worst first."""
    return {
        "lon": [_rounded(place["lon"]) for place in places],
        "lat": [_rounded(place["lat"]) for place in places],
        "otherLon": [_rounded(place["other_lon"]) for place in places],
        "otherLat": [_rounded(place["other_lat"]) for place in places],
        "place": [place["place"] or "" for place in places],
        "name": [place["name"] for place in places],
        "address": [address_line(place) for place in places],
        "offers": [place["offers"] for place in places],
        "rank": [place["rank"] for place in places],
        "kinds": [list(place["kinds"]) for place in places],
        "shown": [_found(place["level"], place["source"], place["score"]) for place in places],
        "other": [_other(place) for place in places],
        "otherSource": [place["other_source"] or "" for place in places],
        "apart": ["" if place["apart_m"] is None else french.distance(place["apart_m"]) for place in places],
    }


def _found(level: str, source: str | None, score: float | None) -> str:
    parts = [POSITION_LABELS[level]]
    if source is not None and not (level == "given" and source == "finess"):
        parts.append(POSITION_SOURCES[source])
    if score is not None:
        parts.append(f"certitude {french.percent(score)}")
    return ", ".join(parts)


def _other(place: Mapping[str, Any]) -> str:
    """What the other position is, "" when there is none."""
    match place["other_source"]:
        case "finess":
            return "coordonnées officielles, refusées"
        case "ban":
            return f"notre géocodage : {_found(place['other_level'], 'ban', place['other_score'])}"
        case _:
            return ""


def _bounds(places: Iterable[Mapping[str, Any]]) -> list[list[float]]:
    """What the map opens on: the places of the mainland when there are some, else all of them."""
    points = [(place["lat"], place["lon"]) for place in places]
    (south, west), (north, east) = MAINLAND_BOUNDS
    inside = [(lat, lon) for lat, lon in points if south <= lat <= north and west <= lon <= east]
    points = inside or points
    if not points:
        return MAINLAND_BOUNDS
    lats, lons = [lat for lat, _ in points], [lon for _, lon in points]
    margin = 0.01
    return [[min(lats) - margin, min(lons) - margin], [max(lats) + margin, max(lons) + margin]]


def _rounded(degrees: float | None) -> float | None:
    return None if degrees is None else round(degrees, _DIGITS)


def _mark_styles() -> str:
    return "\n".join(f".pin-doubt-{mark.rank} {{ background: {mark.colour}; }}" for mark in DOUBT_MARKS)
