"""The private PostgreSQL cluster under `SAS_HOME`: made, started and stopped here.

PostgreSQL refuses to run as root, so when the caller is root the server runs as the system user
`postgres` that Debian's package creates. It listens on a Unix socket only, in a short directory of mode
700 (a socket path is limited to 107 bytes); who can enter that directory may connect as any role.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from psycopg.conninfo import make_conninfo

from core.errors import SystemMissing

DATABASE = "sas"
OWNER = "sas_owner"
_SERVER_USER = "postgres"

# Tuned for two cores and a machine shared with a desktop: bulk loads (WAL, maintenance) and serving.
_CONFIG = """
listen_addresses = ''
unix_socket_directories = '{socket}'
unix_socket_permissions = 0700
max_connections = 60
shared_buffers = 512MB
effective_cache_size = 2GB
work_mem = 32MB
maintenance_work_mem = 256MB
max_wal_size = 4GB
checkpoint_timeout = 15min
wal_compression = on
random_page_cost = 1.1
effective_io_concurrency = 100
jit = off
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_destination = stderr
logging_collector = off
timezone = UTC
"""


def socket_dir(home: Path) -> Path:
    """Short directory of the cluster's socket, one for each `SAS_HOME`."""
    digest = hashlib.sha256(str(home).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"sas-{digest}"


def conninfo(home: Path, *, database: str = DATABASE) -> str:
    """The libpq connection string of the private cluster, as the owner."""
    return make_conninfo(host=str(socket_dir(home)), dbname=database, user=OWNER)


def data_dir(home: Path) -> Path:
    """Data directory of the private cluster."""
    return home / "pg"


def bin_dir() -> Path:
    """Directory of the newest PostgreSQL server that has PostGIS.

    Raises
    ------
    SystemMissing   there is none; the message says which package brings it
    """
    for directory in sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: -int(p.parent.name)):
        version = directory.parent.name
        if (directory / "postgres").exists() and Path(
            f"/usr/share/postgresql/{version}/extension/postgis.control"
        ).exists():
            return directory
    raise SystemMissing(
        "PostGIS est absent : « apt-get install postgresql-15-postgis-3 postgresql-15-postgis-3-scripts »."
    )


def is_running(home: Path) -> bool:
    """Whether the server of this cluster runs."""
    if not (data_dir(home) / "PG_VERSION").exists():
        return False
    return _as_server([str(bin_dir() / "pg_ctl"), "-D", str(data_dir(home)), "status"]).returncode == 0


def ensure(home: Path) -> None:
    """Create the cluster if there is none, start it if it is stopped. Repeatable.

    Raises
    ------
    SystemMissing   no PostGIS, no right, no room on the disk
    """
    if is_running(home):
        return
    data = data_dir(home)
    sockets = socket_dir(home)
    home.mkdir(parents=True, exist_ok=True)
    for directory in (data, sockets):
        directory.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() == 0:
            shutil.chown(directory, _SERVER_USER)
    if not (data / "PG_VERSION").exists():
        _init(data)
    (data / "postgresql.auto.conf").write_text(_CONFIG.format(socket=sockets), encoding="utf-8")
    _check(
        _as_server(
            [
                str(bin_dir() / "pg_ctl"),
                "-D",
                str(data),
                "-w",
                "-t",
                "60",
                "-l",
                str(data / "server.log"),
                "start",
            ]
        )
    )
    _check(
        _as_server(
            [
                str(bin_dir() / "psql"),
                "-h",
                str(sockets),
                "-U",
                OWNER,
                "-d",
                "postgres",
                "-tAc",
                f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'",
            ]
        )
    ).stdout.strip() or _check(
        _as_server([str(bin_dir() / "createdb"), "-h", str(sockets), "-U", OWNER, DATABASE])
    )


def stop(home: Path) -> None:
    """Stop the server; nothing to do when it does not run."""
    if is_running(home):
        _check(_as_server([str(bin_dir() / "pg_ctl"), "-D", str(data_dir(home)), "-m", "fast", "-w", "stop"]))


def _init(data: Path) -> None:
    command = [
        str(bin_dir() / "initdb"),
        "-D",
        str(data),
        "-U",
        OWNER,
        "--auth-local=trust",
        "--auth-host=reject",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
    ]
    try:
        _check(_as_server(command))
    except SystemMissing:
        shutil.rmtree(data, ignore_errors=True)
        raise


def _as_server(command: list[str]) -> subprocess.CompletedProcess[str]:
    if os.geteuid() == 0:
        pwd.getpwnam(_SERVER_USER)
        command = ["setpriv", "--reuid", _SERVER_USER, "--regid", _SERVER_USER, "--init-groups", *command]
    return subprocess.run(command, check=False, capture_output=True, text=True, cwd="/")  # noqa: S603


def _check(done: subprocess.CompletedProcess[str]) -> subprocess.CompletedProcess[str]:
    if done.returncode != 0:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["?"]
        raise SystemMissing(f"PostgreSQL ne démarre pas : {last[0]}", command=done.args[0])
    return done
