"""The log in the database: chained whoever writes, never rewritten, purged by whole days."""

from __future__ import annotations

import asyncio
from datetime import date

import numpy as np
import psycopg
import pytest

from core.db.connect import conninfo
from search.audit import log
from search.audit.packing import START, unpack

pytestmark = pytest.mark.postgis


async def test_a_ranking_comes_back_as_it_was_left(writer, make_record):
    record = make_record(1)
    await log.append(writer, [record])
    (line,) = await log.rows(writer, "audit_one", ranking_id=1)
    back = unpack(line["candidates"])
    for name in ("identity", "slots", "wait", "remote", "travel", "participating", "misfit"):
        assert np.array_equal(getattr(back, name), getattr(record.candidates, name)), name
    assert (line["seed"], line["area"], line["total"]) == (record.seed, record.area, record.total)


async def test_the_chain_holds_over_several_batches(writer, make_record):
    for first in (0, 3, 6):
        await log.append(writer, [make_record(number) for number in range(first, first + 3)])
    found = await log.verify(writer)
    assert (found.held, found.broken, found.first_id, found.last_id) == (9, None, 1, 9)


async def test_an_empty_log_holds(writer):
    found = await log.verify(writer)
    assert (found.held, found.broken, found.head) == (0, None, START)


async def test_several_processes_write_one_chain(database, home, make_record):
    async def one(number: int) -> None:
        dsn = conninfo(database, home, role="writer")
        async with await psycopg.AsyncConnection.connect(dsn) as conn:
            for turn in range(4):
                async with conn.transaction():
                    await log.append(conn, [make_record(100 * number + turn)])

    await asyncio.gather(*(one(number) for number in range(4)))
    async with await psycopg.AsyncConnection.connect(conninfo(database, home, role="writer")) as conn:
        found = await log.verify(conn)
    assert (found.held, found.broken) == (16, None)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit.ranking SET seed = 'x'", "DELETE FROM audit.ranking", "TRUNCATE audit.ranking"],
)
async def test_the_role_that_writes_can_only_add(writer, make_record, statement: str):
    await log.append(writer, [make_record()])
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await writer.execute(statement)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit.ranking SET seed = 'x'", "DELETE FROM audit.ranking", "TRUNCATE audit.ranking"],
)
async def test_even_the_owner_is_refused_by_the_table(writer, conn, make_record, statement: str):
    await log.append(writer, [make_record()])
    await writer.commit()
    with pytest.raises(psycopg.errors.RestrictViolation):
        conn.execute(statement)


async def test_a_ranking_that_does_not_follow_the_last_is_refused_by_the_table(writer, make_record):
    await log.append(writer, [make_record(1)])
    (line,) = await log.rows(writer, "audit_one", ranking_id=1)
    with pytest.raises(psycopg.errors.RestrictViolation):
        await writer.execute(log.QUERIES["audit_add"], {**line, "ranking_id": 3})


@pytest.mark.parametrize(
    ("tampering", "broken"),
    [
        (
            "UPDATE audit.ranking SET candidates = substr(candidates, 27) WHERE ranking_id = 3",
            "3",
        ),
        ("UPDATE audit.ranking SET day = day + 1 WHERE ranking_id = 1", "1"),
        ("DELETE FROM audit.ranking WHERE ranking_id = 2", "2"),
        ("DELETE FROM audit.ranking WHERE ranking_id = 1", "1"),
        ("UPDATE audit.ranking SET ranking_id = ranking_id + 10 WHERE ranking_id = 5", "5"),
    ],
)
async def test_whoever_gets_round_the_table_is_found_out(writer, conn, make_record, tampering, broken):
    await log.append(writer, [make_record(number) for number in range(5)])
    await writer.commit()
    conn.execute("SET session_replication_role = replica")  # triggers off: an administrator can
    conn.execute(tampering)
    conn.commit()
    assert (await log.verify(writer)).broken == broken


async def test_cutting_the_end_is_found_out_by_a_head_noted_before(writer, conn, make_record):
    await log.append(writer, [make_record(number) for number in range(5)])
    await writer.commit()
    noted = (await log.verify(writer)).head
    conn.execute("SET session_replication_role = replica")
    conn.execute("DELETE FROM audit.ranking WHERE ranking_id > 3")
    conn.commit()
    assert (await log.verify(writer)).broken is None
    assert (await log.verify(writer, known_head=noted)).broken == "head"


async def test_old_days_go_and_the_chain_still_holds(writer, make_record):
    old, new = date(2024, 1, 1), date(2026, 11, 20)
    days = [old, old, new, old, new]  # the fourth is old, but comes after a new one: it stays
    await log.append(writer, [make_record(number, day=day) for number, day in enumerate(days)])
    assert await log.purge(writer, before=date(2024, 6, 1), keep_days=365) == 2
    await log.append(writer, [make_record(9)])
    found = await log.verify(writer)
    assert (found.held, found.broken, found.first_id) == (4, None, 3)
    (written,) = await log.rows(writer, "audit_purges")
    assert (written["first_id"], written["last_id"]) == (1, 2)


async def test_everything_may_be_old_and_the_chain_goes_on(writer, make_record):
    await log.append(writer, [make_record(number, day=date(2024, 1, 1)) for number in range(3)])
    assert await log.purge(writer, before=date(2024, 1, 2), keep_days=365) == 3
    assert await log.purge(writer, before=date(2024, 1, 2), keep_days=365) == 0
    await log.append(writer, [make_record(4)])
    found = await log.verify(writer)
    assert (found.held, found.broken, found.first_id) == (1, None, 4)


async def test_a_purge_that_was_rewritten_is_found_out(writer, conn, make_record):
    await log.append(writer, [make_record(number, day=date(2024, 1, 1)) for number in range(3)])
    await log.purge(writer, before=date(2024, 1, 2), keep_days=365)
    await writer.commit()
    conn.execute("SET session_replication_role = replica")
    conn.execute("UPDATE audit.purge SET last_id = 2")
    conn.commit()
    assert (await log.verify(writer)).broken == "purge 1"


async def test_nothing_younger_than_six_months_can_be_purged_by_the_server(writer, make_record):
    await log.append(writer, [make_record()])
    with pytest.raises(psycopg.errors.RestrictViolation):
        await log.purge(writer, before=date(2026, 11, 27), keep_days=0)


async def test_the_role_that_reads_sees_no_ranking(conn):
    conn.execute("SET ROLE sas_reader")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute("SELECT * FROM audit.ranking")
