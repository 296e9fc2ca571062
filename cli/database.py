"""The database made ready for a verb: private cluster running, schema and nomenclatures up to date.

A verb that writes or serves calls `ready`, a verb that only reads calls `wake`: a private cluster is then
there and answers. A database named by `SAS_DATABASE_URL` belongs to somebody: only `sas migrate` changes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from psycopg import AsyncConnection

    from core.settings import DatabaseSettings, HomeSettings

Result = TypeVar("Result")


def start(database: DatabaseSettings, home: HomeSettings) -> None:
    """Make and start the private cluster, unless `SAS_DATABASE_URL` names another database.

    Raises
    ------
    SystemMissing   no PostGIS, no right, no room on the disk
    """
    from core.db import cluster

    if database.database_url is None:
        cluster.ensure(home.path)


def wake(database: DatabaseSettings, home: HomeSettings) -> None:
    """Start the private cluster when it exists; a verb that only reads makes none."""
    from core.db import cluster

    if database.database_url is None and cluster.exists(home.path) and not cluster.is_running(home.path):
        cluster.ensure(home.path)


def ready(database: DatabaseSettings, home: HomeSettings) -> None:
    """Make, start and bring up to date the private cluster; leave any other database as it is.

    Raises
    ------
    SystemMissing     no PostGIS, no right, no room on the disk
    MigrationEdited   an applied file was changed
    """
    if database.database_url is None:
        prepare(database, home)


def prepare(database: DatabaseSettings, home: HomeSettings) -> list[str]:
    """Start the database and bring it up to date; returns the migrations applied.

    Raises
    ------
    SystemMissing        no PostGIS, no right
    StorageUnavailable   nobody answers
    MigrationEdited      an applied file was changed
    """
    from core import jobs
    from core.db.connect import connect
    from core.db.migrate import migrate
    from ingest.load.specialty import load_specialties

    start(database, home)
    applied = migrate(database, home)
    jobs.ensure(database, home)
    with connect(database, home, role="loader") as conn:
        load_specialties(conn)
    return applied


async def writing(
    work: Callable[[AsyncConnection[Any]], Awaitable[Result]], *, commit: bool = True
) -> Result:
    """The result of `work` on a connection of the server's role that writes, in one transaction.

    Raises
    ------
    StorageUnavailable   nobody answers, or the role is refused
    """
    import psycopg

    from core.db.connect import conninfo
    from core.errors import StorageUnavailable
    from core.settings import DatabaseSettings, HomeSettings

    database, home = DatabaseSettings(), HomeSettings()
    wake(database, home)
    try:
        conn = await psycopg.AsyncConnection.connect(conninfo(database, home, role="writer"))
    except psycopg.OperationalError as exc:
        raise StorageUnavailable(
            "La base de données ne répond pas. Lancez « sas check » pour savoir pourquoi."
        ) from exc
    async with conn:
        result = await work(conn)
        if not commit:
            await conn.rollback()
        return result
