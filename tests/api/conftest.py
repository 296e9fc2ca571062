"""The real application on a real, migrated database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from api.app import create_app
from core.db.connect import connect
from core.settings import DatabaseSettings, HomeSettings, ServerSettings
from ingest.pipeline import ingest
from tests.geocoding_base import ban_csv, fill_territory


@pytest.fixture
async def app(database: DatabaseSettings, home: HomeSettings) -> AsyncIterator[FastAPI]:
    """The application, its lifespan run, on a fresh clone of the migrated database."""
    application = create_app(database=database, home=home, server=ServerSettings())
    async with application.router.lifespan_context(application):
        yield application


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application, without a socket."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://sas.test") as opened:
        yield opened


@pytest.fixture
def geocoding_base(database: DatabaseSettings, home: HomeSettings, tmp_path: Path) -> None:
    """The invented corner of France of the geocoder, in service."""
    with connect(database, home, role="owner") as conn:
        fill_territory(conn)
    path = tmp_path / "adresses.csv"
    path.write_bytes(ban_csv())
    ingest("ban", [path], apply=True, database=database, home=home)
