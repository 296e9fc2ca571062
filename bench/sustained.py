"""Fifty searches a second for two minutes over ten simulated vendors, through the whole application.

A scratch directory of 20,000 practitioners, vendors in another process, searches at a steady pace whatever
the answers take (open loop), each from another place. What is counted: our errors, memory over time, what
vendors received against their limits, and how long the first cards of a stream take while one vendor hangs.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from typing import TYPE_CHECKING, Any, Final

import httpx
import psutil
import structlog

from api.app import create_app
from api.routers.offers import search_of
from bench.fan_out import VENDORS
from bench.harness import RESULTS, record
from bench.ingest_ban import scratch
from bench.search import quantile
from bench.sweep import interface
from bench.vendors import invent_people, served
from core.clock import utc_now
from core.settings import HomeSettings
from geo.point import Point
from search.live import stream_with_slots
from search.offers import Timings
from search.query import Parameters

if TYPE_CHECKING:
    from pathlib import Path

    from api.wiring import Services

PEOPLE: Final = 20_000
PER_S: Final = 50
SECONDS: Final = 120
_LATENCIES_S: Final = [0.03 * (rank + 1) for rank in range(VENDORS)]
_RATE_PER_S: Final = 100.0
_MAX_CONCURRENT: Final = 32
_SEED: Final = 20_261_125


async def run(folder: Path, seconds: int) -> None:
    """Measure and record."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    home = HomeSettings()
    with (
        scratch(home) as database,
        served(_LATENCIES_S, rate_per_s=_RATE_PER_S, max_concurrent=_MAX_CONCURRENT) as vendors,
    ):
        invent_people(database, PEOPLE)
        await interface(database, home, vendors)
        app = create_app(database=database, home=home)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app=app), base_url="http://bench", timeout=60
            ) as client,
        ):
            hung = vendors.editors[3].slug
            vendors.switch(hung, "hung")
            first_ms = await _first_cards(app.state.services)
            vendors.switch(hung, None)
            loaded = await _load(client, seconds)
        counted = vendors.counted()
    done = len(loaded["ms"])
    record(
        "sustained",
        {
            "searches_per_s": PER_S,
            "seconds": seconds,
            "searches": done,
            "errors": loaded["errors"],
            "answer_p50_ms": quantile(loaded["ms"], 0.5),
            "answer_p95_ms": quantile(loaded["ms"], 0.95),
            "memory_start_mb": loaded["memory"][0],
            "memory_end_mb": loaded["memory"][-1],
            "vendor_requests_per_s": max(counted["requests"].values()) / (seconds + 1),
            "vendor_most_at_once": max(counted["most_at_once"].values()),
            "first_cards_with_one_hung_p95_ms": quantile(first_ms, 0.95),
        },
        {
            "complete_share": loaded["complete"] / done,
            "memory_end_over_start": loaded["memory"][-1] / loaded["memory"][0],
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


async def _load(client: httpx.AsyncClient, seconds: int) -> dict[str, Any]:
    """Searches at a steady pace: milliseconds of each, errors of ours, complete answers, memory."""
    dice = random.Random(_SEED)
    process = psutil.Process(os.getpid())
    told: dict[str, Any] = {"ms": [], "errors": 0, "complete": 0, "memory": []}

    async def one() -> None:
        body = {"specialty": "SM54", "lon": dice.uniform(2.26, 2.40), "lat": dice.uniform(48.82, 48.9)}
        started = time.perf_counter()
        try:
            answer = await client.post("/api/v1/offers/search", json=body)
            told["errors"] += answer.status_code != 200
            told["complete"] += answer.status_code == 200 and not answer.json()["partial"]
        except httpx.HTTPError:
            told["errors"] += 1
        told["ms"].append((time.perf_counter() - started) * 1000)

    loop = asyncio.get_running_loop()
    begins = loop.time()
    tasks = []
    for number in range(PER_S * seconds):
        await asyncio.sleep(max(0.0, begins + number / PER_S - loop.time()))
        tasks.append(asyncio.create_task(one()))
        if number % PER_S == 0 and number >= 10 * PER_S:  # pools and caches are full after ten seconds
            told["memory"].append(process.memory_info().rss / 2**20)
    await asyncio.gather(*tasks)
    told["memory"] = told["memory"] or [process.memory_info().rss / 2**20]
    return told


async def _first_cards(services: Services) -> list[float]:
    """Milliseconds before the first event of a stream: cards, and what is stored."""
    dice = random.Random(_SEED)
    found = []
    for _ in range(40):
        point = Point(lon=dice.uniform(2.26, 2.40), lat=dice.uniform(48.82, 48.9))
        started = time.perf_counter()
        events = stream_with_slots(
            search_of(services, Timings()),
            Parameters(specialty="SM54", point=point),
            now=utc_now(),
            within_s=services.slot_settings.slots_deadline_s,
        )
        await anext(events)
        found.append((time.perf_counter() - started) * 1000)
        await events.aclose()
    return found


def main(folder: Path = RESULTS, seconds: int = SECONDS) -> None:
    """Run the benchmark."""
    asyncio.run(run(folder, seconds))


if __name__ == "__main__":
    main()
