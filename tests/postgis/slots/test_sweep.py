"""The sweep: learns who each vendor knows and when they are free, resumes, forgets both ways."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

from core import jobs
from core.clock import utc_now
from core.db.connect import conninfo
from slots import editors
from slots.editors import Editor
from slots.fhir.request import BATCH
from slots.sandbox.brand import Brand
from slots.sandbox.people import InventedPeople
from slots.sandbox.server import Sandbox, address, serve
from slots.stored import KEPT_FOR, stored
from slots.sweep import Sweep, purge

pytestmark = pytest.mark.postgis

COUNT = 60
PEOPLE = [f"8999{number:08d}" for number in range(COUNT)]


@pytest.fixture
async def ground(database, home, add_offers) -> AsyncIterator[Any]:
    """Sixty practitioners, two vendors that keep half of them each; gives the sandbox, a sweep and a pool."""
    add_offers([{"lon": 2.35, "lat": 48.85, "idnps": value} for value in PEOPLE])
    async with AsyncExitStack() as stack:
        brands = [
            Brand(slug=slug, name=slug, flows=("agg-ps",), parts=parts, latency_s=0.0)
            for slug, parts in (("a", range(50)), ("b", range(50, 100)))
        ]
        sandbox = Sandbox(people=InventedPeople(), brands=brands)
        runner = await serve(sandbox, host="127.0.0.1", port=0)
        stack.push_async_callback(runner.cleanup)
        host, port = address(runner)
        pool = await stack.enter_async_context(
            AsyncConnectionPool(conninfo(database, home, role="writer"), min_size=1, max_size=3, open=False)
        )
        async with pool.connection() as conn:
            for brand in brands:
                base = f"http://{host}:{port}/{brand.slug}/fhir"
                await editors.put(
                    conn,
                    Editor(slug=brand.slug, name=brand.slug, base_url=base, rate_per_s=5000, sandbox=True),
                )
        yield sandbox, Sweep(pool.connection, deadline_s=10, connect_timeout_s=5), pool


async def rows(pool: Any, query: str, *values: Any) -> list[Any]:
    async with pool.connection() as conn:
        return await (await conn.execute(query, values or None)).fetchall()


async def test_it_learns_whom_each_vendor_knows_and_when_they_are_free(ground):
    sandbox, sweep, pool = ground
    done = {line.slug: line for line in await sweep.run()}
    assert all(line.ended and line.asked == COUNT and line.failed == 0 for line in done.values())
    known = await rows(pool, "SELECT practitioner_id, slug, next_start, slot_count FROM editor.availability")
    assert {slug for _, slug, *_ in known} == {"a", "b"}
    assert all(sandbox.brand(slug).knows(value) for value, slug, *_ in known)
    found = await rows(
        pool, "SELECT practitioner_id, slug, min(start_at), count(*) FROM editor.slot GROUP BY 1, 2"
    )
    first = {(value, slug): (start, count) for value, slug, start, count in found}
    assert first == {(value, slug): (start, count) for value, slug, start, count in known}
    assert sandbox.requests == {"a": -(-COUNT // BATCH), "b": -(-COUNT // BATCH)}


async def test_what_vendors_show_is_counted_in_the_hours_of_the_week(ground):
    _, sweep, pool = ground
    await sweep.run()
    shown = await rows(pool, "SELECT count(*), min(timezone) FROM agenda.published_slot")
    kept = await rows(
        pool, "SELECT count(DISTINCT (practitioner_id, start_at, end_at, slug)) FROM editor.slot"
    )
    assert shown == [(kept[0][0], "Europe/Paris")]
    assert kept[0][0] > 100


async def test_a_second_sweep_writes_only_what_changed(ground):
    _, sweep, pool = ground
    await sweep.run()
    before = dict(
        await rows(pool, "SELECT ctid::text || practitioner_id || start_at, xmin::text FROM editor.slot")
    )
    await sweep.run()
    after = dict(
        await rows(pool, "SELECT ctid::text || practitioner_id || start_at, xmin::text FROM editor.slot")
    )
    assert {key: after.get(key) for key in before} == before


async def test_slots_no_longer_given_go_and_the_person_is_known_to_have_none(ground):
    sandbox, sweep, pool = ground
    await sweep.run()
    sandbox.now = lambda: utc_now() + timedelta(days=30)  # nothing left in the window
    await sweep.run()
    assert await rows(pool, "SELECT 1 FROM editor.slot WHERE start_at > now()") == []
    known = await rows(pool, "SELECT next_start, slot_count FROM editor.availability")
    assert known
    assert set(known) == {(None, 0)}


async def test_what_a_vendor_in_trouble_had_said_stays_with_its_age(ground):
    sandbox, sweep, pool = ground
    await sweep.run()
    before = await rows(pool, "SELECT * FROM editor.availability WHERE slug = 'a' ORDER BY 1")
    sandbox.switch("a", "error-500")
    done = {line.slug: line for line in await sweep.run()}
    assert (done["a"].failed, done["b"].failed) == (COUNT, 0)
    assert await rows(pool, "SELECT * FROM editor.availability WHERE slug = 'a' ORDER BY 1") == before


async def test_a_sweep_that_was_cut_goes_on_where_it_was(ground):
    sandbox, sweep, pool = ground
    async with pool.connection() as conn:
        await conn.execute(
            "INSERT INTO editor.sweep (slug, started_at, last_id, asked) VALUES ('a', now(), %s, 50)",
            (PEOPLE[49],),
        )
    done = {line.slug: line for line in await sweep.run()}
    assert sandbox.requests["a"] == 1
    assert (done["a"].asked, done["b"].asked) == (COUNT, COUNT)


async def test_a_vendor_that_keeps_failing_is_given_up_until_the_next_time(ground, add_offers):
    sandbox, sweep, _ = ground
    add_offers([{"lon": 2.4, "lat": 48.85, "idnps": f"89991{number:07d}"} for number in range(120)])
    sandbox.switch("a", "error-500")
    done = {line.slug: line for line in await sweep.run()}
    assert not done["a"].ended
    assert done["b"].ended
    sandbox.switch("a", None)
    done = {line.slug: line for line in await sweep.run()}
    assert done["a"].ended


async def test_who_left_the_directory_is_forgotten(ground, conn):
    _, sweep, pool = ground
    await sweep.run()
    (gone,) = (await rows(pool, "SELECT practitioner_id FROM editor.availability LIMIT 1"))[0]
    conn.execute("DELETE FROM directory.practitioner WHERE idnps = %s", (gone,))
    conn.commit()
    await sweep.run()
    still = "SELECT 1 FROM editor.availability WHERE practitioner_id = %s"
    assert await rows(pool, still, gone) == []
    to_come = "SELECT 1 FROM editor.slot WHERE practitioner_id = %s AND start_at > now()"
    assert await rows(pool, to_come, gone) == []


async def test_slots_are_purged_a_day_after_their_end(ground):
    _, sweep, pool = ground
    await sweep.run()
    async with pool.connection() as conn:
        kept = await (await conn.execute("SELECT count(*) FROM editor.slot")).fetchone()
        assert await purge(conn, now=utc_now()) == 0
        assert kept is not None
        assert await purge(conn, now=utc_now() + timedelta(days=5)) == kept[0]


async def test_what_is_stored_is_shown_for_a_while_then_unknown_again(ground):
    _, sweep, pool = ground
    await sweep.run()
    start = utc_now()
    async with pool.connection() as conn:
        window = {"start": start, "end": start + timedelta(days=3)}
        now = await stored(conn, PEOPLE, **window, now=start)
        later = await stored(conn, PEOPLE, **window, now=start + KEPT_FOR + timedelta(minutes=1))
    assert now.slots
    assert not later.slots
    assert later.known == now.known  # that a vendor keeps their agenda is known for longer


def test_the_queue_is_made_once_and_the_worker_may_use_it(database, home):
    assert jobs.ensure(database, home)
    assert not jobs.ensure(database, home)
    with psycopg.connect(conninfo(database, home, role="writer")) as conn:
        conn.execute("SELECT count(*) FROM jobs.procrastinate_jobs")


async def test_a_job_goes_through_the_queue(database, home):
    jobs.ensure(database, home)
    app = jobs.application(database, home)
    done: list[int] = []

    @app.task(name="count", queue="slots")
    async def count(number: int) -> None:
        done.append(number)

    async with app.open_async():
        await count.defer_async(number=3)
        await app.run_worker_async(queues=["slots"], wait=False, install_signal_handlers=False)
    assert done == [3]
