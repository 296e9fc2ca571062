"""Migrations: order, digests, locks, rights."""

from __future__ import annotations

import shutil
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from core.db import cluster, migrate
from core.errors import MigrationEdited, MigrationPending, StorageUnavailable, SystemMissing
from core.settings import DatabaseSettings, HomeSettings

pytestmark = pytest.mark.postgis


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two small migrations on top of the first one of the project."""
    folder = tmp_path / "migrations"
    folder.mkdir()
    shutil.copy(migrate.MIGRATIONS / "0001_roles.sql", folder)
    (folder / "0002_first.sql").write_text("-- depends: 0001_roles\nCREATE TABLE first (n integer);\n")
    (folder / "0003_second.sql").write_text("-- depends: 0002_first\nCREATE TABLE second (n integer);\n")
    return folder


@pytest.fixture
def empty(test_cluster: Path) -> Iterator[DatabaseSettings]:
    """An empty database, not migrated."""
    name = f"empty_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(cluster.conninfo(test_cluster, database="postgres"), autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield DatabaseSettings.model_validate({"database_url": cluster.conninfo(test_cluster, database=name)})
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _dsn(database: DatabaseSettings) -> str:
    assert database.database_url is not None
    return database.database_url.get_secret_value()


def test_files_are_applied_in_order_once(empty: DatabaseSettings, home: HomeSettings, folder: Path):
    assert migrate.pending(empty, home, folder=folder) == ["0001_roles", "0002_first", "0003_second"]
    assert migrate.migrate_dsn(_dsn(empty), folder=folder) == ["0001_roles", "0002_first", "0003_second"]
    assert migrate.pending(empty, home, folder=folder) == []
    assert migrate.migrate_dsn(_dsn(empty), folder=folder) == []


def test_an_applied_file_that_was_edited_stops_everything(
    empty: DatabaseSettings, home: HomeSettings, folder: Path
):
    migrate.migrate_dsn(_dsn(empty), folder=folder)
    (folder / "0002_first.sql").write_text("-- depends: 0001_roles\nCREATE TABLE first (n bigint);\n")
    (folder / "0004_third.sql").write_text("-- depends: 0003_second\nCREATE TABLE third (n integer);\n")
    with pytest.raises(MigrationEdited, match="0002_first"):
        migrate.pending(empty, home, folder=folder)
    with pytest.raises(MigrationEdited, match="0002_first"):
        migrate.migrate_dsn(_dsn(empty), folder=folder)
    with psycopg.connect(_dsn(empty)) as conn:
        assert conn.execute("SELECT to_regclass('third')").fetchone() == (None,)


def test_a_file_that_fails_leaves_nothing_and_the_next_run_carries_on(
    empty: DatabaseSettings, home: HomeSettings, folder: Path
):
    second = folder / "0003_second.sql"
    good = second.read_text()
    second.write_text(good + "SELECT 1 / 0;\n")
    with pytest.raises(psycopg.errors.DivisionByZero):
        migrate.migrate_dsn(_dsn(empty), folder=folder)
    assert migrate.pending(empty, home, folder=folder) == ["0003_second"]
    second.write_text(good)
    assert migrate.migrate_dsn(_dsn(empty), folder=folder) == ["0003_second"]


def test_a_schema_older_than_the_code_is_told_with_the_command_that_mends_it(
    empty: DatabaseSettings, home: HomeSettings
):
    with pytest.raises(MigrationPending, match="sas migrate"):
        migrate.require_current(empty, home)


def test_two_migrations_at_once_apply_each_file_once(empty: DatabaseSettings, folder: Path):
    done: list[list[str]] = []
    threads = [
        threading.Thread(target=lambda: done.append(migrate.migrate_dsn(_dsn(empty), folder=folder)))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done, key=len) == [[], ["0001_roles", "0002_first", "0003_second"]]


def test_a_table_held_by_the_service_makes_the_migration_give_up(
    empty: DatabaseSettings, home: HomeSettings, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    migrate.migrate_dsn(_dsn(empty), folder=folder)
    (folder / "0004_third.sql").write_text(
        "-- depends: 0003_second\nALTER TABLE first ADD COLUMN m integer;\n"
    )
    monkeypatch.setattr(migrate, "_STATEMENT_LOCK_WAIT_S", 0.1)
    with psycopg.connect(_dsn(empty)) as busy:
        busy.execute("SELECT * FROM first")
        with pytest.raises(StorageUnavailable, match="Relancez-la"):
            migrate.migrate_dsn(_dsn(empty), folder=folder)
    assert migrate.pending(empty, home, folder=folder) == ["0004_third"]
    assert migrate.migrate_dsn(_dsn(empty), folder=folder) == ["0004_third"]


def test_an_owner_without_the_right_to_create_roles_is_told_what_to_ask(
    empty: DatabaseSettings, test_cluster: Path
):
    name = f"plain_{uuid.uuid4().hex[:8]}"
    account = sql.Identifier(name)
    dsn = make_conninfo(_dsn(empty), user=name)
    with psycopg.connect(_dsn(empty), autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN").format(account))
        try:
            with pytest.raises(SystemMissing, match="CREATE EXTENSION postgis"):
                migrate.migrate_dsn(dsn)
            hint = migrate._RIGHTS_HINT.format(user=name).partition(" : ")[2]
            for statement in filter(None, map(str.strip, hint.split(";"))):
                if not statement.startswith("CREATE ROLE"):  # the cluster of the tests has them already
                    admin.execute(statement.encode())
            admin.execute(
                sql.SQL("ALTER DATABASE {} OWNER TO {}").format(sql.Identifier(admin.info.dbname), account)
            )
            assert migrate.migrate_dsn(dsn)
            with psycopg.connect(dsn, options="-c role=sas_reader") as reader:
                assert reader.execute("SELECT current_user").fetchone() == ("sas_reader",)
        finally:
            admin.execute(sql.SQL("REASSIGN OWNED BY {} TO CURRENT_USER").format(account))
            admin.execute(sql.SQL("DROP OWNED BY {}").format(account))
            admin.execute(sql.SQL("DROP ROLE {}").format(account))


def test_a_member_of_the_reader_role_may_ask_what_is_pending(database: DatabaseSettings, home: HomeSettings):
    as_reader = DatabaseSettings.model_validate(
        {"database_url": make_conninfo(_dsn(database), options="-c role=sas_reader")}
    )
    assert migrate.pending(as_reader, home) == []
