"""The frame of every generated map: folium builds the map, the page around is ours, nothing is fetched.

folium's own page calls ten outside files and OpenStreetMap's tiles; here its scripts and styles are replaced
by the text of the same libraries, and the base is the outline of the departments. A content security policy
in the file forbids any fetch, so that a map opened offline, or by mail, is the same everywhere.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import folium
from branca.element import Figure, MacroElement
from jinja2 import Template

from maps import french
from maps.offline import check_self_contained, script_text
from maps.web.pages import environment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from maps.layers import Outline

_OFFLINE = Path(__file__).parent / "web" / "offline"
_MAX_ZOOM = 18
MAINLAND_BOUNDS = [[41.3, -5.2], [51.1, 9.6]]
_SOURCE_NAMES = {"annuaire": "Annuaire Santé", "finess": "FINESS", "ban": "Base Adresse Nationale"}


class Call(MacroElement):
    """Calls one of our functions, on the map it is added to, with its data."""

    _template = Template(
        "{% macro script(this, kwargs) %}{{ this.function }}({{ this.arguments }});{% endmacro %}"
    )

    def __init__(self, function: str, arguments: str) -> None:
        super().__init__()
        self._name = "Call"
        self.function = function
        self.arguments = arguments


def base_map(
    outlines: Sequence[Outline],
    *,
    base: bool = True,
    prefer_canvas: bool = True,
    bounds: list[list[float]] | None = None,
) -> folium.Map:
    """A map without tiles, on the outlines; its names are fixed, so that the same data give the same file.

    It opens on `bounds` (south-west and north-east, latitude first), else on the outlines.
    """
    drawn = folium.Map(
        tiles=None,
        prefer_canvas=prefer_canvas,
        zoom_control=True,
        attribution_control=False,
        min_zoom=3,
    )
    named(drawn, "carte")
    # Without a tile layer, clusters ask the map for its highest zoom; folium's `max_zoom` never reaches it.
    drawn.options["maxZoom"] = _MAX_ZOOM
    drawn.options["zoomSnap"] = 0.25  # a territory fills its frame
    if base:
        for item in outlines:
            shape = folium.GeoJson(
                {"type": "Feature", "geometry": item.geometry, "properties": {}},
                style_function=_base_style,
                interactive=False,
            )
            named(shape, f"contour_{item.code}").add_to(drawn)
        drawn.fit_bounds(bounds or (bounds_of(outlines) if outlines else MAINLAND_BOUNDS))
    return drawn


def file_of(
    drawn: folium.Map, template: str, *, scripts: Sequence[str], styles: Sequence[str], **values: Any
) -> str:
    """The page of a map, with everything it needs inside it."""
    root = cast("Figure", drawn.get_root())
    root.render()  # fills the three parts of the figure
    page = (
        environment()
        .get_template(template)
        .render(
            styles="\n".join(styles),
            scripts=[script_text(script) for script in scripts],
            map_html=root.html.render(),
            map_script=script_text(root.script.render()),
            **values,
        )
    )
    check_self_contained(page)
    return page


def named(element: Any, name: str) -> Any:
    """The element under a fixed name, where folium draws one at random."""
    element._name, element._id = "sas", name  # noqa: SLF001 - folium gives no other way
    return element


def _base_style(_feature: Mapping[str, Any]) -> dict[str, Any]:
    return {"color": "#5c6a66", "weight": 1.4, "fillColor": "#ffffff", "fillOpacity": 1}


def bounds_of(outlines: Sequence[Outline]) -> list[list[float]]:
    """South-west and north-east corners of outlines, latitude first, as Leaflet wants them."""
    west, south = (min(item.bounds[i] for item in outlines) for i in (0, 1))
    east, north = (max(item.bounds[i] for item in outlines) for i in (2, 3))
    return [[south, west], [north, east]]


def source_lines(sources: Mapping[str, date | None], outlines: Sequence[Outline]) -> list[str]:
    """What a map rests on, with dates, for its foot."""
    lines = [
        f"{name}{f' du {french.day(when)}' if (when := sources[key]) else ''}"
        for key, name in _SOURCE_NAMES.items()
        if key in sources
    ]
    return [*lines, *outline_lines(outlines)]


def outline_lines(outlines: Sequence[Outline]) -> list[str]:
    """Where outlines come from, for the foot of a map."""
    return [f"contours : {source}" for source in sorted({item.source for item in outlines})]


def ours(name: str) -> str:
    """Text of one of our scripts or styles for generated files."""
    return (_OFFLINE / name).read_text(encoding="utf-8")
