"""`sas serve` with two processes: one port, one sum of counters, a clean end however it comes."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

pytestmark = pytest.mark.postgis

_COUNTED = re.compile(r'^sas_request_seconds_count\{.*route="/healthz".*\} (\d+)', re.MULTILINE)


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def server(database, home, port: int) -> Iterator[subprocess.Popen[bytes]]:
    environment = {
        **os.environ,
        "SAS_DATABASE_URL": database.database_url.get_secret_value(),
        "SAS_HOME": str(home.path),
    }
    command = [str(Path(sys.executable).with_name("sas")), "serve", "--port", str(port), "--workers", "2"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    family: list[psutil.Process] = []
    try:
        _until(lambda: _answers(port) and len(_workers(process)) == 2)
        family = _workers(process)
        yield process
    finally:
        process.kill()
        process.wait()
        for member in family:
            if _serves(member):
                member.kill()


def _until(condition) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def _workers(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    return [child for child in psutil.Process(process.pid).children() if _serves(child)]


def _serves(process: psutil.Process) -> bool:
    """Whether it is a process that answers, alive: one that ended may wait to be collected."""
    try:
        return any("spawn_main" in part for part in process.cmdline())
    except psutil.Error:
        return False


def _counted(port: int) -> int:
    text = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).text
    return sum(int(float(count)) for count in _COUNTED.findall(text))


def test_two_processes_share_a_port_and_count_together_and_end_together(server, port: int):
    before = _counted(port)
    for _ in range(20):  # a new connection each time: whichever process takes it
        assert _answers(port)
    assert _counted(port) == before + 20

    family = _workers(server)
    family[0].kill()
    _until(lambda: len(_workers(server)) == 2 and family[0] not in _workers(server))
    _until(lambda: _answers(port))
    assert _counted(port) >= before + 20  # what the dead one counted still counts

    family = _workers(server)
    server.send_signal(signal.SIGTERM)
    assert server.wait(timeout=30) in {0, -signal.SIGTERM}
    assert not [member for member in family if _serves(member)]


def test_processes_end_when_the_command_is_killed(server, port: int):
    family = _workers(server)
    server.kill()
    server.wait()
    _until(lambda: not any(_serves(member) for member in family))
    assert not _answers(port)
