"""Section 4.2: how references resolve, and copies of a resource."""

from __future__ import annotations

import copy

import pytest

from tests.unit.slots.bundles import cpts, ps, sos

BASE = "https://agenda-alpha.example/fhir"


@pytest.mark.parametrize(
    "reference",
    [
        "Schedule/bourg",
        f"{BASE}/Schedule/bourg",
        "https://behind-a-proxy.example/r4/Schedule/bourg",
        "http://10.0.0.1:8080/Schedule/bourg",
    ],
)
def test_a_reference_is_relative_or_absolute(reference):
    sample = ps()
    sample["Slot/matin"]["schedule"] = {"reference": reference, "display": "Agenda"}
    assert sample.reason("matin") is None


@pytest.mark.parametrize(
    "url",
    [
        "urn:uuid:0b7d6c1e-0000-4000-8000-000000000001",
        "urn:oid:1.2.3",
        "https://<base_URl>/agenda",
        "Schedule/opaque",
        "agenda 7",
    ],
)
def test_a_reference_may_equal_a_full_url_taken_as_an_opaque_key(url):
    sample = ps()
    sample.entry("Schedule/bourg")["fullUrl"] = url
    del sample["Schedule/bourg"]["id"]
    sample["Slot/matin"]["schedule"] = {"reference": url}
    assert sample.reason("matin") is None


@pytest.mark.parametrize(
    "reference",
    [
        "Schedule/nowhere",
        "schedule/bourg",
        "Schedule/",
        "bourg",
        "Practitioner/lebrun",
        f"{BASE}/Schedule/bourg/",
        f"{BASE}/Practitioner/lebrun",
        "urn:uuid:bourg",
        "urn:x/Schedule/bourg",
        "#bourg",
        "#",
        "",
        " ",
        None,
        7,
        ["Schedule/bourg"],
        {},
    ],
)
def test_a_reference_that_leads_nowhere_is_unresolved(reference):
    sample = ps()
    sample["Slot/matin"]["schedule"] = {"reference": reference}
    assert sample.reason("matin") == "schedule-unresolved"


@pytest.mark.parametrize("schedule", [None, "Schedule/bourg", [{"reference": "Schedule/bourg"}], {}, 1])
def test_what_is_not_a_reference_is_unresolved(schedule):
    sample = ps()
    sample["Slot/matin"]["schedule"] = schedule
    assert sample.reason("matin") == "schedule-unresolved"


def test_a_full_url_is_not_taken_for_the_id_of_another_resource():
    sample = ps()
    other = sample.copy_of("Slot/matin", comment="https://agenda-alpha.example/autre")
    del other["id"]
    sample.bundle["entry"][-1]["fullUrl"] = "matin"
    assert len(sample.extract()["slots"]) == 4


def test_an_address_whose_full_url_and_id_lead_to_different_resources_is_ambiguous():
    sample = ps()
    sample.entry("Schedule/gave")["fullUrl"] = "https://x.example/Schedule/bourg"
    sample["Slot/matin"]["schedule"] = {"reference": "https://x.example/Schedule/bourg"}
    assert sample.reason("matin") == "reference-ambiguous"
    sample["Slot/matin"]["schedule"] = {"reference": "Schedule/bourg"}
    assert sample.record("matin")["place"]["city"] == "Pau"


def test_a_local_reference_is_looked_up_in_the_resource_that_holds_it_only():
    sample = ps()
    bourg, gave = sample.record("matin"), sample.record("libre")
    assert (bourg["place"]["city"], gave["place"]["city"]) == ("Pau", "Lourdes")
    del sample["PractitionerRole/lebrun-bourg"]["contained"]
    del sample["PractitionerRole/lebrun-bourg"]["organization"]
    assert sample.reason("matin") == "place-unresolved"
    assert sample.reason("libre") is None


def test_a_schedule_contained_in_its_slot_is_found_with_what_it_contains():
    sample = ps()
    role = copy.deepcopy(sample["PractitionerRole/lebrun-bourg"])
    places = role.pop("contained")
    schedule = {
        "resourceType": "Schedule",
        "id": "s",
        "actor": [{"reference": "Practitioner/lebrun"}, {"reference": "#lebrun-bourg"}],
    }
    sample["Slot/matin"]["contained"] = [schedule, role, *places]
    sample["Slot/matin"]["schedule"] = {"reference": "#s"}
    assert sample.record("matin")["place"]["city"] == "Pau"


def test_a_contained_resource_is_not_found_from_outside():
    sample = ps()
    sample["Slot/matin"]["contained"] = [{**sample["Schedule/bourg"], "id": "hidden"}]
    sample["Slot/libre"]["schedule"] = {"reference": "Schedule/hidden"}
    assert sample.reason("libre") == "schedule-unresolved"


def test_contained_copies_that_differ_are_ambiguous_and_identical_ones_are_one():
    sample = ps()
    places = sample["PractitionerRole/lebrun-bourg"]["contained"]
    places.append(copy.deepcopy(places[0]))
    assert sample.reason("matin") is None
    places[1]["address"]["city"] = "Billère"
    assert sample.reason("matin") == "reference-ambiguous"


@pytest.mark.parametrize(
    "ref", ["Slot/matin", "Schedule/bourg", "Practitioner/lebrun", "PractitionerRole/lebrun-bourg"]
)
def test_two_identical_copies_are_one_with_a_warning(ref):
    sample, expected = ps(), ps().extract()["slots"]
    sample.copy_of(ref)
    sample.copy_of(ref)
    assert sample.extract()["slots"] == expected
    assert sample.extract()["warnings"] == [{"ref": ref, "code": "duplicate-dropped"}]


def test_the_order_of_members_and_the_entry_around_do_not_make_a_difference():
    sample = ps()
    slot = sample["Slot/matin"]
    sample.add(
        dict(reversed(slot.items())), fullUrl="https://other.example/Slot/matin", search={"mode": "include"}
    )
    assert sample.reason("matin") is None


@pytest.mark.parametrize(
    ("one", "other"), [(1, True), (1, 1.0), (0, False), (None, False), ("1", 1), ([], {})]
)
def test_values_of_different_types_are_different_contents(one, other):
    sample = ps()
    sample["Slot/matin"]["overbooked"] = one
    sample.copy_of("Slot/matin", overbooked=other)
    assert sample.reason("matin") == "duplicate-id-conflict"


@pytest.mark.parametrize("order", [[0, 1], [1, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]])
def test_slots_in_conflict_are_refused_once_whatever_the_order_of_copies(order):
    sample = ps()
    copies = [sample["Slot/matin"], {**sample["Slot/matin"], "end": "2026-10-24T09:30:00.000+02:00"}]
    sample.drop("Slot/matin")
    for number in order:
        sample.add(copies[number])
    assert sample.reason("matin") == "duplicate-id-conflict"
    assert sample.extract()["warnings"] == []


@pytest.mark.parametrize("ref", ["Schedule/bourg", "Practitioner/lebrun", "PractitionerRole/lebrun-bourg"])
def test_slots_that_depend_on_a_resource_in_conflict_are_refused_and_no_other(ref):
    sample = ps()
    sample.copy_of(ref, language="fr")
    assert sample.reason("matin") == "reference-ambiguous"
    assert sample.reason("soir") is None


@pytest.mark.parametrize("ref", ["Schedule/gare", "Location/gare", "Organization/sos-bearn"])
def test_a_conflict_is_ambiguous_in_the_sos_flow_too(ref):
    sample = sos()
    sample.copy_of(ref, language="fr")
    assert sample.reason("nuit") == "reference-ambiguous"


def test_a_resource_in_conflict_is_unusable_through_its_full_url_too():
    sample = ps()
    sample.copy_of("Schedule/bourg", language="fr")
    sample["Slot/matin"]["schedule"] = {"reference": f"{BASE}/Schedule/bourg"}
    assert sample.reason("matin") == "reference-ambiguous"


def test_a_conflict_between_two_pages_is_a_conflict():
    sample = ps()
    other = ps()
    other["Practitioner/lebrun"]["active"] = False
    reasons = {
        item["slot_ref"]: item["reason"] for item in sample.extract(sample.page(), other.page())["rejected"]
    }
    assert reasons == {"Slot/matin": "reference-ambiguous", "Slot/libre": "reference-ambiguous"}


def test_the_same_page_twice_gives_the_same_slots():
    sample = cpts()
    assert sample.extract(sample.page(), sample.page())["slots"] == sample.extract()["slots"]


def test_a_full_url_shared_by_different_resources_is_ambiguous_but_their_ids_still_work():
    sample = ps()
    sample.entry("Schedule/gave")["fullUrl"] = f"{BASE}/Schedule/bourg"
    assert sample.reason("matin") is None
    sample["Slot/matin"]["schedule"] = {"reference": f"{BASE}/Schedule/bourg"}
    assert sample.reason("matin") == "reference-ambiguous"


def test_the_same_id_in_two_types_is_no_conflict():
    sample = ps()
    sample["Practitioner/lebrun"]["id"] = "bourg"
    for ref in ("Schedule/bourg", "Schedule/gave"):
        sample[ref]["actor"][0] = {"reference": "Practitioner/bourg"}
    for ref in ("PractitionerRole/lebrun-bourg", "PractitionerRole/lebrun-gave"):
        sample[ref]["practitioner"] = {"reference": "Practitioner/bourg"}
    assert sample.extract()["slots"] == ps().extract()["slots"]


def test_resources_come_in_any_order():
    for make in (ps, cpts, sos):
        sample = make()
        sample.bundle["entry"].reverse()
        assert sorted(map(str, sample.extract()["slots"])) == sorted(map(str, make().extract()["slots"]))
