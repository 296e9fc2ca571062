"""Jobs and schedules, in PostgreSQL (procrastinate): no other server.

The library makes its tables by its own statements, in the schema `jobs`; a worker finds them by its search
path. No job holds a place, a need or a person who asks for care.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import procrastinate
import psycopg
from procrastinate.schema import SchemaManager
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from core.db.connect import conninfo
from core.db.queries import Queries

if TYPE_CHECKING:
    from core.settings import DatabaseSettings, HomeSettings

_QUERIES = Queries.load(Path(__file__).parent / "db" / "sql")


def ensure(database: DatabaseSettings, home: HomeSettings) -> bool:
    """Make the queue when it is not there; tells whether it was made. The owner's account is used."""
    with psycopg.connect(conninfo(database, home, role="owner")) as conn:
        found = conn.execute(_QUERIES["jobs_exist"]).fetchone()
        if found is not None and found[0]:
            return False
        conn.execute(_QUERIES["jobs_place"])
        conn.execute(SchemaManager.get_schema().encode())
        conn.execute(_QUERIES["jobs_rights"])
        return True


def application(database: DatabaseSettings, home: HomeSettings) -> procrastinate.App:
    """The queue, not yet opened; tasks are added by the door that works them."""
    dsn = conninfo(database, home, role="writer")
    options = f"{conninfo_to_dict(dsn).get('options') or ''} -c search_path=jobs"
    connector = procrastinate.PsycopgConnector(
        conninfo=make_conninfo(dsn, options=options.strip(), application_name="sas-worker"),
        min_size=1,
        max_size=4,
    )
    return procrastinate.App(connector=connector)
