"""Slots of vendors on places of the directory: recognised, guessed and said so, or a card of their own."""

from __future__ import annotations

from typing import Any

import pytest

from slots.attach import Site, attach, street_of, town_of

WHO = "899900000018"


def site(offer_id: str = "a", **given: Any) -> Site:
    default: dict[str, Any] = {
        "holder": WHO,
        "structure_ids": frozenset({"1330799990"}),
        "postal_code": "33000",
        "street": street_of("4 rue des Tilleuls"),
        "town": "bordeaux",
    }
    return Site(offer_id=offer_id, **{**default, **given})


def slot(ref: str = "Slot/1", **given: Any) -> Any:
    place = {
        "identifier_system": None, "identifier_value": None, "name": None, "line": "4 RUE DES TILLEULS",
        "postal_code": "33000", "city": "Bordeaux", "phone": None,
    } | given.pop("place", {})  # fmt: skip
    return {
        "slot_ref": ref, "start": "2026-03-27T08:30:00Z", "end": "2026-03-27T08:45:00Z",
        "visibility": ["PUBLIC"], "consultation_types": ["AMB"], "reasons": [], "specialty_codes": [],
        "specialty_texts": [], "appointment_type": "ROUTINE", "booking_url": None, "practitioner_id": WHO,
        "structure_id": None, "organization_id": None, "organization_name": None, "place": place, "cpts": [],
    } | given  # fmt: skip


def test_the_number_of_the_structure_goes_first_even_at_another_address():
    elsewhere = site("b", structure_ids=frozenset({"312345678900011"}), postal_code="33120", street="")
    found = attach([site(), elsewhere], [slot(structure_id="312345678900011")])
    assert list(found.by_offer) == ["b"]
    assert not found.by_offer["b"][0].guessed


@pytest.mark.parametrize(
    "line", ["4, r. des tilleuls", "4 RUE DES TILLEULS", "4  Rue des Tilleuls ", "4 R DES TILLEULS"]
)
def test_the_same_street_in_the_same_postal_code_is_the_same_place(line):
    found = attach([site(structure_ids=frozenset())], [slot(place={"line": line})])
    assert list(found.by_offer) == ["a"]
    assert not found.created


def test_another_number_in_the_street_is_another_place():
    other = site("b", street=street_of("6 rue des Tilleuls"), structure_ids=frozenset())
    found = attach([other, site("c", street="", town="pessac")], [slot()])
    assert not found.by_offer
    assert found.created[0].place["line"] == "4 RUE DES TILLEULS"


def test_one_place_on_each_side_in_one_town_is_guessed_and_flagged():
    only = site(street=street_of("9 cours Victor Hugo"), structure_ids=frozenset(), postal_code="33100")
    found = attach([only], [slot(), slot("Slot/2")])
    assert [item.guessed for item in found.by_offer["a"]] == [True, True]


def test_nothing_is_guessed_when_the_vendor_has_two_places():
    only = site(street=street_of("9 cours Victor Hugo"), structure_ids=frozenset())
    found = attach([only], [slot(), slot("Slot/2", place={"line": "1 place de la Gare"})])
    assert not found.by_offer
    assert [made.place["line"] for made in found.created] == ["4 RUE DES TILLEULS", "1 place de la Gare"]


def test_nothing_is_guessed_when_the_directory_has_two_places():
    found = attach(
        [site(street="", structure_ids=frozenset()), site("b", street="", structure_ids=frozenset())],
        [slot()],
    )
    assert not found.by_offer
    assert len(found.created) == 1


def test_slots_of_one_unknown_place_share_one_card():
    found = attach([site("b", street="", town="pessac")], [slot(), slot("Slot/2")])
    assert [len(made.slots) for made in found.created] == [2]


def test_a_slot_kept_for_a_cpts_alone_is_not_ordinary_availability():
    found = attach([site()], [slot(visibility=["CPTS"]), slot("Slot/2", visibility=["CPTS", "SNP"])])
    assert [item.slot["slot_ref"] for item in found.by_offer["a"]] == ["Slot/2"]


def test_slots_of_others_are_left_aside():
    assert not attach([site()], [slot(practitioner_id="899900000026")]).by_offer


def test_an_association_is_found_by_its_own_number():
    place = site("s", holder="398765432100022", is_structure=True)
    found = attach([place], [slot(practitioner_id=None, organization_id="398765432100022")])
    assert list(found.by_offer) == ["s"]


def test_towns_are_compared_without_cedex_code_or_accents():
    assert town_of("75011 PARIS CEDEX 11") == town_of("Paris")
    assert town_of("ST ETIENNE") == town_of("Saint-Étienne")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("12B AV DE LA REPUBLIQUE", "12 bis avenue de la République"),
        ("12 B AVENUE DE LA REPUBLIQUE", "12B av. de la République"),
        ("12 R DES LILAS", "12 rue des Lilas"),
        ("3 D 920", "3 D920"),
    ],
)
def test_two_spellings_of_a_street_line_are_one(one, other):
    assert street_of(one) == street_of(other) != ""
