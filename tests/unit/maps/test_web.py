"""Templates, style sheet, files under hashed names, the theme of an operator."""

from __future__ import annotations

import doctest
import re
from typing import TYPE_CHECKING

import pytest

from maps import french, legend
from maps.web.assets import STATIC, Assets
from maps.web.pages import TEMPLATES, Pages, environment

if TYPE_CHECKING:
    from pathlib import Path


def _luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("item", legend.FAMILIES, ids=lambda item: item.key)
def test_white_letters_are_readable_on_the_colour_of_a_family(item: legend.Family):
    assert _contrast("#ffffff", item.colour) >= 4.5


def test_families_and_statuses_differ_by_more_than_their_colour():
    assert len({item.letters for item in legend.FAMILIES}) == len(legend.FAMILIES)
    assert len({mark.symbol for mark in legend.STATUSES}) == len(legend.STATUSES)
    assert len({mark.label for mark in legend.STATUSES}) == len(legend.STATUSES)


def test_night_is_the_same_whether_the_system_or_the_reader_asks_for_it():
    css = (STATIC / "site.css").read_text(encoding="utf-8")
    by_system = re.search(r":root:not\(\[data-theme=\"day\"\]\) \{(.*?)\}", css, re.DOTALL)
    by_reader = re.search(r":root\[data-theme=\"night\"\] \{(.*?)\}", css, re.DOTALL)
    assert by_system is not None
    assert by_reader is not None
    assert by_system[1].split() == by_reader[1].split()


def test_colours_stand_only_among_the_tokens():
    css = (STATIC / "site.css").read_text(encoding="utf-8").split("/* Page */")[1]
    screen = css.split("@media print")[0]
    assert re.findall(r"#[0-9a-f]{3,6}\b", screen) == []


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.name)
def test_no_template_holds_a_style_or_a_script_that_the_policy_forbids(path: Path):
    text = path.read_text(encoding="utf-8")
    environment().parse(text)
    assert " style=" not in text
    assert re.findall(r"\son[a-z]+=", text) == []
    if not path.name.startswith("file"):
        assert re.findall(r"<script(?![^>]*(?:src=|application/json))", text) == []
        assert "<style" not in text


def test_spaces_before_double_punctuation_do_not_break():
    rendered = environment().from_string("Urgence : le 15 ; « ici » !").render()
    assert rendered == "Urgence\u00a0: le 15\u202f; «\u00a0ici\u00a0»\u202f!"


def test_a_file_has_its_digest_in_its_name_and_any_other_name_does_not_exist():
    assets = Assets()
    url = assets.url("site.css")
    assert re.fullmatch(r"/static/site\.[0-9a-f]{12}\.css", url)
    assert assets.find(url.removeprefix("/static/")) is not None
    assert assets.find("site.css") is None
    assert assets.find("../pages.py") is None


def test_leaflet_is_served_whole_by_us():
    found = Assets().find(Assets().url("leaflet.css").removeprefix("/static/"))
    assert found is not None
    assert b"url(images" not in found.body


def test_a_theme_replaces_files_and_templates_and_is_loaded_last(tmp_path: Path):
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "home.html").write_text(
        '{% extends "base.html" %}{% set active = "" %}{% block main %}<h1>Chez nous</h1>{% endblock %}',
        encoding="utf-8",
    )
    (tmp_path / "theme.css").write_text(":root { --accent: #000; }", encoding="utf-8")
    page = Pages(theme_dir=tmp_path, official=True).render("home.html")
    assert "<h1>Chez nous</h1>" in page
    assert page.index("/static/site.") < page.index("/static/theme.")
    assert "Démonstration" not in page


def test_the_banner_says_demonstration_until_the_operator_is_official():
    assert "sans lien avec l’État" in Pages().render("home.html")
    assert "sans lien avec l’État" not in Pages(official=True).render("home.html")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("+33123456789", "01 23 45 67 89"),
        ("15", "15"),
        ("116117", "116 117"),
        ("+590590123456", "05 90 12 34 56"),
        ("+3228884444", "+3228884444"),
    ],
)
def test_phones_are_written_as_they_are_dialled(number: str, text: str):
    assert french.phone(number).replace("\u00a0", " ") == text


@pytest.mark.parametrize(
    ("share", "text"), [(0.0, "0 %"), (0.001, "1 %"), (0.874, "87 %"), (0.999, "99 %"), (1.0, "100 %")]
)
def test_a_share_is_rounded_but_never_to_all_or_nothing(share: float, text: str):
    assert french.percent(share).replace("\u00a0", " ") == text


@pytest.mark.parametrize(
    ("metres", "text"), [(0, "0 m"), (812, "810 m"), (997, "1 km"), (4250, "4,2 km"), (23_400, "23 km")]
)
def test_distances_are_no_more_precise_than_useful(metres: float, text: str):
    assert french.distance(metres).replace("\u00a0", " ") == text


def test_the_examples_of_the_french_forms_are_true():
    results = doctest.testmod(french)
    assert results.attempted > 0
    assert results.failed == 0
