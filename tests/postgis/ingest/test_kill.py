"""Killed at each stage: the previous data stay, and the next run ends with the tables of an unbroken one."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from core.db import cluster
from core.db.migrate import migrate_dsn
from core.settings import DatabaseSettings
from ingest.pipeline import ingest
from tests.postgis.ingest.conftest import export

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from core.settings import HomeSettings
    from ingest.pipeline import Outcome

pytestmark = pytest.mark.postgis
_SCRIPT = Path(__file__).with_name("killed_load.py")
_ROOT = Path(__file__).resolve().parents[3]

# Where the process dies, and whether a step was complete, so that the next run carries on after it.
BEFORE_COMMIT = [
    ("enter:read", False),
    ("inside:read", False),
    ("enter:check", True),
    ("enter:difference", True),
    ("enter:swap", True),
    ("inside:swap", True),
]


def run_killed(dsn: str, home: Path, where: str, files: list[Path], victim: int | None = None) -> int:
    environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
    if victim is not None:
        environment["SAS_TEST_VICTIM"] = str(victim)
    command = [sys.executable, str(_SCRIPT), dsn, str(home), where, *map(str, files)]
    return subprocess.run(command, check=False, env=environment, capture_output=True, timeout=60).returncode


def leftovers(dsn: str) -> tuple[list[str], list[tuple[str]]]:
    with psycopg.connect(dsn) as conn:
        tables = [
            name for (name,) in conn.execute("SELECT relname FROM pg_class WHERE relname LIKE 'stage%'")
        ]
        return tables, conn.execute("SELECT state FROM ingest.run ORDER BY run_id").fetchall()


@pytest.mark.parametrize(("where", "resumes"), BEFORE_COMMIT)
def test_a_load_killed_before_its_commit_changes_nothing_and_the_next_one_ends_it(
    where: str,
    resumes: bool,
    load: Callable[..., Outcome],
    edition_2015: list[Path],
    edition_2016: list[Path],
    database: DatabaseSettings,
    home: HomeSettings,
) -> None:
    assert database.database_url is not None
    dsn = database.database_url.get_secret_value()
    load("cog", edition_2015)
    before = export(dsn)
    assert run_killed(dsn, home.path, where, edition_2016) == -signal.SIGKILL
    assert export(dsn) == before
    outcome = load("cog", edition_2016)
    assert outcome.resumed is resumes
    broken = export(dsn)
    load("cog", edition_2016, force=True)
    assert export(dsn) == broken
    assert b"Arboys en Bugey" in broken["territory.commune"]
    tables, states = leftovers(dsn)
    assert tables == []
    assert ("running",) not in states


def test_a_load_killed_just_after_its_commit_is_in_service(
    load: Callable[..., Outcome], edition_2016: list[Path], database: DatabaseSettings, home: HomeSettings
) -> None:
    assert database.database_url is not None
    dsn = database.database_url.get_secret_value()
    assert run_killed(dsn, home.path, "after:swap", edition_2016) == -signal.SIGKILL
    assert load("cog", edition_2016).unchanged
    assert leftovers(dsn) == ([], [("applied",)])


def test_an_interrupted_load_of_other_files_is_closed_and_swept(
    load: Callable[..., Outcome],
    edition_2015: list[Path],
    edition_2016: list[Path],
    database: DatabaseSettings,
    home: HomeSettings,
) -> None:
    assert database.database_url is not None
    dsn = database.database_url.get_secret_value()
    run_killed(dsn, home.path, "enter:swap", edition_2015)
    assert not load("cog", edition_2016).resumed
    assert leftovers(dsn) == ([], [("failed",), ("applied",)])


@pytest.fixture
def throw_away() -> Iterator[tuple[Path, str]]:
    """A cluster of its own, migrated: (home, address). It may be killed."""
    # Not under pytest's folders: each session closes them to other users, and root's test server is one.
    home = Path(tempfile.mkdtemp(prefix="sas-kill-"))
    home.chmod(0o755)
    cluster.ensure(home)
    dsn = cluster.conninfo(home)
    migrate_dsn(dsn)
    yield home, dsn
    cluster.stop(home)
    shutil.rmtree(home)


def postmaster(home: Path) -> int:
    return int((cluster.data_dir(home) / "postmaster.pid").read_text().splitlines()[0])


def wait_for_orphans(home: Path) -> None:
    """The children of a killed server hold its memory until they see it dead: on a busy disk, for seconds."""
    data = cluster.data_dir(home)
    for _ in range(600):
        if not any(_stands_in(process, data) for process in Path("/proc").glob("[0-9]*")):
            return
        time.sleep(0.1)


def _stands_in(process: Path, data: Path) -> bool:
    try:
        return (process / "cwd").readlink() == data
    except OSError:
        return False


def test_a_server_killed_at_each_stage_comes_back_with_the_previous_data_and_the_next_run_ends_the_load(
    throw_away: tuple[Path, str], edition_2015: list[Path], edition_2016: list[Path], home: HomeSettings
) -> None:
    server, dsn = throw_away
    database = DatabaseSettings.model_validate({"database_url": dsn})

    def load(files: list[Path], *, force: bool = False) -> Outcome:
        return ingest("cog", files, apply=True, database=database, home=home, force=force)

    load(edition_2015)
    before = export(dsn)
    for where in ("inside:read", "enter:swap", "inside:swap"):
        assert run_killed(dsn, home.path, where, edition_2016, postmaster(server)) == 1
        wait_for_orphans(server)
        cluster.ensure(server)
        assert export(dsn) == before, where
    # PostgreSQL empties unlogged tables after a crash: what was staged is read again, not trusted.
    outcome = load(edition_2016)
    assert not outcome.resumed
    broken = export(dsn)
    load(edition_2016, force=True)
    assert export(dsn) == broken
    assert b"Arboys en Bugey" in broken["territory.commune"]
    assert leftovers(dsn)[0] == []
