"""A place with a calendar, and an asynchronous connection that may write it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import psycopg
import pytest

from care.hand import Hand
from core.db.connect import conninfo
from core.settings import DatabaseSettings, HomeSettings

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)  # a Wednesday, 10:00 in Paris, 13:00 in Réunion


@pytest.fixture
async def writer(database: DatabaseSettings, home: HomeSettings) -> AsyncIterator[psycopg.AsyncConnection]:
    """The role of the server that writes."""
    dsn = conninfo(database, home, role="writer")
    async with await psycopg.AsyncConnection.connect(dsn) as conn:
        yield conn


@pytest.fixture
def hand() -> Hand:
    """Somebody, on a Wednesday morning."""
    return Hand(actor="token:test", now=NOW)


@pytest.fixture
def place(add_offers) -> str:
    """A place in Paris."""
    return add_offers([{"lon": 2.35, "lat": 48.85}])[0]


@pytest.fixture
def overseas(add_offers) -> str:
    """A place in Réunion."""
    return add_offers(
        [
            {
                "lon": 55.45,
                "lat": -20.88,
                "department": "974",
                "timezone": "Indian/Reunion",
                "idnps": "899900000099",
            }
        ]
    )[0]
