"""Every page seen by a browser: accessible, self-sufficient, light, usable without a mouse or a script."""

from __future__ import annotations

import gzip
import re
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE

if TYPE_CHECKING:
    from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.postgis]

PAGES = ("/", "/carte", "/recherche", "/neutralite", "/accessibilite", "/mentions-legales")
PLACE = "48.5137, 2.5171"
VIEWS = [
    pytest.param({"viewport": DESKTOP, "color_scheme": "light"}, id="desktop-day"),
    pytest.param({"viewport": DESKTOP, "color_scheme": "dark"}, id="desktop-night"),
    pytest.param({"viewport": PHONE, "color_scheme": "light"}, id="phone-day"),
    pytest.param({"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"}, id="narrow-night"),
]
BUDGET_BYTES = 150_000


def _search(visit: Visit, site: str, place: str, specialty: str = "Médecine générale") -> None:
    visit.page.goto(f"{site}/recherche")
    visit.page.fill("#place", place)
    visit.page.fill("#specialty", specialty)
    with visit.page.expect_navigation():
        visit.page.keyboard.press("Enter")


def test_places_are_suggested_while_one_types_and_what_is_typed_stands_in_no_address(visit: Visit, site: str):
    visit.page.goto(f"{site}/recherche")
    with visit.page.expect_response(f"{site}/api/v1/places/search") as answered:
        visit.page.type("#place", "seine-mar")
    assert answered.value.ok
    visit.page.wait_for_selector("#lieux option", state="attached")
    suggested = visit.page.eval_on_selector_all("#lieux option", "options => options.map(o => o.value)")
    assert any(label.startswith("Seine-Maritime") for label in suggested), suggested
    assert not [url for url in visit.requests if "seine" in url]
    assert visit.complaints == []


@pytest.mark.parametrize("visit", VIEWS, indirect=True)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_fault_that_axe_can_find_and_asks_nobody_else(visit: Visit, site: str, path: str):
    visit.page.goto(site + path)
    assert visit.axe() == []
    assert visit.complaints == []
    assert [url for url in visit.requests if not url.startswith(site)] == []
    assert visit.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


@pytest.mark.parametrize("visit", VIEWS, indirect=True)
def test_results_of_a_search_have_no_fault_that_axe_can_find(visit: Visit, site: str):
    _search(visit, site, PLACE)
    visit.page.wait_for_selector(".rank-pin")
    assert visit.axe() == []
    assert visit.complaints == []
    assert visit.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


@pytest.mark.parametrize("visit", VIEWS[1:3], indirect=True)
@pytest.mark.parametrize(("place", "specialty"), [("zzzz qqqq", "Médecine générale"), (PLACE, "zzzz")])
def test_what_is_not_understood_is_said_beside_its_field(visit: Visit, site: str, place: str, specialty: str):
    _search(visit, site, place, specialty)
    field = "place" if specialty != "zzzz" else "specialty"
    assert visit.page.get_attribute(f"#{field}", "aria-invalid") == "true"
    assert visit.page.inner_text(f"#erreur-{field}").strip() != ""
    assert visit.page.input_value("#place") == place
    assert visit.axe() == []


@pytest.mark.parametrize("path", PAGES)
def test_a_page_with_all_it_loads_holds_in_the_budget(visit: Visit, site: str, path: str):
    visit.page.goto(site + path)
    sizes = {}
    for url in set(visit.requests):
        with urlopen(Request(url, headers={"Accept-Encoding": "gzip"})) as answer:  # noqa: S310 - our own server
            sizes[url] = len(answer.read())
    assert sum(sizes.values()) <= BUDGET_BYTES, sizes
    assert len(sizes) <= 12


def test_the_page_of_the_api_asks_nobody_else(visit: Visit, site: str):
    visit.page.goto(f"{site}/docs")
    visit.page.wait_for_selector(".opblock >> nth=5")
    assert visit.complaints == []
    assert [url for url in visit.requests if not url.startswith((site, "data:"))] == []


def test_the_drawing_of_the_public_map_stays_light(visit: Visit, site: str):
    with urlopen(f"{site}/carte") as answer:  # noqa: S310 - our own server
        page = answer.read().decode()
    paths = "".join(re.findall(r"<svg class=\"frame\".*?</svg>", page, re.DOTALL))
    assert page.count("data-code=") > 12
    assert len(gzip.compress(paths.encode())) <= 60_000


@pytest.mark.parametrize("visit", [{"java_script_enabled": False}], indirect=True)
def test_without_javascript_the_map_leads_to_the_row_and_the_table_is_sorted_by_the_server(
    visit: Visit, site: str
):
    visit.page.goto(f"{site}/carte")
    visit.page.click('[data-frame="metropole"] a[data-code="69"]')
    assert visit.page.url.endswith("#d69")
    assert visit.page.is_visible("#d69")
    visit.page.click("[data-sort=nom]")
    names = visit.page.locator("tbody th").all_inner_texts()
    assert names[0] == "Ain"
    assert names[-1] == "Seine-Saint-Denis"
    visit.page.select_option("[name=region]", "27")
    visit.page.click("text=Filtrer")
    assert visit.page.locator("tbody tr:visible").count() == 2


@pytest.mark.parametrize("visit", [{"java_script_enabled": False}], indirect=True)
def test_without_javascript_a_search_answers_rows_with_phones(visit: Visit, site: str):
    _search(visit, site, PLACE)
    first = visit.page.locator(".offer").first
    assert first.locator("a.phone").get_attribute("href") == "tel:+33100000000"
    told = first.inner_text()
    assert "Position\u00a0: au numéro" in told or "commune" in told


def test_the_map_is_walked_with_the_keyboard_alone(visit: Visit, site: str):
    page = visit.page
    page.goto(f"{site}/carte")
    for _ in range(30):
        page.keyboard.press("Tab")
        code = page.evaluate("document.activeElement.dataset.code")
        if code:
            break
    assert code == "01", "one tab stop leads to the first department"
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.dataset.code") == "69"
    assert "Rhône (69)" in page.inner_text("[data-panel]")
    assert "En préparation" in page.inner_text("[data-panel]")
    assert "2e trimestre 2027" in page.inner_text("[data-panel]")
    page.keyboard.press("Tab")
    inset = page.evaluate("document.activeElement.closest('svg')?.dataset.frame")
    assert inset in (None, "ile-de-france"), "the next stop is out of the drawing"
    outline = page.evaluate("getComputedStyle(document.querySelector('.halo')).strokeWidth")
    assert float(outline.removesuffix("px")) >= 3


def test_every_department_is_drawn_and_stands_in_the_table_with_its_word(visit: Visit, site: str):
    page = visit.page
    page.goto(f"{site}/carte")
    drawn = set(page.eval_on_selector_all(".frame a", "links => links.map(link => link.dataset.code)"))
    rows = set(page.eval_on_selector_all("tbody tr", "rows => rows.map(row => row.dataset.code)"))
    assert drawn == rows
    assert len(rows) == 12
    words = dict(
        page.eval_on_selector_all(
            "tbody tr",
            "rows => rows.map(row => [row.dataset.code, row.cells[3].innerText.trim().replace('\\n', ' ')])",
        )
    )
    assert words["75"] == "● En service"
    assert words["76"] == "● En service (une partie)"
    assert words["69"] == "◐ En préparation"
    assert words["01"] == "○ Non établi"
    assert "6 départements sur 12" in page.inner_text(".lead").replace("\u00a0", " ")


def test_filtering_on_a_region_zooms_on_it_and_counts_its_rows(visit: Visit, site: str):
    page = visit.page
    page.goto(f"{site}/carte")
    whole = page.get_attribute('[data-frame="metropole"]', "viewBox")
    page.select_option("[name=region]", "27")
    assert page.locator("tbody tr:visible").count() == 2
    assert page.inner_text("[data-count]").replace("\u00a0", " ") == "2 départements affichés"
    assert page.get_attribute('[data-frame="metropole"]', "viewBox") != whole
    page.select_option("[name=region]", "")
    assert page.get_attribute('[data-frame="metropole"]', "viewBox") == whole


def test_sorting_in_place_says_the_order_and_the_row_of_the_panel_follows(visit: Visit, site: str):
    page = visit.page
    page.goto(f"{site}/carte")
    page.click("[data-sort=nom]")
    page.click("[data-sort=nom]")
    assert page.locator("tbody th").first.inner_text() == "Seine-Saint-Denis"
    assert page.locator("thead th[aria-sort=descending]").inner_text().strip("▼\n ") == "Département"
    page.focus('[data-frame="metropole"] a[data-code="01"]')
    assert "Ain (01)" in page.inner_text("[data-panel]")


def test_a_search_is_made_and_a_phone_reached_with_few_keys_and_no_mouse(visit: Visit, site: str):
    visit.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = visit.page
    page.goto(f"{site}/recherche")
    assert page.evaluate("document.activeElement.id") == "place"
    page.keyboard.type(PLACE)
    page.keyboard.press("Enter")
    page.wait_for_selector(".rank-pin")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.dataset.rank") == "1"
    page.keyboard.press("k")
    page.keyboard.press("2")
    assert page.evaluate("document.activeElement.dataset.rank") == "2"
    assert page.locator(".rank-pin.selected").inner_text() == "2"
    page.keyboard.press("c")
    expect(page.locator("[data-said]")).not_to_be_empty()
    assert page.evaluate("navigator.clipboard.readText()") == "01 00 00 00 00"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "place"


def test_the_place_searched_is_in_no_address_title_history_nor_storage(visit: Visit, site: str):
    _search(visit, site, PLACE)
    page = visit.page
    number = PLACE.split(",", maxsplit=1)[0]
    assert page.locator(".offer").count() > 0
    assert number not in page.url
    assert number not in page.title()
    stored = page.evaluate(
        "JSON.stringify([{...localStorage}, {...sessionStorage}, history.state, document.cookie])"
    )
    assert number not in stored
    assert [url for url in visit.requests if number in url] == []
    assert page.get_attribute("#place", "autocomplete") == "off"


def test_single_letter_keys_can_be_switched_off(visit: Visit, site: str):
    _search(visit, site, PLACE)
    page = visit.page
    page.wait_for_selector(".rank-pin")
    page.click("[data-keys-toggle]")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.dataset.rank ?? null") is None


def test_the_map_beside_the_list_has_the_numbers_of_the_list(visit: Visit, site: str):
    _search(visit, site, PLACE)
    page = visit.page
    page.wait_for_selector(".rank-pin")
    ranks = page.eval_on_selector_all(".offer", "rows => rows.map(row => row.dataset.rank)")
    pins = page.eval_on_selector_all(".rank-pin", "pins => pins.map(pin => pin.innerText)")
    assert pins == ranks
    page.click("[data-map-toggle]")
    assert not page.is_visible("#plan")


def test_text_of_the_sources_never_becomes_markup(visit: Visit, site: str):
    _search(visit, site, PLACE)
    assert visit.page.locator(".offer h3 b").count() == 0
    assert "<b>" in visit.page.locator(".offer h3").first.inner_text()


def test_next_answers_follow_without_any_twice(visit: Visit, site: str):
    _search(visit, site, "75")
    page = visit.page
    first = page.locator(".offer h3").all_inner_texts()
    with page.expect_navigation():
        page.click("text=Réponses suivantes")
    following = page.locator(".offer h3").all_inner_texts()
    assert len(first) == len(following) == 20
    assert not set(first) & set(following)
    assert page.locator(".offer").first.get_attribute("data-rank") == "21"


def test_the_night_button_turns_the_page_and_is_remembered(visit: Visit, site: str):
    page = visit.page
    page.goto(site)
    day = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("[data-theme-toggle]")
    night = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert night != day
    page.goto(f"{site}/carte")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == night
    assert page.get_attribute("[data-theme-toggle]", "aria-pressed") == "true"


def test_the_report_of_neutrality_is_read_to_its_end_without_a_mouse(visit: Visit, site: str):
    page = visit.page
    page.goto(f"{site}/")
    page.click("footer >> text=Neutralité du classement")
    expect(page.locator("h1")).to_contain_text("comment le vérifier")
    expect(page.locator(".verdict")).to_have_text("Aucun favoritisme décelé")
    vendors = page.locator("table:has(caption:text('précède')) tbody tr")
    assert vendors.count() == 6
    page.focus("details summary")
    page.keyboard.press("Enter")
    expect(page.locator("details table")).to_be_visible()
    assert visit.axe() == []
