"""Communes resolved in the measured order, and likeness that forgives errors but not other names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.geocoding.commune import CommuneResolver
from geo.geocoding.likeness import likeness
from geo.geocoding.normalise import number_key
from geo.geocoding.score import STREET, STREET_LOST, STREET_NOT_FOUND_CAP, commune_score, street_score
from geo.geocoding.street import place_between
from geo.geocoding.text import understand
from tests.geocoding_base import gazetteer

RESOLVED = {
    "code agreeing with the postal code": ("93010", "93140", "", "93010", "code"),
    "postal code and name": ("", "93140", "BONDY", "93010", "postal+name"),
    "saint abbreviated": ("", "93200", "ST DENIS", "93066", "postal+name"),
    "one name overseas": ("", "97400", "ST DENIS", "97411", "postal+name"),
    "article moved": ("", "72000", "MANS LE", "72181", "postal+name"),
    "s slash": ("", "77860", "ST GERMAIN S/ MORIN", "77413", "postal+name"),
    "cedex of an unknown code: name in the department": ("", "93999", "BONDY CEDEX", "93010", "cedex"),
    "number of the cedex is the arrondissement": ("", "75999", "PARIS CEDEX 16", "75116", "cedex"),
    "code of the town, postal code of the arrondissement": ("75056", "75011", "PARIS", "75111", "code"),
    "wrong postal code of the department": ("", "93150", "BONDY", "93010", "name"),
    "former code": ("22173", "22400", "MORIEUX", "22093", "code"),
    "former name": ("", "22400", "PLANGUENOUAL", "22093", "postal+name"),
    "locality of the post": ("", "93210", "LA PLAINE ST DENIS", "93066", "postal+name"),
    "misspelt": ("", "93140", "BONDDY", "93010", "fuzzy"),
    "postal code alone": ("", "94240", "", "94038", "postal"),
    "office of a cedex that begins like a commune": (
        "",
        "95031",
        "CERGY PONTOISE CEDEX",
        "95127",
        "cedex-part",
    ),
    "office of a cedex that ends like a commune": (
        "",
        "93218",
        "LA PLAINE ST DENIS CEDEX",
        "93066",
        "cedex-part",
    ),
    "cedex table last": ("", "93143", "", "93010", "cedex-table"),
    "code contradicted by postal code and name": ("93010", "72000", "LE MANS", "72181", "postal+name"),
}


@pytest.mark.parametrize("case", RESOLVED)
def test_a_commune_is_resolved_in_the_measured_order(case):
    citycode, postal_code, town, expected, how = RESOLVED[case]
    found = CommuneResolver(gazetteer()).resolve(citycode, postal_code, town)
    assert (found.citycodes[0], found.how) == (expected, how)


def test_nothing_known_is_said_and_not_guessed():
    assert CommuneResolver(gazetteer()).resolve("", "", "Xyzzyville").citycodes == ()


def test_a_town_without_its_arrondissement_is_each_of_them():
    assert CommuneResolver(gazetteer()).resolve("", "", "PARIS").citycodes == ("75111", "75116")


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        ("j jaures", "jean jaures"),
        ("losserand", "raymond losserand"),
        ("rochefoucault", "catherine rochefoucauld"),
        ("docteur jean delay", "jean delay"),
        ("republiqe", "republique"),
        ("pierre timbaud jean", "jean pierre timbaud"),
    ],
)
def test_one_street_spelt_otherwise_looks_alike(asked, known):
    assert likeness(asked, known) >= 0.8


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        ("pasteur", "pascal"),
        ("8 mai 1945", "8 mai 1946"),
        ("paris", "parisienne"),
        ("victor", "victor hugo"),
        ("pole nord", "nord"),
        ("tulipes", "lilas"),
        ("porte ivry", "ivry"),
    ],
)
def test_another_street_does_not_look_alike(asked, known):
    assert likeness(asked, known) < 0.8


@given(
    st.lists(
        st.sampled_from(["jean", "paul", "victor", "hugo", "8", "mai", "1945", "lilas"]),
        min_size=1,
        max_size=4,
    ),
    st.lists(
        st.sampled_from(["jean", "paul", "victor", "hugo", "8", "mai", "1945", "roses"]),
        min_size=1,
        max_size=4,
    ),
)
def test_likeness_is_a_share_and_one_only_for_equals(asked, known):
    a, b = " ".join(asked), " ".join(known)
    assert 0 <= likeness(a, b) <= 1
    assert likeness(a, a) == 1


@given(
    commune=st.floats(0, 1),
    street=st.sampled_from(sorted(STREET)),
    alike=st.floats(0.8, 1),
    number=st.sampled_from(["exact", "index-dropped", "interpolated", "none", "not-asked"]),
)
def test_a_score_is_a_share_and_a_lost_street_stays_under_one_half(commune, street, alike, number):
    score = street_score(
        commune=commune,
        street=street,
        likeness=alike,
        type_match="same",
        reading="line",
        same_postal_code=True,
        former="same",
        number=number,
    )
    assert 0 <= score <= 1
    assert commune_score(commune=commune, street_asked=True) <= STREET_LOST <= STREET_NOT_FOUND_CAP


def _street(*numbers: int) -> dict[str, list[int] | list[str]]:
    return {
        "numbers": [number_key(n) for n in numbers],
        "suffixes": [],
        "lons_e6": [n * 1000 for n in numbers],
        "lats_e6": [0 for _ in numbers],
    }


def test_a_missing_number_stands_between_its_neighbours_of_the_same_side():
    house = place_between(6, "", **_street(1, 2, 3, 4, 8))
    assert house is not None
    assert (house.how, round(house.lon * 1000, 6)) == ("interpolated", 6.0)


def test_a_number_beyond_the_last_or_in_a_wide_gap_is_not_invented():
    assert place_between(10, "", **_street(2, 4, 8)) is None
    assert place_between(50, "", **_street(2, 98)) is None


UNDERSTOOD = {
    "town last": ("12 rue x 93140 bondy", "93140", "bondy", 12, "x"),
    "postal code first": ("93140 bondy 12 rue x", "93140", "bondy", 12, "x"),
    "postal code last": ("12 rue x bondy 93140", "93140", "bondy", 12, "x"),
    "town first, no postal code": ("bondy 12 rue x", "", "bondy", 12, "x"),
    "arrondissement": ("12 rue x paris 11", "", "paris 11", 12, "x"),
    "cedex": ("12 rue x 75543 paris cedex 11", "75543", "paris cedex 11", 12, "x"),
}


@pytest.mark.parametrize("case", UNDERSTOOD)
def test_the_commune_is_found_wherever_it_stands(case):
    text, postal_code, town, number, core = UNDERSTOOD[case]
    way = understand(text, gazetteer())[0]
    assert (way.postal_code, way.town, way.number, way.names[0].core) == (postal_code, town, number, core)


def test_the_town_in_the_name_of_a_street_does_not_take_the_street_away():
    assert any(not way.town and way.names for way in understand("rue de paris", gazetteer()))
    assert not any(way.town == "paris" and way.names for way in understand("rue de paris", gazetteer()))


@given(st.text(max_size=60))
def test_no_text_breaks_the_understanding(text):
    for way in understand(text, gazetteer()):
        assert way.number is None or way.names
