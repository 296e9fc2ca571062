"""The invented corner of France, loaded through the reader of the BAN."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from core.db.connect import connect

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

    from core.settings import DatabaseSettings, HomeSettings


@pytest.fixture
def base(geocoding_database: DatabaseSettings, home: HomeSettings) -> Iterator[psycopg.Connection[Any]]:
    """A reading connection to a database that holds the invented communes and streets."""
    with connect(geocoding_database, home, role="reader") as conn:
        conn.autocommit = True
        yield conn
