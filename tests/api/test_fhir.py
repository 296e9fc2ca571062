"""INT_R03 over HTTP: replay, conflict, history, OperationOutcome, nothing about the patient."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime

import httpx
import psycopg
import pytest

from api.app import create_app
from care.hand import Hand
from core.db.connect import connect, conninfo
from core.settings import ServerSettings
from slots.appointments import write_sender

pytestmark = pytest.mark.postgis

SECRET = "between-the-proxy-and-us"  # noqa: S105
AT = "/fhir/r4/Appointment"
HEADERS = {
    "X-SAS-Proxy-Secret": SECRET,
    "X-SAS-Client-CN": "agenda.example",
    "X-SAS-Client-OU": "318751275100020",
    "Content-Type": "application/fhir+json",
}
TYPES = "http://interopsante.org/fhir/CodeSystem/fr-v2-0203"
IDNPS = "urn:oid:1.2.250.1.71.4.2.1"


def typed(value: str) -> dict:
    coding = {"system": TYPES, "code": "IDNPS"}
    return {"identifier": {"type": {"coding": [coding]}, "system": IDNPS, "value": value}}


def body(**members) -> dict:
    return {
        "resourceType": "Appointment",
        "extension": [
            {
                "url": "http://interopsante.org/fhir/StructureDefinition/FrAppointmentOperator",
                "valueReference": typed("3330799990/000123"),
            }
        ],
        "identifier": [{"system": "https://agenda.example", "value": "rdv-77"}],
        "status": "booked",
        "start": "2026-12-01T09:30:00.000+01:00",
        "end": "2026-12-01T09:45:00.000+01:00",
        "participant": [{"actor": typed("899900000018"), "status": "accepted"}],
        **members,
    }


@pytest.fixture
async def app(database, home):
    """The application behind its proxy, one vendor registered."""
    async with await psycopg.AsyncConnection.connect(conninfo(database, home, role="writer")) as conn:
        await write_sender(
            conn,
            "agenda-a",
            certificate_cn=HEADERS["X-SAS-Client-CN"],
            certificate_ou=HEADERS["X-SAS-Client-OU"],
            identifier_system="https://agenda.example",
            active=True,
            hand=Hand(actor="test", now=datetime(2026, 11, 25, tzinfo=UTC)),
        )
    server = ServerSettings.model_validate({"proxy_secret": SECRET})
    application = create_app(database=database, home=home, server=server)
    async with application.router.lifespan_context(application):
        yield application


QUEUED = "SELECT method, state, content->>'status' FROM appointment.outbox ORDER BY 1, 3"
EVERYTHING = """
SELECT a::text FROM appointment.appointment AS a
UNION ALL SELECT o::text FROM appointment.outbox AS o
UNION ALL SELECT e::text FROM appointment.event AS e
"""


def rows(database, home, statement: str) -> list[tuple]:
    with connect(database, home, role="owner") as conn:
        return conn.execute(statement.encode()).fetchall()


def outcome(answer: httpx.Response) -> list[dict]:
    assert answer.headers["content-type"] == "application/fhir+json; charset=utf-8"
    found = answer.json()
    assert found["resourceType"] == "OperationOutcome"
    assert all(issue["severity"] == "error" and issue["code"] for issue in found["issue"])
    return found["issue"]


async def test_an_appointment_is_created_once_changed_and_its_history_kept(client, database, home):
    created = await client.post(AT, json=body(), headers=HEADERS)
    assert created.status_code == 201
    place = created.headers["location"]
    assert place.startswith("http://sas.test/fhir/r4/Appointment/")
    replay = await client.post(AT, json=body(comment="again"), headers=HEADERS)
    assert (replay.status_code, replay.headers["location"]) == (200, place)
    for status in ("fulfilled", "fulfilled", "cancelled"):
        changed = await client.put(
            f"{AT}?identifier=https://agenda.example%7Crdv-77", json=body(status=status), headers=HEADERS
        )
        assert (changed.status_code, changed.headers["location"]) == (200, place)
    late_replay = await client.post(AT, json=body(), headers=HEADERS)
    assert late_replay.status_code == 200
    assert rows(database, home, "SELECT status, version FROM appointment.appointment") == [("cancelled", 3)]
    history = rows(database, home, "SELECT method, status FROM appointment.event ORDER BY event_id")
    assert history == [("create", "booked"), ("update", "fulfilled"), ("update", "cancelled")]
    queued = rows(database, home, QUEUED)
    assert queued == [
        ("CreateAppointment", "queued", "booked"),
        ("UpdateAppointment", "queued", "cancelled"),
        ("UpdateAppointment", "queued", "fulfilled"),
    ]


async def test_another_content_under_a_known_identifier_is_a_conflict(client):
    await client.post(AT, json=body(), headers=HEADERS)
    answer = await client.post(AT, json=body(status="fulfilled"), headers=HEADERS)
    assert answer.status_code == 409
    assert outcome(answer)[0]["code"] == "conflict"


async def test_an_update_of_what_was_not_known_creates_it(client, database, home):
    for address in (AT, f"{AT}?Identifier=https://agenda.example%7Crdv-78"):
        value = "rdv-78" if "?" in address else "rdv-77"
        sent = body(identifier=[{"system": "https://agenda.example", "value": value}])
        assert (await client.put(address, json=sent, headers=HEADERS)).status_code == 201
    assert rows(database, home, "SELECT count(*) FROM appointment.outbox") == [(2,)]


async def test_two_reports_at_once_make_one_appointment(client, database, home):
    answers = await asyncio.gather(*(client.post(AT, json=body(), headers=HEADERS) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert rows(database, home, "SELECT count(*) FROM appointment.event") == [(1,)]


async def test_a_regulator_without_account_is_kept_and_said(client, database, home):
    await client.post(AT, json=body(), headers=HEADERS)
    found = rows(database, home, "SELECT regulator, regulator_unresolved FROM appointment.appointment")
    assert found == [("3330799990/000123", True)]


async def test_nothing_about_the_patient_is_kept_anywhere(client, database, home, capfd):
    patient = {"actor": {"reference": "Patient/canari", "display": "Mme Canari"}, "status": "accepted"}
    sent = body(
        participant=[patient, *body()["participant"]],
        comment="Canari",
        description="Canari",
        text={"status": "generated", "div": "<div>Canari</div>"},
        contained=[{"resourceType": "Patient", "id": "canari", "name": [{"family": "Canari"}]}],
    )
    answers = [
        await client.post(AT, json=sent, headers=HEADERS),
        await client.put(AT, json={**sent, "status": "Canari"}, headers=HEADERS),
        await client.put(f"{AT}?identifier=Canari", json=sent, headers=HEADERS),
    ]
    assert [answer.status_code for answer in answers] == [201, 400, 400]
    assert not [answer.text for answer in answers if "anari" in answer.text]
    kept = rows(database, home, EVERYTHING)
    assert len(kept) == 3
    assert "anari" not in repr(kept)
    said = capfd.readouterr()
    assert "anari" not in said.out + said.err


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X-SAS-Proxy-Secret": ""}, 401),
        ({"X-SAS-Proxy-Secret": "wrong"}, 401),
        ({"X-SAS-Client-CN": ""}, 401),
        ({"X-SAS-Client-OU": ""}, 401),
        ({"X-SAS-Client-CN": "other.example"}, 403),
        ({"X-SAS-Client-OU": "000000000000000"}, 403),
    ],
)
async def test_a_wrong_certificate_is_never_a_success_nor_a_fault(client, headers, status):
    answer = await client.post(AT, json=body(), headers=HEADERS | headers)
    assert answer.status_code == status
    assert outcome(answer)


async def test_nothing_is_received_until_the_proxy_has_a_secret(database, home):
    shut = create_app(database=database, home=home, server=ServerSettings())
    async with (
        shut.router.lifespan_context(shut),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=shut), base_url="http://x") as client,
    ):
        answer = await client.post(AT, json=body(), headers=HEADERS)
    assert answer.status_code == 403
    assert "SAS_PROXY_SECRET" in outcome(answer)[0]["diagnostics"]


async def test_the_identifiers_of_another_vendor_are_refused(client, database, home):
    answer = await client.post(
        AT, json=body(identifier=[{"system": "https://other.example", "value": "1"}]), headers=HEADERS
    )
    assert answer.status_code == 403
    assert rows(database, home, "SELECT count(*) FROM appointment.outbox") == [(0,)]


async def test_mistakes_are_told_where_they_stand(client):
    answer = await client.post(AT, json=body(start="", status="arrived"), headers=HEADERS)
    assert answer.status_code == 422
    assert [issue["expression"] for issue in outcome(answer)] == [
        ["Appointment.status"],
        ["Appointment.start"],
    ]
    other = await client.put(f"{AT}?identifier=https://agenda.example%7Cx", json=body(), headers=HEADERS)
    assert (other.status_code, outcome(other)[0]["code"]) == (422, "business-rule")


@pytest.mark.parametrize(
    ("method", "path", "headers", "content", "status"),
    [
        ("GET", AT, {}, b"", 405),
        ("DELETE", AT, {}, b"", 405),
        ("GET", f"{AT}/1", {}, b"", 404),
        ("GET", "/fhir/r4/Slot", {}, b"", 404),
        ("POST", AT, {"Accept": "application/fhir+xml"}, b"{}", 406),
        ("POST", f"{AT}?_format=xml", {}, b"{}", 406),
        ("POST", AT, {"Content-Type": "application/fhir+xml"}, b"<a/>", 415),
        ("POST", AT, {}, b"not json", 400),
        ("POST", AT, {}, json.dumps(body(comment="x" * 300_000)).encode(), 413),
    ],
)
async def test_every_refusal_is_an_operation_outcome(client, method, path, headers, content, status):
    answer = await client.request(method, path, content=content, headers=HEADERS | headers)
    assert answer.status_code == status
    assert outcome(answer)


@pytest.mark.parametrize("media_type", ["application/fhir+json", "application/json+fhir", "application/json"])
async def test_the_three_media_types_and_a_large_body_are_taken(client, media_type):
    headers = HEADERS | {"Content-Type": f"{media_type};charset=utf-8", "Accept": media_type}
    answer = await client.post(AT, content=json.dumps(body(comment="x" * 200_000)), headers=headers)
    assert answer.status_code == 201


async def test_what_the_server_can_do_is_said_without_a_certificate(client):
    answer = await client.get("/fhir/r4/metadata")
    found = answer.json()
    assert (answer.status_code, found["resourceType"]) == (200, "CapabilityStatement")
    (resource,) = found["rest"][0]["resource"]
    assert (resource["updateCreate"], resource["conditionalUpdate"]) == (True, True)
    assert [item["code"] for item in resource["interaction"]] == ["create", "update"]
