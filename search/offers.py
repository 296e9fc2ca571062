"""The steps of a search of offers: understand, look, filter, rank, cut, cards. `search.live` joins them."""

from __future__ import annotations

import secrets
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import h3
import numpy as np

from core.errors import InvalidParameter, NotFoundError
from search import candidates, facets, page, rank
from search.answer import Page, sources
from search.area import Area, Official
from search.card import declared_as, sheet
from search.departments import read_departments
from search.groups import group_cards
from search.index.offers import identities
from search.locate import locate
from search.preferred import find_preferred
from search.query import SearchQuery, Window, window
from search.remembered import remembered
from search.specialty_match import understand
from search.statements import rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from uuid import UUID

    from numpy.typing import NDArray
    from psycopg import AsyncConnection

    from search.index.directory import DirectoryIndex, Index
    from search.page import Cursor
    from search.place import Place
    from search.policy import Policy
    from search.ports import PlaceFinder, TravelFinder
    from search.preferred import Preferred
    from search.query import Parameters
    from search.territory_policy import Policies

AREA_RESOLUTION = 6
"""H3 resolution of the area named in a seed: cells of 36 km² on average, no address can be told from it."""


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

    digest      keyed digest of the query, for the cursors
    index       the offers, the same from the first step of the search to its last
    rule        the policy in force at the place
    preferred   who was understood as the preferred doctor; None when none was asked for
    """

    query: SearchQuery
    index: Index
    digest: str
    cursor: Cursor | None
    rule: Policy
    preferred: Preferred | None


async def begin(
    conn: AsyncConnection[Any],
    asked: Parameters,
    *,
    finder: PlaceFinder,
    index: DirectoryIndex,
    policies: Policies,
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
        present = await index.current(conn)
        place = await locate(conn, asked, finder=finder, index=present)
    query = SearchQuery(
        specialty=understood,
        place=place,
        window=window(asked.start, asked.end, now=now, place=place),
        now=now,
        radius_km=asked.radius_km,
        max_minutes=asked.max_minutes,
        filters=asked.filters,
        seed=asked.seed or _seed(place, now),
        limit=asked.limit,
        explain=asked.explain,
        facets=asked.facets,
        slots_per_day=asked.slots_per_day,
        preferred=asked.preferred,
    )
    digest = page.digest(query.identity, key)
    cursor = _resumed(asked, digest, key)
    if cursor is not None:
        query = replace(query, seed=cursor.seed, window=Window(start=cursor.start, end=cursor.end))
    day = now.astimezone(place.zone).date()
    return Begun(
        query=query,
        index=present,
        digest=digest,
        cursor=cursor,
        rule=policies.policy_for(place.department_code, day)
        if cursor is None
        else policies.named(cursor.policy),
        preferred=None if query.preferred is None else await find_preferred(conn, query.preferred),
    )


def area_of(place: Place) -> str:
    """The area a seed names: a department, or a cell of 36 km²; never the place itself."""
    if place.point is not None:
        return h3.latlng_to_cell(place.point.lat, place.point.lon, AREA_RESOLUTION)
    return f"D{place.department_code}" if place.department_code else "drawn"


def _seed(place: Place, now: datetime) -> str:
    """Day, area and request: another lot for each search, the same on all its pages."""
    return f"{now.astimezone(place.zone):%Y%m%d}-{area_of(place)}-{secrets.token_hex(6)}"


async def offer(conn: AsyncConnection[Any], offer_id: UUID) -> dict[str, Any]:
    """One sheet.

    Raises
    ------
    NotFoundError   no such offer, or no longer
    """
    found = await rows(conn, "cards", offer_ids=[str(offer_id)])
    if not found:
        raise NotFoundError("Cette offre n'existe pas, ou n'existe plus.", parameter="id")
    as_of = await rows(conn, "directory_as_of")
    declared = await rows(conn, "declared_of", offer_id=str(offer_id))
    made = sheet(found[0], await read_departments(conn))
    return {**made, **declared_as(declared[0] if declared else None), "sources": sources(as_of)}


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


async def page_of(
    conn: AsyncConnection[Any],
    begun: Begun,
    cursor: Cursor | None,
    *,
    travel: TravelFinder,
    limit: int,
) -> Page:
    """The offers of one page, in their order; those of the preferred doctor are pinned elsewhere."""
    query, rule, present = begun.query, begun.rule, begun.index
    pinned = frozenset(begun.preferred.offer_ids) if begun.preferred is not None else frozenset()
    official = await _official(conn, present)
    settled = None
    if cursor is not None and not query.place.is_territory:
        settled = Area(steps_km=cursor.steps_km, found=cursor.found, standing=cursor.standing)
    found = candidates.consider(
        present,
        query,
        rule,
        travel,
        official=official,
        settled=settled,
        estimated=cursor is not None and cursor.travel == "estimate",
    )
    filtered = facets.apply(
        present, found, query, candidates.period_of(query), counted=query.facets and cursor is None
    )
    kept = found.take(np.flatnonzero(filtered.kept & ~_among(present, found.offers, pinned)))
    table = candidates.columns(present, kept)
    losses, lots = rank.loss(table, rule), rank.lot(table.identity, query.seed)
    shown, more = _cut(losses, lots, cursor, limit)
    first = cursor is None and query.filters.group is None
    return Page(
        area=found.area,
        rule=rule,
        total=len(kept),
        full=filtered.full,
        unknown=filtered.unknown,
        facets=filtered.facets,
        groups=await group_cards(conn, present, kept, losses, query) if first else [],
        shown_before=cursor.shown if cursor is not None else 0,
        shown=candidates.shown(present, query, travel, kept, rank.ranked(table, rule, losses, lots, shown)),
        travel_source=kept.journeys.source if kept.journeys is not None else None,
        travel_as_of=kept.journeys.as_of if kept.journeys is not None else None,
        travel_notices=tuple(travel.notices),
        more=more,
        remembered=remembered(present, kept.offers[shown], query, candidates.period_of(query)),
    )


def _cut(
    losses: NDArray[np.int64], lots: NDArray[np.uint64], cursor: Cursor | None, limit: int
) -> tuple[NDArray[np.intp], bool]:
    """The next `limit` of the order after a cursor, and whether more come after."""
    if cursor is None:
        order = rank.first(losses, lots, limit + 1)
    else:
        later = np.flatnonzero(rank.after(losses, lots, cursor.last))
        order = later[rank.first(losses[later], lots[later], limit + 1)]
    return order[:limit], len(order) > limit


def _among(index: Index, offers: NDArray[np.int32], pinned: frozenset[str]) -> NDArray[np.bool_]:
    if not pinned:
        return np.zeros(len(offers), dtype=np.bool_)
    return np.isin(offers, index.offers.numbers(identities(sorted(pinned))))


async def _official(conn: AsyncConnection[Any], index: Index) -> dict[str, Official]:
    """The official radius of each department; the table is read once for each index."""
    if "radii" not in index.beside:
        index.beside["radii"] = {
            row["department_code"]: Official(
                radius_km=row["default_radius_km"] or None, step_km=row["enlargement_km"] or None
            )
            for row in await rows(conn, "department_radii")
        }
    return index.beside["radii"]


async def dated(conn: AsyncConnection[Any], index: Index) -> list[dict[str, Any]]:
    """Date of the directory in service; it changes with the index only."""
    if "as_of" not in index.beside:
        index.beside["as_of"] = await rows(conn, "directory_as_of")
    return index.beside["as_of"]
