"""Reading an appointment reported by a vendor: what is kept, what is refused, what is never looked at."""

from __future__ import annotations

import contextlib
import copy
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slots.fhir.appointment import Unacceptable, read_appointment

PS_PROFILE = "http://sas.fr/fhir/StructureDefinition/FrAppointmentSAS"
SOS_PROFILE = "https://interop.esante.gouv.fr/ig/fhir/sas/StructureDefinition/sas-sos-appointment"
TYPES = "http://interopsante.org/fhir/CodeSystem/fr-v2-0203"
IDNPS, REGULATOR = "urn:oid:1.2.250.1.71.4.2.1", "urn:oid:1.2.250.1.213.3.6"
OPERATOR = "http://interopsante.org/fhir/StructureDefinition/FrAppointmentOperator"


def typed(code: str, system: str, value: str) -> dict:
    return {"type": {"coding": [{"system": TYPES, "code": code}]}, "system": system, "value": value}


def practitioner(value: str = "899900000018", status: str = "accepted") -> dict:
    return {"actor": {"identifier": typed("IDNPS", IDNPS, value)}, "status": status}


UNKNOWN_YET = {"type": [{"coding": [{"code": "ADM"}]}], "status": "needs-action"}


def operator(identifier: dict) -> dict:
    return {"url": OPERATOR, "valueReference": {"identifier": identifier}}


def body(**members) -> dict:
    found = {
        "resourceType": "Appointment",
        "meta": {"profile": [PS_PROFILE]},
        "extension": [operator(typed("IDNPS", IDNPS, "3330799990/000123"))],
        "identifier": [{"system": "https://agenda.example", "value": "rdv-77"}],
        "status": "booked",
        "start": "2026-12-01T09:30:00.000+01:00",
        "end": "2026-12-01T09:45:00.000+01:00",
        "created": "2026-12-01T08:12:40.000+01:00",
        "participant": [practitioner()],
        **members,
    }
    return {name: value for name, value in found.items() if value is not ...}


def read(found: object):
    return read_appointment(json.dumps(found).encode())


def refused(found: object) -> tuple[int, list[str]]:
    with pytest.raises(Unacceptable) as error:
        read(found)
    return error.value.status, [issue.expression for issue in error.value.issues]


@pytest.mark.real
def test_the_official_example_is_read(official_fhir: Path):
    kept = read_appointment((official_fhir / "official-appointment-1-1.2.0.json").read_bytes())
    assert (kept.system, kept.idnps, kept.category) == ("urn:oid:1.1.111.1.11.1.1.1", "810100050075", "PS")
    assert (kept.start, kept.end) == ("2022-09-04T13:00:00Z", "2022-09-04T13:15:00Z")
    assert (kept.regulator_kind, kept.regulator) == ("IDNPS", "3456780581/11242343")


def test_a_byte_order_mark_and_empty_members_are_nothing():
    raw = json.dumps(body(description="", reasonCode=[], comment=None)).encode()
    assert read_appointment(b"\xef\xbb\xbf" + raw) == read(body())


def test_sos_may_not_know_the_practitioner_yet():
    kept = read(body(meta={"profile": [SOS_PROFILE]}, status="pending", participant=[UNKNOWN_YET]))
    assert (kept.category, kept.idnps, kept.participant_status) == ("SOS", None, "needs-action")


def test_a_regulator_without_card_has_a_technical_identifier():
    kept = read(body(extension=[operator(typed("INTRN", REGULATOR, "5f0f5f7e-4f0e-4f57-9a55-0a9a3f6d2b11"))]))
    assert (kept.regulator_kind, kept.regulator[:8]) == ("INTRN", "5f0f5f7e")


@pytest.mark.parametrize(
    "patient",
    [
        {"actor": {"reference": "Patient/1", "display": "Mme Canari"}, "status": "accepted"},
        {"actor": {"reference": "https://x.example/fhir/Patient/1"}},
        {
            "actor": {
                "type": "Patient",
                "identifier": {"system": "urn:oid:1.2.250.1.213.1.4.8", "value": "2991"},
            }
        },
        {"actor": {"reference": "RelatedPerson/1"}, "status": "declined"},
    ],
)
def test_the_patient_leaves_no_trace(patient):
    told = {
        "participant": [patient, practitioner()],
        "comment": "Mme Canari, fièvre",
        "description": "Canari",
        "patientInstruction": "Canari",
        "supportingInformation": [{"display": "Canari"}],
        "text": {"status": "generated", "div": "<div>Canari</div>"},
        "reasonCode": [{"text": "fièvre"}],
    }
    kept = read(body(**told))
    assert kept == read(body())
    assert "Canari" not in repr(kept)
    assert kept.digest == read(body()).digest


@pytest.mark.parametrize(
    ("members", "status", "expression"),
    [
        ({"status": "BOOKED"}, 400, "Appointment.status"),
        ({"status": 3}, 400, "Appointment.status"),
        ({"status": "arrived"}, 422, "Appointment.status"),
        ({"status": "entered-in-error"}, 422, "Appointment.status"),
        ({"status": ...}, 422, "Appointment.status"),
        ({"start": ...}, 422, "Appointment.start"),
        ({"end": ""}, 422, "Appointment.end"),
        ({"start": "2026-12-01T09:30:00"}, 422, "Appointment.start"),
        ({"start": "2026-02-30T09:30:00Z"}, 400, "Appointment.start"),
        ({"start": "2026-12-01"}, 400, "Appointment.start"),
        ({"start": 12}, 400, "Appointment.start"),
        ({"created": "yesterday"}, 400, "Appointment.created"),
        ({"end": "2026-12-01T08:30:00Z"}, 422, "Appointment.end"),
        ({"identifier": ...}, 422, "Appointment.identifier"),
        ({"identifier": {"system": "a", "value": "b"}}, 400, "Appointment.identifier"),
        ({"identifier": [{"system": "a", "value": "b"}] * 2}, 422, "Appointment.identifier"),
        ({"identifier": [{"value": "b"}]}, 422, "Appointment.identifier.system"),
        ({"identifier": [{"system": "a", "value": "\u0000"}]}, 400, "Appointment.identifier.value"),
        ({"identifier": [{"system": "a", "value": "v" * 201}]}, 400, "Appointment.identifier.value"),
        ({"extension": ...}, 422, "Appointment.extension"),
        ({"extension": "x"}, 400, "Appointment.extension"),
        ({"extension": [operator(typed("IDNPS", IDNPS, "8"))] * 2}, 422, "Appointment.extension"),
        ({"extension": [operator({})]}, 422, "Appointment.extension.valueReference.identifier"),
        (
            {"extension": [operator(typed("IDNPS", REGULATOR, "5f0f"))]},
            422,
            "Appointment.extension.valueReference.identifier.system",
        ),
        (
            {"extension": [operator(typed("INTRN", IDNPS, "5f0f"))]},
            422,
            "Appointment.extension.valueReference.identifier.system",
        ),
        (
            {"extension": [operator({"system": IDNPS, "value": "3/1"})]},
            422,
            "Appointment.extension.valueReference.identifier.type",
        ),
        ({"participant": ...}, 422, "Appointment.participant"),
        ({"participant": ["x"]}, 400, "Appointment.participant"),
        ({"participant": [practitioner(status="declined")]}, 422, "Appointment.participant.status"),
        ({"participant": [practitioner(status="ACCEPTED")]}, 400, "Appointment.participant.status"),
        ({"participant": [practitioner(status="")]}, 422, "Appointment.participant.status"),
        ({"participant": [practitioner(status="needs-action")]}, 422, "Appointment.participant.status"),
        ({"participant": [practitioner("12345678901")]}, 422, "Appointment.participant.actor.identifier"),
        ({"participant": [practitioner("3330799990/1")]}, 422, "Appointment.participant.actor.identifier"),
        (
            {"participant": [{"actor": {"identifier": {"system": "x", "value": "1"}}, "status": "accepted"}]},
            422,
            "Appointment.participant.actor.identifier",
        ),
        ({"participant": [{"status": "accepted"}]}, 422, "Appointment.participant.actor"),
        (
            {"participant": [{"status": "accepted"}], "meta": ..., "status": "fulfilled"},
            422,
            "Appointment.participant.actor",
        ),
    ],
)
def test_each_rule_names_where_it_is_broken(members, status, expression):
    assert refused(body(**members)) == (status, [expression])


@pytest.mark.parametrize("status", ["pending", "cancelled"])
def test_a_practitioner_may_be_missing_when_pending_or_cancelled(status):
    assert read(body(status=status, participant=[{"status": "accepted"}])).idnps is None


@pytest.mark.parametrize(
    "found", [b"", b"{", b"[]", b"null", b'"Appointment"', b'{"resourceType": "Slot"}', b"\xff"]
)
def test_what_is_no_appointment_is_refused_as_a_form(found):
    with pytest.raises(Unacceptable) as error:
        read_appointment(found)
    assert error.value.status == 400


def test_every_mistake_is_told_at_once_and_a_form_outweighs_a_rule():
    status, expressions = refused(body(status="BOOKED", start=..., identifier=...))
    assert status == 400
    assert expressions == ["Appointment.status", "Appointment.identifier", "Appointment.start"]


def test_a_refusal_never_repeats_what_was_received():
    with pytest.raises(Unacceptable) as error:
        read(body(status="Canari", start="Canari", participant=[practitioner("Canari")]))
    assert "Canari" not in "".join(issue.diagnostics for issue in error.value.issues)


def test_the_digest_changes_with_what_is_kept_only():
    one = read(body())
    assert read(body(status="fulfilled")).digest != one.digest
    assert read(body(start="2026-12-01T08:30:00Z")).digest == one.digest
    assert read(body(id="other", language="fr")).digest == one.digest


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None, max_examples=200)
@given(
    st.sampled_from(sorted(body())),
    json_values,
    st.sampled_from(["status", "actor", "system", "value", "url"]),
)
def test_any_value_anywhere_is_read_or_refused(name, value, inner):
    bent = copy.deepcopy(body())
    if isinstance(bent[name], list) and isinstance(value, dict | list):
        bent[name][0][inner] = value
    else:
        bent[name] = value
    with contextlib.suppress(Unacceptable):
        kept = read(bent)
        assert kept.start < kept.end


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_refused_without_a_crash(content):
    with pytest.raises(Unacceptable):
        read_appointment(content)
