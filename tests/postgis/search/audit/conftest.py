"""A connection of the role that writes, and rankings made by the real code."""

from __future__ import annotations

import random
import uuid
from collections.abc import AsyncIterator, Callable
from datetime import date

import psycopg
import pytest

from core.db.connect import conninfo
from core.settings import DatabaseSettings, HomeSettings
from search.audit.record import RankingRecord
from search.policy import policy
from search.rank import Candidate, columns, first, loss, lot

DAY = date(2026, 11, 26)


@pytest.fixture
async def writer(database: DatabaseSettings, home: HomeSettings) -> AsyncIterator[psycopg.AsyncConnection]:
    """The role of the server that writes."""
    dsn = conninfo(database, home, role="writer")
    async with await psycopg.AsyncConnection.connect(dsn) as conn:
        yield conn


@pytest.fixture
def make_record() -> Callable[..., RankingRecord]:
    """Makes the record of an honest ranking of invented candidates (or of those given)."""

    def make(number: int = 0, *, offer_ids: list[str] | None = None, **changed: object) -> RankingRecord:
        draw = random.Random(number)
        ids = offer_ids or [str(uuid.UUID(int=draw.getrandbits(128))) for _ in range(30)]
        table = columns(
            [
                Candidate(
                    offer_id=offer_id,
                    slots=draw.choice(["none", "unknown", "known"]),
                    wait=draw.choice([0, 300, 600]),
                    travel=draw.choice([50, 80, 120]),
                    participating=draw.random() < 0.5,
                )
                for offer_id in ids
            ]
        )
        seed = f"20261126-{number:012x}"
        rule = policy()
        order = first(loss(table, rule), lot(table.identity, seed), len(table))
        values = {
            "day": DAY,
            "policy": rule.version,
            "policy_digest": rule.digest,
            "seed": seed,
            "specialty": "SM54",
            "area": "cell:861fb4667ffffff",
            "candidates": table.take(order),
            "total": len(table),
            "page": 20,
        }
        return RankingRecord(**{**values, **changed})

    return make
