"""Both servers as a user starts them, on a free port of the loopback; what they cost in CPU and memory."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import psutil

from bench.peer.base import SAS, environment, postmaster
from bench.peer.client import Connection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bench.peer.addok import Addok
    from bench.peer.base import Base

_START_TIMEOUT_S: Final = 90.0
_STOP_TIMEOUT_S: Final = 20.0


@dataclass(frozen=True)
class Server:
    """A server that answers.

    port, path   where to ask
    processes    its own processes; store: those of what it keeps its data in
    """

    port: int
    path: str
    processes: Callable[[], list[psutil.Process]]
    store: Callable[[], list[psutil.Process]]

    def cpu_s(self) -> float:
        """CPU seconds spent so far by the server and its store."""
        return sum(_cpu_s(process) for process in (*self.processes(), *self.store()))

    def memory_mb(self) -> float:
        """Resident megabytes of its largest process, the store left out."""
        return max(process.memory_info().rss for process in self.processes()) / 2**20


@contextlib.contextmanager
def ours(base: Base, *, workers: int) -> Iterator[Server]:
    """`sas serve` on the database of the benchmark."""
    port = free_port()
    command = [str(SAS), "serve", "--port", str(port), "--workers", str(workers)]
    database = postmaster(base.home)
    with _running(command, environment(base.home), base.home / "serve.log") as process:
        server = Server(
            port=port,
            path="/geocodage/search",
            processes=lambda: _family(process.pid),
            store=lambda: _family(database),
        )
        _wait(server, process)
        yield server


@contextlib.contextmanager
def theirs(peer: Addok, *, workers: int) -> Iterator[Server]:
    """The peer behind gunicorn, as its documentation advises."""
    port = free_port()
    command = [
        peer.program("gunicorn"), "--bind", f"127.0.0.1:{port}", "--workers", str(workers),
        "--timeout", "600", "addok.http.wsgi:application",
    ]  # fmt: skip
    redis = peer.redis
    assert redis is not None  # noqa: S101 - a peer that runs has one
    with _running(command, peer.environment(), peer.folder / "gunicorn.log") as process:
        server = Server(
            port=port,
            path="/search/",
            processes=lambda: _family(process.pid),
            store=lambda: _family(redis.pid),
        )
        _wait(server, process)
        yield server


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def _running(
    command: list[str], variables: dict[str, str], journal: Path
) -> Iterator[subprocess.Popen[bytes]]:
    with journal.open("wb") as output:
        # It ends with the benchmark, even when that is killed.
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", *command],
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(_STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(server: Server, process: subprocess.Popen[bytes]) -> None:
    """Return when a search is answered.

    Raises
    ------
    OSError   the server stopped, or is not ready in time
    """
    deadline = time.monotonic() + _START_TIMEOUT_S
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError):
            if Connection(server.port).get(server.path, {"q": "rue de la gare", "limit": "1"}).status == 200:
                return
        time.sleep(0.3)
    raise OSError("the server does not answer")


def _family(pid: int) -> list[psutil.Process]:
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]


def _cpu_s(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return times.user + times.system
