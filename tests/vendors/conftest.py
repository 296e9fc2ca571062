"""Simulated vendors on a port of this machine, and the aggregator that asks them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from core.clock import utc_now
from slots.aggregate import Aggregator, Limits
from slots.answers import EditorAnswer
from slots.breaker import BreakerRule
from slots.editors import Editor
from slots.sandbox.brand import Brand
from slots.sandbox.people import InventedPeople
from slots.sandbox.server import Sandbox, address, serve

SIRET = "398765432100022"
PEOPLE = [f"8999{number:08d}" for number in range(25)]
# Opened by no number of failures: the tests of faults ask the same vendor again and again.
PATIENT = BreakerRule(in_a_row=1_000, window=1_000)


def brand(slug: str, **given: Any) -> Brand:
    """A vendor that knows everybody and answers at once."""
    default: dict[str, Any] = {"flows": ("agg-ps",), "parts": range(100), "latency_s": 0.0}
    return Brand(slug=slug, name=f"Agenda {slug}", **{**default, **given})


def window() -> tuple[datetime, datetime]:
    start = utc_now().replace(microsecond=0)
    return start, start + timedelta(days=3)


@dataclass(kw_only=True)
class Ground:
    """Vendors being served; `ask` asks them all and waits for everybody."""

    sandbox: Sandbox
    base: str
    aggregator: Aggregator
    window: tuple[datetime, datetime] = field(default_factory=window)

    async def ask(
        self, *, within_s: float = 10.0, people: list[str] = PEOPLE, associations: tuple[str, ...] = (SIRET,)
    ) -> dict[str, EditorAnswer]:
        start, end = self.window  # one window: a second that ends between two searches makes another question
        asked = self.aggregator.ask(
            practitioner_ids=people, association_ids=associations, start=start, end=end
        )
        return {answer.editor: answer async for answer in asked.answers(within_s=within_s)}


Opened = Callable[..., Any]


@pytest.fixture
async def ground() -> AsyncIterator[Opened]:
    """Opens vendors: `await ground(brand("a"), brand("b"), limits=…, slow_s=…)`."""
    async with AsyncExitStack() as stack:

        async def opened(
            *brands: Brand,
            limits: Limits | None = None,
            records: dict[str, dict[str, Any]] | None = None,
            **given: Any,
        ) -> Ground:
            sandbox = Sandbox(people=InventedPeople(), brands=brands, **given)
            runner = await serve(sandbox, host="127.0.0.1", port=0)
            stack.push_async_callback(runner.cleanup)
            host, port = address(runner)
            aggregator = Aggregator(limits or Limits(breaker=PATIENT, cache_s=0))
            stack.push_async_callback(aggregator.close)
            editors = [record(brand, f"http://{host}:{port}") for brand in brands]
            changed = [replace(editor, **(records or {}).get(editor.slug, {})) for editor in editors]
            await aggregator.use(changed)
            return Ground(sandbox=sandbox, base=f"http://{host}:{port}", aggregator=aggregator)

        yield opened


def record(brand: Brand, base: str) -> Editor:
    return Editor(
        slug=brand.slug,
        name=brand.name,
        base_url=f"{base}/{brand.slug}/fhir",
        flows=brand.flows,
        rate_per_s=1_000,
        max_concurrent=64,
        sandbox=True,
    )
