"""The database made ready for a verb: private cluster running, schema and nomenclatures up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.settings import DatabaseSettings, HomeSettings


def start(database: DatabaseSettings, home: HomeSettings) -> None:
    """Make and start the private cluster, unless `SAS_DATABASE_URL` names another database.

    Raises
    ------
    SystemMissing   no PostGIS, no right, no room on the disk
    """
    from core.db import cluster

    if database.database_url is None:
        cluster.ensure(home.path)


def prepare(database: DatabaseSettings, home: HomeSettings) -> list[str]:
    """Start the database and bring it up to date; returns the migrations applied.

    Raises
    ------
    SystemMissing        no PostGIS, no right
    StorageUnavailable   nobody answers
    MigrationEdited      an applied file was changed
    """
    from core.db.connect import connect
    from core.db.migrate import migrate
    from ingest.load.specialty import load_specialties

    start(database, home)
    applied = migrate(database, home)
    with connect(database, home, role="loader") as conn:
        load_specialties(conn)
    return applied
