"""Generated maps: folium builds them, the page around is ours, everything they need is inside the file.

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
from maps.deployment import deployment
from maps.layers import MAX_POINTS
from maps.legend import FAMILIES, POSITION_LABELS, status_mark
from maps.offline import check_self_contained, json_text, script_text
from maps.web.assets import packaged_text
from maps.web.pages import environment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from maps.deployment import Department
    from maps.layers import OfferLayers, Outline

_OFFLINE = Path(__file__).parent / "web" / "offline"
_MAX_ZOOM = 18
_MAINLAND_BOUNDS = [[41.3, -5.2], [51.1, 9.6]]
_SOURCE_NAMES = {"annuaire": "Annuaire Santé", "finess": "FINESS", "ban": "Base Adresse Nationale"}


class _Call(MacroElement):
    """Calls one of our functions, on the map it is added to, with its data."""

    _template = Template(
        "{% macro script(this, kwargs) %}{{ this.function }}({{ this.arguments }});{% endmacro %}"
    )

    def __init__(self, function: str, arguments: str) -> None:
        super().__init__()
        self._name = "Call"
        self.function = function
        self.arguments = arguments


def offer_map(layers: OfferLayers, *, title: str, made_on: date) -> str:
    """The map of offers as one HTML file: clustered points, or hexagons above the limit of points."""
    drawn = _map(layers.outlines)
    data = {
        "families": [
            {"key": item.key, "label": item.label, "letters": item.letters}
            for item in FAMILIES
            if item.key in layers.families
        ],
        "levels": POSITION_LABELS,
        "names": layers.names,
        "columns": layers.columns,
        "words": layers.words,
        "cells": layers.cells,
    }
    drawn.add_child(_Call("sasOffers", f"{drawn.get_name()}, {json_text(data)}"))
    scripts = ["leaflet/dist/leaflet.js"]
    styles = ["leaflet/dist/leaflet.css"]
    if layers.columns is not None:
        scripts.append("leaflet.markercluster/dist/leaflet.markercluster.js")
        styles.append("leaflet.markercluster/dist/MarkerCluster.css")
    return _file(
        drawn,
        "file_offers.html",
        scripts=[*map(packaged_text, scripts), _ours("frame.js"), _ours("offers.js")],
        styles=[*map(packaged_text, styles), _ours("map.css"), _family_styles()],
        title=title,
        layers=layers,
        limit=MAX_POINTS,
        families=[item for item in FAMILIES if item.key in layers.families],
        position_labels=POSITION_LABELS,
        sources=_source_lines(layers.sources, layers.outlines),
        made_on=made_on,
    )


def deployment_map(
    rows: Iterable[Mapping[str, Any]],
    outlines: Sequence[Outline],
    *,
    source_date: date | None,
    made_on: date,
) -> str:
    """The map of the SAS by department as one HTML file, with the table of the same facts."""
    facts = deployment(rows, source_date=source_date)
    by_code = {item.code: item for item in facts.departments}
    known = [item for item in outlines if item.code in by_code]
    drawn = _map(known, base=False, prefer_canvas=False)
    features = folium.GeoJson(
        {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "geometry": item.geometry,
                    "properties": {
                        "code": item.code,
                        "name": by_code[item.code].name,
                        "status": by_code[item.code].status,
                        "lines": _lines(by_code[item.code]),
                    },
                }
                for item in known
            ],
        },
        style_function=_deployment_style,
        smooth_factor=0.5,
    )
    _named(features, "departements").add_to(drawn)
    mainland = [item for item in known if not item.code.startswith("97")]
    overseas = [item for item in known if item.code.startswith("97")]
    territories = {item.code: _bounds([item]) for item in overseas}
    if mainland:
        territories = {"metropole": _bounds(mainland)} | territories
        drawn.fit_bounds(territories["metropole"])
    drawn.add_child(
        _Call("sasDeployment", f"{drawn.get_name()}, {features.get_name()}, {json_text(territories)}")
    )
    return _file(
        drawn,
        "file_deployment.html",
        scripts=[packaged_text("leaflet/dist/leaflet.js"), _ours("frame.js"), _ours("deployment.js")],
        styles=[packaged_text("leaflet/dist/leaflet.css"), _ours("map.css")],
        title="Services d’accès aux soins par département",
        deployment=facts,
        territories=[
            (key, "France métropolitaine" if key == "metropole" else by_code[key].name) for key in territories
        ],
        sources=_outline_lines(known),
        made_on=made_on,
    )


def _map(outlines: Sequence[Outline], *, base: bool = True, prefer_canvas: bool = True) -> folium.Map:
    """A map without tiles, on the outlines; its names are fixed, so that the same data give the same file."""
    drawn = folium.Map(
        tiles=None,
        prefer_canvas=prefer_canvas,
        zoom_control=True,
        attribution_control=False,
        min_zoom=3,
    )
    _named(drawn, "carte")
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
            _named(shape, f"contour_{item.code}").add_to(drawn)
        drawn.fit_bounds(_bounds(outlines) if outlines else _MAINLAND_BOUNDS)
    return drawn


def _file(
    drawn: folium.Map, template: str, *, scripts: Sequence[str], styles: Sequence[str], **values: Any
) -> str:
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


def _named(element: Any, name: str) -> Any:
    """The element under a fixed name, where folium draws one at random."""
    element._name, element._id = "sas", name  # noqa: SLF001 - folium gives no other way
    return element


def _base_style(_feature: Mapping[str, Any]) -> dict[str, Any]:
    return {"color": "#5c6a66", "weight": 1.4, "fillColor": "#ffffff", "fillOpacity": 1}


def _deployment_style(_feature: Mapping[str, Any]) -> dict[str, Any]:
    return {"color": "#ffffff", "weight": 1.2, "fillColor": "#0b5d7e", "fillOpacity": 1}


def _bounds(outlines: Sequence[Outline]) -> list[list[float]]:
    west, south = (min(item.bounds[i] for item in outlines) for i in (0, 1))
    east, north = (max(item.bounds[i] for item in outlines) for i in (2, 3))
    return [[south, west], [north, east]]


def _lines(item: Department) -> list[str]:
    """What the popup of a department says, status first."""
    lines = [status_mark(item.status).label + (" (une partie)" if item.partial else "")]
    sas = item.leading
    if sas is None:
        return lines
    if sas.since_text:
        lines.append(f"{'Prévu' if sas.status == 'preparing' else 'Depuis'} : {sas.since_text}")
    for service in item.services:
        contact = " ".join(filter(None, (service.phone and french.phone(service.phone), service.contact)))
        if contact:
            lines.append(f"Contact : {contact}")
    if sas.source:
        lines.append(f"Source : {sas.source}")
    return lines


def _source_lines(sources: Mapping[str, date | None], outlines: Sequence[Outline]) -> list[str]:
    lines = [
        f"{name}{f' du {french.day(when)}' if (when := sources[key]) else ''}"
        for key, name in _SOURCE_NAMES.items()
        if key in sources
    ]
    return [*lines, *_outline_lines(outlines)]


def _outline_lines(outlines: Sequence[Outline]) -> list[str]:
    return [f"contours : {source}" for source in sorted({item.source for item in outlines})]


def _family_styles() -> str:
    return "\n".join(f".pin-{item.key} {{ background: {item.colour}; }}" for item in FAMILIES)


def _ours(name: str) -> str:
    return (_OFFLINE / name).read_text(encoding="utf-8")
