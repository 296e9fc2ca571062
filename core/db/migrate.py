"""Migrations: plain SQL files applied in order by yoyo, each in its own transaction.

Files are `core/db/migrations/NNNN_words.sql`. An applied file is never edited.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from psycopg.conninfo import conninfo_to_dict
from yoyo import get_backend, read_migrations

from core.db.connect import conninfo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yoyo.backends import DatabaseBackend
    from yoyo.migrations import MigrationList

    from core.settings import DatabaseSettings, HomeSettings

MIGRATIONS = Path(__file__).with_name("migrations")


def pending(database: DatabaseSettings, home: HomeSettings) -> list[str]:
    """Names of the migrations not yet applied, in order."""
    with _opened(conninfo(database, home, role="owner")) as (backend, migrations):
        return [migration.id for migration in backend.to_apply(migrations)]


def migrate(database: DatabaseSettings, home: HomeSettings) -> list[str]:
    """Apply what is pending, under a lock; returns the names applied."""
    return migrate_dsn(conninfo(database, home, role="owner"))


def migrate_dsn(dsn: str) -> list[str]:
    """Same as `migrate`, on a libpq connection string of the owner."""
    with _opened(dsn) as (backend, migrations), backend.lock():
        todo = backend.to_apply(migrations)
        backend.apply_migrations(todo)
        return [migration.id for migration in todo]


@contextmanager
def _opened(dsn: str) -> Iterator[tuple[DatabaseBackend, MigrationList]]:
    logging.getLogger("yoyo").setLevel(logging.WARNING)
    parts = {key: str(value) for key, value in conninfo_to_dict(dsn).items() if value is not None}
    host = parts.get("host", "")
    user = quote(parts.get("user", ""), safe="")
    password = f":{quote(parts['password'], safe='')}" if "password" in parts else ""
    if host.startswith("/"):
        uri = f"postgresql+psycopg://{user}{password}@/{parts['dbname']}?host={quote(host, safe='/')}"
    else:
        port = f":{parts['port']}" if "port" in parts else ""
        uri = f"postgresql+psycopg://{user}{password}@{host}{port}/{parts['dbname']}"
    backend = get_backend(uri)
    try:
        yield backend, read_migrations(str(MIGRATIONS))
    finally:
        backend.connection.close()
