"""A place searched is found nowhere afterwards: logs, metrics, error bodies, tables, the journal."""

from __future__ import annotations

import base64
import logging
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest
import structlog
from psycopg import sql

from core import log
from core.db import cluster

pytestmark = pytest.mark.postgis

STREET = "impasse du Chat-huant cramoisi"
ADDRESS = f"7 {STREET} 75011 Paris"
LON, LAT = 2.371317, 48.857719
_CLIENT = {"httpx", "httpcore"}  # the client of the test writes what it asks, the server does not
MARKS = ("huant", "cramoisi", "2.371317", "48.857719", "2.37131", "48.85771", "2.371", "48.857")


@pytest.fixture(autouse=True)
def _put_back() -> Iterator[None]:
    """Whatever a test does to the logs is undone."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def listen(caplog: pytest.LogCaptureFixture) -> None:
    """Logs as the server sets them up, to the stream of this test, whatever ran before."""
    log.configure()
    logging.getLogger().addHandler(caplog.handler)


async def search_every_way(client: httpx.AsyncClient) -> list[httpx.Response]:
    """The canary through every door, well and badly asked."""
    here = {"lon": LON, "lat": LAT}
    first = await client.post("/api/v1/offers/search", json={"specialty": "mg", "limit": 1, **here})
    return [
        first,
        await client.post(
            "/api/v1/offers/search",
            json={"specialty": "mg", "limit": 1, "cursor": first.json()["next_cursor"], **here},
        ),
        await client.get("/api/v1/offers", params={"specialty": "mg", **here}),
        await client.get("/api/v1/offers", params={"specialty": "mg", "place": ADDRESS}),
        await client.post("/api/v1/offers/search", json={"specialty": "mg", "place": ADDRESS}),
        await client.post("/api/v1/offers/search", json={"specialty": ADDRESS, **here}),
        await client.post("/api/v1/offers/search", json={"specialty": "mg", "place": ADDRESS, "limit": "x"}),
        await client.post("/api/v1/offers/search", json={"specialty": "mg", "lon": ADDRESS, "lat": LAT}),
        await client.post("/api/v1/offers/search", json={ADDRESS: 1, "specialty": "mg", **here}),
        await client.get("/api/v1/offers", params={"specialty": "mg", "cursor": ADDRESS, **here}),
        await client.post("/api/v1/isochrones", json={**here, "minutes": [100]}),
        await client.post("/api/v1/isochrones", json={"lon": ADDRESS, "lat": LAT}),
        await client.get("/api/v1/places", params={"q": ADDRESS}),
        await client.post("/api/v1/preferred/search", json={"q": STREET}),
        await client.get("/api/v1/places", params={"q": ADDRESS * 20}),
        await client.get(f"/api/v1/offers/{ADDRESS}"),
        await client.get(f"/{ADDRESS}"),
    ]


def marks_in(text: str) -> list[str]:
    return [mark for mark in MARKS if mark in text]


async def test_a_searched_address_is_found_nowhere(
    client: httpx.AsyncClient,
    conn: psycopg.Connection,
    add_offers,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    test_cluster: Path,
):
    listen(caplog)
    journal = cluster.data_dir(test_cluster) / "server.log"
    already = journal.stat().st_size if journal.exists() else 0
    add_offers([{"lon": 2.38, "lat": 48.86}, {"lon": 2.39, "lat": 48.87}])
    with caplog.at_level(0):
        answers = await search_every_way(client)
    refused = [answer for answer in answers if answer.status_code >= 400]
    assert len(refused) >= 6
    for answer in refused:
        assert marks_in(answer.text) == [], answer.request.url.path
    assert marks_in((await client.get("/metrics")).text) == []
    out, err = capfd.readouterr()
    assert "request" in out + err  # the access log was written
    ours = [record.getMessage() for record in caplog.records if record.name not in _CLIENT]
    assert marks_in(out + err + "\n".join(ours)) == []
    assert rows_with_a_mark(conn) == []
    if journal.exists():
        with journal.open(errors="replace") as text:
            text.seek(already)
            assert marks_in(text.read()) == []


def rows_with_a_mark(conn: psycopg.Connection) -> list[str]:
    """Tables of ours in which a row holds the canary, whatever the column."""
    tables = conn.execute(
        "SELECT schemaname, tablename FROM pg_tables"
        " WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND tablename <> 'spatial_ref_sys'"
    ).fetchall()
    found = []
    for schema, table in tables:
        statement = sql.SQL("SELECT count(*) FROM {} AS row WHERE row::text ~ %s").format(
            sql.Identifier(schema, table)
        )
        (count,) = conn.execute(statement, ("huant|cramoisi|2\\.37131|48\\.85771",)).fetchone()
        if count:
            found.append(f"{schema}.{table}")
    return found


async def test_a_cursor_holds_no_place(client: httpx.AsyncClient, add_offers):
    add_offers([{"lon": 2.38, "lat": 48.86}, {"lon": 2.39, "lat": 48.87}])
    answer = await client.post(
        "/api/v1/offers/search", json={"specialty": "mg", "limit": 1, "lon": LON, "lat": LAT}
    )
    cursor = answer.json()["next_cursor"]
    opened = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("latin-1")
    assert marks_in(opened) == []


async def test_an_error_of_ours_is_answered_without_its_text(
    app,
    client: httpx.AsyncClient,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
):
    listen(caplog)

    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError(ADDRESS)

    monkeypatch.setattr("api.routers.suggestions.suggest", broken)
    answer = await client.get("/api/v1/specialties", params={"q": ADDRESS})
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    out, err = capfd.readouterr()
    assert "RuntimeError" in out + err
    assert marks_in(answer.text + out + err) == []
