"""The document of INT_L02, to the letter, and what comes back."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from slots.hub_message import HubAnswer, message, read_answer
from slots.ports import Regulator

CONTENT = {
    "status": "booked",
    "category": "SOS",
    "created": "2026-03-27T07:12:40Z",
    "start": "2026-03-27T08:30:00Z",
    "end": "2026-03-27T08:45:00Z",
    "idnps": None,
    "regulator_kind": "IDNPS",
    "regulator": "3330799990/000123",
}
REGULATOR = Regulator(
    family_name="PRIGENT",
    given_name="Maël",
    email="mael.prigent@samu.example",
    idnps="3330799990/000123",
    hub_client="fr.health.samu330",
)


def test_the_envelope_and_the_appointment_are_those_of_the_guide():
    document = message(
        CONTENT,
        appointment_id="a2f1c0de-0000-4000-8000-000000000001",
        method="CreateAppointment",
        distribution_id="fr.health.test.ptfsas_1",
        sender="fr.health.test.ptfsas",
        regulator=REGULATOR,
        practitioner=None,
        now=datetime(2026, 3, 27, 7, 12, 42, tzinfo=UTC),
    )
    header = document["content"][0]["jsonContent"]["embeddedJsonContent"]["message"]
    assert {name: value for name, value in document.items() if name != "content"} == {
        "distributionID": "fr.health.test.ptfsas_1",
        "senderID": "fr.health.test.ptfsas",
        "dateTimeSent": "2026-03-27T08:12:42+01:00",
        "dateTimeExpires": "2026-03-28T08:12:42+01:00",
        "distributionStatus": "Actual",
        "distributionKind": "Report",
        "descriptor": {
            "language": "fr-FR",
            "explicitAddress": {
                "explicitAddressScheme": "hubex",
                "explicitAddressValue": "fr.health.samu330",
            },
        },
    }
    assert header["messageId"] == document["distributionID"]
    assert header["sender"]["URI"] == "hubex:fr.health.test.ptfsas"
    assert header["recipient"] == [{"name": "fr.health.samu330", "URI": "hubex:fr.health.samu330"}]
    assert header["appointment"] == {
        "appointmentId": "a2f1c0de-0000-4000-8000-000000000001",
        "method": "CreateAppointment",
        "created": "2026-03-27T08:12:40+01:00",
        "status": "booked",
        "orientationCategory": "SOS",
        "start": "2026-03-27T09:30:00+01:00",
        "end": "2026-03-27T09:45:00+01:00",
        "regulator": {
            "regulatorName": "PRIGENT",
            "regulatorFirstname": "Maël",
            "regulatorEmail": "mael.prigent@samu.example",
            "regulatorId": "3330799990/000123",
        },
    }


def test_an_error_is_read_with_its_code():
    found = {"errorCode": {"statusCode": "409"}, "referencedDistributionID": "x_1", "errorCause": "known"}
    document = {
        "distributionKind": "Error",
        "content": [{"jsonContent": {"embeddedJsonContent": {"message": {"error": found}}}}],
    }
    assert read_answer(document) == HubAnswer(distribution_id="x_1", kind="error", code=409)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(
                ["content", "jsonContent", "embeddedJsonContent", "message", "error", "reference"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.sampled_from(["Ack", "Error", "Report", None]), json_values)
def test_any_document_is_read_or_left(kind, content):
    answer = read_answer({"distributionKind": kind, "content": content})
    assert answer is None or answer.distribution_id is not None
