"""The HTTP server as a process of this machine: in the foreground, or left running and named by a file."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from cli.shared_port import SharedPort
from core.errors import SystemMissing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import FastAPI

    from core.settings import HomeSettings

_READY_TIMEOUT_S = 60
_STOP_TIMEOUT_S = 15
_DRAIN_S = 10
_MOST_WORKERS = 4


@dataclass(frozen=True, kw_only=True)
class Running:
    """A server left running: process number, address listened on."""

    pid: int
    host: str
    port: int


def application() -> FastAPI:
    """The application, its logs set up: what uvicorn builds in each process."""
    from api.app import create_app
    from core.log import configure

    configure()
    threading.Thread(target=_stop_with_parent, daemon=True).start()
    return create_app(lasting=True)


def _stop_with_parent() -> None:
    """One of several processes stops with the one that started them, were it killed: none serves on alone."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


def usual_workers() -> int:
    """One process for each core, four at most: the database needs cores too."""
    return min(_MOST_WORKERS, len(os.sched_getaffinity(0)))


def serve(*, host: str, port: int, workers: int) -> None:
    """Serve in the foreground until told to stop; requests under way have ten seconds to end.

    Several processes share the port; each that dies is replaced, and `/metrics` gives the sum of all.

    Raises
    ------
    SystemMissing   the port is taken
    """
    import uvicorn
    from uvicorn.supervisors import Multiprocess

    require_free_port(host, port)
    settings: dict[str, Any] = {
        "app": "cli.server:application",
        "factory": True,
        "host": host,
        "port": port,
        "workers": workers,
        "access_log": False,  # ours holds the route template only
        "log_config": None,
        "server_header": False,
        "timeout_graceful_shutdown": _DRAIN_S,
    }
    if workers == 1:
        uvicorn.run(**settings)
        return
    with tempfile.TemporaryDirectory(prefix="sas-metrics-") as folder, SharedPort(host, port) as shared:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        os.environ.setdefault("SAS_SLOTS_PROCESSES", str(workers))  # each may ask its part of a vendor
        Multiprocess(uvicorn.Config(**settings), sockets=[shared]).run()


def require_free_port(host: str, port: int) -> None:
    """Stop when somebody listens there already.

    Raises
    ------
    SystemMissing   with the command that takes another port
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SystemMissing(
                f"Le port {port} est pris sur {host} ou vous est interdit : choisissez-en un autre, "
                "par exemple « make demo PORT=8123 ».",
                port=port,
            ) from error


def start(
    home: HomeSettings, *, host: str, port: int, environment: Mapping[str, str] | None = None
) -> Running:
    """Start a server that outlives this process; returns when it is ready to answer.

    `environment` holds settings of this server, unless the environment already gives them.

    Raises
    ------
    SystemMissing   the port is taken, or the server stops or is not ready in time; its journal says why
    """
    require_free_port(host, port)
    journal = home.path / "server.log"
    command = [str(Path(sys.executable).with_name("sas")), "serve", "--host", host, "--port", str(port)]
    with journal.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603
            command,
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            env={**(environment or {}), **os.environ},
        )
    running = Running(pid=process.pid, host=host, port=port)
    _pid_file(home).write_text(json.dumps(running.__dict__), encoding="utf-8")
    deadline = time.monotonic() + _READY_TIMEOUT_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            _pid_file(home).unlink(missing_ok=True)
            raise SystemMissing(f"Le serveur s'est arrêté : {_last_line(journal)} (journal : {journal})")
        if is_ready(running):
            return running
        time.sleep(0.2)
    stop(home)
    raise SystemMissing(f"Le serveur n'est pas prêt après {_READY_TIMEOUT_S} s (journal : {journal}).")


def is_ready(running: Running) -> bool:
    """Whether `/readyz` answers 200."""
    host = "127.0.0.1" if running.host in {"0.0.0.0", "::"} else running.host  # noqa: S104 - compared only
    try:
        with httpx.Client(trust_env=False, timeout=5) as client:
            return client.get(f"http://{host}:{running.port}/readyz").status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def left_running(home: HomeSettings) -> Running | None:
    """The server left running under this home; None when there is none, or it died."""
    return process_of(_pid_file(home), word=b"serve")


def stop(home: HomeSettings) -> bool:
    """Stop the server left running, its requests drained; tells whether there was one."""
    return stop_process(_pid_file(home), word=b"serve")


def process_of(pid_file: Path, *, word: bytes) -> Running | None:
    """The process a file names, when it lives and has this word in its command line."""
    try:
        running = Running(**json.loads(pid_file.read_text(encoding="utf-8")))
        command = Path(f"/proc/{running.pid}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError, TypeError):
        return None
    return running if word in command else None


def stop_process(pid_file: Path, *, word: bytes) -> bool:
    """Stop the process a file names and remove the file; tells whether it lived."""
    running = process_of(pid_file, word=word)
    if running is not None and not _end(running.pid, signal.SIGTERM, _STOP_TIMEOUT_S):
        _end(running.pid, signal.SIGKILL, 5)
    pid_file.unlink(missing_ok=True)
    return running is not None


def _end(pid: int, sign: signal.Signals, timeout_s: float) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, sign)
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if not _lives(pid):
            return True
        time.sleep(0.1)
    return False


def _lives(pid: int) -> bool:
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)  # when it is our own child, or it would stay as a zombie
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return False
    return state != "Z"


def _pid_file(home: HomeSettings) -> Path:
    return home.path / "server.pid"


def _last_line(path: Path) -> str:
    lines = path.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else "sans rien dire"
