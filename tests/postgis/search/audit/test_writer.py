"""The log of a server: never in the way of a search, bounded, and nothing left out in silence."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from core.db.connect import conninfo
from search.audit import log
from search.audit.exposure import weight
from search.audit.record import NoLog
from search.audit.writer import LOT, RankingWriter

pytestmark = pytest.mark.postgis

DAY = date(2026, 11, 26)
OFFERS = [f"00000000-0000-4000-8000-{number:012d}" for number in range(3)]


class Clock:
    """A clock that moves when told."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def pool(database, home) -> AsyncIterator[AsyncConnectionPool[Any]]:
    dsn = conninfo(database, home, role="writer")
    async with AsyncConnectionPool(dsn, min_size=1, max_size=2, open=False) as opened:
        yield opened


async def skipped(pool: AsyncConnectionPool[Any]) -> dict[str, int]:
    async with pool.connection() as conn:
        found = await log.rows(conn, "audit_skipped", since=date(2026, 1, 1), until=date(2027, 1, 1))
    return {row["reason"]: row["count"] for row in found}


async def verified(pool: AsyncConnectionPool[Any]) -> log.Verified:
    async with pool.connection() as conn:
        return await log.verify(conn)


async def test_what_is_over_the_bound_per_second_is_counted(pool, make_record):
    clock, told = Clock(), Counter()
    writer = RankingWriter(
        pool.connection, rate_per_s=5, clock=clock, told=lambda outcome, count: told.update({outcome: count})
    )
    for number in range(8):
        writer.note(make_record(number))
    clock.now = 1.0
    for number in range(8, 10):
        writer.note(make_record(number))
    await writer.flush()
    assert (await verified(pool)).held == 7
    assert await skipped(pool) == {"rate": 3}
    assert told == {"kept": 7, "rate": 3}


async def test_a_ranking_for_which_there_is_no_room_need_not_be_made_and_is_counted(pool, make_record):
    clock = Clock()
    writer = RankingWriter(pool.connection, rate_per_s=1, clock=clock)
    assert writer.room(DAY)
    assert writer.room(DAY)  # asking takes nothing
    writer.note(make_record(1))
    assert not writer.room(DAY)
    clock.now = 1.0
    assert writer.room(DAY)
    await writer.flush()
    assert await skipped(pool) == {"rate": 1}
    assert not NoLog().room(DAY)


async def test_a_server_that_stops_writes_what_waits(pool, make_record):
    writer = RankingWriter(pool.connection, rate_per_s=100)
    writer.start()
    for number in range(20):
        writer.note(make_record(number))
    await writer.close()
    found = await verified(pool)
    assert (found.held, found.broken) == (20, None)


async def test_two_writers_make_one_chain(pool, make_record):
    writers = [RankingWriter(pool.connection, rate_per_s=100) for _ in range(2)]
    for turn in range(3):
        for number, writer in enumerate(writers):
            writer.note(make_record(10 * turn + number))
            await writer.flush()
    found = await verified(pool)
    assert (found.held, found.broken) == (6, None)


async def test_a_seed_given_by_a_caller_is_never_written(pool, make_record):
    writer = RankingWriter(pool.connection, rate_per_s=100)
    writer.note(make_record(1, seed="12-rue-des-lilas"))
    await writer.flush()
    assert (await verified(pool)).held == 0
    assert await skipped(pool) == {"seed": 1}


async def test_a_database_that_does_not_answer_stops_nothing_and_is_made_up_for(pool, make_record):
    class Broken:
        down = True

    @asynccontextmanager
    async def connection() -> AsyncIterator[psycopg.AsyncConnection[Any]]:
        if Broken.down:
            raise PoolTimeout("nobody")
        async with pool.connection() as conn:
            yield conn

    writer = RankingWriter(connection, rate_per_s=10_000)
    for number in range(3):
        writer.note(make_record(number))
    assert not await writer.flush()
    writer.note(make_record(3))
    Broken.down = False
    assert await writer.flush()
    async with pool.connection() as conn:
        kept = [line["seed"] async for line in log.walk(conn)]
    assert kept == [make_record(number).seed for number in range(4)]


async def test_while_it_lasts_the_queue_is_bounded_and_what_falls_off_is_counted(pool, make_record):
    record = make_record(1)
    writer = RankingWriter(pool.connection, rate_per_s=10_000)
    for _ in range(1010):
        writer.note(record)
    await writer.flush()
    assert (await verified(pool)).held == 1000
    assert await skipped(pool) == {"queue": 10}


async def test_what_the_database_refuses_is_counted_and_does_not_come_back(pool, make_record):
    writer = RankingWriter(pool.connection, rate_per_s=100)
    for _ in range(LOT):
        writer.shown(["not-an-identifier"], "SM54", DAY)
    assert not await writer.flush()
    writer.note(make_record(1))
    assert await writer.flush()
    assert await skipped(pool) == {"invalid": 1}
    assert (await verified(pool)).held == 1


async def test_nothing_a_search_hands_over_can_make_it_fail(pool):
    writer = RankingWriter(pool.connection, rate_per_s=100)
    writer.note(None)  # pyright: ignore[reportArgumentType]
    writer.shown([None], "SM54", None)  # pyright: ignore[reportArgumentType]
    writer.shown(OFFERS, "SM54", DAY, first_rank=0)
    assert await writer.flush()


async def exposures(pool: AsyncConnectionPool[Any]) -> list[Any]:
    async with pool.connection() as conn:
        found = await conn.execute("SELECT offer_id::text, shown, exposure FROM audit.exposure ORDER BY 1")
        return await found.fetchall()


async def test_an_offer_is_counted_by_lots_of_ten_searches_with_the_weight_of_its_ranks(pool):
    writer = RankingWriter(pool.connection, rate_per_s=100)
    for turn in range(LOT):
        first, second = (0, 1) if turn % 2 else (1, 0)
        writer.shown([OFFERS[first], OFFERS[second]], "SM54", DAY)
        if turn < LOT - 1:
            writer.shown([OFFERS[2]], "SM54", DAY, first_rank=21)
    await writer.flush()
    half = LOT // 2 * (weight(1) + weight(2))
    assert await exposures(pool) == [(OFFERS[0], LOT, half), (OFFERS[1], LOT, half)]


async def test_what_never_reaches_ten_is_not_written_but_said(pool):
    writer = RankingWriter(pool.connection, rate_per_s=100)
    writer.shown(OFFERS, "SM54", DAY)
    writer.shown(OFFERS, "SM54", date(2026, 11, 27))
    await writer.close()
    assert await exposures(pool) == []
    assert await skipped(pool) == {"few": 6}


def test_the_weight_of_a_rank_falls():
    found = [weight(rank) for rank in range(1, 101)]
    assert found[0] == 1000
    assert found == sorted(found, reverse=True)
    assert Counter(found)[found[0]] == 1
