"""Section 4.4: what never refuses a slot."""

from __future__ import annotations

import pytest

from slots.fhir.phone import normalise_phone
from slots.fhir.profile import ACT_CODE, APPOINTMENT_REASON, CPTS_CATEGORY, IDNPS, IDNST, SPECIALTY
from tests.unit.slots.bundles import cpts, ps, sos

ROLE = "PractitionerRole/lebrun-bourg"
STRUCTURE_TYPE = "http://interopsante.org/CodeSystem/v2-0203"


def coded(*codes: object, system: object = APPOINTMENT_REASON) -> dict:
    return {"coding": [{"system": system, "code": code} for code in codes]}


@pytest.mark.parametrize("nothing", [None, {}, [], ""])
def test_an_absent_appointment_type_is_routine(nothing):
    sample = ps()
    sample["Slot/libre"]["appointmentType"] = nothing
    assert sample.record("libre")["appointment_type"] == "ROUTINE"
    assert sample.warnings("Slot/libre") == ["appointment-type-missing", "booking-url-missing"]


@pytest.mark.parametrize(
    "value",
    [
        coded("FOLLOWUP"),
        coded("routine"),
        coded("ROUTINE", system="urn:x"),
        coded("ROUTINE", system=None),
        coded(None),
        {"text": "ROUTINE"},
        {"coding": None},
        "ROUTINE",
        ["ROUTINE"],
        [coded("ROUTINE")],
        7,
        True,
    ],
)
def test_an_appointment_type_without_known_code_is_null(value):
    sample = ps()
    sample["Slot/matin"]["appointmentType"] = value
    assert sample.record("matin")["appointment_type"] is None
    assert sample.warnings("Slot/matin") == ["appointment-type-unknown"]


def test_the_first_known_appointment_type_is_taken():
    sample = ps()
    sample["Slot/matin"]["appointmentType"] = coded("OTHER", "WALKIN", "ROUTINE")
    assert sample.record("matin")["appointment_type"] == "WALKIN"


@pytest.mark.parametrize("comment", [None, "", [], {}])
def test_a_routine_slot_without_address_is_shown_without_link(comment):
    sample = ps()
    sample["Slot/matin"]["comment"] = comment
    assert sample.record("matin")["booking_url"] is None
    assert sample.warnings("Slot/matin") == ["booking-url-missing"]


def test_a_walk_in_slot_needs_no_address_and_keeps_the_one_it_has():
    sample = ps()
    assert sample.record("libre")["booking_url"] is None
    assert sample.warnings("Slot/libre") == []
    sample["Slot/libre"]["comment"] = "https://agenda-alpha.example/infos"
    assert sample.record("libre")["booking_url"] == "https://agenda-alpha.example/infos"


@pytest.mark.parametrize(
    "comment",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "ftp://agenda.example/x",
        "/rdv?ps=1",
        "rdv?ps=1",
        "//agenda.example/rdv",
        "agenda.example/rdv",
        "Prendre rendez-vous par téléphone",
        "https:",
        "https://",
        "https:///rdv",
        "https:rdv",
        "http://[::1",
        "https://agenda.example:port/",
        "https://agenda.example:99999/",
        "java\tscript:alert(1)",
        "https://agenda.example/a b",
        "https://agenda.example/\nx",
        "https://agenda.example\\@evil.example/",
        "https://:443/",
        "\x01https://agenda.example/",
        " ",
        7,
        True,
        ["https://agenda.example/"],
        {"url": "https://agenda.example/"},
    ],
)
def test_what_is_no_absolute_web_address_gives_no_link(comment):
    sample = ps()
    sample["Slot/matin"]["comment"] = comment
    assert sample.record("matin")["booking_url"] is None
    assert sample.warnings("Slot/matin") == ["booking-url-unsafe", "booking-url-missing"]
    sample["Slot/matin"]["appointmentType"] = coded("WALKIN")
    assert sample.warnings("Slot/matin") == ["booking-url-unsafe"]


@pytest.mark.parametrize(
    "url",
    [
        "https://agenda.example/p?ps=77",
        "http://agenda.example",
        "HTTPS://Agenda.Example/P",
        "https://agenda.example:8443/a#/b",
        "https://agenda.example/a?q=%C3%A9+b&origin=x#f",
        "https://agenda.example/médecin",
        "https://[2001:db8::1]/a",
        "https://agenda.example/a?x=<b>",
    ],
)
def test_a_web_address_is_trimmed_and_otherwise_unchanged(url):
    sample = ps()
    for comment in (url, f"  {url}\n"):
        sample["Slot/matin"]["comment"] = comment
        assert sample.record("matin")["booking_url"] == url


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        "AMB",
        [None],
        [coded("FLD", system=ACT_CODE)],
        [coded("AMB", system="urn:x")],
        [coded("amb", system=ACT_CODE)],
    ],
)
def test_without_consultation_type_the_list_is_empty(value):
    sample = ps()
    sample["Slot/matin"]["serviceType"] = value
    assert sample.record("matin")["consultation_types"] == []
    assert sample.warnings("Slot/matin") == ["consultation-type-missing"]


def test_other_act_codes_are_dropped_in_silence():
    sample = ps()
    sample["Slot/matin"]["serviceType"] = [
        coded("VR", "FLD", "AMB", "VR", system=ACT_CODE),
        coded("HH", system=ACT_CODE),
    ]
    assert sample.record("matin")["consultation_types"] == ["AMB", "HH", "VR"]
    assert sample.warnings("Slot/matin") == []


def test_a_coding_and_a_text_may_share_an_entry():
    sample = ps()
    sample["Slot/matin"]["serviceType"] = [
        {**coded("AMB", system=ACT_CODE), "text": "Plaie"},
        {"text": ""},
        {"text": 3},
    ]
    record = sample.record("matin")
    assert (record["consultation_types"], record["reasons"]) == (["AMB"], ["Plaie"])


def test_specialties_of_other_systems_or_text_only_are_allowed():
    sample = ps()
    sample["Slot/matin"]["specialty"] = [
        coded("394802001", system="http://snomed.info/sct") | {"text": "Médecine générale"},
        {
            "coding": [{"system": SPECIALTY, "code": "SM05"}, {"system": SPECIALTY, "code": ""}],
            "text": "Chirurgie",
        },
        coded("SM05", "SM54", system=SPECIALTY),
        {"text": "Chirurgie"},
        "SM41",
    ]
    record = sample.record("matin")
    assert record["specialty_codes"] == ["SM05", "SM54"]
    assert record["specialty_texts"] == ["Médecine générale", "Chirurgie"]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+33556000001", "+33556000001"),
        ("+33 5 56 00 00 01", "+33556000001"),
        ("0556000001", "+33556000001"),
        ("05.56.00.00.01", "+33556000001"),
        (" 05-56 00\u00a000\u202f01 ", "+33556000001"),
        ("0033556000001", "+33556000001"),
        ("00 33 5 56 00 00 01", "+33556000001"),
        ("+33 (0)5 56 00 00 01", "+33556000001"),
        ("+262262000001", "+262262000001"),
        ("+590590000001", "+590590000001"),
        ("+594594000001", "+594594000001"),
        ("+596596000001", "+596596000001"),
        ("00262262000001", "+262262000001"),
        ("0262000001", "+33262000001"),
        ("+3225550000", "+3225550000"),
        ("+33", None),
        ("+3355600000", None),
        ("+335560000012", None),
        ("+330556000001", None),
        ("+26226200000", None),
        ("3624", None),
        ("15", None),
        ("556000001", None),
        ("33556000001", None),
        ("05560000", None),
        ("055600000123", None),
        ("secrétariat", None),
        ("0556000001 poste 3", None),
        ("+", None),
        ("", None),
        ("٠556000001", None),
        ("++33556000001", None),
        (556000001, None),
        (None, None),
        (["0556000001"], None),
        ("00", None),
        ("+0556000001", None),
    ],
)
def test_a_phone_is_international_or_null(written, number):
    assert normalise_phone(written) == number


def test_a_bad_phone_does_not_refuse_the_slot():
    sample = ps()
    sample[ROLE]["telecom"] = [{"system": "phone", "value": "demander à l’accueil"}]
    assert sample.record("matin")["place"]["phone"] is None
    assert sample.warnings("Slot/matin") == []


@pytest.mark.parametrize(
    "telecom",
    [None, {}, "0556000001", [None], [{"system": "email", "value": "0556000001"}], [{"value": "0556000001"}]],
)
def test_only_contacts_of_system_phone_are_phones(telecom):
    sample = ps()
    sample[ROLE]["telecom"] = telecom
    assert sample.record("matin")["place"]["phone"] is None


@pytest.mark.parametrize("make", [ps, cpts, sos])
def test_a_marker_on_a_slot_without_the_code_cpts_is_ignored(make):
    sample = make()
    slot = next(
        entry["resource"] for entry in sample.bundle["entry"] if entry["resource"]["resourceType"] == "Slot"
    )
    name = slot["id"]
    slot["serviceType"] = [item for item in slot["serviceType"] if "extension" not in item] + cpts()[
        "Slot/reserve"
    ]["serviceType"][1:2]
    slot["meta"]["security"] = [item for item in slot["meta"]["security"] if item["code"] != "CPTS"]
    assert slot["serviceType"][-1]["coding"][0]["code"] == CPTS_CATEGORY
    assert sample.record(name)["cpts"] == []
    assert sample.warnings(f"Slot/{name}") == ["cpts-marker-ignored"]


@pytest.mark.parametrize("line", [None, [], [""], [None], "7 place du Foirail", [" "], {}])
def test_a_missing_address_line_is_kept_with_a_warning(line):
    sample = ps()
    sample[ROLE]["contained"][0]["address"]["line"] = line
    assert sample.record("matin")["place"]["line"] is None
    assert sample.warnings("Slot/matin") == ["address-incomplete"]


@pytest.mark.parametrize(
    ("identifier", "structure_id", "codes"),
    [
        ({"system": IDNST, "value": "1640799914"}, "1640799914", []),
        ({"system": IDNST, "value": "12B0799914"}, "12B0799914", []),
        ({"system": IDNST, "value": "364079991400013"}, "364079991400013", []),
        ({"system": IDNST, "value": "464079991400013"}, "464079991400013", []),
        ({"system": IDNST, "value": "0641234567"}, "0641234567", []),
        ({"system": IDNST, "value": "640799914"}, "1640799914", ["id-prefix-missing"]),
        ({"value": "464079991400013"}, "464079991400013", []),
        ({"system": "", "value": "1640799914", "type": None}, "1640799914", []),
        ({"system": IDNST, "value": "64079991400013"}, None, ["structure-id-unknown"]),
        ({"value": "64079991400013"}, None, ["structure-id-unknown"]),
        ({"system": IDNST, "value": "1C40799914"}, None, ["structure-id-unknown"]),
        ({"system": IDNST, "value": "164079991"}, "1164079991", ["id-prefix-missing"]),
        ({"system": IDNST, "value": "1640799914 "}, None, ["structure-id-unknown"]),
        ({"system": IDNST}, None, ["structure-id-unknown"]),
        ({"system": IDNPS, "value": "1640799914"}, None, ["structure-id-unknown"]),
        ({"system": "https://x.example", "value": "1640799914"}, None, ["structure-id-unknown"]),
        (
            {
                "system": "https://x.example",
                "value": "1640799914",
                "type": coded("IDNST", system=STRUCTURE_TYPE),
            },
            "1640799914",
            [],
        ),
        (
            {"system": "https://x.example", "value": "1640799914", "type": coded("IDNST", system="urn:x")},
            None,
            ["structure-id-unknown"],
        ),
        (
            {"value": "1640799914", "type": coded("INTRN", system=STRUCTURE_TYPE)},
            None,
            ["structure-id-unknown"],
        ),
        ("1640799914", None, ["structure-id-unknown"]),
        ([{"system": IDNST, "value": "1640799914"}], None, ["structure-id-unknown"]),
        (None, None, []),
        ({}, None, []),
    ],
)
def test_a_structure_is_recognised_by_system_and_form_or_null(identifier, structure_id, codes):
    sample = ps()
    sample[ROLE]["organization"] = {"identifier": identifier}
    assert sample.record("matin")["structure_id"] == structure_id
    assert sample.warnings("Slot/matin") == codes


@pytest.mark.parametrize("organization", [None, {}, [], "x", {"display": "Cabinet"}])
def test_a_role_without_structure_is_accepted(organization):
    sample = ps()
    sample[ROLE]["organization"] = organization
    assert sample.record("matin")["structure_id"] is None
    assert sample.warnings("Slot/matin") == []


def test_html_in_names_and_motifs_is_kept_as_received():
    markup = "<img src=x onerror=alert(1)> & « l’été »"
    sample = sos()
    sample["Location/gare"]["name"] = markup
    sample["Organization/sos-bearn"]["name"] = markup
    sample["Slot/nuit"]["serviceType"].append({"text": markup})
    record = sample.record("nuit")
    assert (record["place"]["name"], record["organization_name"], record["reasons"]) == (
        markup,
        markup,
        [markup],
    )
