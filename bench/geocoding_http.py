"""The geocoder over HTTP on the base in service: what the server adds to the search, and how many it answers.

The server of `sas serve` is started on the loopback, without what that command does first: a base is measured
as it is, never brought up to date nor written to. A small client of our own, in a process beside, asks
complete addresses of the base, with the default parameters: first one at a time (latency), then from several
connections (throughput of the whole machine: server, database and client share its cores). The same questions
are asked in process: the difference is that of HTTP. Goals: p50 ≤ 3 ms, p99 ≤ 15 ms, six times the 119
answers a second measured of addok on two cores.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import multiprocessing
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

import psutil

from bench.harness import RESULTS, Goal, record
from bench.sample import addresses, base_size, cpu_s
from core.db.connect import connect
from core.db.migrate import require_current
from core.settings import DatabaseSettings, HomeSettings
from geo.geocoding.parallel import settle
from geo.geocoding.search import Geocoder, Query

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

LATENCY_REQUESTS: Final = 2_000
THROUGHPUT_REQUESTS: Final = 8_000
CONNECTIONS: Final = 8
_WARM_REQUESTS: Final = 1_000
_ADDOK_PER_S: Final = 119.0
_START_TIMEOUT_S: Final = 60
_DRAIN_S: Final = 20
_SETTLE_S: Final = 5
"""Until every process has read the communes."""


def main(*, workers: int = 0, folder: Path = RESULTS) -> None:
    """Measure and record."""
    database, home = DatabaseSettings(), HomeSettings()
    require_current(database, home)
    with connect(database, home, role="reader") as conn:
        conn.autocommit = True
        asked = [address.text[:200] for address in addresses(conn, LATENCY_REQUESTS)]
        size = base_size(conn)
        settle()
        geocoder = Geocoder()
        in_process_ms = _in_process(geocoder, conn, asked)
    targets = [f"/geocodage/search?{urlencode({'q': text})}" for text in asked]
    with _server(workers) as (port, family), connect(database, home, role="reader") as conn:
        conn.autocommit = True
        one = _client(port, targets, requests=len(targets), connections=1)
        before_s = cpu_s(conn, family)
        many = _client(port, targets, requests=THROUGHPUT_REQUESTS, connections=CONNECTIONS)
        spent_s = cpu_s(conn, family) - before_s
        memory_mb = max(member.memory_info().rss for member in family) / 2**20
    record(
        "geocoding_http",
        {
            "addresses": size,
            "workers": workers,
            "in_process_p50_ms": _quantile(in_process_ms, 0.5),
            "in_process_p99_ms": _quantile(in_process_ms, 0.99),
            "http_p50_ms": _quantile(one.ms, 0.5),
            "http_p99_ms": _quantile(one.ms, 0.99),
            "one_client_per_s": len(one.ms) / one.elapsed_s,
            "connections": CONNECTIONS,
            "many_clients_p50_ms": _quantile(many.ms, 0.5),
            "many_clients_p99_ms": _quantile(many.ms, 0.99),
            "many_clients_per_s": len(many.ms) / many.elapsed_s,
            "cpu_us_per_request": spent_s / (THROUGHPUT_REQUESTS + _WARM_REQUESTS) * 1e6,
            "answered_to_the_number": one.exact / len(one.ms),
            "server_memory_mb": memory_mb,
        },
        {"per_s_over_addok": len(many.ms) / many.elapsed_s / _ADDOK_PER_S},
        {"http_p50_ms": Goal(3.0), "http_p99_ms": Goal(15.0), "per_s_over_addok": Goal(6.0, at_least=True)},
        folder=folder,
    )


def _in_process(geocoder: Geocoder, conn: object, asked: Sequence[str]) -> list[float]:
    """Milliseconds of the same searches without a server, once warm."""
    elapsed: list[float] = []
    for measured in (False, True):
        for text in asked:
            started = time.perf_counter()
            geocoder.search_now(conn, Query(text=text))  # type: ignore[arg-type]
            if measured:
                elapsed.append((time.perf_counter() - started) * 1000)
    return elapsed


class _Measure:
    """Milliseconds of each answer, seconds of the whole, answers of the level of a number."""

    def __init__(self, ms: list[float], elapsed_s: float, exact: int) -> None:
        self.ms, self.elapsed_s, self.exact = ms, elapsed_s, exact


def _client(port: int, targets: Sequence[str], *, requests: int, connections: int) -> _Measure:
    """The requests, once warm, from a process of its own; each connection asks one at a time."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        pool.apply(_ask_all, (port, targets, _WARM_REQUESTS, connections))
        return _Measure(*pool.apply(_ask_all, (port, targets, requests, connections)))


def _ask_all(
    port: int, targets: Sequence[str], requests: int, connections: int
) -> tuple[list[float], float, int]:
    return asyncio.run(_asked(port, targets, requests, connections))


async def _asked(
    port: int, targets: Sequence[str], requests: int, connections: int
) -> tuple[list[float], float, int]:
    ms: list[float] = []
    exact = 0
    remaining = iter(range(requests))

    async def one_connection() -> None:
        nonlocal exact
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for place in remaining:
            request = f"GET {targets[place % len(targets)]} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
            started = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            body = await reader.readexactly(length)
            ms.append((time.perf_counter() - started) * 1000)
            if not head.startswith(b"HTTP/1.1 200"):
                raise SystemExit(f"bench geocoding_http: {head[:60]!r}")
            exact += b'"type":"housenumber"' in body
        writer.close()
        await writer.wait_closed()

    started = time.perf_counter()
    await asyncio.gather(*(one_connection() for _ in range(connections)))
    return ms, time.perf_counter() - started, exact


@contextlib.contextmanager
def _server(workers: int) -> Iterator[tuple[int, list[psutil.Process]]]:
    """`sas serve` on a free port of the loopback, ended afterwards: the port, the processes."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # Not `sas serve`: it brings a private base up to date, and this one may be somebody's.
    start = "import sys; from cli import server; "
    start += "server.serve(host='127.0.0.1', port=int(sys.argv[1]), "
    start += "workers=int(sys.argv[2]) or server.usual_workers())"
    command = [sys.executable, "-c", start, str(port), str(workers)]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        _wait(port, process)
        time.sleep(_SETTLE_S)
        yield port, [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    finally:
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_DRAIN_S)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_TIMEOUT_S
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise SystemExit("bench geocoding_http: the server does not answer (sas serve)")


def _quantile(values: Sequence[float], share: float) -> float:
    return statistics.quantiles(values, n=1000, method="inclusive")[round(share * 1000) - 1]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=0, help="0: as the server chooses")
    main(workers=parser.parse_args().workers)
