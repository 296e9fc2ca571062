"""What a running server holds: settings, pools, metrics, the key of the cursors; opened by the lifespan."""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
import time
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from starlette.concurrency import run_in_threadpool

from api.availability import VendorSlots
from api.file_geocoding import FileGeocoding
from api.places import GeocoderPlaces
from api.slot_feed import SlotNews
from api.travel import Travel
from core.db.connect import conninfo
from geo.geocoding.parallel import settle
from geo.geocoding.search import Geocoder
from search.audit.record import NoLog
from search.audit.writer import RankingWriter
from search.index.directory import DirectoryIndex
from search.journey import RoadsOrEstimates, places_of
from search.territory_policy import load as load_policies
from slots.aggregate import Aggregator, Limits
from slots.hours import practitioner_weeks

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from psycopg import AsyncConnection

    from api.metrics import Metrics
    from core.settings import (
        AdminSettings,
        AuditSettings,
        DatabaseSettings,
        HomeSettings,
        PolicySettings,
        ServerSettings,
        SlotSettings,
    )
    from geo.geocoding.gazetteer import Gazetteer
    from participation.ports import HoursReader
    from search.audit.record import RankingLog
    from search.index.directory import Index
    from search.ports import PlaceFinder, TravelFinder
    from search.territory_policy import Policies
    from slots.ports import Regulator, Regulators

_POOL_TIMEOUT_S = 2.0
_WRITERS = 4
_KEY_FILE = "cursor.key"
_UPKEEP_S = 2.0
_TRUSTED_S = 1.0
_SEEN: WeakKeyDictionary[AsyncConnection[Any], float] = WeakKeyDictionary()


@dataclass(frozen=True, kw_only=True)
class Services:
    """Everything a request may need, built once for each process."""

    database: DatabaseSettings
    home: HomeSettings
    server: ServerSettings
    metrics: Metrics
    slot_settings: SlotSettings
    admin: AdminSettings
    reader: AsyncConnectionPool[AsyncConnection[Any]]
    writer: AsyncConnectionPool[AsyncConnection[Any]]
    cursor_key: bytes
    geocoder: Geocoder
    files: FileGeocoding
    places: PlaceFinder
    index: DirectoryIndex
    journeys: TravelFinder
    hours: HoursReader
    regulators: Regulators
    slots: VendorSlots
    travel: Travel
    ranking_log: RankingLog
    policies: Policies


@asynccontextmanager
async def open_services(
    *,
    database: DatabaseSettings,
    home: HomeSettings,
    server: ServerSettings,
    slots: SlotSettings,
    admin: AdminSettings,
    audit: AuditSettings,
    policies: PolicySettings,
    metrics: Metrics,
    lasting: bool = False,
) -> AsyncIterator[Services]:
    """Open the pools and hold them for the life of the server.

    A database that does not answer yet is no error here: `/readyz` says so and the pool keeps trying.
    `lasting` is for a process that only serves: what it needs is read before it is asked, and what lives as
    long as it does is left out of the garbage collector.
    """
    reader = reader_pool(database, home)
    writer = writer_pool(database, home)
    await reader.open(wait=False)
    await writer.open(wait=False)
    aggregator = Aggregator(limits_of(slots), observer=metrics)
    geocoder = Geocoder()
    files = FileGeocoding(database, home)
    index = DirectoryIndex(SlotNews(), max_age_s=server.search_index_max_age_s)
    travel = Travel(home)
    rankings = RankingWriter(
        writer.connection,
        rate_per_s=audit.audit_rate_per_s,
        told=lambda outcome, count: metrics.rankings.labels(outcome).inc(count),
    )
    rankings.start()
    if lasting:
        upkeep = asyncio.create_task(_upkeep(reader, geocoder, index, travel, metrics))
    else:
        upkeep = None
        await travel.refresh()
    try:
        yield Services(
            database=database,
            home=home,
            server=server,
            metrics=metrics,
            slot_settings=slots,
            admin=admin,
            reader=reader,
            writer=writer,
            cursor_key=cursor_key(server, home),
            geocoder=geocoder,
            files=files,
            places=GeocoderPlaces(geocoder),
            index=index,
            journeys=RoadsOrEstimates(lambda: travel.choice),
            hours=practitioner_weeks,
            regulators=NoAccounts(),
            slots=VendorSlots(
                aggregator, booking_origin=slots.booking_origin if slots.booking_links else None
            ),
            travel=travel,
            ranking_log=rankings if audit.audit_rate_per_s else NoLog(),
            policies=load_policies(policies.policy_dir, policies.keys),
        )
    finally:
        if upkeep is not None:
            upkeep.cancel()
            with suppress(asyncio.CancelledError):
                await upkeep
        await run_in_threadpool(files.close)
        await rankings.close()
        await aggregator.close()
        await writer.close()
        await reader.close()


class NoAccounts:
    """Regulators while the platform has no accounts: none is known, appointments are kept all the same."""

    async def find(self, conn: AsyncConnection[Any], kind: str, value: str) -> Regulator | None:  # noqa: ARG002 - of the port
        """Nobody."""
        return None


async def _upkeep(
    reader: AsyncConnectionPool[AsyncConnection[Any]],
    geocoder: Geocoder,
    index: DirectoryIndex,
    travel: Travel,
    metrics: Metrics,
) -> None:
    """Read communes, offers, slots, road networks and land before somebody waits for them; tell the state of
    the pool.
    """
    settled: Gazetteer | None = None
    held: Index | None = None
    while True:
        with suppress(psycopg.Error, PoolTimeout):
            async with reader.connection() as conn:
                gazetteer = await geocoder.gazetteer(conn)
                present = await index.current(conn)
                await travel.follow_land(conn)
            if gazetteer is not settled or present is not held:
                settle()
                settled, held = gazetteer, present
        await travel.refresh()
        if held is not None:  # offers are found on each network before a search waits for it
            for graph in travel.choice.graphs:
                await run_in_threadpool(places_of(held).prepare, graph)
        metrics.set_pool("reader", reader.get_stats())
        await asyncio.sleep(_UPKEEP_S)


async def _check(conn: AsyncConnection[Any]) -> None:
    """See that a connection lives, unless that was seen within a second: each look is a round trip."""
    now = time.monotonic()
    if now - _SEEN.get(conn, 0.0) > _TRUSTED_S:
        await AsyncConnectionPool.check_connection(conn)
        _SEEN[conn] = now


def limits_of(slots: SlotSettings) -> Limits:
    """The bounds of the calls to vendors, from the settings."""
    return Limits(
        deadline_s=slots.slots_deadline_s,
        connect_timeout_s=slots.slots_connect_timeout_s,
        max_concurrent=slots.slots_max_concurrent,
        processes=slots.slots_processes,
        cache_s=slots.slots_cache_s,
    )


def reader_pool(database: DatabaseSettings, home: HomeSettings) -> AsyncConnectionPool[AsyncConnection[Any]]:
    """A closed pool of read-only connections in autocommit: no transaction stays open between statements."""
    return AsyncConnectionPool(
        conninfo(database, home, role="reader", statement_timeout_s=database.database_statement_timeout_s),
        min_size=database.database_pool_min,
        max_size=database.database_pool_max,
        timeout=_POOL_TIMEOUT_S,
        open=False,
        kwargs={"autocommit": True},
        configure=_configure,
        check=_check,
        name="reader",
    )


def writer_pool(database: DatabaseSettings, home: HomeSettings) -> AsyncConnectionPool[AsyncConnection[Any]]:
    """A closed pool of connections that may write calendars and declarations; each use is one transaction.

    None is kept open: a server whose login may only read works, until somebody writes.
    """
    return AsyncConnectionPool(
        conninfo(database, home, role="writer", statement_timeout_s=database.database_statement_timeout_s),
        min_size=0,
        max_size=_WRITERS,
        timeout=_POOL_TIMEOUT_S,
        open=False,
        check=AsyncConnectionPool.check_connection,
        name="writer",
    )


async def _configure(conn: AsyncConnection[Any]) -> None:
    # A generic plan of the nearest-neighbour statements leaves the spatial index; planning costs 0.3 ms.
    await conn.execute("SET plan_cache_mode = force_custom_plan")
    # Launching a parallel worker costs more than the longest count, and requests share the cores already.
    await conn.execute("SET max_parallel_workers_per_gather = 0")


def cursor_key(server: ServerSettings, home: HomeSettings) -> bytes:
    """The secret that signs page cursors: the setting, else a file made once under `SAS_HOME` (mode 600)."""
    if server.cursor_key is not None:
        return hashlib.sha256(server.cursor_key.get_secret_value().encode()).digest()
    path = home.path / _KEY_FILE
    try:
        return _read_key(path)
    except FileNotFoundError:
        return _make_key(path)


def _read_key(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()


def _make_key(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_hex(32), encoding="ascii")
    try:
        os.link(draft, path)  # whoever comes first wins: several workers start together
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return _read_key(path)
