"""The sweep of 60,000 practitioners at ten simulated vendors, in a scratch database, cut once on the way.

Each vendor takes 100 requests per second; the sweep may use a fifth. It is interrupted after a third of the
work and run again: what was done is not asked twice. The time is that of both runs.
"""

from __future__ import annotations

import asyncio
import resource
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool

from bench.harness import RESULTS, Goal, record
from bench.ingest_ban import scratch
from bench.vendors import invent_people, served
from core.db.connect import conninfo
from core.settings import HomeSettings
from slots import editors
from slots.aggregate import LIVE_SHARE
from slots.fhir.request import BATCH
from slots.sweep import Sweep

if TYPE_CHECKING:
    from pathlib import Path

    from bench.vendors import Vendors
    from core.settings import DatabaseSettings

PEOPLE: Final = 60_000
VENDORS: Final = 10
RATE_PER_S: Final = 100.0
GOAL_S: Final = 600.0


async def run(folder: Path, people: int) -> None:
    """Measure and record."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    home = HomeSettings()
    with (
        scratch(home) as database,
        served([0.0] * VENDORS, rate_per_s=RATE_PER_S, max_concurrent=16) as vendors,
    ):
        invent_people(database, people)
        await interface(database, home, vendors)
        pool = AsyncConnectionPool(
            conninfo(database, home, role="writer"), min_size=1, max_size=4, open=False
        )
        async with pool:
            started = time.perf_counter()
            first = asyncio.create_task(Sweep(pool.connection, deadline_s=7.0, connect_timeout_s=1.0).run())
            while sum(vendors.counted()["requests"].values()) < people * VENDORS / BATCH / 3:
                await asyncio.sleep(0.5)
                if first.done():
                    break
            first.cancel()
            with suppress(asyncio.CancelledError):
                await first
            cut_requests = sum(vendors.counted()["requests"].values())
            swept = await Sweep(pool.connection, deadline_s=7.0, connect_timeout_s=1.0).run()
            elapsed_s = time.perf_counter() - started
        counted = vendors.counted()
        with psycopg.connect(conninfo(database, home, role="reader")) as conn:
            known = sum(row[-1] for row in conn.execute(editors.QUERIES["sweeps"]))
    requests = sum(counted["requests"].values())
    record(
        "sweep",
        {
            "practitioners": people,
            "vendors": VENDORS,
            "allowed_requests_per_s": RATE_PER_S * (1 - LIVE_SHARE),
            "requests_per_s_of_a_vendor": requests / VENDORS / elapsed_s,
            "sweep_s": elapsed_s,
            "requests": requests,
            "requests_before_the_cut": cut_requests,
            "most_at_once": max(counted["most_at_once"].values()),
            "failed": sum(line.failed for line in swept),
            "ended": sum(line.ended for line in swept),
            "known": known,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        },
        {"requests_over_needed": requests / (-(-people // BATCH) * VENDORS)},
        {
            "sweep_s": GOAL_S,
            "requests_per_s_of_a_vendor": RATE_PER_S * (1 - LIVE_SHARE),
            "failed": 0.0,
            "ended": Goal(VENDORS, at_least=True),
            "requests_over_needed": 1.1,
        },
        folder=folder,
    )


async def interface(database: DatabaseSettings, home: HomeSettings, vendors: Vendors) -> None:
    """Write the records of the vendors."""
    async with await psycopg.AsyncConnection.connect(conninfo(database, home, role="writer")) as conn:
        for editor in vendors.editors:
            await editors.put(conn, editor)


def main(folder: Path = RESULTS, people: int = PEOPLE) -> None:
    """Run the benchmark."""
    asyncio.run(run(folder, people))


if __name__ == "__main__":
    main()
