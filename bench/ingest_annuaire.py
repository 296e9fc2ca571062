"""The load of `Personne_activite` without geocoding, against a bare `COPY` of the same file, in one run.

The whole pipeline is measured: reading, checks, one sheet per person and place, difference, swap, indexes.
The same file is loaded again, by fingerprint and with everything read anew (`force`). It all happens in a
scratch database of the private cluster; the bare `COPY` fills one table of one text column, without an index.
"""

from __future__ import annotations

import argparse
import resource
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psycopg

from bench.harness import RESULTS, Goal, record
from bench.ingest_ban import scratch
from bench.invented import files_of
from core.db.queries import Queries
from core.settings import HomeSettings
from ingest.files import open_files
from ingest.pipeline import ingest
from ingest.sources import annuaire_extra

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.settings import DatabaseSettings
    from ingest.pipeline import Outcome

_QUERIES: Final = Queries.load(Path(__file__).with_name("sql"))
_COPY_BYTES: Final = 1 << 20


def main(files: Sequence[Path], *, scale: str, folder: Path = RESULTS) -> None:
    """Measure and record."""
    home = HomeSettings()
    paths = list(files) or files_of("annuaire", scale=scale, home=home.path)
    with scratch(home) as database:
        copy_s = bare_copy(database, paths)
        outcomes: list[Outcome] = []
        seconds: list[float] = []
        for force in (False, False, True):
            started = time.perf_counter()
            outcomes.append(
                ingest(
                    "annuaire", paths, apply=True, geocode=False, force=force, database=database, home=home
                )
            )
            seconds.append(time.perf_counter() - started)
    first = outcomes[0]
    first_s, same_s, forced_s = seconds
    rows = first.counts["read"]
    record(
        "ingest_annuaire",
        {
            "scale": scale if not files else "given files",
            "rows": rows,
            "offers": first.difference["directory.offer"].added,
            "copy_s": copy_s,
            "load_s": first_s,
            "load_again_forced_s": forced_s,
            "load_rows_per_s": rows / first_s,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "rejected": first.rejected,
        },
        {
            "load_over_copy": first_s / copy_s,
            "same_files_again_over_first": same_s / first_s,
            "forced_again_over_first": forced_s / first_s,
        },
        {
            "load_over_copy": Goal(4.0),
            "peak_mb": Goal(400.0),
            "same_files_again_over_first": Goal(0.5),
            "forced_again_over_first": Goal(0.5),
        },
        folder=folder,
    )


def bare_copy(database: DatabaseSettings, paths: Sequence[Path]) -> float:
    """Seconds to put the activity file in one table of text."""
    assert database.database_url is not None  # noqa: S101 - made by `scratch`
    inputs = [file for file in open_files(paths) if annuaire_extra.kind_of(file.name) == "activity"]
    with psycopg.connect(database.database_url.get_secret_value()) as conn:
        conn.execute(_QUERIES["create_bare_lines"])
        conn.commit()
        started = time.perf_counter()
        for file in inputs:
            with file.open() as stream, conn.cursor().copy(_QUERIES["copy_bare_lines"]) as copy:
                while block := stream.read(_COPY_BYTES):
                    copy.write(block)
        conn.commit()
        elapsed = time.perf_counter() - started
        conn.execute(_QUERIES["drop_bare_lines"])
        conn.commit()
    return elapsed


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--scale", default="demo", choices=("small", "demo", "national"))
    arguments = parser.parse_args()
    main(arguments.files, scale=arguments.scale)
