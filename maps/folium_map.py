"""Generated maps of offers and of the deployment, as one HTML file each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import folium

from maps import french
from maps.deployment import deployment
from maps.folium_frame import Call, base_map, bounds_of, file_of, named, ours, outline_lines, source_lines
from maps.layers import MAX_POINTS
from maps.legend import FAMILIES, POSITION_LABELS, status_mark
from maps.offline import json_text
from maps.web.assets import packaged_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from maps.deployment import Department
    from maps.layers import OfferLayers, Outline


def offer_map(layers: OfferLayers, *, title: str, made_on: date) -> str:
    """The map of offers as one HTML file: clustered points, or hexagons above the limit of points."""
    drawn = base_map(layers.outlines)
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
    drawn.add_child(Call("sasOffers", f"{drawn.get_name()}, {json_text(data)}"))
    scripts = ["leaflet/dist/leaflet.js"]
    styles = ["leaflet/dist/leaflet.css"]
    if layers.columns is not None:
        scripts.append("leaflet.markercluster/dist/leaflet.markercluster.js")
        styles.append("leaflet.markercluster/dist/MarkerCluster.css")
    return file_of(
        drawn,
        "file_offers.html",
        scripts=[*map(packaged_text, scripts), ours("frame.js"), ours("offers.js")],
        styles=[*map(packaged_text, styles), ours("map.css"), _family_styles()],
        title=title,
        layers=layers,
        limit=MAX_POINTS,
        families=[item for item in FAMILIES if item.key in layers.families],
        position_labels=POSITION_LABELS,
        sources=source_lines(layers.sources, layers.outlines),
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
    drawn = base_map(known, base=False, prefer_canvas=False)
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
    named(features, "departements").add_to(drawn)
    mainland = [item for item in known if not item.code.startswith("97")]
    overseas = [item for item in known if item.code.startswith("97")]
    territories = {item.code: bounds_of([item]) for item in overseas}
    if mainland:
        territories = {"metropole": bounds_of(mainland)} | territories
        drawn.fit_bounds(territories["metropole"])
    drawn.add_child(
        Call("sasDeployment", f"{drawn.get_name()}, {features.get_name()}, {json_text(territories)}")
    )
    return file_of(
        drawn,
        "file_deployment.html",
        scripts=[packaged_text("leaflet/dist/leaflet.js"), ours("frame.js"), ours("deployment.js")],
        styles=[packaged_text("leaflet/dist/leaflet.css"), ours("map.css")],
        title="Services d’accès aux soins par département",
        deployment=facts,
        territories=[
            (key, "France métropolitaine" if key == "metropole" else by_code[key].name) for key in territories
        ],
        sources=outline_lines(known),
        made_on=made_on,
    )


def _deployment_style(_feature: Mapping[str, Any]) -> dict[str, Any]:
    return {"color": "#ffffff", "weight": 1.2, "fillColor": "#0b5d7e", "fillOpacity": 1}


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


def _family_styles() -> str:
    return "\n".join(f".pin-{item.key} {{ background: {item.colour}; }}" for item in FAMILIES)
