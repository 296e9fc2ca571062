"""Spellings of one address are one place; the middle of a commune is not the place of each."""

from __future__ import annotations

import pytest

from geo.geocoding.parse import AddressFields
from ingest.normalise.shared_point import point_use


def line(number: str, street_type: str, street: str, locality: str = "") -> AddressFields:
    return AddressFields(number=number, street_type=street_type, street_name=street, locality=locality)


SPELLINGS = {
    "an abbreviation, an article, a box": [
        line("65", "BD", "PIERRE TEZIER"),
        line("", "BD", "TEZIER"),
        line("65", "BD", "PIERRE TEZIER", "BP 33"),
    ],
    "accents and errors": [
        line("2B", "BD", "TONNELLE"),
        line("2", "BD", "TONNELÉ"),
        line("2", "BD", "TONNELLÉ", "CS 12"),
    ],
    "entrances of a block": [
        line("24", "R", "MARECHAL JOFFRE"),
        line("24B", "R", "DU MARECHAL JOFFRE"),
        line("30", "R", "DU MAL JOFFRE"),
    ],
    "the street in the field of the lieu-dit": [
        line("", "RTE", "DE SAINT SAUVEUR", "BANANIER"),
        line("", "", "", "BANANIER"),
        line("", "", "", "SAINT SAUVEUR"),
    ],
    "nothing but boxes": [line("", "", "", "BP 1"), line("", "", "", "BP 2"), line("", "", "", "CS 3")],
}


@pytest.mark.parametrize("addresses", SPELLINGS.values(), ids=SPELLINGS)
def test_spellings_of_one_address_are_one_place(addresses: list[AddressFields]):
    assert point_use(addresses).places <= 1


def test_three_streets_at_one_point_are_three_places():
    use = point_use([line("8", "R", "DU PORT"), line("20", "BD", "CARNOT"), line("", "RTE", "D AURAY")])
    assert (use.places, use.streets) == (3, 3)


def test_far_numbers_of_one_street_are_places_of_one_street():
    use = point_use([line(number, "AV", "DE LA REPUBLIQUE") for number in ("9", "138", "287")])
    assert (use.places, use.streets) == (3, 1)


def test_an_address_at_the_point_of_the_town_hall_is_told_and_the_town_hall_is_not():
    use = point_use(
        [line("", "PL", "DE LA MAIRIE"), line("47", "IMP", "DU FOYER"), line("", "", "", "MAIRIE")]
    )
    assert use.town_hall == (1,)
    assert point_use([line("", "PL", "DE LA MAIRIE"), line("", "", "", "MAIRIE")]).town_hall == ()


def test_the_order_of_the_addresses_changes_nothing():
    addresses = [*SPELLINGS["entrances of a block"], line("8", "R", "DU PORT"), line("20", "BD", "CARNOT")]
    assert {
        (use.places, use.streets) for use in (point_use(addresses), point_use(list(reversed(addresses))))
    } == {(3, 3)}
