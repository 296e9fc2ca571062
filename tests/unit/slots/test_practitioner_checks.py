"""Section 4.3, checks 10 to 14 of the PS and CPTS flows."""

from __future__ import annotations

import copy

import pytest

from slots.fhir.profile import IDNPS, IDNST
from tests.unit.slots.bundles import ps

ROLE = "PractitionerRole/lebrun-bourg"


def test_the_practitioner_is_found_from_the_schedule_alone():
    sample = ps()
    del sample[ROLE]["practitioner"]
    assert sample.record("matin")["practitioner_id"] == "899900004215"


@pytest.mark.parametrize(
    "actor", [None, {"reference": "Practitioner/nobody"}, {"display": "Dr"}, "Practitioner/lebrun"]
)
def test_failing_that_the_practitioner_is_found_from_the_role(actor):
    sample = ps()
    sample["Schedule/bourg"]["actor"][0] = actor
    assert sample.record("matin")["practitioner_id"] == "899900004215"


@pytest.mark.parametrize("actors", [None, [], {}, "x", [None], [{}], [{"reference": "Practitioner/nobody"}]])
def test_a_schedule_that_leads_to_nobody_is_refused(actors):
    sample = ps()
    sample["Schedule/bourg"]["actor"] = actors
    assert sample.reason("matin") == "practitioner-unresolved"


def test_a_role_without_practitioner_does_not_help():
    sample = ps()
    sample["Schedule/bourg"]["actor"] = [{"reference": ROLE}]
    sample[ROLE]["practitioner"] = {"reference": "Practitioner/nobody"}
    assert sample.reason("matin") == "practitioner-unresolved"


def test_two_paths_to_different_practitioners_are_a_conflict():
    sample = ps()
    sample[ROLE]["practitioner"] = {"reference": "Practitioner/payet"}
    assert sample.reason("matin") == "reference-conflict"


def test_two_paths_written_differently_to_one_practitioner_agree():
    sample = ps()
    sample[ROLE]["practitioner"] = {"reference": "https://agenda-alpha.example/fhir/Practitioner/lebrun"}
    assert sample.reason("matin") is None


def test_two_practitioners_on_one_schedule_are_a_conflict():
    sample = ps()
    sample["Schedule/bourg"]["actor"].append({"reference": "Practitioner/payet"})
    assert sample.reason("matin") == "reference-conflict"


def test_the_conflict_comes_before_the_identifier():
    sample = ps()
    sample[ROLE]["practitioner"] = {"reference": "Practitioner/payet"}
    sample["Practitioner/lebrun"]["identifier"] = []
    assert sample.reason("matin") == "reference-conflict"


def test_an_ambiguous_target_of_the_second_path_is_ambiguous():
    sample = ps()
    sample.copy_of("Practitioner/payet", active=False)
    sample[ROLE]["practitioner"] = {"reference": "Practitioner/payet"}
    assert sample.reason("matin") == "reference-ambiguous"


@pytest.mark.parametrize(
    ("value", "accepted"),
    [
        ("899900004215", "899900004215"),
        ("99900004215", "899900004215"),
        ("0641234567", "0641234567"),
        ("641234567", "0641234567"),
        ("2A1234567", "02A1234567"),
        ("3640799914/77", "3640799914/77"),
        ("4123456789/9", "4123456789/9"),
    ],
)
def test_an_identifier_is_accepted_with_or_without_its_prefix(value, accepted):
    sample = ps()
    sample.request["requested_ids"] = {accepted}
    sample["Practitioner/lebrun"]["identifier"][0]["value"] = value
    assert sample.record("matin")["practitioner_id"] == accepted
    assert ("id-prefix-missing" in sample.warnings("Slot/matin")) == (value != accepted)


@pytest.mark.parametrize(
    "identifier",
    [
        {"system": IDNPS, "value": ""},
        {"system": IDNPS, "value": None},
        {"system": IDNPS},
        {"system": IDNPS, "value": 899900004215},
        {"system": IDNPS, "value": "8999000042150"},
        {"system": IDNPS, "value": "8 99900004215"},
        {"system": IDNPS, "value": "899900004215\n"},
        {"system": IDNPS, "value": "٨99900004215"},
        {"system": IDNPS, "value": "3640799914"},
        {"system": IDNPS, "value": ["899900004215"]},
        {"system": IDNST, "value": "899900004215"},
        {"system": "urn:oid:1.2.250.1.213.3.6", "value": "899900004215"},
        {"value": "899900004215"},
        {"system": "1.2.250.1.71.4.2.1", "value": "899900004215"},
        {"system": [IDNPS], "value": "899900004215"},
        None,
        "x",
    ],
)
def test_without_an_acceptable_identifier_the_practitioner_is_unknown(identifier):
    sample = ps()
    sample["Practitioner/lebrun"]["identifier"] = [identifier]
    assert sample.reason("matin") == "practitioner-identifier-unknown"


def test_the_type_of_the_identifier_plays_no_part():
    sample = ps()
    for kind in (None, {}, {"text": "RPPS"}, {"coding": [{"system": "urn:x", "code": "PRN"}]}):
        sample["Practitioner/lebrun"]["identifier"][0]["type"] = kind
        assert sample.reason("matin") is None


def test_a_practitioner_that_was_not_asked_for_is_refused_alone():
    sample = ps()
    sample.request["requested_ids"] = {"899900007311"}
    assert sample.reason("matin") == "practitioner-not-requested"
    assert sample.reason("soir") is None


def test_any_of_several_identifiers_may_be_the_requested_one():
    sample = ps()
    sample["Practitioner/lebrun"]["identifier"].insert(0, {"system": IDNPS, "value": "0641234567"})
    assert sample.record("matin")["practitioner_id"] == "899900004215"


def test_without_role_there_is_no_place_even_if_the_practitioner_has_one_elsewhere():
    sample = ps()
    sample["Schedule/bourg"]["actor"].pop()
    assert sample.reason("matin") == "place-unresolved"
    assert sample.reason("libre") is None


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ({"line": ["1 rue"], "city": "Pau", "postalCode": "64000"}, None),
        ({"city": "Pau", "postalCode": "64000"}, None),
        ({"line": ["1 rue"], "city": "Pau", "postalCode": "6400"}, "place-unresolved"),
        ({"line": ["1 rue"], "city": "Pau", "postalCode": "64000 "}, "place-unresolved"),
        ({"line": ["1 rue"], "city": "Pau", "postalCode": 64000}, "place-unresolved"),
        ({"line": ["1 rue"], "city": "Pau", "postalCode": "2A000"}, "place-unresolved"),
        ({"line": ["1 rue"], "city": "Pau"}, "place-unresolved"),
        ({"line": ["1 rue"], "postalCode": "64000"}, "place-unresolved"),
        ({"line": ["1 rue"], "city": " ", "postalCode": "64000"}, "place-unresolved"),
        ([{"city": "Pau", "postalCode": "64000"}], "place-unresolved"),
        (None, "place-unresolved"),
    ],
)
def test_a_place_needs_a_postal_code_of_five_digits_and_a_city(address, reason):
    sample = ps()
    del sample[ROLE]["organization"]
    sample[ROLE]["contained"][0]["address"] = address
    assert sample.reason("matin") == reason


def test_a_recognised_structure_is_enough_for_a_place():
    sample = ps()
    sample[ROLE]["contained"][0]["address"] = {"city": "Pau"}
    record = sample.record("matin")
    assert record["structure_id"] == "1640799914"
    assert (record["place"]["postal_code"], record["place"]["city"]) == (None, "Pau")


def test_a_recognised_structure_is_enough_even_without_location():
    sample = ps()
    del sample[ROLE]["location"]
    place = sample.record("matin")["place"]
    assert place == dict.fromkeys(place, None) | {"phone": "+33559000041"}


def test_a_national_identifier_of_the_location_makes_the_place_usable_but_is_not_the_structure():
    sample = ps()
    del sample[ROLE]["organization"]
    sample[ROLE]["contained"][0] |= {"address": {}, "identifier": [{"system": IDNST, "value": "1640799930"}]}
    record = sample.record("matin")
    assert record["structure_id"] is None
    assert record["place"]["identifier_value"] == "1640799930"


def test_two_roles_that_lead_to_one_place_agree_and_to_two_places_do_not():
    sample = ps()
    sample.add(copy.deepcopy(sample[ROLE]) | {"id": "twin"})
    sample["Schedule/bourg"]["actor"].append({"reference": "PractitionerRole/twin"})
    assert sample.reason("matin") is None
    sample["Schedule/bourg"]["actor"].append({"reference": "PractitionerRole/lebrun-gave"})
    assert sample.reason("matin") == "place-unresolved"


def test_the_place_is_the_first_location_of_the_role():
    sample = ps()
    sample[ROLE]["contained"].append(sample[ROLE]["contained"][0] | {"id": "annexe", "address": {}})
    sample[ROLE]["location"].append({"reference": "#annexe"})
    assert sample.record("matin")["place"]["city"] == "Pau"


def test_a_location_may_be_an_entry_of_its_own():
    sample = ps()
    place = sample[ROLE].pop("contained")[0]
    sample.add(place)
    sample[ROLE]["location"] = [{"reference": "Location/cabinet"}]
    assert sample.record("matin") == ps().record("matin")


# Each failing check of 10 to 14, mended one by one.
def test_the_first_check_that_fails_gives_the_reason():
    sample = ps()
    schedule, role, practitioner = sample["Schedule/bourg"], sample[ROLE], sample["Practitioner/lebrun"]
    actors, identifier = schedule["actor"], practitioner["identifier"]
    places, structure = role.pop("contained"), role.pop("organization")
    schedule["actor"], practitioner["identifier"] = [], []
    role["practitioner"] = {"reference": "Practitioner/payet"}
    assert sample.reason("matin") == "practitioner-unresolved"
    schedule["actor"] = actors
    assert sample.reason("matin") == "reference-conflict"
    role["practitioner"] = {"reference": "Practitioner/lebrun"}
    assert sample.reason("matin") == "practitioner-identifier-unknown"
    practitioner["identifier"] = identifier
    sample.request["requested_ids"] = set()
    assert sample.reason("matin") == "practitioner-not-requested"
    sample.request["requested_ids"] = {"899900004215"}
    assert sample.reason("matin") == "place-unresolved"
    role["contained"], role["organization"] = places, structure
    assert sample.reason("matin") is None
