"""The invented corner of France, loaded through the reader of the BAN."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from core.db.connect import connect
from ingest.pipeline import ingest
from tests.geocoding_base import ban_csv, fill_territory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import psycopg

    from core.settings import DatabaseSettings, HomeSettings


@pytest.fixture
def base(database: DatabaseSettings, home: HomeSettings, tmp_path: Path) -> Iterator[psycopg.Connection[Any]]:
    """A reading connection to a database that holds the invented communes and streets."""
    with connect(database, home, role="owner") as conn:
        fill_territory(conn)
    path = tmp_path / "adresses-invented.csv"
    path.write_bytes(ban_csv())
    assert ingest("ban", [path], apply=True, database=database, home=home).applied
    with connect(database, home, role="reader") as conn:
        conn.autocommit = True
        yield conn
