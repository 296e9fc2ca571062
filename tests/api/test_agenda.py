"""The SAS calendar over HTTP."""

from __future__ import annotations

import uuid
from datetime import timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest

from api.app import create_app
from care.local_time import local_day
from core.clock import utc_now
from core.settings import ServerSettings

pytestmark = pytest.mark.postgis

TOKEN = "a-secret-of-the-tests"  # noqa: S105
HEADERS = {"Authorization": f"Bearer {TOKEN}", "X-SAS-Actor": "secretariat-12"}
TOMORROW = local_day(utc_now(), ZoneInfo("Europe/Paris")) + timedelta(days=1)
SLOT = {"starts_on": TOMORROW.isoformat(), "start": "09:00", "end": "11:00", "capacity": 2}


@pytest.fixture
async def app(database, home):
    """The application, writes open."""
    server = ServerSettings.model_validate({"write_token": TOKEN})
    application = create_app(database=database, home=home, server=server)
    async with application.router.lifespan_context(application):
        yield application


@pytest.fixture
def place(add_offers) -> str:
    return add_offers([{"lon": 2.35, "lat": 48.85}])[0]


async def _add(client, place, **values):
    return await client.post(f"/api/v1/agenda/places/{place}/slots", json=SLOT | values, headers=HEADERS)


async def test_a_slot_goes_from_its_writer_to_the_search(client, place):
    written = await _add(client, place)
    assert written.status_code == 201
    assert written.json()["slot"]["visibility"] == ["SNP"]
    found = (await client.get(f"/api/v1/agenda/places/{place}/slots")).json()
    (slot,) = found["slots"]
    assert (slot["slot_id"], slot["remaining"]) == (written.json()["slot_id"], 2)
    assert slot["start"][10:16] == "T09:00"
    assert slot["start"].endswith(("+01:00", "+02:00"))


async def test_every_write_is_closed_until_a_secret_is_set(database, home, place):
    shut = create_app(database=database, home=home, server=ServerSettings())
    async with (
        shut.router.lifespan_context(shut),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=shut), base_url="http://x") as client,
    ):
        answer = await _add(client, place)
    assert answer.status_code == 403
    assert "SAS_WRITE_TOKEN" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer wrong", "X-SAS-Actor": "a"}, 401),
        ({"Authorization": TOKEN, "X-SAS-Actor": "a"}, 401),
        ({"Authorization": f"Bearer {TOKEN}"}, 422),
        ({"Authorization": f"Bearer {TOKEN}", "X-SAS-Actor": "two words"}, 422),
    ],
)
async def test_who_writes_says_who_they_are(client, place, headers, status):
    answer = await client.post(f"/api/v1/agenda/places/{place}/slots", json=SLOT, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers.get("www-authenticate") == ("Bearer" if status == 401 else None)


async def test_every_route_that_is_not_open_asks_for_the_secret(app, client):
    document = app.openapi()
    asked = [
        (method, path)
        for path, methods in document["paths"].items()
        for method in methods
        if path.startswith("/api/v1/agenda")
        and (method, path) != ("get", "/api/v1/agenda/places/{offer_id}/slots")
    ]
    assert len(asked) >= 12
    for method, path in asked:
        address = path.format(
            offer_id=uuid.uuid4(), slot_id=uuid.uuid4(), booking_id=uuid.uuid4(), day="2026-12-01",
            unavailability_id=uuid.uuid4(),
        )  # fmt: skip
        answer = await client.request(method, address, json={})
        assert answer.status_code == 401, (method, path)


async def test_a_wrong_slot_is_refused_with_its_field(client, place):
    for wrong, parameter in (
        ({"start": "09:07"}, "start"),
        ({"end": "25:00"}, "end"),
        ({"modalities": ["FAX"]}, "modalities"),
        ({"patient": "Canari"}, "patient"),
    ):
        answer = await _add(client, place, **wrong)
        assert (answer.status_code, answer.json()["parameter"]) == (422, parameter)
        assert "Canari" not in answer.text


async def test_a_series_is_changed_taken_locked_and_given_back(client, place):
    series = (await _add(client, place, weekdays=[TOMORROW.isoweekday()], form="single", capacity=1)).json()
    at = f"/api/v1/agenda/slots/{series['slot_id']}"
    booking = f"{at}/days/{TOMORROW}/bookings/{uuid.uuid4()}"
    taken = await client.put(booking, json={}, headers=HEADERS)
    assert (taken.status_code, taken.json()["state"]) == (200, "booked")
    full = await client.put(f"{at}/days/{TOMORROW}/bookings/{uuid.uuid4()}", json={}, headers=HEADERS)
    assert (full.status_code, full.json()["code"]) == (409, "slot_full")
    locked = await client.delete(at, headers=HEADERS)
    assert (locked.status_code, locked.json()["code"]) == (409, "slot-locked")
    week = await client.get(f"/api/v1/agenda/places/{place}/week?day={TOMORROW}", headers=HEADERS)
    assert [(slot["taken"], slot["remaining"]) for slot in week.json()["slots"]] == [(1, 0)]
    given_back = await client.delete(f"/api/v1/agenda/bookings/{taken.json()['booking_id']}", headers=HEADERS)
    assert given_back.json()["state"] == "cancelled"
    assert (await client.delete(f"{at}/days/{TOMORROW}", headers=HEADERS)).status_code == 204
    assert (await client.delete(at, headers=HEADERS)).status_code == 204
    history = (await client.get(f"/api/v1/agenda/places/{place}/history", headers=HEADERS)).json()["changes"]
    assert [line["action"] for line in history] == [
        "slot-removed", "occurrence-removed", "given-back", "booked", "slot-added",
    ]  # fmt: skip
    assert {line["actor"] for line in history} == {"token:secretariat-12"}


async def test_absences_and_the_copy_of_a_week(client, place):
    await _add(client, place)
    copied = await client.post(
        f"/api/v1/agenda/places/{place}/weeks/copy",
        json={"source": TOMORROW.isoformat(), "target": (TOMORROW + timedelta(days=7)).isoformat()},
        headers=HEADERS,
    )
    assert len(copied.json()["written"]) == 1
    absence = await client.post(f"/api/v1/agenda/places/{place}/unavailabilities", json={}, headers=HEADERS)
    assert absence.status_code == 201
    assert (await client.get(f"/api/v1/agenda/places/{place}/slots")).json()["slots"] == []
    ended = await client.delete(
        f"/api/v1/agenda/places/{place}/unavailabilities/{absence.json()['unavailability_id']}",
        headers=HEADERS,
    )
    assert ended.status_code == 204
    assert len((await client.get(f"/api/v1/agenda/places/{place}/slots")).json()["slots"]) == 1


async def test_a_calendar_goes_out_as_a_file_and_comes_back(client, place):
    at = f"/api/v1/agenda/places/{place}/calendar.ics"
    await _add(client, place, weekdays=[1, 2, 3, 4, 5, 6, 7])
    out = await client.get(at, headers=HEADERS)
    assert out.headers["content-type"].startswith("text/calendar")
    again = await client.post(at, content=out.content, headers=HEADERS | {"Content-Type": "text/calendar"})
    assert (again.json()["written"], again.json()["present"]) == ([], 1)
    other = out.content.replace(b"T090000", b"T080000")
    shown = await client.post(
        f"{at}?apply=false", content=other, headers=HEADERS | {"Content-Type": "text/calendar"}
    )
    assert (shown.json()["applied"], len(shown.json()["written"])) == (False, 1)
    assert (
        len((await client.get(f"/api/v1/agenda/places/{place}/week", headers=HEADERS)).json()["slots"]) <= 7
    )
    written = await client.post(at, content=other, headers=HEADERS | {"Content-Type": "text/calendar"})
    assert (written.json()["applied"], len(written.json()["written"])) == (True, 1)
    bad = await client.post(
        at, content=b"not a calendar", headers=HEADERS | {"Content-Type": "text/calendar"}
    )
    assert (bad.status_code, bad.json()["parameter"]) == (422, "body")


async def test_a_window_is_checked(client, place):
    await _add(client, place)
    at = f"/api/v1/agenda/places/{place}/slots"
    assert (
        await client.get(at, params={"from": "2026-01-01T00:00:00Z", "until": "2026-03-01T00:00:00Z"})
    ).status_code == 422
    assert (await client.get(at, params={"from": "0001-01-01T00:00:00Z"})).status_code == 422
    assert (await client.get(f"/api/v1/agenda/places/{uuid.uuid4()}/slots")).status_code == 404
