"""An asynchronous reader, as the server has."""

from __future__ import annotations

from collections.abc import AsyncIterator

import psycopg
import pytest

from core.db.connect import conninfo
from core.settings import DatabaseSettings, HomeSettings


@pytest.fixture
async def reader(database: DatabaseSettings, home: HomeSettings) -> AsyncIterator[psycopg.AsyncConnection]:
    """A read-only connection in autocommit."""
    async with await psycopg.AsyncConnection.connect(
        conninfo(database, home, role="reader"), autocommit=True
    ) as opened:
        yield opened
