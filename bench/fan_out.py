"""What asking ten vendors at once costs over the slowest of them, and what a hung one takes from the others.

Ten simulated vendors in another process answer in 20 to 200 ms; each search asks all of them about 25 other
practitioners. The slowest vendor is also asked alone, by a bare client, in the same run: the difference is
the platform's own (fan-out, reading, attaching). Then one vendor hangs: when have the nine others answered?
"""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import aiohttp
import structlog
from yarl import URL

from bench.harness import RESULTS, record
from bench.search import quantile
from bench.vendors import served
from core.clock import utc_now
from slots.aggregate import Aggregator, Limits
from slots.attach import Site, attach, street_of
from slots.breaker import BreakerRule
from slots.fhir.request import slot_search
from slots.sandbox.people import invented

if TYPE_CHECKING:
    from pathlib import Path

    from slots.editors import Editor

VENDORS: Final = 10
PEOPLE: Final = 25
ROUNDS: Final = 120
OVERHEAD_GOAL_MS: Final = 50.0
# Nine answers with one vendor hung, over nine answers with none: the same, but for the noise of the machine.
HUNG_GOAL: Final = 1.15
_PATIENT: Final = BreakerRule(in_a_row=100_000, window=100_000)


async def run(folder: Path) -> None:
    """Measure and record."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    latencies_s = [0.02 * (rank + 1) for rank in range(VENDORS)]
    with served(latencies_s, rate_per_s=10_000, max_concurrent=256, prepared=True) as vendors:
        aggregator = Aggregator(Limits(deadline_s=1.0, cache_s=0, breaker=_PATIENT))
        await aggregator.use(vendors.editors)
        slowest = vendors.editors[-1]
        bare_ms: list[float] = []
        ours_ms: list[float] = []
        ninth_ms: list[float] = []
        async with aiohttp.ClientSession() as bare:
            for number in range(-5, ROUNDS):
                people = _people(number + 5)
                alone = await _bare(bare, slowest, people)
                times = await _ask(aggregator, people)
                if number >= 0:  # the first ones open the connections
                    bare_ms.append(alone)
                    ours_ms.append(times[-1])
                    ninth_ms.append(times[-2])
        vendors.switch(vendors.editors[3].slug, "hung")
        hung_ms = [(await _ask(aggregator, _people(1_000 + n)))[-2] for n in range(30)]
        vendors.switch(vendors.editors[3].slug, None)
        await aggregator.close()
    overhead_ms = [ours - alone for ours, alone in zip(ours_ms, bare_ms, strict=True)]
    record(
        "fan_out",
        {
            "vendors": VENDORS,
            "practitioners": PEOPLE,
            "searches": ROUNDS,
            "slowest_alone_p50_ms": quantile(bare_ms, 0.5),
            "all_answered_p50_ms": quantile(ours_ms, 0.5),
            "overhead_p50_ms": quantile(overhead_ms, 0.5),
            "overhead_p95_ms": quantile(overhead_ms, 0.95),
            "others_with_one_hung_p50_ms": quantile(hung_ms, 0.5),
            "all_without_hung_p50_ms": quantile(ours_ms, 0.5),
        },
        {
            "all_over_slowest": quantile(ours_ms, 0.5) / quantile(bare_ms, 0.5),
            "others_with_one_hung_over_all_without": quantile(hung_ms, 0.5) / quantile(ours_ms, 0.5),
        },
        {"overhead_p95_ms": OVERHEAD_GOAL_MS, "others_with_one_hung_over_all_without": HUNG_GOAL},
        folder=folder,
    )


def _people(number: int) -> list[str]:
    return [f"8999{number * PEOPLE + rank:08d}" for rank in range(PEOPLE)]


async def _bare(session: aiohttp.ClientSession, editor: Editor, people: list[str]) -> float:
    """Milliseconds of one vendor alone, body read, nothing understood."""
    start = utc_now()
    url = slot_search(editor.base_url, flow="agg-ps", ids=people, start=start, end=start + timedelta(days=3))
    started = time.perf_counter()
    async with session.get(URL(url, encoded=True)) as answer:
        await answer.read()
    return (time.perf_counter() - started) * 1000


async def _ask(aggregator: Aggregator, people: list[str]) -> list[float]:
    """Milliseconds after which each vendor was read and its slots were on their places, in order."""
    sites = [
        Site(
            offer_id=f"{holder}-{office.key}",
            holder=holder,
            structure_ids=frozenset([office.structure_id or ""]),
            postal_code=office.postal_code,
            street=street_of(office.line),
        )
        for holder in people
        for office in invented(holder).offices
    ]
    start = utc_now()
    started = time.perf_counter()
    asked = aggregator.ask(practitioner_ids=people, start=start, end=start + timedelta(days=3))
    times = []
    async for answer in asked.answers(within_s=7):
        attach(sites, answer.slots)
        times.append((time.perf_counter() - started) * 1000)
    return times


def main(folder: Path = RESULTS) -> None:
    """Run the benchmark."""
    asyncio.run(run(folder))


if __name__ == "__main__":
    main()
