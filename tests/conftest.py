"""Fixtures of every tier.

PostGIS tests run on a private cluster of their own. The migrations are applied once, to a template database;
each test that asks for `database` gets a clone of it, dropped at the end.
"""

from __future__ import annotations

import os
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import sql

from core.db import cluster
from core.db.migrate import migrate_dsn
from core.settings import DatabaseSettings, HomeSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
OFFICIAL = Path(os.environ.get("SAS_OFFICIAL_EXTRACTS", ROOT.parent / "shared" / "data"))


@pytest.fixture(scope="session")
def official() -> Path:
    """Folder of the real official extracts; the test is skipped, with the reason, when it is absent."""
    if not OFFICIAL.is_dir():
        pytest.skip(f"no official extracts at {OFFICIAL} (set SAS_OFFICIAL_EXTRACTS)")
    return OFFICIAL


@pytest.fixture(scope="session")
def test_cluster() -> Path:
    """Home of the cluster of the tests, running; left running for the next run."""
    home = HomeSettings().path / "test"
    cluster.ensure(home, durable=False)
    return home


def _admin(home: Path) -> psycopg.Connection:
    return psycopg.connect(cluster.conninfo(home, database="postgres"), autocommit=True)


@pytest.fixture(scope="session")
def template_database(test_cluster: Path) -> Iterator[str]:
    """Name of a migrated, empty database, made once per run."""
    name = f"template_{uuid.uuid4().hex[:12]}"
    with _admin(test_cluster) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        migrate_dsn(cluster.conninfo(test_cluster, database=name))
        yield name
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def database(test_cluster: Path, template_database: str) -> Iterator[DatabaseSettings]:
    """Settings of a fresh clone of the migrated database."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    with _admin(test_cluster) as admin:
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template_database)
            )
        )
        yield DatabaseSettings.model_validate({"database_url": cluster.conninfo(test_cluster, database=name)})
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def home(tmp_path: Path) -> HomeSettings:
    """An empty `SAS_HOME`."""
    return HomeSettings.model_validate({"home": tmp_path / "home"})


@pytest.fixture
def conn(database: DatabaseSettings, home: HomeSettings) -> Iterator[psycopg.Connection]:
    """A connection to a fresh clone, as the owner."""
    from core.db.connect import connect

    with connect(database, home, role="owner") as connection:
        yield connection
