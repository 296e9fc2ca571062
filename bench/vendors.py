"""Simulated vendors in a process of their own, and people they know: what the measures of slots stand on."""

from __future__ import annotations

import asyncio
import multiprocessing
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psycopg

from bench import prepared_vendor
from care.specialty import specialty_id
from core.db.queries import Queries
from slots.editors import Editor
from slots.sandbox.brand import bench_brands
from slots.sandbox.people import InventedPeople
from slots.sandbox.server import Sandbox, address, serve

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from core.settings import DatabaseSettings

QUERIES: Final = Queries.load(Path(__file__).with_name("sql"))
_HOST: Final = "127.0.0.1"


@dataclass(kw_only=True)
class Vendors:
    """The vendors being served."""

    editors: list[Editor]
    pipe: Any
    """Our end of the pipe to their process."""
    pid: int

    def switch(self, slug: str, fault: str | None) -> None:
        """Give a vendor a fault, or take it away."""
        self.pipe.send(("switch", slug, fault))
        self.pipe.recv()

    def counted(self) -> dict[str, dict[str, int]]:
        """Requests received, and the most at once, by vendor."""
        self.pipe.send(("count", "", None))
        return self.pipe.recv()


@contextmanager
def served(
    latencies_s: Sequence[float], *, rate_per_s: float, max_concurrent: int, prepared: bool = False
) -> Iterator[Vendors]:
    """As many vendors as latencies, in another process: they do not share our time of processor.

    `prepared`: their answers are written beforehand (`bench.prepared_vendor`), so that they
    leave the processor of the machine to what is measured. Otherwise they are those of the sandbox.
    """
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_run, args=(theirs, list(latencies_s), prepared), daemon=True
    )
    process.start()
    port = ours.recv()
    try:
        yield Vendors(
            editors=[
                Editor(
                    slug=brand.slug,
                    name=brand.name,
                    base_url=f"http://{_HOST}:{port}/{brand.slug}/fhir",
                    rate_per_s=rate_per_s,
                    max_concurrent=max_concurrent,
                    sandbox=True,
                )
                for brand in bench_brands(len(latencies_s))
            ],
            pipe=ours,
            pid=process.pid or 0,
        )
    finally:
        ours.send(("stop", "", None))
        process.join(10)


def _run(pipe: Any, latencies_s: list[float], prepared: bool) -> None:
    asyncio.run(_serve(pipe, latencies_s, prepared))


async def _serve(pipe: Any, latencies_s: list[float], prepared: bool) -> None:
    brands = [
        replace(brand, latency_s=latency_s)
        for brand, latency_s in zip(bench_brands(len(latencies_s)), latencies_s, strict=True)
    ]
    if prepared:
        vendors = prepared_vendor.Prepared(brands=brands)
        server = await prepared_vendor.serve(vendors, host=_HOST)
        pipe.send(server.sockets[0].getsockname()[1])
        await _obey(pipe, vendors)
        server.close()
        return
    sandbox = Sandbox(people=InventedPeople(), brands=brands)
    runner = await serve(sandbox, host=_HOST, port=0)
    pipe.send(address(runner)[1])
    await _obey(pipe, sandbox)
    await runner.cleanup()


async def _obey(pipe: Any, vendors: Sandbox | prepared_vendor.Prepared) -> None:
    while True:
        what, slug, fault = await asyncio.to_thread(pipe.recv)
        if what == "stop":
            return
        if what == "switch":
            vendors.switch(slug, fault)
            pipe.send(None)
        else:
            pipe.send({"requests": dict(vendors.requests), "most_at_once": dict(vendors.most_at_once)})


def invent_people(database: DatabaseSettings, people: int) -> None:
    """Fill a scratch directory with practitioners that the vendors know."""
    assert database.database_url is not None  # noqa: S101 - made by `scratch`
    parameters: dict[str, Any] = {"people": people, "specialty_id": specialty_id("SM54")}
    with psycopg.connect(database.database_url.get_secret_value(), autocommit=True) as conn:
        conn.execute(QUERIES["invent_people"], parameters)
        conn.execute(QUERIES["analyse_people"])
