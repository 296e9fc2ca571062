"""A country invented in a database of its own: 1.6 million places, 60,000 practitioners with 5 million slots.

It is kept from one run to the next, and made again when the size or the migrations change.
"""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psycopg
from psycopg import sql
from pydantic import SecretStr

from care.specialty import specialty_id
from core.clock import utc_now
from core.db import cluster
from core.db.migrate import MIGRATIONS, migrate
from core.db.queries import Queries
from core.settings import DatabaseSettings
from ingest.load.specialty import load_specialties

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.settings import HomeSettings

QUERIES: Final = Queries.load(Path(__file__).with_name("sql"))
GENERAL_PRACTICE: Final = "SM54"
_DATABASE: Final = "sas_bench_country"


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much is invented; `slots` for each practitioner who has some."""

    offers: int
    people: int
    slots: int


SIZES: Final = {
    "small": Size(offers=40_000, people=1_500, slots=84),
    "demo": Size(offers=200_000, people=8_000, slots=84),
    "national": Size(offers=1_600_000, people=60_000, slots=84),
}


@contextmanager
def country(home: HomeSettings, scale: str) -> Iterator[DatabaseSettings]:
    """The database of a size, its slots as fresh as if the sweep had just ended."""
    cluster.ensure(home.path)
    size = SIZES[scale]
    database = DatabaseSettings(database_url=SecretStr(cluster.conninfo(home.path, database=_DATABASE)))
    known = f"{utc_now():%Y-%m-%d} {size} {sorted(path.name for path in MIGRATIONS.glob('*.sql'))}"
    with psycopg.connect(cluster.conninfo(home.path, database="postgres"), autocommit=True) as admin:
        row = admin.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", (_DATABASE,)
        ).fetchone()
        if row is None or row[0] != known:
            name = sql.Identifier(_DATABASE)
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            admin.execute(sql.SQL("CREATE DATABASE {}").format(name))
            migrate(database, home)
            _invent(database, size)
            admin.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(name, sql.Literal(known)))
    with _connected(database) as conn:
        conn.execute(QUERIES["refresh_country"], {"now": utc_now()})
    yield database


def _invent(database: DatabaseSettings, size: Size) -> None:
    parameters: dict[str, Any] = {
        "offers": size.offers,
        "people": size.people,
        "slots": size.slots,
        "gp_id": specialty_id(GENERAL_PRACTICE),
        "now": utc_now(),
    }
    with _connected(database) as conn:
        load_specialties(conn)
        conn.execute("SELECT setseed(0.25)")
        for name in ("invent_country", "fill_country", "fill_slots", "fill_participation", "settle_country"):
            started = time.perf_counter()
            used = parameters if "%(" in QUERIES[name] else None
            conn.execute(QUERIES[name], used)
            print(f"  {name}: {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)


def _connected(database: DatabaseSettings) -> psycopg.Connection[Any]:
    assert database.database_url is not None  # noqa: S101 - made above
    return psycopg.connect(
        database.database_url.get_secret_value(), autocommit=True, cursor_factory=psycopg.ClientCursor
    )
