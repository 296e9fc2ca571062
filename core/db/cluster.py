"""The private PostgreSQL cluster of a `SAS_HOME`: made, started, stopped and removed here.

It listens on a Unix socket only, in a short directory of mode 700 under /tmp (a socket path is limited to 107
bytes); who can enter that directory may connect as any role. The data stand in `SAS_HOME/pg`, or under
/var/lib/sas-platform when root runs this and the server's account cannot reach `SAS_HOME`: the file
`SAS_HOME/pg-location` then says where.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from core.db import server_user, tuning
from core.errors import SystemMissing

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

DATABASE = "sas"
OWNER = "sas_owner"

_SERVERS = Path("/usr/lib/postgresql")
_EXTENSIONS = Path("/usr/share/postgresql")
_OLDEST_VERSION = 14
_ELSEWHERE = Path("/var/lib/sas-platform")
_SOCKETS = Path("/tmp")  # noqa: S108 - short, and the same for every session; ownership and mode are checked
_SETTINGS_FILE = "sas.conf"
_ROOM_TO_CREATE = 400 << 20
_ROOM_TO_START = 100 << 20
_START_ATTEMPTS = 5


def conninfo(home: Path, *, database: str = DATABASE) -> str:
    """The libpq connection string of the private cluster, as the owner."""
    return make_conninfo(host=str(socket_dir(home)), dbname=database, user=OWNER)


def socket_dir(home: Path) -> Path:
    """Short directory of the cluster's socket, one for each `SAS_HOME`."""
    return _SOCKETS / f"sas-{_digest(home)}"


def data_dir(home: Path) -> Path:
    """Data directory of the private cluster, whether it exists or not."""
    try:
        return Path(_location_file(home).read_text(encoding="utf-8").strip())
    except FileNotFoundError:
        return home / "pg"


def bin_dir() -> Path:
    """Directory of the programs of the newest PostgreSQL server that has PostGIS.

    Raises
    ------
    SystemMissing   there is none; the message says what brings it
    """
    found = [
        directory
        for directory in _SERVERS.glob("[0-9]*/bin")
        if int(directory.parent.name) >= _OLDEST_VERSION
        and (directory / "postgres").exists()
        and (_EXTENSIONS / directory.parent.name / "extension" / "postgis.control").exists()
    ]
    if not found:
        raise SystemMissing(
            "PostGIS est absent de cette machine : lancez « make demo », ou installez les paquets "
            "postgresql-15-postgis-3 et postgresql-15-postgis-3-scripts (la version de votre distribution)."
        )
    return max(found, key=lambda directory: int(directory.parent.name))


def exists(home: Path) -> bool:
    """Whether the cluster has been created."""
    return (data_dir(home) / "PG_VERSION").exists()


def is_running(home: Path) -> bool:
    """Whether the server of this cluster answers on its socket."""
    try:
        with psycopg.connect(conninfo(home, database="postgres"), connect_timeout=5):
            return True
    except psycopg.OperationalError as error:
        # A server that is starting or full of connections is there, and says so.
        return "starting up" in str(error) or "too many clients" in str(error)


def ensure(home: Path, *, durable: bool = True) -> None:
    """Create the cluster if there is none, start it if it is stopped; several processes may ask at once.

    A server killed at any moment is recovered; a change of tuning is written, and taken at the next start.

    Parameters
    ----------
    home      the `SAS_HOME`
    durable   False for data of tests: quicker, lost by a power cut

    Raises
    ------
    SystemMissing   no PostGIS, no right, no room on the disk
    """
    with _alone(home):
        data = _create(home) if not exists(home) else data_dir(home)
        if not server_user.owns(data):
            raise SystemMissing(
                f"Le cluster {data} appartient à un autre compte : lancez la commande sous ce compte, "
                "ou donnez un autre SAS_HOME."
            )
        changed = _write_settings(home, data, durable=durable)
        if not is_running(home):
            _start(home, data)
        elif changed:
            server_user.run([*_pg_ctl(data), "reload"])
        _create_database(home)


def stop(home: Path) -> bool:
    """Stop the server; tells whether there was one to stop."""
    data = data_dir(home)
    if not exists(home) or _server_pid(data) is None:
        return False
    _check(server_user.run([*_pg_ctl(data), "-m", "fast", "-w", "-t", "60", "stop"]))
    return True


def remove(home: Path) -> None:
    """Stop the server and delete its data, wherever they stand."""
    stop(home)
    data = data_dir(home)
    shutil.rmtree(data, ignore_errors=True)
    shutil.rmtree(socket_dir(home), ignore_errors=True)
    _location_file(home).unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        _ELSEWHERE.rmdir()


def _create(home: Path) -> Path:
    data = _choose_location(home)
    _require_room(data.parent, _ROOM_TO_CREATE)
    # An initdb cut short leaves a directory without PG_VERSION, or with one: it is made beside, then renamed.
    draft = data.with_name(f"{data.name}.part")
    shutil.rmtree(draft, ignore_errors=True)
    shutil.rmtree(data, ignore_errors=True)
    draft.mkdir(mode=0o700)
    server_user.give(draft)
    # Byte order for sorting and indexes: several times quicker on text, and prefixes can use the index.
    command = [
        str(bin_dir() / "initdb"),
        *("-D", str(draft), "-U", OWNER, "-E", "UTF8", "--locale=C.UTF-8", "--lc-collate=C"),
        *("--auth-local=trust", "--auth-host=reject"),
    ]
    try:
        _check(server_user.run(command))
    except SystemMissing:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    draft.rename(data)
    return data


def _choose_location(home: Path) -> Path:
    if server_user.can_enter(home):
        _location_file(home).unlink(missing_ok=True)
        return home / "pg"
    _ELSEWHERE.mkdir(mode=0o755, parents=True, exist_ok=True)
    data = _ELSEWHERE / _digest(home)
    _location_file(home).write_text(f"{data}\n", encoding="utf-8")
    return data


def _write_settings(home: Path, data: Path, *, durable: bool) -> bool:
    text = tuning.settings(socket_dir(home), memory=tuning.memory_bytes(), durable=durable)
    path = data / _SETTINGS_FILE
    changed = not path.exists() or path.read_text(encoding="utf-8") != text
    if changed:
        draft = path.with_suffix(".part")
        draft.write_text(text, encoding="utf-8")
        server_user.give(draft)
        draft.replace(path)
    main = data / "postgresql.conf"
    include = f"include = '{_SETTINGS_FILE}'\n"
    if include not in main.read_text(encoding="utf-8"):
        with main.open("a", encoding="utf-8") as file:
            file.write(f"\n{include}")
    return changed


def _start(home: Path, data: Path) -> None:
    _require_room(data, _ROOM_TO_START)
    _prepare_socket_dir(home)
    pid = _server_pid(data)
    if pid is None:
        # Left by a server that was killed; its number may belong to another program by now.
        (data / "postmaster.pid").unlink(missing_ok=True)
    else:
        # Alive but unreachable: a cleaner of /tmp took its socket away.
        server_user.run([*_pg_ctl(data), "-m", "fast", "-w", "-t", "60", "stop"])
    command = [*_pg_ctl(data), "-w", "-t", "120", "-l", str(data / "server.log"), "start"]
    for attempt in range(_START_ATTEMPTS):
        done = server_user.run(command)
        if done.returncode == 0:
            return
        # After a kill -9 of the server, its children take a moment to leave the shared memory.
        if attempt < _START_ATTEMPTS - 1:
            time.sleep(0.5 * 2**attempt)
    raise SystemMissing(
        f"PostgreSQL ne démarre pas : {_last_line(data / 'server.log')} (journal : {data / 'server.log'})"
    )


def _prepare_socket_dir(home: Path) -> None:
    """Make the directory of the socket; refuse one that somebody else made first, or that is a link."""
    directory = socket_dir(home)
    try:
        directory.mkdir(mode=0o700)
        server_user.give(directory)
    except FileExistsError:
        if directory.is_symlink() or not directory.is_dir() or not server_user.owns(directory):
            raise SystemMissing(
                f"Le dossier {directory} appartient à un autre compte : supprimez-le, "
                "ou donnez un autre SAS_HOME."
            ) from None
        directory.chmod(0o700)


def _create_database(home: Path) -> None:
    with psycopg.connect(conninfo(home, database="postgres"), autocommit=True) as conn:
        try:
            conn.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
        except psycopg.errors.DuplicateDatabase:
            return


def _server_pid(data: Path) -> int | None:
    """Process number of the living server of this data directory; None when it is stopped or was killed."""
    try:
        pid = int((data / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError, ValueError):
        return None
    return pid if str(data).encode() in command else None


def _pg_ctl(data: Path) -> list[str]:
    return [str(bin_dir() / "pg_ctl"), "-D", str(data), "-s"]


def _require_room(directory: Path, needed: int) -> None:
    free = shutil.disk_usage(directory).free
    if free < needed:
        raise SystemMissing(
            f"Disque presque plein : il reste {free >> 20} Mo dans {directory}, il en faut {needed >> 20}.",
            free_bytes=free,
        )


@contextlib.contextmanager
def _alone(home: Path) -> Iterator[None]:
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock = os.open(home / "cluster.lock", os.O_CREAT | os.O_RDWR, 0o600)
    except PermissionError as error:
        raise SystemMissing(f"Pas le droit d'écrire dans {home} : donnez un autre SAS_HOME.") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _check(done: subprocess.CompletedProcess[str]) -> None:
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise SystemMissing(f"PostgreSQL refuse : {lines[-1] if lines else '?'}", command=done.args)


def _last_line(path: Path) -> str:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    except OSError:
        return "aucun journal"
    return next((line for line in reversed(lines) if "FATAL" in line), lines[-1] if lines else "journal vide")


def _location_file(home: Path) -> Path:
    return home / "pg-location"


def _digest(home: Path) -> str:
    return hashlib.sha256(str(home).encode()).hexdigest()[:12]
