"""Section 4.3, checks 10 to 14 of the SOS Médecins flow."""

from __future__ import annotations

import pytest

from slots.fhir.profile import IDNPS, IDNST
from tests.unit.slots.bundles import sos

LOCATION_TYPE = "https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-location-identifier-type"


@pytest.mark.parametrize(
    "actors", [None, [], [{}], [{"reference": "Location/nowhere"}], [{"reference": "Organization/sos-bearn"}]]
)
def test_a_schedule_without_location_has_no_place(actors):
    sample = sos()
    sample["Schedule/gare"]["actor"] = actors
    assert sample.reason("nuit") == "place-unresolved"


def test_a_practitioner_among_the_actors_is_left_aside():
    sample = sos()
    sample.add({"resourceType": "Practitioner", "id": "garde"})
    sample["Schedule/gare"]["actor"].insert(0, {"reference": "Practitioner/garde"})
    assert sample.record("nuit") == sos().record("nuit")


def test_a_schedule_of_two_places_has_none():
    sample = sos()
    sample["Schedule/gare"]["actor"].append({"reference": "Location/centre"})
    assert sample.reason("nuit") == "place-unresolved"


@pytest.mark.parametrize(
    "organization", [None, {}, {"reference": "Organization/nobody"}, {"reference": "Location/gare"}, [], "x"]
)
def test_a_place_without_association_is_refused(organization):
    sample = sos()
    sample["Location/gare"]["managingOrganization"] = organization
    assert sample.reason("nuit") == "organization-unresolved"
    assert sample.reason("aube") is None


@pytest.mark.parametrize(
    "identifier",
    [
        {"system": IDNST, "value": "1640799914"},
        {"system": IDNST, "value": "498799991400035"},
        {"system": IDNST, "value": "3987999914000"},
        {"system": IDNST, "value": ""},
        {"system": IDNST},
        {"system": IDNPS, "value": "398799991400035"},
        {"value": "398799991400035"},
        {"system": "https://sos-bearn.example", "value": "398799991400035"},
        None,
    ],
)
def test_without_an_acceptable_siret_the_association_is_unknown(identifier):
    sample = sos()
    sample["Organization/sos-bearn"]["identifier"] = [identifier]
    assert sample.reason("nuit") == "organization-identifier-unknown"


def test_fourteen_bare_digits_are_a_siret_because_the_flow_fixes_the_kind():
    sample = sos()
    sample["Organization/sos-bearn"]["identifier"][0]["value"] = "98799991400035"
    assert sample.record("nuit")["organization_id"] == "398799991400035"
    assert sample.warnings("Slot/nuit") == ["id-prefix-missing"]


def test_the_type_tells_a_national_identifier_when_the_system_is_not_ours():
    sample = sos()
    identifier = sample["Organization/sos-bearn"]["identifier"][0]
    identifier["system"] = "https://sos-bearn.example"
    assert sample.reason("nuit") is None
    identifier["type"] = {"coding": [{"system": LOCATION_TYPE, "code": "INTRN"}]}
    assert sample.reason("nuit") == "organization-identifier-unknown"


def test_an_association_that_was_not_asked_for_is_refused():
    sample = sos()
    sample.request["requested_ids"] = {"398799991400043"}
    assert sample.reason("nuit") == "organization-not-requested"


def test_a_place_needs_an_address_or_a_national_identifier():
    sample = sos()
    sample["Location/gare"]["address"] = {"city": "Pau"}
    assert sample.reason("nuit") == "place-unresolved"
    sample["Location/centre"]["address"] = {}
    assert sample.record("aube")["structure_id"] == "1640799922"


def test_fourteen_bare_digits_of_a_location_are_not_recognised():
    sample = sos()
    sample["Location/gare"]["identifier"] = [{"system": IDNST, "value": "98799991400035"}]
    assert sample.record("nuit")["structure_id"] is None
    assert sample.warnings("Slot/nuit") == ["structure-id-unknown"]


def test_the_first_check_that_fails_gives_the_reason():
    sample = sos()
    place, association = sample["Location/gare"], sample["Organization/sos-bearn"]
    address, manager, identifier = (
        place.pop("address"),
        place.pop("managingOrganization"),
        association.pop("identifier"),
    )
    sample.request["requested_ids"] = set()
    assert sample.reason("nuit") == "organization-unresolved"
    place["managingOrganization"] = manager
    assert sample.reason("nuit") == "organization-identifier-unknown"
    association["identifier"] = identifier
    assert sample.reason("nuit") == "organization-not-requested"
    sample.request["requested_ids"] = {"398799991400035"}
    assert sample.reason("nuit") == "place-unresolved"
    place["address"] = address
    assert sample.reason("nuit") is None
