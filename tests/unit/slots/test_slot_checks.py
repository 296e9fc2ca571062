"""Section 4.3, checks 1 to 9 and 15: what is decided on the slot itself, in order."""

from __future__ import annotations

import copy
from datetime import UTC, datetime

import pytest

from slots.fhir.profile import CPTS_LINK, SLOT_VISIBILITY, STRUCTURE_CATEGORY_PREFIX
from tests.unit.slots.bundles import cpts, ps, sos


def reason_with(**changes: object) -> str | None:
    sample = ps()
    sample["Slot/matin"].update(changes)
    return sample.reason("matin")


def security(*codes: object, system: object = SLOT_VISIBILITY) -> dict:
    return {"security": [{"system": system, "code": code} for code in codes]}


@pytest.mark.parametrize(
    "status",
    [
        "busy",
        "busy-unavailable",
        "busy-tentative",
        "entered-in-error",
        "FREE",
        "free ",
        "",
        None,
        True,
        ["free"],
        {},
    ],
)
def test_a_slot_that_is_not_free_is_refused(status):
    assert reason_with(status=status) == "status-not-free"


def test_a_busy_slot_that_came_by_revinclude_is_refused_alone():
    assert sos().reason("pris") == "status-not-free"
    assert sos().reason("nuit") is None


@pytest.mark.parametrize("nothing", [None, "", [], {}])
def test_a_missing_bound_is_named_start_first(nothing):
    assert reason_with(start=nothing) == "start-missing"
    assert reason_with(end=nothing) == "end-missing"
    assert reason_with(start=nothing, end=nothing) == "start-missing"


@pytest.mark.parametrize(
    "value",
    [
        "2026-02-30T09:00:00Z",
        "2026-13-01T09:00:00Z",
        "2027-02-29T09:00:00Z",
        "2026-10-24T24:00:00Z",
        "2026-10-24T09:60:00Z",
        "2026-10-24T09:00:60Z",
        "2026-10-24",
        "2026-10-24T09:00Z",
        "2026-10-24T09:00",
        "2026-10-24 09:00:00Z",
        "2026-10-24T09:00:00+0200",
        "2026-10-24T09:00:00+02",
        "2026-10-24T09:00:00 02:00",
        "2026-10-24T09:00:00+24:00",
        "2026-10-24T09:00:00.Z",
        "2026-10-24T09:00:00,5Z",
        "20261024T090000Z",
        "2026-W43-6T09:00:00Z",
        "26-10-24T09:00:00Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "٢٠٢٦-10-24T09:00:00Z",
        "2026-10-24T09:00:00Z\n",
        " 2026-10-24T09:00:00Z",
        "2026-02-30T09:00:00",
        "demain",
        1,
        1.5,
        True,
        False,
        0,
        ["2026-10-24T09:00:00Z"],
        {"value": "x"},
    ],
)
def test_what_is_no_real_instant_is_refused(value):
    assert reason_with(start=value) == "instant-invalid"
    assert reason_with(end=value) == "instant-invalid"


@pytest.mark.parametrize("value", ["2026-10-24T09:00:00", "2026-10-24T09:00:00.000", "2026-10-24t09:00:00"])
def test_an_instant_without_offset_is_refused_because_the_zone_would_be_guessed(value):
    assert reason_with(start=value) == "instant-without-timezone"
    assert reason_with(end=value) == "instant-without-timezone"


def test_start_is_examined_before_end():
    assert reason_with(start="2026-10-24T09:00:00", end="x") == "instant-without-timezone"
    assert reason_with(start="x", end="2026-10-24T09:00:00") == "instant-invalid"


@pytest.mark.parametrize(
    ("start", "end", "reason"),
    [
        ("2026-10-24T09:00:00Z", "2026-10-24T09:00:00Z", "end-not-after-start"),
        ("2026-10-24T09:00:00Z", "2026-10-24T08:59:59Z", "end-not-after-start"),
        ("2026-10-24T09:00:00+02:00", "2026-10-24T08:30:00+01:00", None),
        ("2026-10-24T09:00:00+01:00", "2026-10-24T09:30:00+02:00", "end-not-after-start"),
        ("2026-10-25T02:45:00+02:00", "2026-10-25T02:15:00+01:00", None),
        ("2026-10-24T09:00:00.1Z", "2026-10-24T09:00:00.10Z", "end-not-after-start"),
        ("2026-10-24T09:00:00.0000000001Z", "2026-10-24T09:00:00.00000000011Z", None),
        ("2026-10-24T09:00:00.9Z", "2026-10-24T09:00:00.10Z", "end-not-after-start"),
    ],
)
def test_end_is_strictly_after_start_as_instants_not_as_strings(start, end, reason):
    assert reason_with(start=start, end=end) == reason


@pytest.mark.parametrize(
    ("start", "reason"),
    [
        ("2026-10-24T08:00:00.000+02:00", None),
        ("2026-10-24T06:00:00Z", None),
        ("2026-10-24T05:59:59.999999999Z", "out-of-window"),
        ("2026-10-26T23:59:59.000+01:00", None),
        ("2026-10-26T23:59:59.001+01:00", "out-of-window"),
        ("2026-10-27T02:59:59+04:00", None),
        ("2026-10-27T00:00:00+02:00", None),
        ("2025-10-24T09:00:00Z", "out-of-window"),
    ],
)
def test_both_ends_of_the_window_belong_to_it_and_bear_on_start_only(start, reason):
    assert reason_with(start=start, end="2026-10-27T05:00:00Z") == reason


def test_the_window_may_be_given_as_datetimes():
    start, end = datetime(2026, 10, 24, 6, 40, tzinfo=UTC), datetime(2026, 10, 24, 6, 40, 0, 1, tzinfo=UTC)
    result = ps().extract(window_start=start, window_end=end)
    assert [slot["slot_ref"] for slot in result["slots"]] == ["Slot/matin"]
    with pytest.raises(ValueError, match="time zone"):
        ps().extract(window_start=datetime(2026, 10, 24))  # noqa: DTZ001 - the error tested


@pytest.mark.parametrize(
    "meta",
    [
        None,
        {},
        [],
        "PUBLIC",
        {"security": None},
        {"security": []},
        {"security": {}},
        {"security": ["PUBLIC"]},
        security("PUBLIC", system="http://terminology.hl7.org/CodeSystem/v3-Confidentiality"),
        security("PUBLIC", system=None),
        security("PUBLIC", system=[SLOT_VISIBILITY]),
        security("PUBLIC", system=""),
    ],
)
def test_a_slot_without_visibility_of_its_system_is_refused(meta):
    assert reason_with(meta=meta) == "visibility-missing"


@pytest.mark.parametrize("codes", [["CPTS"], ["public"], ["PRIVE"], [None], [["PUBLIC"]], [{}], [1]])
def test_a_slot_with_no_code_of_the_flow_is_refused(codes):
    assert reason_with(meta=security(*codes)) == "visibility-not-allowed"


@pytest.mark.parametrize(
    ("make", "slot", "allowed"),
    [
        (ps, "matin", ["PRO", "PUBLIC", "SNP"]),
        (cpts, "reserve", ["CPTS", "PRO", "PUBLIC", "SNP"]),
        (sos, "nuit", ["PUBLIC", "SNP"]),
    ],
)
def test_each_flow_has_its_codes_and_drops_the_others_with_a_warning(make, slot, allowed):
    sample = make()
    sample[f"Slot/{slot}"]["meta"] = security("SNP", "CPTS", "PRO", "PUBLIC", "PUBLIC", "OTHER")
    assert sample.record(slot)["visibility"] == allowed
    assert "visibility-code-dropped" in sample.warnings(f"Slot/{slot}")


@pytest.mark.parametrize("code", ["PRO", "CPTS"])
def test_a_code_of_another_flow_alone_is_not_allowed_in_the_sos_flow(code):
    sample = sos()
    sample["Slot/nuit"]["meta"] = security(code)
    assert sample.reason("nuit") == "visibility-not-allowed"


def test_security_labels_of_other_systems_are_left_aside_in_silence():
    sample = ps()
    sample["Slot/matin"]["meta"]["security"].append({"system": "urn:x", "code": "R"})
    assert sample.record("matin") == ps().record("matin")
    assert sample.warnings("Slot/matin") == []


# A slot in which every check from 1 to 9 fails; mending them one by one must give the reasons in order.
MENDING = [
    ("status-not-free", {"status": "free"}),
    ("start-missing", {"start": "x"}),
    ("end-missing", {"end": "x"}),
    ("instant-invalid", {"start": "2026-10-30T09:00:00"}),
    ("instant-without-timezone", {"start": "2026-10-30T09:00:00Z"}),
    ("instant-invalid", {"end": "2026-10-30T08:00:00"}),
    ("instant-without-timezone", {"end": "2026-10-30T08:00:00Z"}),
    ("end-not-after-start", {"end": "2026-10-30T10:00:00Z"}),
    ("out-of-window", {"start": "2026-10-24T09:00:00Z"}),
    ("visibility-missing", {"meta": security("CPTS")}),
    ("visibility-not-allowed", {"meta": security("PUBLIC")}),
    ("schedule-unresolved", {"schedule": {"reference": "Schedule/bourg"}}),
]


def test_the_first_check_that_fails_gives_the_reason():
    sample = ps()
    slot = sample["Slot/matin"]
    slot.update(status="busy", start=None, end=None, meta={}, schedule=None)
    other = sample.copy_of("Slot/matin", comment="another")
    assert sample.reason("matin") == "duplicate-id-conflict"
    sample.bundle["entry"] = [entry for entry in sample.bundle["entry"] if entry["resource"] is not other]
    for reason, mended in MENDING:
        assert sample.reason("matin") == reason
        slot.update(mended)
    assert sample.reason("matin") is None


# Check 15.


def marker(sample) -> dict:
    return sample["Slot/reserve"]["serviceType"][1]


def test_a_slot_seen_by_two_cpts_names_both_in_order():
    assert [item["id"] for item in cpts().record("reserve")["cpts"]] == ["1640788818", "12A0788812"]


def test_one_link_is_enough_and_the_lost_one_is_said():
    sample = cpts()
    sample.drop("Organization/cpts-gave")
    record = sample.record("reserve")
    assert [item["id"] for item in record["cpts"]] == ["12A0788812"]
    assert record["visibility"] == ["CPTS", "SNP"]
    assert sample.warnings("Slot/reserve") == ["cpts-unresolved"]


def break_extension(sample):
    for concept in sample["Slot/reserve"]["serviceType"]:
        concept.pop("extension", None)


def break_url(sample):
    for concept in sample["Slot/reserve"]["serviceType"]:
        for extension in concept.get("extension", []):
            extension["url"] = "http://hl7.org/fhir/StructureDefinition/other"


def break_services(sample):
    sample.drop("HealthcareService/gave")
    sample.drop("HealthcareService/adour")


def break_providers(sample):
    for name in ("gave", "adour"):
        sample[f"HealthcareService/{name}"]["providedBy"] = {"display": "CPTS"}


def break_finess(sample):
    sample["Organization/cpts-gave"]["identifier"][0]["value"] = "364078881800011"
    sample["Organization/cpts-adour"]["identifier"][0]["system"] = "urn:oid:1.2.250.1.71.4.2.1"


def break_markers(sample):
    for concept in sample["Slot/reserve"]["serviceType"]:
        for coding in concept.get("coding", []):
            if coding["code"] == "604":
                coding["code"] = "603"


def put_services_in_conflict(sample):
    sample.copy_of("HealthcareService/gave", comment="x")
    sample.copy_of("HealthcareService/adour", comment="x")


def put_organizations_in_conflict(sample):
    sample.copy_of("Organization/cpts-gave", alias=["x"])
    sample.copy_of("Organization/cpts-adour", alias=["x"])


@pytest.mark.parametrize(
    "spoil",
    [
        break_extension,
        break_url,
        break_services,
        break_providers,
        break_finess,
        break_markers,
        put_services_in_conflict,
        put_organizations_in_conflict,
    ],
)
def test_without_any_link_the_code_is_dropped_and_a_slot_with_no_other_code_is_refused(spoil):
    sample = cpts()
    spoil(sample)
    record = sample.record("reserve")
    assert (record["visibility"], record["cpts"]) == (["SNP"], [])
    assert {"visibility-code-dropped", "cpts-unresolved"} <= set(sample.warnings("Slot/reserve"))
    sample["Slot/reserve"]["meta"] = security("CPTS")
    assert sample.reason("reserve") == "cpts-unresolved"
    assert sample.reason("ordinaire") is None


def test_cpts_are_checked_after_practitioner_and_place():
    sample = cpts()
    break_services(sample)
    sample["Slot/reserve"]["meta"] = security("CPTS")
    del sample["Schedule/bourg"]["actor"]
    assert sample.reason("reserve") == "practitioner-unresolved"


@pytest.mark.parametrize(
    "system",
    [
        STRUCTURE_CATEGORY_PREFIX,
        f"{STRUCTURE_CATEGORY_PREFIX}/TRE_R66-CategorieEtablissement",
        f"{STRUCTURE_CATEGORY_PREFIX}/FHIR/TRE-R66-CategorieEtablissement",
    ],
)
def test_the_three_spellings_of_the_category_system_are_accepted(system):
    sample = cpts()
    for concept in sample["Slot/reserve"]["serviceType"][1:3]:
        concept["coding"][0]["system"] = system
    assert len(sample.record("reserve")["cpts"]) == 2


def test_a_marker_with_two_links_or_two_markers_to_one_cpts_name_each_cpts_once():
    sample = cpts()
    concepts = sample["Slot/reserve"]["serviceType"]
    concepts[1]["extension"] += copy.deepcopy(concepts[2]["extension"])
    assert len(sample.record("reserve")["cpts"]) == 2


def test_a_finess_without_prefix_is_completed_with_a_warning():
    sample = cpts()
    sample["Organization/cpts-gave"]["identifier"][0]["value"] = "640788818"
    assert sample.record("reserve")["cpts"][0]["id"] == "1640788818"
    assert sample.warnings("Slot/reserve") == ["id-prefix-missing"]


def test_an_answer_of_the_cpts_flow_holds_ordinary_slots_too():
    assert cpts().record("ordinaire")["cpts"] == []


def test_a_cpts_code_in_a_ps_answer_is_dropped_and_alone_is_not_allowed():
    sample = cpts()
    sample.request["flow"] = "agg-ps"
    record = sample.record("reserve")
    assert (record["visibility"], record["cpts"]) == (["SNP"], [])
    sample["Slot/reserve"]["meta"] = security("CPTS")
    assert sample.reason("reserve") == "visibility-not-allowed"


def test_the_extension_of_the_link_is_the_one_of_the_guide():
    assert marker(cpts())["extension"][0]["url"] == CPTS_LINK
