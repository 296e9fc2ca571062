"""Where one searches, on the page: a place kept by its identifier, the view of the map, a drawn zone."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Route

from tests.browser.conftest import Visit

PLACE = "48.5137, 2.5171"
SUGGESTED = {
    "places": [
        {
            "id": "75056", "label": "Paris", "type": "municipality", "lon": 2.347, "lat": 48.859,
            "citycode": "75056", "department": "75", "score": 0.9,
        }
    ]
}  # fmt: skip


def test_places_of_one_name_are_told_apart_in_the_list(visit: Visit, site: str):
    page = visit.page
    alike = [
        {**SUGGESTED["places"][0], "label": "Saint-Denis", "id": code, "department": department}
        for code, department in (("93066", "93"), ("97411", "974"), ("30247", "30"), ("30999", "30"))
    ]

    def suggest(route: Route) -> None:
        route.fulfill(content_type="application/json", body=json.dumps({"places": alike}))

    page.route("**/api/v1/places/search", suggest)
    page.goto(f"{site}/recherche")
    with page.expect_response("**/api/v1/places/search"):
        page.type("#place", "Saint")
    page.wait_for_selector("#lieux option", state="attached")
    values = page.eval_on_selector_all("#lieux option", "options => options.map(option => option.value)")
    assert values == ["Saint-Denis (93)", "Saint-Denis (974)", "Saint-Denis (30247)", "Saint-Denis (30999)"]
    with page.expect_response("**/api/v1/places/search"):
        page.fill("#place", values[1])
    page.wait_for_timeout(100)  # the list of that name has come: what was chosen stays chosen
    assert page.input_value("[data-place-id]") == "97411"


def search(visit: Visit, site: str, *, radius_km: str = "") -> None:
    visit.page.goto(f"{site}/recherche")
    visit.page.fill("#place", PLACE)
    visit.page.select_option("#radius_km", radius_km)
    visit.page.press("#place", "Enter")
    visit.page.wait_for_selector("[data-results]")


def test_a_place_chosen_in_the_list_is_searched_by_its_identifier(visit: Visit, site: str):
    page = visit.page

    def suggest(route: Route) -> None:
        route.fulfill(content_type="application/json", body=json.dumps(SUGGESTED))

    page.route("**/api/v1/places/search", suggest)
    page.goto(f"{site}/recherche")
    with page.expect_response("**/api/v1/places/search"):
        page.type("#place", "Pari")
    page.wait_for_selector("#lieux option", state="attached")
    assert page.input_value("[data-place-id]") == ""
    page.type("#place", "s")
    page.wait_for_function("document.querySelector('[data-place-id]').value === '75056'")
    page.type("#place", " 12")
    page.wait_for_function("document.querySelector('[data-place-id]').value === ''")


def test_the_view_of_the_map_is_searched_by_its_limits_and_one_comes_back(visit: Visit, site: str):
    search(visit, site)
    page = visit.page
    page.wait_for_selector(".rank-pin")
    page.click("[data-zone-view]")
    page.wait_for_selector("text=zone dessinée")
    drawn = page.get_attribute("[data-plan]", "data-outline") or ""
    corners = [tuple(map(float, pair.split(","))) for pair in drawn.split(";")]
    (west, south), (east, north) = map(min, zip(*corners, strict=True)), map(max, zip(*corners, strict=True))
    for row in page.locator(".offer").all():
        lon, lat = (float(row.get_attribute(f"data-{name}") or "nan") for name in ("lon", "lat"))
        assert west <= lon <= east
        assert south <= lat <= north
    assert visit.axe() == []
    assert visit.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    assert page.locator(".far").count() > 0  # the way is still that from the place
    page.click(f"text=Autour de « {PLACE} »")
    page.wait_for_selector("text=coordonnées données")
    assert visit.complaints == []


def test_a_zone_is_drawn_corner_by_corner_then_searched(visit: Visit, site: str):
    search(visit, site)
    page = visit.page
    page.wait_for_selector(".rank-pin")
    page.click("[data-zone-draw]")
    assert page.is_hidden("[data-zone-done]")
    page.locator("[data-plan]").evaluate("plan => plan.scrollIntoView()")
    box = page.locator("[data-plan]").bounding_box()
    assert box is not None
    for x, y in ((0.15, 0.03), (0.97, 0.03), (0.97, 0.97), (0.15, 0.97)):
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
    page.click("[data-zone-done]")
    page.wait_for_selector("text=zone dessinée")
    assert (page.get_attribute("[data-plan]", "data-outline") or "").count(";") == 4
    assert page.url.endswith("/recherche")
    assert [url for url in visit.requests if "48.5" in url] == []
    assert visit.complaints == []


def test_a_zone_that_is_given_up_leaves_the_map_as_it_was(visit: Visit, site: str):
    search(visit, site)
    page = visit.page
    page.wait_for_selector(".rank-pin")
    before = page.locator(".leaflet-interactive, canvas").count()
    page.click("[data-zone-draw]")
    box = page.locator("[data-plan]").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 40, box["y"] + 60)
    page.click("[data-zone-draw]")
    assert page.inner_text("[data-zone-said]") == ""
    assert page.locator(".leaflet-interactive, canvas").count() == before


@pytest.mark.parametrize("visit", [{"java_script_enabled": False}], indirect=True)
def test_travel_is_bounded_by_a_filter_that_says_how_many_it_leaves(visit: Visit, site: str):
    search(visit, site, radius_km="50")
    page = visit.page
    choice = page.locator("input[name=max_minutes]:not([value=''])").first
    minutes = choice.get_attribute("value")
    told = choice.locator("xpath=..").inner_text()
    choice.check()
    page.click("[data-apply]")
    left = page.inner_text("[data-results]").split("\u00a0")[0].split(" ")[0]
    assert f"({left})" in told.replace("\u00a0", " ")
    assert page.is_checked(f"input[name=max_minutes][value='{minutes}']")
    assert page.is_checked("input[name=radius_km][value='50']")
    page.check("input[name=max_minutes][value='']")
    page.click("[data-apply]")
    assert page.is_checked("input[name=max_minutes][value='']")
