"""Searches over HTTP on a whole invented country: every core, the database included, mixed places.

The server is `sas serve` with its usual processes; so many clients ask one search after the other, each of
another place: no search is asked twice. The client
runs on the same machine: the rate is also given by the time of processor of the platform and of the database
alone, which is what the cores could do without it. Vendors are not asked live here: see `fan_out` and
`sustained`.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import time
from collections import Counter
from itertools import cycle
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import orjson
import psutil

from bench.country import SIZES, country
from bench.harness import RESULTS, Goal, record
from bench.search import quantile, specialties_by_size, usual_places, worst_places
from bench.sustained import cpu_s, postmaster, serving
from core.settings import HomeSettings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

CLIENTS: Final = 12
SECONDS: Final = 30.0
DISTINCT: Final = 25_000
"""Places: more than are searched in the time of the measure and of its warming up."""
RATE_GOAL: Final = 300.0
P99_GOAL_MS: Final = 100.0
_READY_S: Final = 300.0
_WORST_EACH: Final = 20
"""One search in twenty is one of the worst places."""


async def run(scale: str, seconds: float, folder: Path) -> None:
    """Measure and record."""
    home = HomeSettings()
    with country(home, scale) as database:
        usual = usual_places(database, home, DISTINCT)
        worst = worst_places(specialties_by_size(database, home))
        bodies = [orjson.dumps({**asked, "explain": True}) for asked in _mixed(usual, worst)]
        with serving(database) as (server, base):
            sides = {"platform": server, "database": postmaster(database), "client": psutil.Process()}
            async with aiohttp.ClientSession(base, connector=aiohttp.TCPConnector(limit=0)) as client:
                await _ready(client, bodies[0])
                warming, _, _ = await _load(client, bodies, seconds / 3)
                before = {name: cpu_s(side) for name, side in sides.items()}
                ms, statuses, elapsed_s = await _load(client, bodies, seconds, skipped=len(warming))
                spent = {name: cpu_s(side) - before[name] for name, side in sides.items()}
            memory_mb = sum(each.memory_info().rss for each in server.children(recursive=True)) / 2**20
    ours_s = (spent["platform"] + spent["database"]) / len(ms)
    record(
        "search_http",
        {
            "scale": scale,
            "offers": SIZES[scale].offers,
            "clients": CLIENTS,
            "searches": len(ms),
            "errors": len(ms) - statuses[200],
            "searches_per_s": len(ms) / elapsed_s,
            "searches_per_s_of_processor": (os.cpu_count() or 1) / ours_s,
            "answer_p50_ms": quantile(ms, 0.5),
            "answer_p99_ms": quantile(ms, 0.99),
            "server_memory_mb": memory_mb,
            **{f"{name}_cpu_ms_per_search": time_s / len(ms) * 1000 for name, time_s in spent.items()},
        },
        {"cpu_share_of_client": spent["client"] / sum(spent.values())},
        {
            "errors": 0.0,
            "searches_per_s": Goal(RATE_GOAL, at_least=True),
            "answer_p99_ms": P99_GOAL_MS,
        },
        folder=folder,
    )


def _mixed(usual: Sequence[dict[str, Any]], worst: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        worst[number // _WORST_EACH % len(worst)] if number % _WORST_EACH == 0 else asked
        for number, asked in enumerate(usual)
    ]


async def _ready(client: aiohttp.ClientSession, body: bytes) -> None:
    """Wait until searches are answered by every process: each reads the offers first."""
    until = time.monotonic() + _READY_S
    answered = 0
    while answered < 8 * (os.cpu_count() or 1):
        try:
            status, _ = await _one(client, body)
            answered += status == 200
        except aiohttp.ClientError:
            await asyncio.sleep(0.5)
        if time.monotonic() > until:
            raise SystemExit("bench: « sas serve » is not ready")


async def _one(client: aiohttp.ClientSession, body: bytes) -> tuple[int, int]:
    headers = {"content-type": "application/json"}
    async with client.post("/api/v1/offers/search", data=body, headers=headers) as answer:
        return answer.status, len(await answer.read())


async def _load(
    client: aiohttp.ClientSession, bodies: list[bytes], seconds: float, *, skipped: int = 0
) -> tuple[list[float], Counter[int], float]:
    """Milliseconds and status of each search, asked by clients that do not pause; and for how long."""
    ms: list[float] = []
    statuses: Counter[int] = Counter()
    started = time.perf_counter()

    asked = cycle(bodies[skipped:] + bodies[:skipped])

    async def ask() -> None:
        while time.perf_counter() - started < seconds:
            begun = time.perf_counter()
            status, _ = await _one(client, next(asked))
            ms.append((time.perf_counter() - begun) * 1000)
            statuses[status] += 1

    await asyncio.gather(*(ask() for _ in range(CLIENTS)))
    return ms, statuses, time.perf_counter() - started


def main(scale: str = "demo", seconds: float = SECONDS, folder: Path = RESULTS) -> None:
    """Run the benchmark."""
    asyncio.run(run(scale, seconds, folder))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", default="demo", choices=sorted(SIZES))
    main(scale=parser.parse_args().scale)
