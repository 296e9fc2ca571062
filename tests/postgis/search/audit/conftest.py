"""A connection of the role that writes, and rankings made by the real code."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import psycopg
import pytest

from core.db.connect import conninfo
from core.settings import DatabaseSettings, HomeSettings
from search.audit.record import RankingRecord
from tests import rankings


@pytest.fixture
async def writer(database: DatabaseSettings, home: HomeSettings) -> AsyncIterator[psycopg.AsyncConnection]:
    """The role of the server that writes."""
    dsn = conninfo(database, home, role="writer")
    async with await psycopg.AsyncConnection.connect(dsn) as conn:
        yield conn


@pytest.fixture
def make_record() -> Callable[..., RankingRecord]:
    """Makes the record of an honest ranking."""
    return rankings.make_record
