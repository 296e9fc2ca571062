"""The real application on a real, migrated database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from api.app import create_app
from core.settings import DatabaseSettings, HomeSettings, ServerSettings


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
