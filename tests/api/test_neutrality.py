"""Neutrality over HTTP: the rule, the last report, files whose digest anyone may check."""

from __future__ import annotations

import hashlib

import httpx
import psycopg
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.concurrency import run_in_threadpool

from api.app import create_app
from bench.audit_world import VENDORS
from core.settings import AuditSettings, DatabaseSettings, HomeSettings, PolicySettings, ServerSettings
from maps.french import spaced
from search.policy import policy
from tests.rankings import make_record, publish_report
from tests.unit.search.test_territory_policy import text

pytestmark = pytest.mark.postgis


@pytest.fixture
async def published(database: DatabaseSettings) -> dict:
    """A report made from an invented log, and published."""
    assert database.database_url is not None
    return await run_in_threadpool(publish_report, database.database_url.get_secret_value())


async def test_the_page_tells_the_rule_and_that_no_report_was_published(client: httpx.AsyncClient):
    page = await client.get("/neutralite")
    assert page.status_code == 200
    assert policy().digest in page.text
    assert "Aucun rapport n’a encore été publié" in page.text
    assert 'href="/neutralite" aria-current="page"' in page.text
    answer = (await client.get("/api/v1/neutrality")).json()
    assert answer["report"] is None
    assert answer["policy"]["sha256"] == policy().digest


async def test_the_last_report_is_shown_with_its_verdict_and_the_end_of_the_chain(
    client: httpx.AsyncClient, published: dict
):
    page = (await client.get("/neutralite")).text
    assert published["verdict"] == "clean"
    assert page.count('class="interval"') == len(VENDORS)
    assert published["title"] in page
    assert published["chain"]["head"] in page
    for sentence in published["sentences"]:
        assert spaced(sentence) in page
    answer = (await client.get("/api/v1/neutrality")).json()
    assert answer["report"]["rankings"] == 300
    assert answer["report"]["made_at"].startswith("2026-11-27")


async def test_the_file_of_a_policy_has_the_digest_given_everywhere(client: httpx.AsyncClient):
    found = await client.get(f"/api/v1/neutrality/policies/{policy().version}")
    assert hashlib.sha256(found.content).hexdigest() == policy().digest
    assert (await client.get("/api/v1/neutrality/policies/..%2fpolicy")).status_code == 404
    assert (await client.get("/api/v1/neutrality/policies/nothing")).status_code == 404


async def test_the_policy_of_a_territory_is_shown_and_a_refused_one_too(
    database: DatabaseSettings, home: HomeSettings, tmp_path
):
    key = Ed25519PrivateKey.generate()
    pem = tmp_path / "bureau.pem"
    pem.write_bytes(
        key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "paris.toml").write_text(text())
    (folder / "paris.toml.sig").write_bytes(key.sign((folder / "paris.toml").read_bytes()))
    (folder / "rhone.toml").write_text(text(version="rhone-1", territory="69"))
    app = create_app(
        database=database,
        home=home,
        server=ServerSettings(),
        policies=PolicySettings.model_validate({"policy_dir": folder, "policy_keys": str(pem)}),
    )
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://sas.test") as client,
    ):
        answer = (await client.get("/api/v1/neutrality")).json()
        page = (await client.get("/neutralite")).text
        file = await client.get("/api/v1/neutrality/policies/paris-1")
    assert [item["department"] for item in answer["territories"]] == ["75"]
    assert answer["territories"][0]["signed_by"] == "bureau.pem"
    assert answer["refused"][0]["file"] == "rhone.toml"
    assert "rhone.toml (Aucune signature" in page
    assert hashlib.sha256(file.content).hexdigest() == answer["territories"][0]["sha256"]


@pytest.mark.parametrize("rate", [20.0, 0.0])
async def test_a_server_keeps_rankings_until_it_stops_unless_told_to_keep_none(
    database: DatabaseSettings, home: HomeSettings, conn: psycopg.Connection, rate: float
):
    app = create_app(
        database=database,
        home=home,
        server=ServerSettings(),
        audit=AuditSettings.model_validate({"audit_rate_per_s": rate}),
    )
    async with app.router.lifespan_context(app):
        app.state.services.ranking_log.note(make_record(1))
    assert conn.execute("SELECT count(*) FROM audit.ranking").fetchone() == (1 if rate else 0,)
