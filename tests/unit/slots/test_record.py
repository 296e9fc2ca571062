"""Section 4.5: the canonical record, to the letter."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest

from care.slot import Extraction, FailureReason, FreeSlot, Place, RejectionReason, WarningCode
from slots.fhir.profile import ACT_CODE
from tests.unit.slots.bundles import cpts, ps, sos

ROLE = "PractitionerRole/lebrun-bourg"


def test_a_practitioner_slot_of_guide_1_1_0_is_read_whole():
    assert ps().extract() | {"slots": ps().extract()["slots"][:1]} == {
        "outcome": "ok",
        "failure_reason": None,
        "slots": [
            {
                "slot_ref": "Slot/matin",
                "start": "2026-10-24T06:40:00Z",
                "end": "2026-10-24T07:00:00Z",
                "visibility": ["PUBLIC", "SNP"],
                "consultation_types": ["AMB", "VR"],
                "reasons": ["Fièvre de l’enfant", "Certificat"],
                "specialty_codes": ["SM54"],
                "specialty_texts": ["Gynécologie"],
                "appointment_type": "ROUTINE",
                "booking_url": "https://agenda-alpha.example/rdv?medecin=41",
                "practitioner_id": "899900004215",
                "structure_id": "1640799914",
                "organization_id": None,
                "organization_name": None,
                "place": {
                    "identifier_system": "https://agenda-alpha.example",
                    "identifier_value": "41-a",
                    "name": None,
                    "line": "7 place du Foirail",
                    "postal_code": "64000",
                    "city": "Pau",
                    "phone": "+33559000041",
                },
                "cpts": [],
            }
        ],
        "rejected": [],
        "warnings": [],
    }


def test_a_cpts_slot_of_guide_1_2_0_names_the_cpts():
    assert cpts().record("reserve") == {
        "slot_ref": "Slot/reserve",
        "start": "2026-10-24T08:00:00Z",
        "end": "2026-10-24T08:15:00Z",
        "visibility": ["CPTS", "SNP"],
        "consultation_types": ["AMB"],
        "reasons": ["Soin non programmé"],
        "specialty_codes": ["SM54"],
        "specialty_texts": [],
        "appointment_type": "ROUTINE",
        "booking_url": "https://agenda-alpha.example/rdv?medecin=41",
        "practitioner_id": "899900004215",
        "structure_id": "464079991400013",
        "organization_id": None,
        "organization_name": None,
        "place": {
            "identifier_system": "https://agenda-alpha.example",
            "identifier_value": "41-a",
            "name": None,
            "line": "7 place du Foirail",
            "postal_code": "64000",
            "city": "Pau",
            "phone": "+33559000041",
        },
        "cpts": [
            {"id": "1640788818", "name": "CPTS du Gave", "phone": "+33559000100"},
            {"id": "12A0788812", "name": "CPTS de l’Adour", "phone": None},
        ],
    }


def test_a_sos_slot_names_the_association_and_no_practitioner():
    assert sos().record("nuit") == {
        "slot_ref": "Slot/nuit",
        "start": "2026-10-24T20:00:00Z",
        "end": "2026-10-24T20:15:00Z",
        "visibility": ["PUBLIC", "SNP"],
        "consultation_types": ["AMB"],
        "reasons": [],
        "specialty_codes": [],
        "specialty_texts": [],
        "appointment_type": "ROUTINE",
        "booking_url": "https://sos-bearn.example/gare?creneau=1",
        "practitioner_id": None,
        "structure_id": None,
        "organization_id": "398799991400035",
        "organization_name": "SOS Médecins Béarn (exemple)",
        "place": {
            "identifier_system": "https://sos-bearn.example",
            "identifier_value": "pfg-1",
            "name": "Point de consultation de la gare",
            "line": "2 avenue de la Gare",
            "postal_code": "64000",
            "city": "Pau",
            "phone": "+33559000200",
        },
        "cpts": [],
    }
    assert sos().record("aube")["structure_id"] == "1640799922"


def test_instants_are_in_utc_and_whole_seconds_truncated():
    sample = ps()
    sample["Slot/matin"].update(
        {"start": "2026-10-24T09:59:59.999+02:00", "end": "2026-10-24T10:59:59.9999999Z"}
    )
    record = sample.record("matin")
    assert (record["start"], record["end"]) == ("2026-10-24T07:59:59Z", "2026-10-24T10:59:59Z")


def test_lists_are_unique_sets_sorted_and_texts_in_order_of_appearance():
    sample = ps()
    slot = sample["Slot/matin"]
    slot["meta"]["security"] *= 2
    slot["serviceType"] = [
        {"text": "b"},
        {"text": "a"},
        {"text": "b"},
        {"coding": [{"system": ACT_CODE, "code": "VR"}]},
        {"coding": [{"system": ACT_CODE, "code": "AMB"}]},
        {"coding": [{"system": ACT_CODE, "code": "VR"}]},
    ]
    slot["specialty"] = slot["specialty"] * 2
    record = sample.record("matin")
    assert record["visibility"] == ["PUBLIC", "SNP"]
    assert record["consultation_types"] == ["AMB", "VR"]
    assert record["reasons"] == ["b", "a"]
    assert (record["specialty_codes"], record["specialty_texts"]) == (["SM54"], ["Gynécologie"])


def test_slots_come_in_order_of_first_appearance():
    sample = ps()
    sample.copy_of("Slot/matin")
    sample.bundle["entry"].insert(0, sample.entry("Slot/soir"))
    assert [slot["slot_ref"] for slot in sample.extract()["slots"]] == [
        "Slot/soir",
        "Slot/matin",
        "Slot/libre",
    ]


@pytest.mark.parametrize("nothing", [None, "", 7, {}])
def test_a_slot_without_id_is_named_by_its_full_url(nothing):
    sample = ps()
    sample["Slot/matin"]["id"] = nothing
    refs = [slot["slot_ref"] for slot in sample.extract()["slots"]]
    sample.bundle["entry"][0]["resource"]["status"] = "busy"
    refused = sample.extract()["rejected"]
    assert refs[0] == refused[0]["slot_ref"]
    assert refs[0] == "Slot/https://agenda-alpha.example/fhir/Slot/matin"


def test_slots_without_id_nor_full_url_stay_apart():
    sample = ps()
    slot = sample.bundle["entry"][0]["resource"]
    del slot["id"], sample.bundle["entry"][0]["fullUrl"]
    sample.add({**slot, "status": "busy"})
    result = sample.extract()
    assert len(result["slots"]) == 3
    assert result["rejected"][0]["reason"] == "status-not-free"
    assert result["rejected"][0]["slot_ref"] not in {item["slot_ref"] for item in result["slots"]}


def test_slots_without_id_that_share_a_full_url_are_copies_of_one():
    sample = ps()
    entry = sample.entry("Slot/matin")
    del entry["resource"]["id"]
    sample.add(dict(entry["resource"]), fullUrl=entry["fullUrl"])
    assert len(sample.extract()["slots"]) == 3
    sample.bundle["entry"][-1]["resource"]["comment"] = "https://agenda-alpha.example/autre"
    assert sample.extract()["rejected"] == [
        {"slot_ref": f"Slot/{entry['fullUrl']}", "reason": "duplicate-id-conflict"}
    ]


def test_the_phone_is_the_one_of_the_role_else_of_the_practitioner():
    sample = ps()
    sample["Practitioner/lebrun"]["telecom"] = [{"system": "phone", "value": "0600000001"}]
    assert sample.record("matin")["place"]["phone"] == "+33559000041"
    del sample[ROLE]["telecom"]
    assert sample.record("matin")["place"]["phone"] == "+33600000001"


def test_a_postal_code_that_is_not_five_digits_is_null():
    sample = ps()
    sample[ROLE]["contained"][0]["address"]["postalCode"] = "F-64000"
    assert sample.record("matin")["place"]["postal_code"] is None


def test_several_address_lines_are_one_line():
    sample = ps()
    sample[ROLE]["contained"][0]["address"]["line"] = ["Bâtiment B", "", "7 place du Foirail"]
    assert sample.record("matin")["place"]["line"] == "Bâtiment B, 7 place du Foirail"


@pytest.mark.parametrize("make", [ps, cpts, sos])
def test_records_have_the_members_of_the_contract_and_share_nothing(make):
    result = make().extract()
    assert list(result) == list(Extraction.__annotations__)
    for slot in result["slots"]:
        assert list(slot) == list(FreeSlot.__annotations__)
        assert list(slot["place"]) == list(Place.__annotations__)
    before = json.dumps(result["slots"][1:])
    result["slots"][0]["place"].clear()
    for name in ("visibility", "consultation_types", "reasons", "specialty_codes", "specialty_texts", "cpts"):
        result["slots"][0][name].clear()
    assert json.dumps(result["slots"][1:]) == before


def test_slots_of_one_cpts_and_one_place_share_no_object():
    sample = cpts()
    sample.copy_of("Slot/reserve", id="suivant")
    first, *_, last = sample.extract()["slots"]
    assert last["cpts"] == first["cpts"]
    first["cpts"][0].clear()
    first["place"].clear()
    assert (last["cpts"][0]["id"], last["place"]["city"]) == ("1640788818", "Pau")


def test_every_reason_and_warning_has_its_test():
    """The words of the contract all appear in the tests beside this one, and nothing else is ever said."""
    tests = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    words = {*get_args(FailureReason), *get_args(RejectionReason), *get_args(WarningCode)}
    assert sorted(word for word in words if f'"{word}"' not in tests) == []
