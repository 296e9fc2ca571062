"""Migrations: plain SQL files applied in order by yoyo, each in its own transaction.

Files are `core/db/migrations/NNNN_words.sql`. An applied file is never edited: its digest is kept beside the
name and compared at each run. One run at a time holds an advisory lock; a file that waits for a lock of the
service more than a few seconds gives up, so that searches never queue behind a migration.
"""

from __future__ import annotations

import hashlib
import logging
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from yoyo import read_migrations
from yoyo.backends.core.postgresql import PostgresqlPsycopgBackend
from yoyo.migrations import default_migration_table

from core.clock import utc_now
from core.db.connect import conninfo
from core.db.queries import Queries
from core.errors import MigrationEdited, MigrationPending, StorageUnavailable, SystemMissing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.settings import DatabaseSettings, HomeSettings

MIGRATIONS = Path(__file__).with_name("migrations")
_QUERIES = Queries.load(Path(__file__).with_name("sql"))
_LOCK_KEY = 0x5A5_0001
_LOCK_WAIT_S = 60
_STATEMENT_LOCK_WAIT_S = 10


def pending(database: DatabaseSettings, home: HomeSettings, *, folder: Path = MIGRATIONS) -> list[str]:
    """Names of the migrations not yet applied, in order. Writes nothing; any role may ask.

    Raises
    ------
    MigrationEdited   a file was changed after it was applied
    """
    dsn = conninfo(database, home, role="owner")
    with psycopg.connect(dsn, autocommit=True) as conn:
        return _pending(conn, folder)


def require_current(database: DatabaseSettings, home: HomeSettings) -> None:
    """Stop when the schema is older than the code.

    Raises
    ------
    MigrationPending   the message names the command that mends it
    """
    missing = pending(database, home)
    if missing:
        raise MigrationPending(
            f"La base est plus ancienne que le programme ({len(missing)} migration(s) à appliquer, dont "
            f"{missing[0]}) : lancez « sas migrate ».",
            pending=missing,
        )


def migrate(database: DatabaseSettings, home: HomeSettings) -> list[str]:
    """Apply what is pending, under a lock; returns the names applied. See `migrate_dsn` for the errors."""
    return migrate_dsn(conninfo(database, home, role="owner"))


def migrate_dsn(dsn: str, *, folder: Path = MIGRATIONS) -> list[str]:
    """Same as `migrate`, on a libpq connection string of the owner.

    Raises
    ------
    MigrationEdited      a file was changed after it was applied; nothing is done
    StorageUnavailable   nobody answers, or another migration holds the lock for too long
    SystemMissing        the owner may not create roles or extensions, or the server has no PostGIS
    """
    with _locked(dsn) as conn:
        todo = _pending(conn, folder)
        if not todo:
            return []
        try:
            conn.execute(_QUERIES["bookkeeping"])
            _apply(dsn, folder, conn)
        except psycopg.errors.InsufficientPrivilege as exc:
            raise SystemMissing(_RIGHTS_HINT.format(user=conn.info.user), pending=todo) from exc
        except psycopg.errors.UndefinedFile as exc:  # the control file of an extension
            raise SystemMissing(
                "Le serveur PostgreSQL n'a pas PostGIS : installez postgresql-15-postgis-3 (la version du "
                "serveur) sur sa machine.",
                pending=todo,
            ) from exc
        except psycopg.errors.LockNotAvailable as exc:
            raise StorageUnavailable(
                "Une migration a attendu trop longtemps une table occupée ; rien n'a changé. Relancez-la."
            ) from exc
        conn.execute(_QUERIES["bookkeeping_readable"])
        return todo


_RIGHTS_HINT = (
    "Le compte « {user} » n'a pas le droit de préparer la base. Un administrateur du serveur doit lancer : "
    "CREATE EXTENSION postgis; CREATE EXTENSION pg_trgm; CREATE EXTENSION unaccent; "
    "CREATE EXTENSION btree_gist; CREATE ROLE sas_loader; CREATE ROLE sas_writer; CREATE ROLE sas_reader; "
    'GRANT sas_loader, sas_writer, sas_reader TO "{user}";'
)


class _Backend(PostgresqlPsycopgBackend):
    """yoyo's backend, opened on a libpq connection string: no second syntax for addresses."""

    def connect(self, dburi: Any) -> Any:
        return psycopg.connect(dburi, autocommit=True)

    @contextmanager
    def lock(self, timeout: float = 0) -> Iterator[None]:  # noqa: ARG002 - yoyo's signature
        """Nothing: the advisory lock is held already, and unlike yoyo's row it goes with a killed session."""
        yield

    def list_tables(self, **_unused: Any) -> list[str]:
        return [row[0] for row in self.execute(_QUERIES["tables"])]

    def get_log_data(self, migration: Any = None, operation: str = "apply") -> dict[str, Any]:
        """What yoyo logs in its own table, without the account and the name of the machine."""
        return {
            "id": str(uuid.uuid4()),
            "migration_id": migration.id if migration else None,
            "migration_hash": migration.hash if migration else None,
            "username": "sas",
            "hostname": "",
            "created_at_utc": utc_now().replace(tzinfo=None),
            "operation": operation,
        }


def _apply(dsn: str, folder: Path, conn: psycopg.Connection[Any]) -> None:
    logging.getLogger("yoyo").setLevel(logging.ERROR)
    options = f"{conninfo_to_dict(dsn).get('options') or ''} -c lock_timeout={_STATEMENT_LOCK_WAIT_S}s"
    backend = _Backend(make_conninfo(dsn, options=options.strip()), default_migration_table)
    backend.init_database()
    try:
        for migration in backend.to_apply(read_migrations(str(folder))):
            backend.apply_one(migration)
            _note(conn, folder, migration.id)
    finally:
        backend.connection.close()


def _pending(conn: psycopg.Connection[Any], folder: Path) -> list[str]:
    known = sorted(path.stem for path in folder.glob("*.sql"))
    found = conn.execute(_QUERIES["bookkeeping_exists"]).fetchone()
    if found is None or not found[0]:
        return known
    applied: dict[str, str | None] = dict(conn.execute(_QUERIES["applied"]).fetchall())
    edited = [
        name for name in known if applied.get(name) is not None and applied[name] != _digest(folder, name)
    ]
    if edited:
        raise MigrationEdited(
            f"La migration {edited[0]} a été modifiée après avoir été appliquée : rétablissez le fichier et "
            "écrivez-en une nouvelle (ou, si la base peut être perdue : « make clean »).",
            edited=edited,
        )
    return [name for name in known if name not in applied]


def _note(conn: psycopg.Connection[Any], folder: Path, name: str) -> None:
    conn.execute(_QUERIES["note_digest"], {"migration_id": name, "sha256": _digest(folder, name)})


def _digest(folder: Path, name: str) -> str:
    return hashlib.sha256((folder / f"{name}.sql").read_bytes()).hexdigest()


@contextmanager
def _locked(dsn: str) -> Iterator[psycopg.Connection[Any]]:
    options = f"{conninfo_to_dict(dsn).get('options') or ''} -c lock_timeout={_LOCK_WAIT_S}s"
    try:
        conn = psycopg.connect(make_conninfo(dsn, options=options.strip()), autocommit=True)
    except psycopg.OperationalError as exc:
        raise StorageUnavailable(
            "La base de données ne répond pas. Lancez « sas check » pour savoir pourquoi."
        ) from exc
    with conn:
        try:
            conn.execute(_QUERIES["lock"], {"key": _LOCK_KEY})
        except psycopg.errors.LockNotAvailable as exc:
            raise StorageUnavailable("Une autre migration est en cours sur cette base.") from exc
        yield conn
