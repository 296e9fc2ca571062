"""Connections: one function for batch work; the server's pools are opened by `api.wiring`.

Four roles of least right share the database (`core/db/migrations`):

    owner    owns the schemas; migrations only
    loader   writes reference data and the directory; batch loads
    writer   what the server may write: calendars, participation, appointments
    reader   what the server may read

`SAS_DATABASE_URL` (an address `postgresql://…` or libpq's `key=value` form) names the login that opens the
session; the role is taken at the start of the session, so one login that is a member of the roles it needs is
enough. "owner" takes no role: it is that login itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from core.db import cluster
from core.errors import InvalidParameter, StorageUnavailable

if TYPE_CHECKING:
    from core.settings import DatabaseSettings, HomeSettings

Role = Literal["owner", "loader", "writer", "reader"]

_CONNECT_TIMEOUT_S = 5


def conninfo(
    database: DatabaseSettings, home: HomeSettings, *, role: Role, statement_timeout_s: float = 0
) -> str:
    """The libpq connection string for a role; `statement_timeout_s` 0 means none (batch work).

    Raises
    ------
    InvalidParameter   SAS_DATABASE_URL cannot be read
    """
    base = (
        database.database_url.get_secret_value()
        if database.database_url is not None
        else cluster.conninfo(home.path)
    )
    given = _parsed(base)
    options = [str(given.get("options") or "")]
    if role != "owner":
        options.append(f"-c role=sas_{role}")
    options.append(f"-c timezone=UTC -c statement_timeout={round(statement_timeout_s * 1000)}")
    return make_conninfo(
        base,
        application_name=f"sas-{role}",
        connect_timeout=given.get("connect_timeout") or _CONNECT_TIMEOUT_S,
        options=" ".join(filter(None, options)),
    )


def connect(database: DatabaseSettings, home: HomeSettings, *, role: Role) -> psycopg.Connection[Any]:
    """A connection for batch work, not in autocommit. A private cluster that is stopped is started.

    Raises
    ------
    InvalidParameter     SAS_DATABASE_URL cannot be read
    StorageUnavailable   nobody answers, or the role is refused
    """
    dsn = conninfo(database, home, role=role)
    try:
        if database.database_url is None and cluster.exists(home.path) and not cluster.is_running(home.path):
            cluster.ensure(home.path)
        return psycopg.connect(dsn)
    except psycopg.OperationalError as exc:
        raise StorageUnavailable(
            "La base de données ne répond pas. Lancez « sas check » pour savoir pourquoi.", role=role
        ) from exc


def _parsed(base: str) -> dict[str, Any]:
    try:
        return dict(conninfo_to_dict(base))
    except psycopg.ProgrammingError:
        # Neither the text nor libpq's sentence about it: both may hold the password.
        raise InvalidParameter(
            "SAS_DATABASE_URL est illisible : écrivez postgresql://compte@serveur:5432/base, ou "
            "« host=… dbname=… user=… ».",
            parameter="SAS_DATABASE_URL",
        ) from None
