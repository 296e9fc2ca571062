"""Clones of the migrated database, made while tests run: a test takes one that is ready.

A database is some six hundred files. Making them takes longer than most tests on a slow disk, and keeps no
processor busy: four threads do it ahead of the tests, and drop what the tests leave.
"""

from __future__ import annotations

import uuid
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from core.db import cluster

if TYPE_CHECKING:
    from concurrent.futures import Future
    from contextlib import AbstractContextManager
    from pathlib import Path

_READY = 4


class Clones:
    """Databases of one cluster, each a copy of a template."""

    def __init__(self, home: Path, template: str) -> None:
        self._home = home
        self._template = template
        self._threads = ThreadPoolExecutor(_READY, thread_name_prefix="clones")
        self._ready: deque[Future[str]] = deque()
        self._left: list[Future[None]] = []

    def take(self) -> str:
        """Name of a clone that nobody else has."""
        while len(self._ready) <= _READY:
            self._ready.append(self._threads.submit(self._make))
        return self._ready.popleft().result()

    def leave(self, name: str) -> None:
        """Drop a clone, soon."""
        self._left = [drop for drop in self._left if not drop.done() or drop.result()]
        self._left.append(self._threads.submit(self._drop, name))

    def close(self) -> None:
        """Drop the clones that nobody took, and wait until all are gone."""
        for made in self._ready:
            self.leave(made.result())
        for drop in self._left:
            drop.result()
        self._threads.shutdown()

    def _make(self) -> str:
        name = f"test_{uuid.uuid4().hex[:12]}"
        with self._admin() as admin:
            # Copying files takes less than writing each page to the log (PostgreSQL 15 and after).
            strategy = sql.SQL("STRATEGY file_copy" if admin.info.server_version >= 150_000 else "")
            admin.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} {}").format(
                    sql.Identifier(name), sql.Identifier(self._template), strategy
                )
            )
        return name

    def _drop(self, name: str) -> None:
        with self._admin() as admin:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _admin(self) -> AbstractContextManager[psycopg.Connection]:
        return psycopg.connect(cluster.conninfo(self._home, database="postgres"), autocommit=True)
