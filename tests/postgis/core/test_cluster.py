"""The private cluster: made, killed, started again, removed. A real server each time, in a short folder."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from core.db import cluster, server_user
from core.errors import SystemMissing

pytestmark = pytest.mark.postgis


@pytest.fixture
def cluster_home() -> Iterator[Path]:
    """A `SAS_HOME` the server's account can enter, whoever runs the tests."""
    folder = Path(tempfile.mkdtemp(prefix="sas-cluster-"))
    folder.chmod(0o755)
    home = folder / "home"
    yield home
    cluster.remove(home)
    shutil.rmtree(folder)


def _answers(home: Path) -> bool:
    with psycopg.connect(cluster.conninfo(home)) as conn:
        return conn.execute("SELECT true").fetchone() == (True,)


def _pid(home: Path) -> int:
    return int((cluster.data_dir(home) / "postmaster.pid").read_text().split("\n", 1)[0])


def test_a_cluster_is_made_started_stopped_and_removed(cluster_home: Path):
    assert not cluster.is_running(cluster_home)
    assert not cluster.stop(cluster_home)
    cluster.ensure(cluster_home, durable=False)
    pid = _pid(cluster_home)
    cluster.ensure(cluster_home, durable=False)
    assert _pid(cluster_home) == pid
    assert _answers(cluster_home)
    assert cluster.stop(cluster_home)
    assert not cluster.is_running(cluster_home)
    cluster.remove(cluster_home)
    assert not cluster.exists(cluster_home)
    assert not cluster.socket_dir(cluster_home).exists()


def test_committed_rows_survive_a_killed_server_and_a_socket_swept_away(cluster_home: Path):
    cluster.ensure(cluster_home)
    with psycopg.connect(cluster.conninfo(cluster_home)) as conn:
        conn.execute("CREATE TABLE kept AS SELECT 1 AS one")
    os.kill(_pid(cluster_home), signal.SIGKILL)
    cluster.ensure(cluster_home)
    with psycopg.connect(cluster.conninfo(cluster_home)) as conn:
        assert conn.execute("SELECT one FROM kept").fetchone() == (1,)
    shutil.rmtree(cluster.socket_dir(cluster_home))
    assert not cluster.is_running(cluster_home)
    cluster.ensure(cluster_home)
    assert _answers(cluster_home)


def test_the_process_number_left_by_a_killed_server_may_belong_to_another_program(cluster_home: Path):
    cluster.ensure(cluster_home, durable=False)
    cluster.stop(cluster_home)
    stale = cluster.data_dir(cluster_home) / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n")
    assert not cluster.stop(cluster_home)
    cluster.ensure(cluster_home, durable=False)
    assert _answers(cluster_home)


def test_a_creation_cut_short_is_made_again(cluster_home: Path):
    draft = cluster_home / "pg.part"
    draft.mkdir(parents=True)
    (draft / "PG_VERSION").write_text("15\n")
    cluster.ensure(cluster_home, durable=False)
    assert _answers(cluster_home)
    assert not draft.exists()


def test_settings_follow_the_code_at_the_next_call(cluster_home: Path):
    cluster.ensure(cluster_home)
    cluster.ensure(cluster_home, durable=False)
    deadline = time.monotonic() + 10
    with psycopg.connect(cluster.conninfo(cluster_home), autocommit=True) as conn:
        while conn.execute("SHOW fsync").fetchone() != ("off",):
            assert time.monotonic() < deadline, "the server never took the new settings"
            time.sleep(0.05)


def test_a_statement_that_fails_leaves_no_text_in_the_journal(cluster_home: Path):
    cluster.ensure(cluster_home, durable=False)
    with (
        psycopg.connect(cluster.conninfo(cluster_home)) as conn,
        pytest.raises(psycopg.errors.InvalidTextRepresentation),
    ):
        conn.execute("SELECT '12 rue du Canari'::integer")
    cluster.stop(cluster_home)
    journal = "".join(path.read_text() for path in (cluster.data_dir(cluster_home) / "log").iterdir())
    assert "shut" in journal
    assert "Canari" not in journal


def test_a_socket_folder_that_is_a_link_is_refused(cluster_home: Path, tmp_path: Path):
    directory = cluster.socket_dir(cluster_home)
    directory.symlink_to(tmp_path)
    try:
        with pytest.raises(SystemMissing, match="appartient à un autre compte"):
            cluster.ensure(cluster_home, durable=False)
    finally:
        directory.unlink()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder of somebody else")
def test_a_socket_folder_of_somebody_else_is_refused(cluster_home: Path):
    directory = cluster.socket_dir(cluster_home)
    directory.mkdir(mode=0o700)
    os.chown(directory, 65534, 65534)
    with pytest.raises(SystemMissing, match="appartient à un autre compte"):
        cluster.ensure(cluster_home, durable=False)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to another account")
def test_data_of_a_closed_home_stand_where_the_server_can_enter(cluster_home: Path):
    cluster_home.mkdir(mode=0o700)
    cluster.ensure(cluster_home, durable=False)
    data = cluster.data_dir(cluster_home)
    assert cluster_home not in data.parents
    assert _answers(cluster_home)
    cluster.remove(cluster_home)
    assert not data.exists()


def test_a_disk_almost_full_is_told_before_the_cluster_is_made(
    cluster_home: Path, monkeypatch: pytest.MonkeyPatch
):
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=10 << 20))
    with pytest.raises(SystemMissing, match="Disque presque plein : il reste 10 Mo"):
        cluster.ensure(cluster_home, durable=False)


def test_the_server_does_not_run_as_root(cluster_home: Path):
    cluster.ensure(cluster_home, durable=False)
    assert Path(f"/proc/{_pid(cluster_home)}").stat().st_uid == server_user.account().pw_uid != 0
