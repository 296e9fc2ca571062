"""The whole search of offers, server side, on the directory in service: area, candidates, count, rank, cards.

Requests go through the real application, without a socket, one at a time, once warm. Places: where offers are
(seeded), with the specialties in the proportions of the directory, and a list of the worst ones: the densest
town for every common specialty, wide circles, mountains and rare specialties, whole departments. The ratio is
against the obvious query (`ST_DWithin`, `ORDER BY ST_Distance`, join) on the same places.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import httpx
import structlog

from api.app import create_app
from bench.harness import RESULTS, record
from care.specialty import specialty_id
from core.db.connect import connect
from core.db.queries import Queries
from core.settings import DatabaseSettings, HomeSettings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

P50_GOAL_MS: Final = 10.0
P99_GOAL_MS: Final = 40.0
SEARCHES: Final = 1_000
_SEED: Final = 20_261_124
_QUERIES = Queries.load(Path(__file__).with_name("sql"))

Asked = dict[str, Any]


def worst_places(specialties: Sequence[str]) -> list[Asked]:
    """Dense towns, wide circles, mountains, islands, whole departments."""
    towns = {"paris": (2.3522, 48.8566), "lyon": (4.8357, 45.7640), "marseille": (5.3698, 43.2965)}
    places: list[Asked] = [
        {"specialty": code, "lon": lon, "lat": lat} for lon, lat in towns.values() for code in specialties[:8]
    ]
    places += [{"specialty": "SM54", "lon": 2.3522, "lat": 48.8566, "radius_km": km} for km in (10, 20, 30)]
    remote = [(6.6346, 44.8969), (-0.1278, 42.8350), (9.1500, 42.3000), (-1.5100, 48.6300), (7.0, 44.2)]
    places += [
        {"specialty": code, "lon": lon, "lat": lat} for lon, lat in remote for code in specialties[-8:]
    ]
    places += [{"specialty": "SM54", "department": code} for code in ("75", "59", "13", "48")]
    return places


def usual_places(database: DatabaseSettings, home: HomeSettings, count: int) -> list[Asked]:
    """Searches near the offers of the directory, for what they offer."""
    dice = random.Random(_SEED)
    with connect(database, home, role="reader") as conn:
        rows = conn.execute(_QUERIES["sample_offers"], {"count": count}).fetchall()
    return [
        {"specialty": code, "lon": lon + dice.gauss(0, 0.01), "lat": lat + dice.gauss(0, 0.01)}
        for code, lon, lat in rows
    ]


def specialties_by_size(database: DatabaseSettings, home: HomeSettings) -> list[tuple[str, int]]:
    """Heads of groups present in the directory, the largest first."""
    with connect(database, home, role="reader") as conn:
        return [(code, offers) for code, offers in conn.execute(_QUERIES["specialties_by_size"]).fetchall()]


async def measure(ask: Callable[[Asked], Awaitable[object]], asked: Sequence[Asked]) -> list[float]:
    """Milliseconds of each, one at a time, after one pass to warm up."""
    for item in asked:
        await ask(item)
    elapsed = []
    for item in asked:
        started = time.perf_counter()
        await ask(item)
        elapsed.append((time.perf_counter() - started) * 1000)
    return elapsed


async def run(count: int, folder: Path) -> None:
    """Measure and record.

    Raises
    ------
    SystemExit   the directory in service holds no offer
    """
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    database, home = DatabaseSettings(), HomeSettings()
    sizes = specialties_by_size(database, home)
    if not sizes:
        sys.exit("bench search: the directory in service is empty; load one first")
    usual = usual_places(database, home, count)
    worst = worst_places([code for code, _ in sizes])
    app = create_app(database=database, home=home)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://bench") as client,
    ):

        async def ours(item: Asked) -> None:
            answer = await client.post("/api/v1/offers/search", json={**item, "explain": True})
            answer.raise_for_status()

        usual_ms = await measure(ours, usual)
        worst_ms = await measure(ours, worst)
        circles = [item for item in worst if "lon" in item]
        ours_circles_ms = await measure(ours, circles)
        async with app.state.services.reader.connection() as conn:
            await conn.execute("SET statement_timeout = 0")  # the obvious query passes that of the server

            async def obvious(item: Asked) -> None:
                parameters = {"radius_m": 30_000, **item, "specialty_id": specialty_id(item["specialty"])}
                await (await conn.execute(_QUERIES["obvious_search"], parameters)).fetchall()

            obvious_ms = await measure(obvious, circles)
    everything = usual_ms + worst_ms
    record(
        "search",
        {
            "offers": sum(offers for _, offers in sizes),
            "searches": len(everything),
            "search_p50_ms": quantile(everything, 0.5),
            "search_p99_ms": quantile(everything, 0.99),
            "search_max_ms": max(everything),
            "worst_places_p50_ms": quantile(worst_ms, 0.5),
            "worst_places_p99_ms": quantile(worst_ms, 0.99),
            "obvious_worst_p50_ms": quantile(obvious_ms, 0.5),
            "obvious_worst_p99_ms": quantile(obvious_ms, 0.99),
        },
        {
            "ours_over_obvious_p50": quantile(ours_circles_ms, 0.5) / quantile(obvious_ms, 0.5),
            "ours_over_obvious_p99": quantile(ours_circles_ms, 0.99) / quantile(obvious_ms, 0.99),
        },
        {"search_p50_ms": P50_GOAL_MS, "search_p99_ms": P99_GOAL_MS, "worst_places_p99_ms": P99_GOAL_MS},
        folder=folder,
    )


def quantile(values: Sequence[float], share: float) -> float:
    """The value that this share of them does not pass."""
    return statistics.quantiles(values, n=1000, method="inclusive")[round(share * 1000) - 1]


def main(count: int = SEARCHES, folder: Path = RESULTS) -> None:
    """Run the benchmark on the directory in service."""
    asyncio.run(run(count, folder))


if __name__ == "__main__":
    main()
