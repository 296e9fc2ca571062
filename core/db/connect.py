"""Connections: one function for batch work; the server's pools are opened by `api.wiring`.

Four roles of least right share the database (`core/db/migrations`):

    owner    owns the schemas; migrations only
    loader   writes reference data and the directory; batch loads
    writer   what the server may write (later: participation, slots)
    reader   what the server may read
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from core.db import cluster
from core.errors import StorageUnavailable

if TYPE_CHECKING:
    from core.settings import DatabaseSettings, HomeSettings

Role = Literal["owner", "loader", "writer", "reader"]


def conninfo(
    database: DatabaseSettings, home: HomeSettings, *, role: Role, statement_timeout_s: float = 0
) -> str:
    """The libpq connection string for a role; `statement_timeout_s` 0 means none (batch work)."""
    base = (
        database.database_url.get_secret_value()
        if database.database_url is not None
        else cluster.conninfo(home.path)
    )
    options = [conninfo_to_dict(base).get("options") or ""]
    if role != "owner":
        options.append(f"-c role=sas_{role}")
    options.append(f"-c timezone=UTC -c statement_timeout={round(statement_timeout_s * 1000)}")
    return make_conninfo(
        base, application_name=f"sas-{role}", connect_timeout=5, options=" ".join(filter(None, options))
    )


def connect(database: DatabaseSettings, home: HomeSettings, *, role: Role) -> psycopg.Connection[Any]:
    """A connection for batch work, not in autocommit.

    Raises
    ------
    StorageUnavailable   nobody answers, or the role is refused
    """
    try:
        return psycopg.connect(conninfo(database, home, role=role))
    except psycopg.OperationalError as exc:
        raise StorageUnavailable(
            "La base de données ne répond pas. Lancez « sas check » pour savoir pourquoi.", role=role
        ) from exc
