"""The log of rankings in the database: added to under a lock, walked, verified, purged by whole days.

Each function takes a connection inside a transaction of the door and never commits.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from psycopg.rows import dict_row

from core.db.queries import Queries
from search.audit.packing import START, chained, pack, purge_chained

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import date

    from psycopg import AsyncConnection

    from search.audit.record import RankingRecord

QUERIES = Queries.load(Path(__file__).with_name("sql"))
_PAGE = 500
LEAST_DAYS = 180
"""Rankings are kept six months at least; the database refuses to remove younger ones."""


async def rows(conn: AsyncConnection[Any], name: str, **parameters: Any) -> list[dict[str, Any]]:
    """Rows of a statement of the audit, as dictionaries."""
    async with conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(QUERIES[name], parameters)
        return await cursor.fetchall() if cursor.description is not None else []


async def append(conn: AsyncConnection[Any], records: Sequence[RankingRecord]) -> None:
    """Add rankings after the last one, whoever writes beside us.

    Raises
    ------
    ValueError   a record does not pack; nothing is added
    """
    if not records:
        return
    packed = [pack(record.candidates) for record in records]
    await rows(conn, "audit_lock")
    head = await rows(conn, "audit_head")
    ranking_id, previous = (head[0]["ranking_id"], head[0]["hash"]) if head else (0, START)
    lines = []
    for record, candidates in zip(records, packed, strict=True):
        ranking_id += 1
        line = {
            "ranking_id": ranking_id,
            "day": record.day,
            "policy": record.policy,
            "policy_digest": record.policy_digest,
            "seed": record.seed,
            "specialty": record.specialty,
            "area": record.area,
            "total": record.total,
            "page": record.page,
            "candidates": candidates,
            "previous": previous,
        }
        line["hash"] = previous = chained(previous, line)
        lines.append(line)
    async with conn.cursor() as cursor:
        await cursor.executemany(QUERIES["audit_add"], lines)


@dataclass(frozen=True, kw_only=True, slots=True)
class Verified:
    """What the walk of the chain found.

    held      rankings that hold
    head      digest of the last one that holds: whoever knows an earlier head can look for it
    broken    the first ranking that does not follow; "purge N" for a purge; "head" when the chain holds but
              the head known is not in it; None when all holds
    first_id, last_id   of those that hold; None when there is none
    """

    held: int
    head: str
    broken: str | None
    first_id: int | None
    last_id: int | None


async def walk(conn: AsyncConnection[Any]) -> AsyncIterator[dict[str, Any]]:
    """Every ranking, in order; memory is that of a page."""
    after_id = 0
    while page := await rows(conn, "audit_after", after_id=after_id, max_rows=_PAGE):
        for line in page:
            yield line
        after_id = page[-1]["ranking_id"]


class Chain:
    """The verification of the chain, one ranking after the other."""

    def __init__(self, purges: Sequence[dict[str, Any]], *, known_head: str | None = None) -> None:
        self.head, self.held, self.broken = START, 0, _broken_purge(purges)
        self.first_id: int | None = None
        self.last_id: int | None = None
        self._wanted = known_head
        self._met = known_head in {None, START, *(purge["hash"] for purge in purges)}
        self._next = 1
        if purges:
            self.head, self._next = purges[-1]["hash"], purges[-1]["last_id"] + 1

    def add(self, line: dict[str, Any]) -> bool:
        """Take the next ranking; tells whether it follows. After the first that does not, none does."""
        follows = (
            self.broken is None
            and line["ranking_id"] == self._next
            and line["previous"] == self.head
            and line["hash"] == chained(self.head, line)
        )
        if follows:
            self.first_id = line["ranking_id"] if self.first_id is None else self.first_id
            self.head, self.last_id, self.held = line["hash"], line["ranking_id"], self.held + 1
            self._met = self._met or self.head == self._wanted
            self._next += 1
        elif self.broken is None:
            self.broken = str(min(line["ranking_id"], self._next))
        return follows

    def verified(self) -> Verified:
        """What was found so far; all the rankings were given when the head known is to be judged."""
        return Verified(
            held=self.held,
            head=self.head,
            broken=self.broken or (None if self._met else "head"),
            first_id=self.first_id,
            last_id=self.last_id,
        )


async def chain(conn: AsyncConnection[Any], *, known_head: str | None = None) -> Chain:
    """The chain before its first ranking: it starts where the last purge says."""
    return Chain(await rows(conn, "audit_purges"), known_head=known_head)


async def verify(conn: AsyncConnection[Any], *, known_head: str | None = None) -> Verified:
    """Walk the whole log.

    known_head   a digest noted or published earlier: its absence means that the end was cut or rewritten
    """
    checked = await chain(conn, known_head=known_head)
    async for line in walk(conn):
        if not checked.add(line):
            break
    return checked.verified()


async def purge(conn: AsyncConnection[Any], *, before: date, keep_days: int) -> int:
    """Remove the rankings of the days before a day, from the oldest on; how many went.

    The removal is written in a chain of its own, with the digest from which the rest goes on. Digests of
    removed rankings are forgotten but for that one.

    Raises
    ------
    psycopg.errors.RestrictViolation   less than `LEAST_DAYS` old
    """
    await rows(conn, "audit_lock")
    found = await rows(conn, "audit_purgeable", before=before)
    if not found:
        return 0
    purges = await rows(conn, "audit_purges")
    previous = purges[-1]["proof"] if purges else START
    line = {**found[0], "before": before}
    removed = await rows(
        conn,
        "audit_purge",
        **line,
        previous=previous,
        proof=purge_chained(previous, line),
        keep_days=keep_days,
    )
    return int(removed[0]["removed"])


def _broken_purge(purges: Sequence[dict[str, Any]]) -> str | None:
    previous, expected = START, 1
    for line in purges:
        fits = line["previous"] == previous and line["first_id"] == expected
        if not fits or line["proof"] != purge_chained(previous, line):
            return f"purge {line['purge_id']}"
        previous, expected = line["proof"], line["last_id"] + 1
    return None
