"""The field of the care sought: suggestions by keyboard, for screen readers, and without script."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from care.specialty import nomenclature
from tests.browser.conftest import DESKTOP, PHONE

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.postgis]

VIEWS = [
    pytest.param({"viewport": DESKTOP, "color_scheme": "light"}, id="desktop-day"),
    pytest.param({"viewport": PHONE, "color_scheme": "dark"}, id="phone-night"),
]


def _type(visit: Visit, site: str, text: str) -> Locator:
    """The field, emptied, the text typed into it key by key."""
    visit.page.goto(f"{site}/recherche")
    field = visit.page.locator("#specialty")
    field.fill("")
    field.press_sequentially(text)
    return field


def _options(visit: Visit) -> Locator:
    return visit.page.locator("#specialty-list [role=option]")


def test_a_word_is_chosen_by_keys_alone_and_the_form_waits_for_the_choice(visit: Visit, site: str):
    field = _type(visit, site, "kin")
    expect(_options(visit).first).to_contain_text("Masseur-kinésithérapeute")
    expect(field).to_have_attribute("aria-expanded", "true")
    field.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", "specialty-list-0")
    expect(_options(visit).first).to_have_attribute("aria-selected", "true")
    field.press("Enter")
    expect(field).to_have_value("Masseur-kinésithérapeute")
    expect(field).to_have_attribute("aria-expanded", "false")
    assert visit.page.url == f"{site}/recherche"
    assert visit.complaints == []


def test_what_is_typed_of_a_need_stands_in_no_address(visit: Visit, site: str):
    _type(visit, site, "sutur")
    expect(_options(visit).first).to_contain_text("suture")
    assert not [url for url in visit.requests if "sutur" in url]


def test_a_need_that_several_groups_answer_keeps_its_word_and_names_them(visit: Visit, site: str):
    field = _type(visit, site, "suture")
    expect(_options(visit).first).to_contain_text("Médecine générale, Médecine d'urgence, Centre de santé")
    _options(visit).first.click()
    expect(field).to_have_value("suture")
    expect(field).to_be_focused()


def test_a_typing_error_is_said(visit: Visit, site: str):
    _type(visit, site, "opthalmo")
    expect(_options(visit).first).to_contain_text("Ophtalmologie")
    expect(_options(visit).first).to_contain_text("orthographe proche")


def test_an_empty_field_proposes_the_frequent_searches_then_what_this_browser_chose_first(
    visit: Visit, site: str
):
    visit.page.goto(f"{site}/recherche")
    field = visit.page.locator("#specialty")
    field.fill("")
    field.blur()
    field.focus()
    label = nomenclature().get(nomenclature().frequent[0].code).label
    expect(_options(visit).first).to_contain_text(label)
    field.press_sequentially("labo")
    expect(_options(visit).first).to_contain_text("Laboratoire de biologie médicale")
    _options(visit).first.click()
    field.fill("")
    expect(_options(visit).first).to_contain_text("récent")
    expect(_options(visit).first).to_contain_text("Laboratoire de biologie médicale")


def test_escape_closes_the_choices_and_keeps_what_was_typed(visit: Visit, site: str):
    field = _type(visit, site, "cardio")
    expect(_options(visit).first).to_be_visible()
    field.press("Escape")
    expect(visit.page.locator("#specialty-list")).to_be_hidden()
    expect(field).to_have_value("cardio")


def test_the_arrows_go_round_through_the_field(visit: Visit, site: str):
    field = _type(visit, site, "chirurgie")
    expect(_options(visit).nth(1)).to_be_visible()
    field.press("ArrowUp")
    last = _options(visit).count() - 1
    expect(field).to_have_attribute("aria-activedescendant", f"specialty-list-{last}")
    field.press("ArrowDown")
    expect(field).not_to_have_attribute("aria-activedescendant", f"specialty-list-{last}")


@pytest.mark.parametrize("visit", VIEWS, indirect=True)
def test_open_choices_have_no_fault_that_axe_can_find(visit: Visit, site: str):
    field = _type(visit, site, "radio")
    expect(_options(visit).first).to_be_visible()
    field.press("ArrowDown")
    assert visit.axe() == []
    assert visit.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


@pytest.mark.parametrize(
    "visit", [pytest.param({"java_script_enabled": False}, id="no-script")], indirect=True
)
def test_without_script_the_field_keeps_its_plain_list(visit: Visit, site: str):
    visit.page.goto(f"{site}/recherche")
    expect(visit.page.locator("#specialty")).to_have_attribute("list", "specialites")
    assert visit.page.locator("#specialites option").count() > 20
