"""Participation over HTTP."""

from __future__ import annotations

import csv
import io

import pytest

from api.app import create_app
from care.participation import STATEMENT
from core.settings import ServerSettings

pytestmark = pytest.mark.postgis

TOKEN = "a-secret-of-the-tests"  # noqa: S105
HEADERS = {"Authorization": f"Bearer {TOKEN}", "X-SAS-Actor": "secretariat-12"}
ALICE = "899900000018"
AT = f"/api/v1/participation/practitioners/{ALICE}"
BODY = {
    "statement": STATEMENT,
    "participating": True,
    "en_sus": True,
    "via": "individual",
    "has_software": False,
    "hours_declared": True,
}


@pytest.fixture
async def app(database, home, add_offers):
    """The application, writes open, one practitioner in the directory."""
    add_offers([{"lon": 2.35, "lat": 48.85, "idnps": ALICE}])
    server = ServerSettings.model_validate({"write_token": TOKEN})
    application = create_app(database=database, home=home, server=server)
    async with application.router.lifespan_context(application):
        yield application


async def test_a_declaration_goes_from_its_text_to_its_history_and_its_verdicts(client):
    text = (await client.get("/api/v1/participation/statement")).json()
    assert text["version"] == STATEMENT
    assert (await client.get(AT, headers=HEADERS)).status_code == 404
    written = await client.put(AT, json=BODY, headers=HEADERS)
    assert (written.status_code, written.json()["declared_by"]) == (200, "token:secretariat-12")
    assert (await client.get(AT, headers=HEADERS)).json() == written.json()
    assert (await client.put(AT, json=BODY | {"en_sus": False}, headers=HEADERS)).status_code == 200
    lines = (await client.get(f"{AT}/history", headers=HEADERS)).json()["lines"]
    assert [(line["after"]["en_sus"], len(line["proof"])) for line in lines] == [(False, 64), (True, 64)]
    judged = (await client.get(f"{AT}/forfait", headers=HEADERS)).json()
    assert (judged["version"], judged["state"]) == ("convention-2024", "unknown")
    assert {week["total_min"] for week in judged["weeks"]} == {None}


async def test_what_is_declared_is_on_the_card_and_what_is_not_is_unknown(client, add_offers):
    (other,) = add_offers([{"lon": 2.36, "lat": 48.86, "idnps": "899900000026"}])
    await client.put(AT, json=BODY, headers=HEADERS)
    asked = {"specialty": "SM54", "lon": 2.35, "lat": 48.85, "radius_km": 5}
    cards = (await client.post("/api/v1/offers/search", json=asked)).json()["offers"]
    assert [card["participation"] for card in cards] == [
        {"participating": True, "via": "individual", "en_sus": True},
        {"participating": None, "via": None, "en_sus": None},
    ]
    sheet = (await client.get(f"/api/v1/offers/{other}")).json()
    assert sheet["participation"]["participating"] is None
    await client.put(AT, json={"statement": STATEMENT, "participating": False}, headers=HEADERS)
    sheet = (await client.get(f"/api/v1/offers/{cards[0]['id']}")).json()
    assert sheet["participation"] == {"participating": False, "via": None, "en_sus": False}


async def test_the_export_opens_as_csv_and_as_a_workbook(client):
    await client.put(AT, json=BODY, headers=HEADERS)
    at = "/api/v1/participation/forfait"
    answer = await client.get(at, headers=HEADERS)
    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert [row[0] for row in rows] == ["Identifiant", ALICE]
    workbook = await client.get(f"{at}?format=xlsx", headers=HEADERS)
    assert workbook.content.startswith(b"PK")
    centres = await client.get(f"{at}?audience=centre", headers=HEADERS)
    assert len(centres.content.splitlines()) == 1
    two_texts = await client.get(f"{at}?from=2025-12-01&until=2026-01-31", headers=HEADERS)
    assert (two_texts.status_code, two_texts.json()["parameter"]) == (422, "until")


async def test_a_wrong_declaration_names_its_field(client):
    for wrong, parameter in (
        ({"via": None}, "via"),
        ({"statement": "2020-01"}, "statement"),
        ({"via": "msp", "finess": "010780195"}, "finess"),
        ({"vendors": ["<script>"]}, "vendors"),
    ):
        answer = await client.put(AT, json=BODY | wrong, headers=HEADERS)
        assert (answer.status_code, answer.json()["parameter"]) == (422, parameter)
    assert (
        await client.put(AT.replace(ALICE, "899900000026"), json=BODY, headers=HEADERS)
    ).status_code == 404
    structure = {"statement": STATEMENT, "participating": True, "practitioners": 2}
    answer = await client.put(
        "/api/v1/participation/structures/cds/010780195", json=structure, headers=HEADERS
    )
    assert answer.status_code == 404


async def test_every_route_but_the_text_asks_for_the_secret(app, client):
    asked = [
        (method, path)
        for path, methods in app.openapi()["paths"].items()
        for method in methods
        if path.startswith("/api/v1/participation") and not path.endswith("/statement")
    ]
    assert len(asked) >= 8
    for method, path in asked:
        answer = await client.request(
            method, path.format(idnps=ALICE, kind="cds", number="010780195"), json={}
        )
        assert answer.status_code == 401, (method, path)
