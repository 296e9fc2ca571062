"""Where an address may be when its street is not where the words that weigh most say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.geocoding.commune import SURENESS, CommuneResolver
from geo.geocoding.score import STREET_NOT_FOUND_CAP
from tests.geocoding_base import gazetteer

RESOLVER = CommuneResolver(gazetteer())

OTHERWISE = {
    "the other arrondissements of the town": (
        ("", "75011", "PARIS"),
        "75111",
        [(("75116",), "other-arrondissement")],
    ),
    "a cedex that names its arrondissement": (
        ("", "75999", "PARIS CEDEX 16"),
        "75116",
        [(("75111",), "other-arrondissement")],
    ),
    "no arrondissement is left out of a town alone": (("", "", "PARIS"), "75111", []),
    "an agreed commune has no other": (("", "93140", "BONDY"), "93010", []),
    "a postal code of the department that contradicts the name": (
        ("", "93200", "BONDY"),
        "93010",
        [(("93066",), "postal-against-name")],
    ),
    "a postal code of elsewhere that contradicts the name": (
        ("", "72000", "BONDY"),
        "93010",
        [(("72181",), "postal-against-name")],
    ),
    "a name shared by towns that the code does not serve": (
        ("", "72100", "SAINT DENIS"),
        "72181",
        [(("97411", "93066"), "name-elsewhere")],
    ),
    "a code that contradicts the postal code": (("93010", "72000", "LE MONS"), "93010", []),
}


@pytest.mark.parametrize("case", OTHERWISE)
def test_what_else_an_address_may_be_in_is_told_with_how(case):
    asked, first, otherwise = OTHERWISE[case]
    found = RESOLVER.resolve(*asked)
    assert found.citycodes[0] == first
    assert [(other.citycodes, other.how) for other in found.otherwise] == otherwise


@given(
    st.sampled_from(["", "93010", "75056", "75111", "22173", "99999"]),
    st.sampled_from(["", "93140", "93200", "75011", "75116", "72000", "97400", "75543", "93143", "99999"]),
    st.sampled_from(
        ["", "BONDY", "BONDI", "PARIS", "PARIS 16", "PARIS CEDEX 11", "ST DENIS", "LE MANS", "MORIEUX", "XYZ"]
    ),
)
def test_no_commune_is_looked_in_twice_and_every_sureness_is_a_share(citycode, postal_code, town):
    found = RESOLVER.resolve(citycode, postal_code, town)
    ways = [found, *found.otherwise]
    codes = [code for way in ways for code in way.citycodes]
    assert len(set(codes)) == len(codes)
    assert all(code in RESOLVER.gazetteer.communes for code in codes)
    for way in ways:
        assert 0 <= way.sureness <= SURENESS[way.how] <= 1
        assert not way.otherwise or way is found


@given(
    st.sampled_from(["93140", "93200", "75011", "72000", "97400", "22400"]),
    st.sampled_from(["BONDY", "LE MANS", "L HAY LES ROSES", "ST GERMAIN S/ MORIN"]),
)
def test_a_postal_code_never_carries_it_against_the_exact_name_of_one_town(postal_code, town):
    found = RESOLVER.resolve("", postal_code, town)
    named = RESOLVER.gazetteer.by_name[next(iter(RESOLVER.gazetteer.own_keys[found.citycodes[0]]))]
    assert found.citycodes[0] in named
    for other in found.otherwise:
        assert found.citycodes[0] not in other.citycodes
        assert other.sureness <= STREET_NOT_FOUND_CAP
