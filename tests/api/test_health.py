"""Alive, ready, counted."""

from __future__ import annotations

import httpx
import pytest

from api.app import create_app
from core.settings import DatabaseSettings, HomeSettings, ServerSettings

pytestmark = pytest.mark.postgis


async def test_a_migrated_but_empty_database_is_not_ready_and_says_why(client: httpx.AsyncClient):
    answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert [reason["code"] for reason in answer.json()["reasons"]] == ["data"]


async def test_without_a_database_the_process_is_alive_but_not_ready(home: HomeSettings):
    nowhere = DatabaseSettings.model_validate({"database_url": "host=/nonexistent dbname=sas"})
    app = create_app(database=nowhere, home=home, server=ServerSettings())
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://sas.test") as client,
    ):
        assert (await client.get("/healthz")).json() == {"status": "ok"}
        ready = await client.get("/readyz")
    assert ready.status_code == 503
    assert ready.json()["reasons"][0]["code"] == "database"


async def test_metrics_count_the_route_template_not_the_path(client: httpx.AsyncClient):
    await client.get("/healthz")
    await client.get("/rue-de-la-fontaine-secrete?q=12+rue+des+Lilas")
    text = (await client.get("/metrics")).text
    assert 'route="/healthz"' in text
    assert "fontaine" not in text
    assert "Lilas" not in text
    assert 'route="unmatched"' in text


async def test_every_answer_carries_the_security_headers(client: httpx.AsyncClient):
    for path in ("/healthz", "/nowhere"):
        headers = (await client.get(path)).headers
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


async def test_an_unknown_path_is_a_problem(client: httpx.AsyncClient):
    answer = await client.get("/nowhere")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_body_over_the_limit_is_refused_even_when_its_length_is_not_announced(
    client: httpx.AsyncClient,
):
    async def drip():
        for _ in range(80):
            yield b"x" * 1024

    answer = await client.post("/api/v1/offers/search", content=drip())
    assert answer.status_code in {404, 413}


async def test_statements_are_planned_for_their_parameters(app):
    async with app.state.services.reader.connection() as conn:
        row = await (await conn.execute("SHOW plan_cache_mode")).fetchone()
    assert row == ("force_custom_plan",)
