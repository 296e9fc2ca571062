"""The official bundles of the guide, 1.1.0 and 1.2.0, read whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from slots.fhir.bundle import extract_slots
from tests.unit.slots.bundles import OFFICIAL

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.real
PS, CPTS = OFFICIAL


def test_the_ps_bundle_of_1_1_0_gives_two_practitioners_three_places_four_slots(official_fhir: Path):
    result = extract_slots([(official_fhir / PS).read_bytes()], **OFFICIAL[PS])
    assert (result["outcome"], result["rejected"], result["warnings"]) == ("ok", [], [])
    assert [
        (
            slot["practitioner_id"],
            slot["structure_id"],
            slot["place"]["line"],
            slot["start"],
            slot["appointment_type"],
        )
        for slot in result["slots"]
    ] == [
        ("810100050075", "1810004421", "1 rue Mme DELMAS", "2021-11-05T09:00:00Z", "ROUTINE"),
        ("810100050075", "1810004956", "30 rue Mme DELMAS", "2021-11-05T11:00:00Z", "WALKIN"),
        ("810002673899", "1810004421", "1 rue Mme DELMAS", "2021-11-04T14:20:00Z", "ROUTINE"),
        ("810002673899", "1810004421", "1 rue Mme DELMAS", "2021-11-04T14:40:00Z", "ROUTINE"),
    ]
    assert [slot["place"]["phone"] for slot in result["slots"]] == [
        None,
        None,
        "+33658913859",
        "+33658913859",
    ]
    assert [slot["consultation_types"] for slot in result["slots"]] == [
        ["AMB", "VR"],
        ["AMB"],
        ["VR"],
        ["HH"],
    ]
    assert result["slots"][0]["specialty_codes"] == ["SM54", "SM05"]


def test_the_cpts_bundle_of_1_2_0_gives_one_slot_of_one_cpts(official_fhir: Path):
    result = extract_slots([(official_fhir / CPTS).read_bytes()], **OFFICIAL[CPTS])
    assert (result["outcome"], result["rejected"], result["warnings"]) == ("ok", [], [])
    (slot,) = result["slots"]
    assert slot["visibility"] == ["CPTS", "PUBLIC"]
    assert slot["structure_id"] == "412345678912345"
    assert slot["cpts"] == [{"id": "1950047225", "name": "CPTS AXE MAJEUR", "phone": "+33102030405"}]


@pytest.mark.parametrize(
    "name", ["official-appointment-1-1.2.0.json", "official-practitioner-regul4-1.2.0.json"]
)
def test_the_official_bodies_of_other_flows_are_not_answers(name, official_fhir: Path):
    result = extract_slots([(official_fhir / name).read_bytes()], **OFFICIAL[PS])
    assert result["failure_reason"] == "not-a-bundle"


def test_an_official_bundle_read_with_another_request_gives_nothing_wrong(official_fhir: Path):
    page = (official_fhir / PS).read_bytes()
    other = extract_slots([page], **{**OFFICIAL[PS], "requested_ids": {"810002673899"}})
    assert {slot["practitioner_id"] for slot in other["slots"]} == {"810002673899"}
    assert {item["reason"] for item in other["rejected"]} == {"practitioner-not-requested"}
    late = extract_slots([page], **{**OFFICIAL[PS], "window_start": "2021-11-05T00:00:00Z"})
    assert {item["reason"] for item in late["rejected"]} == {"out-of-window"}
