"""A search with its slots: the page is settled first, then the vendors fill it, under one deadline.

The connection to the database is given back before anybody is waited for. The order never depends on who
answers, nor when: cards are in their place before the first answer comes.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

import orjson

from search.answer import answer, cursor_after
from search.audit.again import made_again
from search.availability import created_cards, editor_lines, fill, is_left_out, is_partial, joined
from search.card import card
from search.offers import begin, dated, page_of
from search.pinned import pinned
from search.sheets import sheets_of

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterator
    from contextlib import AbstractAsyncContextManager
    from datetime import datetime

    from psycopg import AsyncConnection

    from search.answer import Page
    from search.audit.record import RankingLog
    from search.index.directory import DirectoryIndex
    from search.offers import Begun, Timings
    from search.page import Cursor
    from search.ports import Inquiry, PlaceFinder, Reading, SlotFinder, TravelFinder
    from search.query import Parameters
    from search.territory_policy import Policies

    Connect = Callable[[], AbstractAsyncContextManager[AsyncConnection[Any]]]

_MOST_ROUNDS = 4
_BATCH = 25
"""Practitioners that vendors take in one request."""


@dataclass(frozen=True, kw_only=True)
class Search:
    """What a search with slots needs from its door.

    connect   opens a reading connection for the time of a block
    index     the offers and what is known of their slots
    travel    journeys to the offers
    slots     asks the vendors about the offers of a page
    log       keeps rankings for the audit
    policies  the rules in force
    key       signs the cursors
    """

    connect: Connect
    finder: PlaceFinder
    index: DirectoryIndex
    travel: TravelFinder
    slots: SlotFinder
    log: RankingLog
    policies: Policies
    key: bytes
    timings: Timings


@dataclass(kw_only=True)
class _Settled:
    """A page in its order, its vendors being asked; `sheets` are JSON by offer, cards are made when shown."""

    begun: Begun
    found: Page
    pinned: Page | None
    sheets: dict[str, str]
    as_of: list[dict[str, Any]]
    inquiry: Inquiry


async def search_with_slots(
    search: Search, asked: Parameters, *, now: datetime, within_s: float
) -> dict[str, Any]:
    """The answer of the contract, once, with what the vendors said within `within_s` seconds.

    Offers known to have no slot of those asked are left out, and the page is completed with the next ones as
    long as time is left.

    Raises
    ------
    InvalidParameter, UnknownSpecialty, UnknownPlace   name the parameter
    """
    settled = await _settle(search, asked, now=now)
    query, digest = settled.begun.query, settled.begun.digest
    until = time.monotonic() + within_s
    with search.timings.phase("slots"):
        reading = await settled.inquiry.outcome(within_s=within_s)
        kept, found = _kept(settled, reading, room=query.limit)
        first, preferred, rounds = found, _preferred(settled, reading), 1
        while len(kept) < query.limit and found.more and rounds < _MOST_ROUNDS and time.monotonic() < until:
            settled = await _next(search, settled, found)
            more = await settled.inquiry.outcome(within_s=max(0.0, until - time.monotonic()))
            further, found = _kept(settled, more, room=query.limit - len(kept))
            kept += further
            found = replace(found, facets=first.facets, groups=first.groups, full=first.full)
            reading = joined(reading, more)
            rounds += 1
    noted(search, settled.begun, found, kept)
    with search.timings.phase("render"):
        return answer(
            query,
            found,
            [*preferred, *kept],
            as_of=settled.as_of,
            digest=digest,
            key=search.key,
            reading=reading,
            preferred=settled.begun.preferred,
        )


async def stream_with_slots(
    search: Search, asked: Parameters, *, now: datetime, within_s: float
) -> AsyncGenerator[tuple[str, dict[str, Any]]]:
    """The same answer as events: `offers` at once, from what is stored; `slots` after each; `end`.

    Every offer of the page stays in it: one known to have no slot says so, and keeps its place.

    Raises
    ------
    InvalidParameter, UnknownSpecialty, UnknownPlace   before the first event; names the parameter
    """
    settled = await _settle(search, asked, now=now)
    begun, query = settled.begun, settled.begun.query
    reading = settled.inquiry.stored()
    ordinary = list(islice(_filled(settled, settled.found, reading), query.limit))
    shown = [*_preferred(settled, reading), *ordinary]
    noted(search, begun, settled.found, ordinary)
    yield (
        "offers",
        answer(
            query,
            _cut(settled.found, query.limit),
            shown,
            as_of=settled.as_of,
            digest=begun.digest,
            key=search.key,
            reading=reading,
            preferred=begun.preferred,
        ),
    )
    known = {card["id"]: card for card in shown}
    async for reading in settled.inquiry.readings(within_s=within_s):
        filled = [fill(card, reading.by_offer.get(card["id"]), query) for card in shown]
        changed = [card for card in filled if card != known[card["id"]]]
        known = {card["id"]: card for card in filled}
        yield "slots", _event(changed, filled, reading, settled)
    yield "end", _event([], list(known.values()), reading, settled)


def _filled(settled: _Settled, page: Page, reading: Reading) -> Iterator[dict[str, Any]]:
    """The cards of a page with their slots, in its order; an offer that a load has just removed has none."""
    query = settled.begun.query
    for place, item in enumerate(page.shown, start=1):
        known = settled.sheets.get(item.ranked.offer_id)
        if known is not None:
            made = card(orjson.loads(known), item, query, rank=page.shown_before + place)
            yield fill(made, reading.by_offer.get(made["id"]), query)


def _preferred(settled: _Settled, reading: Reading) -> list[dict[str, Any]]:
    """The cards of the preferred doctor."""
    if settled.pinned is None:
        return []
    return [{**made, "preferred": True} for made in _filled(settled, settled.pinned, reading)]


def _event(
    changed: list[dict[str, Any]], filled: list[dict[str, Any]], reading: Reading, settled: _Settled
) -> dict[str, Any]:
    fields = ("id", "next_slot", "seen_in_min", "slots", "slots_more", "slots_state")
    return {
        "offers": [{name: card[name] for name in fields} for card in changed],
        "created": created_cards(settled.begun.query, filled, reading),
        "editors": editor_lines(reading),
        "waiting": list(reading.waiting),
        "partial": is_partial(reading),
    }


async def _settle(search: Search, asked: Parameters, *, now: datetime) -> _Settled:
    async with search.connect() as conn:
        begun = await begin(
            conn,
            asked,
            finder=search.finder,
            index=search.index,
            policies=search.policies,
            key=search.key,
            now=now,
            timings=search.timings,
        )
        return await _asked(search, conn, begun, begun.cursor)


async def _next(search: Search, settled: _Settled, found: Page) -> _Settled:
    """The offers that come after those looked at, to replace the ones left out."""
    begun = settled.begun
    async with search.connect() as conn:
        cursor = cursor_after(begun.query, found, begun.digest, shown=0)
        return await _asked(search, conn, begun, cursor)


async def _asked(search: Search, conn: AsyncConnection[Any], begun: Begun, cursor: Cursor | None) -> _Settled:
    """The next offers in the order, their vendors being asked.

    Whole batches are asked: a smaller page costs the vendors no less, the spare ones replace those left out,
    and the same batch is asked whatever the size of the page.
    """
    whole = -(-begun.query.limit // _BATCH) * _BATCH
    with search.timings.phase("candidates"):
        found = await page_of(conn, begun, cursor, travel=search.travel, limit=whole)
        first = _pinned(search, begun, found) if cursor is None else None
        items = [*(first.shown if first is not None else ()), *found.shown]
        sheets = await sheets_of(conn, begun.index, [item.ranked.offer_id for item in items])
        inquiry = await search.slots.inquire(
            conn,
            [item.ranked.offer_id for item in items if item.ranked.offer_id in sheets],
            start=begun.query.window.start,
            end=begun.query.window.end,
            remembered={**found.remembered, **(first.remembered if first is not None else {})},
            structures=any(item.structure for item in found.shown),
        )
        as_of = await dated(conn, begun.index)
    return _Settled(begun=begun, found=found, pinned=first, sheets=sheets, as_of=as_of, inquiry=inquiry)


def _pinned(search: Search, begun: Begun, found: Page) -> Page | None:
    """The offers of the preferred doctor, when one is surely meant."""
    if begun.preferred is None or not begun.preferred.offer_ids:
        return None
    return pinned(begun.index, begun.query, begun.rule, search.travel, begun.preferred.offer_ids, found)


def noted(search: Search, begun: Begun, found: Page, kept: list[dict[str, Any]]) -> None:
    """Leave what was shown to the audit; the ranking of a first page is made again once that is answered."""
    query = begun.query
    day = query.now.astimezone(query.place.zone).date()
    search.log.shown(
        [card["id"] for card in kept],
        query.specialty.specialty.code,
        day,
        first_rank=found.shown_before + 1,
    )
    if begun.cursor is None and search.log.room(day):
        asyncio.get_running_loop().call_soon(_made_again, search, begun)


def _made_again(search: Search, begun: Begun) -> None:
    official = begun.index.beside.get("radii", {})
    record = made_again(begun.index, begun.query, begun.rule, search.travel, official=official)
    if record is not None:
        search.log.note(record)


def _kept(settled: _Settled, reading: Reading, *, room: int) -> tuple[list[dict[str, Any]], Page]:
    """The first `room` cards that are not left out, and the page cut after the last offer looked at."""
    filters, found = settled.begun.query.filters, settled.found
    shown = (made for made in _filled(settled, found, reading) if not is_left_out(made, filters))
    kept = list(islice(shown, room))
    if len(kept) < room:
        return kept, _cut(found, len(found.shown))
    places = {item.ranked.offer_id: place for place, item in enumerate(found.shown, start=1)}
    return kept, _cut(found, places[kept[-1]["id"]] if kept else 0)


def _cut(found: Page, looked_at: int) -> Page:
    return replace(found, shown=found.shown[:looked_at], more=found.more or looked_at < len(found.shown))
