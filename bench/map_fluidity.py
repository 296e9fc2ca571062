"""Images per second while a generated map of a department is dragged, on a slow machine.

20,000 invented places, dense at the centre, in one file as `sas map offer` writes it: hexagons above the
limit of points. The file at that limit (10,000 points, piled) is measured beside it. Chromium is asked to run
four times slower and has no graphics card; the goal is that of the interface, 20 images a second.
An image is a frame the page was given to draw; the long ones are counted apart.
"""

from __future__ import annotations

import random
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from playwright.sync_api import sync_playwright

from bench.harness import Goal, record
from maps.folium_map import offer_map
from maps.layers import MAX_POINTS, OfferLayers, Outline, hexagons
from maps.legend import FAMILIES, POSITION_LABELS

if TYPE_CHECKING:
    from playwright.sync_api import Page

PLACES: Final = 20_000
SLOWED: Final = 4
GOAL: Final = 20.0
SECONDS: Final = 4.0
CHROMIUM: Final = "/usr/bin/chromium"
_WEST, _SOUTH, _EAST, _NORTH = 4.0, 45.5, 5.0, 46.3
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]

_WATCH = """() => {
  const times = [];
  const step = (now) => { times.push(now); window.sasFrame = requestAnimationFrame(step); };
  window.sasFrame = requestAnimationFrame(step);
  window.sasFrames = times;
}"""
_COUNT = """() => {
  cancelAnimationFrame(window.sasFrame);
  const times = window.sasFrames, gaps = times.slice(1).map((time, i) => time - times[i]);
  return {
    per_second: 1000 * gaps.length / (times.at(-1) - times[0]),
    longest_ms: Math.max(...gaps),
  };
}"""


def layers(places: int) -> OfferLayers:
    """An invented department: half of the places around its centre, half anywhere in it."""
    draw = random.Random(20260101)
    lon, lat, family = [], [], []
    for number in range(places):
        if number % 2:
            lon.append(round(draw.uniform(_WEST, _EAST), 5))
            lat.append(round(draw.uniform(_SOUTH, _NORTH), 5))
        else:
            lon.append(round(min(max(draw.gauss(4.5, 0.08), _WEST), _EAST), 5))
            lat.append(round(min(max(draw.gauss(45.9, 0.06), _SOUTH), _NORTH), 5))
        family.append(number % len(FAMILIES))
    keys = [item.key for item in FAMILIES]
    shared: dict[str, Any] = {
        "outlines": (_outline(),),
        "families": {key: family.count(number) for number, key in enumerate(keys)},
        "levels": {"housenumber": places},
        "communes": (("Ville inventée", places),),
        "sources": {"annuaire": date(2026, 1, 15)},
        "names": (("Ville inventée", 4.5, 45.9),),
    }
    if places > MAX_POINTS:
        named = [keys[number] for number in family]
        return OfferLayers(**shared, cells=hexagons(zip(named, lon, lat, strict=True)))
    columns = {
        "lon": lon,
        "lat": lat,
        "family": family,
        "specialty": [0] * places,
        "level": [0] * places,
        "name": [f"Personne inventée {number}" for number in range(places)],
        "structure": [""] * places,
        "address": [f"{number} rue des Essais, 01000 Ville inventée" for number in range(places)],
        "phone": [""] * places,
    }
    words = {"family": keys, "specialty": ["Médecine générale"], "level": [next(iter(POSITION_LABELS))]}
    return OfferLayers(**shared, columns=columns, words=words)


def _outline() -> Outline:
    ring = [[_WEST, _SOUTH], [_EAST, _SOUTH], [_EAST, _NORTH], [_WEST, _NORTH], [_WEST, _SOUTH]]
    return Outline(
        code="01",
        name="Département inventé",
        geometry={"type": "Polygon", "coordinates": [ring]},
        bounds=(_WEST, _SOUTH, _EAST, _NORTH),
        source="contours inventés",
    )


def dragged(page: Page, path: Path) -> dict[str, float]:
    """Open the file, slow the processor, drag the map to and fro; images per second and the longest gap."""
    page.goto(path.as_uri())
    page.wait_for_function("document.documentElement.dataset.features !== undefined")
    page.wait_for_timeout(1_000)
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
    box = page.locator(".leaflet-container").first.bounding_box()
    assert box is not None  # noqa: S101  the map is on the page
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(_WATCH)
    steps = round(SECONDS * 1000 / 20)
    for step in range(steps):
        reach = 150 * (1 - abs((step % 40) - 20) / 10)
        page.mouse.move(x + reach, y + reach / 2)
        page.wait_for_timeout(15)
    measured: dict[str, float] = page.evaluate(_COUNT)
    page.mouse.up()
    return measured


def main() -> None:
    """Measure both files and record."""
    figures: dict[str, Any] = {"places": PLACES, "points_at_most": MAX_POINTS, "slowed": SLOWED}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        for name, places in (("hexagons", PLACES), ("points", MAX_POINTS)):
            path = Path(folder) / f"{name}.html"
            page_text = offer_map(layers(places), title="Carte inventée", made_on=date(2026, 1, 20))
            path.write_text(page_text, encoding="utf-8")
            page = browser.new_page(viewport={"width": 1280, "height": 800}, locale="fr-FR")
            measured = dragged(page, path)
            page.close()
            figures[f"{name}_mb"] = round(len(page_text.encode()) / 1e6, 2)
            figures[f"{name}_images_per_second"] = round(measured["per_second"], 1)
            figures[f"{name}_longest_gap_ms"] = round(measured["longest_ms"])
        browser.close()
    goal = Goal(GOAL, at_least=True)
    record(
        "map_fluidity",
        figures,
        {},
        {"hexagons_images_per_second": goal, "points_images_per_second": goal},
    )


if __name__ == "__main__":
    main()
