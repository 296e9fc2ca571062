"""Fifty searches a second for two minutes over ten simulated vendors, against `sas serve` as one starts it.

A scratch directory of 20,000 practitioners, the server with its usual number of processes, vendors in a
process of their own, searches at a steady pace whatever the answers take (open loop), from other places.
What is counted: our errors, memory over time, what vendors received against their limits, how long the first
cards of a stream take while one vendor hangs, and the time of processor that each side took: on the machine
that is measured, the client and the vendors must leave room.
"""

from __future__ import annotations

import asyncio
import os
import random
import socket
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import orjson
import psutil
import psycopg
import structlog

from bench.fan_out import VENDORS
from bench.harness import RESULTS, record
from bench.ingest_ban import scratch
from bench.search import quantile
from bench.sweep import interface
from bench.vendors import invent_people, served
from core.settings import HomeSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.settings import DatabaseSettings

PEOPLE: Final = 20_000
PER_S: Final = 50
SECONDS: Final = 120
_LATENCIES_S: Final = [0.03 * (rank + 1) for rank in range(VENDORS)]
_RATE_PER_S: Final = 100.0
_MAX_CONCURRENT: Final = 64
_SEED: Final = 20_261_125
_READY_S: Final = 60.0
_HOST: Final = "127.0.0.1"


async def run(folder: Path, seconds: int) -> None:
    """Measure and record."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    home = HomeSettings()
    with (
        scratch(home) as database,
        served(
            _LATENCIES_S, rate_per_s=_RATE_PER_S, max_concurrent=_MAX_CONCURRENT, prepared=True
        ) as vendors,
    ):
        invent_people(database, PEOPLE)
        await interface(database, home, vendors)
        with serving(database) as (server, base):
            sides = {
                "platform": server,
                "database": postmaster(database),
                "vendors": psutil.Process(vendors.pid),
                "client": psutil.Process(),
            }
            async with aiohttp.ClientSession(base, connector=aiohttp.TCPConnector(limit=0)) as client:
                await _ready(client)
                before = {name: cpu_s(side) for name, side in sides.items()}
                asked_before = vendors.counted()["requests"]
                loaded = await _load(client, seconds, server)
                spent_s = {name: cpu_s(side) - before[name] for name, side in sides.items()}
                counted = vendors.counted()
                hung = vendors.editors[3].slug
                vendors.switch(hung, "hung")
                first_ms = await _first_cards(client)
    done = len(loaded["ms"])
    per_s = max(counted["requests"][slug] - asked_before.get(slug, 0) for slug in counted["requests"])
    record(
        "sustained",
        {
            "searches_per_s": PER_S,
            "seconds": seconds,
            "searches": done,
            "errors": done - loaded["statuses"][200],
            "statuses": {str(status): number for status, number in loaded["statuses"].items()},
            "answer_p50_ms": quantile(loaded["ms"], 0.5),
            "answer_p95_ms": quantile(loaded["ms"], 0.95),
            "memory_start_mb": loaded["memory"][0],
            "memory_end_mb": loaded["memory"][-1],
            "vendor_requests_per_s": per_s / loaded["elapsed_s"],
            "vendor_most_at_once": max(counted["most_at_once"].values()),
            "first_cards_with_one_hung_p95_ms": quantile(first_ms, 0.95),
            **{f"{name}_cpu_ms_per_search": spent / done * 1000 for name, spent in spent_s.items()},
        },
        {
            "complete_share": loaded["complete"] / done,
            "memory_end_over_start": loaded["memory"][-1] / loaded["memory"][0],
            "cores_busy": sum(spent_s.values()) / loaded["elapsed_s"],
            "cpu_share_of_vendors_and_client": (spent_s["vendors"] + spent_s["client"])
            / sum(spent_s.values()),
        },
        {
            "errors": 0.0,
            "memory_end_over_start": 1.1,
            "vendor_requests_per_s": _RATE_PER_S,
            "vendor_most_at_once": float(_MAX_CONCURRENT),
            "first_cards_with_one_hung_p95_ms": 300.0,
        },
        folder=folder,
    )


@contextmanager
def serving(database: DatabaseSettings) -> Iterator[tuple[psutil.Process, str]]:
    """`sas serve` on this database, with its usual processes; its first process and its address."""
    assert database.database_url is not None  # noqa: S101 - made by `scratch`
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).with_name("sas")), "serve", "--host", _HOST, "--port", str(port)]
    environment = {**os.environ, "SAS_DATABASE_URL": database.database_url.get_secret_value()}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield psutil.Process(process.pid), f"http://{_HOST}:{port}"
    finally:
        process.terminate()
        process.wait(30)


async def _ready(client: aiohttp.ClientSession) -> None:
    """Wait until searches are answered, then let every process read what it needs."""
    dice = random.Random(_SEED + 1)
    until = time.monotonic() + _READY_S
    while True:
        try:
            async with client.post("/api/v1/offers/search", json=_asked(dice)) as answer:
                if answer.status == 200:
                    break
        except aiohttp.ClientConnectionError:
            pass
        if time.monotonic() > until:
            raise SystemExit("bench: « sas serve » is not ready")
        await asyncio.sleep(0.2)
    for _ in range(5):
        await asyncio.gather(*(_one(client, _asked(dice)) for _ in range(8)))


async def _one(client: aiohttp.ClientSession, asked: dict[str, Any]) -> tuple[int, bool]:
    """Status of an answer (0: none came), and whether it is complete."""
    try:
        async with client.post("/api/v1/offers/search", json=asked) as answer:
            body = await answer.read()
    except (aiohttp.ClientError, TimeoutError):
        return 0, False
    return answer.status, answer.status == 200 and not orjson.loads(body)["partial"]


async def _load(client: aiohttp.ClientSession, seconds: int, server: psutil.Process) -> dict[str, Any]:
    """Searches at a steady pace: milliseconds and status of each, complete answers, memory of the server."""
    dice = random.Random(_SEED)
    ms: list[float] = []
    memory: list[float] = []
    statuses: Counter[int] = Counter()
    complete = 0

    async def one() -> None:
        nonlocal complete
        started = time.perf_counter()
        status, whole = await _one(client, _asked(dice))
        ms.append((time.perf_counter() - started) * 1000)
        statuses[status] += 1
        complete += whole

    loop = asyncio.get_running_loop()
    begins = loop.time()
    tasks = []
    for number in range(PER_S * seconds):
        await asyncio.sleep(max(0.0, begins + number / PER_S - loop.time()))
        tasks.append(asyncio.create_task(one()))
        if (
            number % PER_S == 0 and number >= min(30, seconds // 2) * PER_S
        ):  # pools and caches are full by then
            memory.append(_memory_mb(server))
    await asyncio.gather(*tasks)
    return {
        "ms": ms,
        "statuses": statuses,
        "complete": complete,
        "memory": memory,
        "elapsed_s": loop.time() - begins,
    }


async def _first_cards(client: aiohttp.ClientSession) -> list[float]:
    """Milliseconds before the first event of a stream: cards, and what is stored."""
    dice = random.Random(_SEED)
    found = []
    for _ in range(40):
        started = time.perf_counter()
        async with client.post("/api/v1/offers/stream", json=_asked(dice)) as answer:
            await answer.content.readline()
            found.append((time.perf_counter() - started) * 1000)
            answer.close()
    return found


def _asked(dice: random.Random) -> dict[str, Any]:
    return {"specialty": "SM54", "lon": dice.uniform(2.26, 2.40), "lat": dice.uniform(48.82, 48.9)}


def postmaster(database: DatabaseSettings) -> psutil.Process:
    """The first process of the server of a database."""
    assert database.database_url is not None  # noqa: S101 - made by `scratch`
    with psycopg.connect(database.database_url.get_secret_value()) as conn:
        return psutil.Process(conn.info.backend_pid).parents()[0]


def cpu_s(process: psutil.Process) -> float:
    """Time of processor of a process and of those it started, alive or not; of ours, without those."""
    own = process.cpu_times()
    if process.pid == os.getpid():
        return own.user + own.system
    alive = [each.cpu_times() for each in process.children(recursive=True)]
    ended = own.children_user + own.children_system
    return own.user + own.system + ended + sum(each.user + each.system for each in alive)


def _memory_mb(process: psutil.Process) -> float:
    return sum(each.memory_info().rss for each in (process, *process.children(recursive=True))) / 2**20


def main(folder: Path = RESULTS, seconds: int = SECONDS) -> None:
    """Run the benchmark."""
    asyncio.run(run(folder, seconds))


if __name__ == "__main__":
    main()
