"""Generated maps opened from the disk, as a reader who has no network does."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import psycopg
import pytest

from ingest.doubts import Choice, doubtful
from maps.doubtful_map import doubtful_map
from maps.folium_map import deployment_map, offer_map
from maps.layers import choose, deployment_facts, offer_layers, outlines
from tests.browser.conftest import DESKTOP, PHONE

if TYPE_CHECKING:
    from pathlib import Path

    from core.settings import DatabaseSettings
    from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.postgis]

DAY = date(2026, 1, 20)
OFFLINE = [
    pytest.param({"viewport": DESKTOP, "offline": True}, id="desktop"),
    pytest.param({"viewport": PHONE, "offline": True}, id="phone"),
]


@pytest.fixture(scope="session")
def files(map_database: DatabaseSettings, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The kinds of files: points, hexagons (the limit lowered), deployment, doubtful positions."""
    folder = tmp_path_factory.mktemp("maps")
    assert map_database.database_url is not None
    with psycopg.connect(map_database.database_url.get_secret_value()) as conn:
        choice = choose(conn, departments=["75"], specialty=None)
        rows, source_date = deployment_facts(conn)
        pages = {
            "points": offer_map(offer_layers(conn, choice), title="Offre de soins : Paris", made_on=DAY),
            "hexagons": offer_map(
                offer_layers(conn, choice, max_points=100), title="Offre de soins : Paris", made_on=DAY
            ),
            "doubts": _doubts(conn),
            "deployment": deployment_map(rows, outlines(conn, None), source_date=source_date, made_on=DAY),
        }
    written = {name: folder / f"{name}.html" for name in pages}
    for name, page in pages.items():
        written[name].write_text(page, encoding="utf-8")
    return written


def _doubts(conn: psycopg.Connection) -> str:
    """Four doubtful places of Paris, one of which our geocoding contradicts; what is written is undone."""
    row = conn.execute(
        "UPDATE directory.offer SET idnps = '899000000010' WHERE name = 'Lieu <b>n°</b> 1 </script>'"
        " RETURNING address_id"
    ).fetchone()
    conn.execute(
        "UPDATE directory.address SET position_level = 'given', position_source = 'finess',"
        " other_lon = lon + 0.1, other_lat = lat, other_source = 'ban', other_level = 'housenumber',"
        " other_score = 0.97, apart_m = 7400 WHERE address_id = %s",
        row,
    )
    choice = Choice(departments=("75",))
    page = doubtful_map(conn, doubtful(conn, choice, limit=4), choice, made_on=DAY)
    conn.rollback()
    return page


def _open(visit: Visit, path: Path) -> None:
    visit.page.goto(path.as_uri())
    visit.page.wait_for_function("document.documentElement.dataset.features !== undefined")


@pytest.mark.parametrize("visit", OFFLINE, indirect=True)
@pytest.mark.parametrize(
    ("name", "features"), [("points", 400), ("hexagons", None), ("deployment", 12), ("doubts", 4)]
)
def test_a_file_opens_offline_whole_and_without_fault(
    visit: Visit, files: dict[str, Path], name: str, features: int | None
):
    _open(visit, files[name])
    drawn = int(visit.page.evaluate("document.documentElement.dataset.features"))
    assert drawn == features if features is not None else 50 < drawn <= 400
    assert visit.complaints == []
    assert visit.requests == [files[name].as_uri()]
    assert visit.axe() == []
    assert visit.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    assert visit.page.get_attribute("html", "lang") == "fr"
    assert visit.page.title() != ""


def test_points_are_piled_and_the_layers_take_families_away(visit: Visit, files: dict[str, Path]):
    _open(visit, files["points"])
    page = visit.page
    assert page.locator(".pile").count() > 0
    counted = page.locator("[data-family]").count()
    assert counted == 8
    page.click("[data-all='0']")
    assert page.locator(".pile, .pin").count() == 0
    page.check("[data-family=pharmacy]")
    assert page.locator(".pile, .pin").count() > 0


def test_a_popup_says_who_where_the_phone_and_how_the_place_was_found(visit: Visit, files: dict[str, Path]):
    _open(visit, files["points"])
    page = visit.page
    page.evaluate("sas_carte.setView([48.1, 2.1], 18, {animate: false})")
    page.locator(".pin").first.click()
    said = page.inner_text(".leaflet-popup-content")
    assert "Lieu <b>n°</b> 0 </script>" in said
    assert "Médecine générale" in said
    assert "1 rue des Essais, 75000 Ville" in said
    assert "01 00 00 00 00" in said.replace("\u00a0", " ")
    assert "Position : à la commune seulement" in said
    assert page.get_attribute(".leaflet-popup-close-button", "aria-label") == "Fermer"


def test_a_pile_is_opened_with_the_keyboard(visit: Visit, files: dict[str, Path]):
    _open(visit, files["points"])
    page = visit.page
    zoom = page.evaluate("sas_carte.getZoom()")
    page.locator(".pile").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_function(f"sas_carte.getZoom() > {zoom}")


def test_the_list_under_the_map_holds_what_the_map_shows(visit: Visit, files: dict[str, Path]):
    _open(visit, files["points"])
    page = visit.page
    page.click("summary:has-text('Liste des lieux')")
    page.wait_for_selector("[data-list] tbody tr")
    assert page.locator("[data-list] tbody tr").count() == 100
    assert "400" in page.inner_text("[data-list-count]")


def test_hexagons_state_the_limit_and_count_by_family(visit: Visit, files: dict[str, Path]):
    _open(visit, files["hexagons"])
    page = visit.page
    assert "au-delà de" in page.inner_text("header")
    assert page.locator("[data-scale] li").count() >= 1
    page.click("[data-all='0']")
    assert page.locator("[data-scale] li").count() == 0


def test_a_department_of_the_generated_map_is_opened_with_the_keyboard(visit: Visit, files: dict[str, Path]):
    _open(visit, files["deployment"])
    page = visit.page
    page.locator("path[aria-label^='Rhône']").focus()
    page.keyboard.press("Enter")
    assert "En préparation" in page.inner_text(".leaflet-popup-content")
    page.click("text=La Réunion >> nth=0")
    assert page.evaluate("sas_carte.getCenter().lat") < 0


def test_a_doubtful_place_is_drawn_with_its_other_position_and_the_way_to_correct_it(
    visit: Visit, files: dict[str, Path]
):
    _open(visit, files["doubts"])
    page = visit.page
    assert page.locator(".other").count() == 1
    page.evaluate("sas_carte.setView([48.1, 2.2], 12, {animate: false})")
    assert page.locator(".metres").first.inner_text().replace("\u00a0", " ") == "7,4 km"
    page.locator(".other").first.click()
    said = page.inner_text(".leaflet-popup-content").replace("\u00a0", " ")
    assert "contredisent notre géocodage" in said
    assert "À 7,4 km : notre géocodage : au numéro" in said
    assert 'sas geocode correct 899000000010 --at "2.2' in said
    rows = page.locator("[data-list] tbody tr")
    assert rows.count() == 4
    page.uncheck("[data-kind=official-far-from-ours]")
    assert rows.count() == 3
    assert page.locator(".other").count() == 0
