"""The steps of a search of offers: understand, settle, rank, page, cards. `search.live` joins them."""

from __future__ import annotations

import secrets
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from core.errors import InvalidParameter, NotFoundError
from search import candidates, page, participating
from search.answer import Page, can_hold, sources
from search.area import Area, settle
from search.card import card, sheet
from search.locate import locate
from search.participating import Declared
from search.query import SearchQuery, Window, window
from search.rank import policy, rank
from search.specialty_match import understand

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from uuid import UUID

    from psycopg import AsyncConnection

    from search.page import Cursor
    from search.ports import PlaceFinder
    from search.query import Parameters
    from search.rank import Candidate, RankKey


@dataclass(kw_only=True)
class Timings:
    """Seconds spent in each phase of one search; the caller turns them into metrics."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Time a phase."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - started


@dataclass(frozen=True, kw_only=True)
class Begun:
    """A search understood, and where its page starts.

    digest   keyed digest of the query, for the cursors
    """

    query: SearchQuery
    digest: str
    cursor: Cursor | None


async def begin(
    conn: AsyncConnection[Any],
    asked: Parameters,
    *,
    finder: PlaceFinder,
    key: bytes,
    now: datetime,
    timings: Timings,
) -> Begun:
    """Understand the parameters, and resume where a cursor says.

    Raises
    ------
    InvalidParameter, UnknownSpecialty, UnknownPlace   name the parameter
    """
    with timings.phase("geocode"):
        understood = understand(asked.specialty)
        place = await locate(conn, asked, finder)
    query = SearchQuery(
        specialty=understood,
        place=place,
        window=window(asked.start, asked.end, now=now, place=place),
        radius_km=asked.radius_km,
        max_minutes=asked.max_minutes,
        filters=asked.filters,
        seed=asked.seed or f"{now.astimezone(place.zone):%Y%m%d}-{secrets.token_hex(6)}",
        limit=asked.limit,
        explain=asked.explain,
    )
    digest = page.digest(query.identity, key)
    cursor = _resumed(asked, digest, key)
    if cursor is not None:
        query = replace(query, seed=cursor.seed, window=Window(start=cursor.start, end=cursor.end))
    return Begun(query=query, digest=digest, cursor=cursor)


async def offer(conn: AsyncConnection[Any], offer_id: UUID) -> dict[str, Any]:
    """One sheet.

    Raises
    ------
    NotFoundError   no such offer, or no longer
    """
    found = await candidates.rows(conn, "cards", offer_ids=[str(offer_id)])
    if not found:
        raise NotFoundError("Cette offre n'existe pas, ou n'existe plus.", parameter="id")
    as_of = await candidates.rows(conn, "directory_as_of")
    return {**sheet(found[0]), "sources": sources(as_of)}


def _resumed(asked: Parameters, digest: str, key: bytes) -> Cursor | None:
    if asked.cursor is None:
        return None
    cursor = page.read(asked.cursor, key, query=digest)
    if asked.seed is not None and asked.seed != cursor.seed:
        raise InvalidParameter("« seed » n'est pas celle de la première page.", parameter="seed")
    for name, value, kept in (("from", asked.start, cursor.start), ("until", asked.end, cursor.end)):
        if value is not None and value != kept:
            raise InvalidParameter(f"« {name} » n'est pas celui de la première page.", parameter=name)
    return cursor


async def page_of(conn: AsyncConnection[Any], query: SearchQuery, cursor: Cursor | None) -> Page:
    """The offers of one page, in their order."""
    if not can_hold(query):
        return Page(area=None, total=0, shown_before=0, ranked=[], more=False)
    after = cursor.last if cursor is not None else None
    area = None
    if query.place.point is not None:
        area = (
            Area(steps_km=cursor.steps_km, found=cursor.found)
            if cursor is not None
            else await settle(conn, query)
        )
    counted = await _count(conn, query, area, cursor)
    pool = await _pool(conn, query, area, after)
    ordered = [item for item in rank(pool, policy(), seed=query.seed) if after is None or item.key > after]
    return Page(
        area=area,
        total=counted.total,
        unknown=counted.unknown,
        shown_before=cursor.shown if cursor is not None else 0,
        ranked=ordered[: query.limit],
        more=len(ordered) > query.limit,
    )


async def _count(
    conn: AsyncConnection[Any], query: SearchQuery, area: Area | None, cursor: Cursor | None
) -> Declared:
    """How many offers there are; `unknown` counts only where a declared participation is asked for."""
    asked = query.filters.participating
    specialty_id = query.specialty.specialty.specialty_id
    point, department = query.place.point, query.place.department_code or ""
    if asked is not None:
        if point is None or area is None:
            return await participating.count_in_department(
                conn, specialty_id=specialty_id, department=department, participating=asked
            )
        return await participating.count_near(
            conn,
            specialty_id=specialty_id,
            point=point,
            radius_m=area.radius_km * 1000,
            participating=asked,
        )
    if cursor is not None:
        return Declared(total=cursor.total, unknown=0)
    if point is None or area is None:
        total = await candidates.count_in_department(conn, specialty_id=specialty_id, department=department)
    else:
        total = await candidates.count_near(
            conn, specialty_id=specialty_id, point=point, radius_m=area.radius_km * 1000
        )
    return Declared(total=total, unknown=0)


async def _pool(
    conn: AsyncConnection[Any], query: SearchQuery, area: Area | None, after: RankKey | None
) -> list[Candidate]:
    """Candidates enough to cut the page and to know whether offers come after."""
    asked = query.filters.participating
    specialty_id = query.specialty.specialty.specialty_id
    point, department, wanted = query.place.point, query.place.department_code or "", query.limit + 1
    if point is not None and area is not None:
        near: dict[str, Any] = {
            "specialty_id": specialty_id,
            "point": point,
            "radius_m": area.radius_km * 1000,
        }
        if asked is not None:
            return await participating.near(conn, **near, after=after, participating=asked)
        return await candidates.near(conn, **near, wanted=wanted, after=after)
    within: dict[str, Any] = {
        "specialty_id": specialty_id,
        "department": department,
        "seed": query.seed,
        "wanted": wanted,
    }
    if asked is not None:
        return await participating.in_department(conn, **within, after=after, participating=asked)
    return await candidates.in_department(conn, **within, after=after)


async def cards_of(conn: AsyncConnection[Any], query: SearchQuery, found: Page) -> list[dict[str, Any]]:
    """The cards of a page, in their order; an offer that a load has just removed is left out."""
    rows = await candidates.rows(conn, "cards", offer_ids=[item.offer_id for item in found.ranked])
    by_id = {row["offer_id"]: row for row in rows}
    return [
        card(by_id[item.offer_id], item, rank=found.shown_before + index, explained=query.explain)
        for index, item in enumerate(found.ranked, start=1)
        if item.offer_id in by_id
    ]
