"""The load of the address base, indexes included, against a bare `COPY` of the same files, in one run.

Files of the demonstration in the official format (`--scale`), or the files given. Both go through the same
decompression, into a scratch database of the private cluster, dropped at the end. The bare `COPY` fills
one table of 23 text columns without an index.
"""

from __future__ import annotations

import argparse
import resource
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psycopg
from psycopg import sql
from pydantic import SecretStr

from bench.harness import RESULTS, Goal, record
from bench.invented import files_of
from core.db import cluster
from core.db.migrate import migrate
from core.db.queries import Queries
from core.settings import DatabaseSettings, HomeSettings
from ingest.files import open_files
from ingest.pipeline import ingest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

RATIO_GOAL: Final = 4.0
MEMORY_GOAL_MB: Final = 400.0
_DATABASE: Final = "sas_bench_ban"
_QUERIES = Queries.load(Path(__file__).with_name("sql"))
_COPY_BYTES: Final = 1 << 20


def main(files: Sequence[Path], *, scale: str, folder: Path = RESULTS) -> None:
    """Measure and record."""
    home = HomeSettings()
    paths = list(files) or files_of("ban", scale=scale, home=home.path)
    with scratch(home) as database:
        copy_s = bare_copy(database, paths)
        started = time.perf_counter()
        outcome = ingest("ban", paths, apply=True, database=database, home=home)
        load_s = time.perf_counter() - started
        started = time.perf_counter()
        again = ingest("ban", paths, apply=True, database=database, home=home)
        again_s = time.perf_counter() - started
        size_mb = _size_mb(database)
    rows = outcome.counts["read"]
    record(
        "ingest_ban",
        {
            "scale": scale if not files else "given files",
            "rows": rows,
            "copy_s": copy_s,
            "load_s": load_s,
            "load_rows_per_s": rows / load_s,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "table_mb": size_mb,
            "rejected": outcome.rejected,
            "unchanged_is_seen": float(again.unchanged),
        },
        {"load_over_copy": load_s / copy_s, "same_files_again_over_first": again_s / load_s},
        {
            "load_over_copy": Goal(RATIO_GOAL),
            "peak_mb": Goal(MEMORY_GOAL_MB),
            "same_files_again_over_first": Goal(0.5),
        },
        folder=folder,
    )


def bare_copy(database: DatabaseSettings, paths: Sequence[Path]) -> float:
    """Seconds to put the address files, decompressed on the fly, in one table of text."""
    assert database.database_url is not None  # noqa: S101 - made by `scratch`
    inputs = [file for file in open_files(paths) if "lieux-dits" not in file.name]
    with psycopg.connect(database.database_url.get_secret_value()) as conn:
        conn.execute(_QUERIES["create_bare_addresses"])
        started = time.perf_counter()
        for file in inputs:
            with file.open() as stream, conn.cursor().copy(_QUERIES["copy_bare_addresses"]) as copy:
                while block := stream.read(_COPY_BYTES):
                    copy.write(block)
        conn.commit()
        elapsed = time.perf_counter() - started
        conn.execute(_QUERIES["drop_bare_addresses"])
        conn.commit()
    return elapsed


@contextmanager
def scratch(home: HomeSettings) -> Iterator[DatabaseSettings]:
    """A migrated database of its own, dropped at the end."""
    cluster.ensure(home.path)
    name = sql.Identifier(_DATABASE)
    with psycopg.connect(cluster.conninfo(home.path, database="postgres"), autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        admin.execute(sql.SQL("CREATE DATABASE {}").format(name))
        database = DatabaseSettings(database_url=SecretStr(cluster.conninfo(home.path, database=_DATABASE)))
        try:
            migrate(database, home)
            yield database
        finally:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


def _size_mb(database: DatabaseSettings) -> float:
    assert database.database_url is not None  # noqa: S101 - made by `scratch`
    with psycopg.connect(database.database_url.get_secret_value()) as conn:
        row = conn.execute(_QUERIES["street_table_bytes"]).fetchone()
    return row[0] / 2**20 if row else 0.0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--scale", default="demo", choices=("small", "demo", "national"))
    arguments = parser.parse_args()
    main(arguments.files, scale=arguments.scale)
