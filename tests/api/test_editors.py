"""Records of vendors over HTTP: behind a secret, checked, without secrets inside."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from api.app import create_app
from core.settings import AdminSettings, ServerSettings

pytestmark = pytest.mark.postgis

RECORD = {"name": "Agenda Exemple", "base_url": "https://agenda.example/fhir", "flows": ["agg-ps"]}
SECRET = {"authorization": "Bearer sesame-ouvre-toi"}


@pytest.fixture
async def manager(database, home):
    """A client that holds the secret of administration."""
    admin = AdminSettings.model_validate({"admin_secret": "sesame-ouvre-toi"})
    app = create_app(database=database, home=home, server=ServerSettings(), admin=admin)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://sas.test", headers=SECRET) as client,
    ):
        yield client


async def put(client: httpx.AsyncClient, slug: str = "exemple", **changes: Any) -> httpx.Response:
    return await client.put(f"/api/v1/editors/{slug}", json={**RECORD, **changes})


async def test_a_record_is_added_read_replaced_and_removed(manager, conn):
    assert (await put(manager)).status_code == 201
    assert (await put(manager, state="off")).status_code == 200
    one = await manager.get("/api/v1/editors/exemple")
    assert one.json()["state"] == "off"
    assert [item["slug"] for item in (await manager.get("/api/v1/editors")).json()["editors"]] == ["exemple"]
    assert (await manager.delete("/api/v1/editors/exemple")).status_code == 200
    assert (await manager.get("/api/v1/editors/exemple")).status_code == 404
    history = conn.execute(
        "SELECT before->>'state', after->>'state' FROM editor.change ORDER BY change_id"
    ).fetchall()
    assert history == [(None, "on"), ("on", "off"), ("off", None)]


@pytest.mark.parametrize(
    "headers",
    [{}, {"authorization": "Bearer faux"}, {"authorization": "Basic x"}, {"authorization": "Bearer "}],
)
async def test_nobody_passes_without_the_secret(manager, headers):
    manager.headers.pop("authorization")
    for method, path in (("GET", ""), ("GET", "/exemple"), ("PUT", "/exemple"), ("DELETE", "/exemple")):
        answer = await manager.request(
            method, f"/api/v1/editors{path}", headers=headers, json=RECORD if method == "PUT" else None
        )
        assert answer.status_code == 403
        assert answer.headers["content-type"] == "application/problem+json"


async def test_without_a_secret_set_the_door_is_closed(client):
    answer = await client.get("/api/v1/editors", headers={"authorization": "Bearer "})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("changes", "parameter"),
    [
        ({"base_url": "http://agenda.example"}, "base_url"),
        ({"base_url": "https://192.168.1.1/fhir"}, "base_url"),
        ({"flows": []}, "flows"),
        ({"certificate": "-----BEGIN"}, "certificate"),
        ({"max_concurrent": 0}, "max_concurrent"),
        ({"password": "x"}, "password"),
    ],
)
async def test_a_wrong_field_is_named(manager, changes, parameter):
    answer = await put(manager, **changes)
    assert answer.status_code == 422
    assert answer.json()["parameter"] == parameter


async def test_a_server_of_our_own_name_is_refused(manager):
    assert (await put(manager, slug="sas")).json()["parameter"] == "slug"
