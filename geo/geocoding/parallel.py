"""One piece of work over many chunks: in this process, or in several that each hold a connection.

Results come in the order of the chunks whatever the number of processes, and few chunks are under way at a
time: memory does not grow with the work. A process holds what geocoding needs (`Desk`): a read-only
connection, the gazetteer, the streets of recent communes. It ends with the one that
started it, killed or not.
"""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from itertools import chain, islice
from multiprocessing.connection import wait
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar

import psycopg

from core.db.connect import connect
from core.db.queries import Queries
from core.errors import WorkerLost
from geo.geocoding.commune import CommuneResolver
from geo.geocoding.commune_streets import StreetCache
from geo.geocoding.gazetteer import Gazetteer
from geo.geocoding.locate import Locator
from geo.geocoding.search import Geocoder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

    from core.db.connect import Role
    from core.settings import DatabaseSettings, HomeSettings

QUERIES = Queries.load(Path(__file__).with_name("sql"))
_FEW_CHUNKS = 4
_MOST_JOBS = 8
_FRESH_S = 30.0
_LESS_URGENT = 10
_FEWER_COLLECTIONS = 20_000

C = TypeVar("C")
R = TypeVar("R")


class Desk:
    """What one process needs to geocode: connection, gazetteer, recent streets, interactive geocoder."""

    def __init__(self, conn: psycopg.Connection[Any], gazetteer: Gazetteer | None = None) -> None:
        self.conn = conn
        self.use(gazetteer or Gazetteer.load(conn))

    @classmethod
    def open(
        cls, database: DatabaseSettings, home: HomeSettings, *, role: Role, gazetteer: Gazetteer | None = None
    ) -> Desk:
        """A desk on a connection of its own.

        Raises
        ------
        StorageUnavailable   nobody answers

        """
        conn = connect(database, home, role=role)
        conn.autocommit = True
        conn.execute(QUERIES["no_parallel_plan"])
        return cls(conn, gazetteer)

    @property
    def gazetteer(self) -> Gazetteer:
        """The communes in use."""
        return self.locator.resolver.gazetteer

    @property
    def geocoder(self) -> Geocoder:
        """The interactive geocoder, made when first needed."""
        if self._geocoder is None:
            self._geocoder = Geocoder()
            self._geocoder.use(self.gazetteer)
        return self._geocoder

    def use(self, gazetteer: Gazetteer) -> None:
        """Take a gazetteer, and forget what was remembered of the former one."""
        self.locator = Locator(CommuneResolver(gazetteer), StreetCache())
        self._geocoder: Geocoder | None = None
        self._checked_at = time.monotonic()

    def refresh(self) -> None:
        """Read the gazetteer again when another load was put in service since."""
        if time.monotonic() - self._checked_at < _FRESH_S:
            return
        self._checked_at = time.monotonic()
        if base_version(self.conn) != self.gazetteer.version:
            del self.locator, self._geocoder  # one gazetteer at a time: it is most of the memory
            self.use(Gazetteer.load(self.conn))

    def close(self) -> None:
        """Close the connection."""
        self.conn.close()


class Spread(Protocol):
    """Where work is done."""

    def ordered(self, work: Callable[[Desk, C], R], chunks: Iterable[C]) -> Iterator[tuple[C, R]]:
        """Each chunk with what `work` makes of it, in the order of the chunks."""
        ...


class Alone:
    """Work done in this process."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def ordered(self, work: Callable[[Desk, C], R], chunks: Iterable[C]) -> Iterator[tuple[C, R]]:
        """Each chunk with what `work` makes of it."""
        for chunk in chunks:
            yield chunk, work(self._desk, chunk)


class Workers:
    """Work done in processes of their own, started when first needed. Several threads may ask at a time.

    jobs     how many processes
    gentle   True leaves the processor to the others first (a server that also answers people)
    """

    def __init__(
        self,
        database: DatabaseSettings,
        home: HomeSettings,
        *,
        jobs: int,
        role: Role = "reader",
        gentle: bool = False,
    ) -> None:
        self.look_ahead = jobs + 2
        self._broken = False
        self._pool = ProcessPoolExecutor(
            jobs,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_begin,
            initargs=(database, home, role, gentle),
        )

    def ordered(self, work: Callable[[Desk, C], R], chunks: Iterable[C]) -> Iterator[tuple[C, R]]:
        """Each chunk with what `work` makes of it, in order; at most `look_ahead` chunks are under way.

        `work` and the chunks travel: a function of a module (or `functools.partial` of one), plain values.

        Raises
        ------
        WorkerLost   a process died; its chunk and those after it were not done

        """
        waiting: deque[tuple[C, Future[R]]] = deque()
        try:
            for chunk in chunks:
                waiting.append((chunk, self._pool.submit(_run, work, chunk)))
                if len(waiting) >= self.look_ahead:
                    yield _done(*waiting.popleft())
            while waiting:
                yield _done(*waiting.popleft())
        except BrokenProcessPool as exc:
            self._broken = True
            raise WorkerLost(
                "Un processus de géocodage s'est arrêté (mémoire épuisée ?) : ce qui est fait est gardé, "
                "relancez la commande."
            ) from exc
        finally:
            for _, future in waiting:
                future.cancel()

    @property
    def broken(self) -> bool:
        """Whether a process died: nothing more can be asked."""
        return self._broken

    def close(self) -> None:
        """End the processes, once the chunks under way are done."""
        self._pool.shutdown(wait=True, cancel_futures=True)


class Machine:
    """The whole machine: `jobs` processes for long work, this one for short work. Used as a context."""

    def __init__(
        self, database: DatabaseSettings, home: HomeSettings, *, jobs: int = 0, role: Role = "reader"
    ) -> None:
        self._database, self._home = database, home
        self._role: Role = role
        self.jobs = jobs or cores()
        self._desk: Desk | None = None
        self._workers: Workers | None = None

    def __enter__(self) -> Self:
        """Nothing is started yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """End what was started."""
        if self._desk is not None:
            self._desk.close()
        if self._workers is not None:
            self._workers.close()

    def ordered(self, work: Callable[[Desk, C], R], chunks: Iterable[C]) -> Iterator[tuple[C, R]]:
        """Each chunk with what `work` makes of it, in the order of the chunks."""
        remaining = iter(chunks)
        first = list(islice(remaining, _FEW_CHUNKS))
        whole = chain(first, remaining)
        if self.jobs == 1 or len(first) < _FEW_CHUNKS:
            # Starting processes takes longer than a few chunks.
            if self._desk is None:
                self._desk = Desk.open(self._database, self._home, role=self._role)
            yield from Alone(self._desk).ordered(work, whole)
            return
        self._workers = self._workers or Workers(self._database, self._home, jobs=self.jobs, role=self._role)
        yield from self._workers.ordered(work, whole)


def cores() -> int:
    """Processors this process may use, eight at most: the database works as much as the processes do."""
    return min(_MOST_JOBS, len(os.sched_getaffinity(0)))


def base_version(conn: psycopg.Connection[Any]) -> int:
    """Number of the last load put in service: answers of two versions may differ."""
    row = conn.execute(QUERIES["gazetteer_version"]).fetchone()
    return row[0] if row else 0


def settle() -> None:
    """Leave what lives as long as the process out of the garbage collector.

    The gazetteer is a million objects that never form garbage: walking through them again and again took a
    third of the time of a batch, and made some searches wait.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_FEWER_COLLECTIONS, 50, 50)
    with suppress(OSError, AttributeError):  # of glibc: what reading left free goes back to the system
        ctypes.CDLL(None).malloc_trim(0)


class _Post:
    """What a worker process was told when it started, and its desk once opened."""

    asked: tuple[DatabaseSettings, HomeSettings, Role]
    desk: Desk | None = None


def _begin(database: DatabaseSettings, home: HomeSettings, role: Role, gentle: bool) -> None:
    """A worker process starts: Ctrl-C is the affair of the one that started it, and it never outlives it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if gentle:
        os.nice(_LESS_URGENT)
    _Post.asked = (database, home, role)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _run(work: Callable[[Desk, C], R], chunk: C) -> R:
    """One chunk, in a worker process. The desk is opened here, so that a failure is told as it is."""
    try:
        if _Post.desk is None:
            database, home, role = _Post.asked
            _Post.desk = Desk.open(database, home, role=role)
            settle()
        _Post.desk.refresh()
        return work(_Post.desk, chunk)
    except psycopg.OperationalError:
        _Post.desk = None  # the next chunk opens a new connection
        raise


def _done(chunk: C, future: Future[R]) -> tuple[C, R]:
    return chunk, future.result()
