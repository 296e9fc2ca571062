"""A search with its slots: the page is settled first, then the vendors fill it, under one deadline.

The connection to the database is given back before anybody is waited for. The order never depends on who
answers, nor when: cards are in their place before the first answer comes.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from search.answer import answer, cursor_after
from search.audit.again import made_again
from search.availability import created_cards, editor_lines, fill, is_left_out, is_partial, joined
from search.offers import begin, cards_of, dated, page_of
from search.pinned import pinned

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from contextlib import AbstractAsyncContextManager
    from datetime import datetime

    from psycopg import AsyncConnection

    from search.answer import Page
    from search.audit.record import RankingLog
    from search.index.directory import DirectoryIndex
    from search.offers import Begun, Timings
    from search.page import Cursor
    from search.ports import Inquiry, PlaceFinder, Reading, SlotFinder, TravelFinder
    from search.query import Parameters, SearchQuery
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
    begun: Begun
    found: Page
    pinned: list[dict[str, Any]]
    cards: list[dict[str, Any]]
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
        first, preferred, rounds = found, _filled(settled.pinned, reading, query), 1
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
    ordinary = _filled(settled.cards[: query.limit], reading, query)
    shown = [*_filled(settled.pinned, reading, query), *ordinary]
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


def _filled(cards: list[dict[str, Any]], reading: Reading, query: SearchQuery) -> list[dict[str, Any]]:
    return [fill(card, reading.by_offer.get(card["id"]), query) for card in cards]


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
        found = await page_of(conn, begun, cursor, index=search.index, travel=search.travel, limit=whole)
        cards = await cards_of(conn, begun.query, found)
        first = await _pinned(search, conn, begun, found) if cursor is None else None
        preferred = [] if first is None else await cards_of(conn, begun.query, first)
        for card in preferred:
            card["preferred"] = True
        window = begun.query.window
        inquiry = await search.slots.inquire(
            conn,
            [card["id"] for card in (*preferred, *cards)],
            start=window.start,
            end=window.end,
            remembered={**found.remembered, **(first.remembered if first is not None else {})},
            structures=any(card["kind"] == "structure" for card in cards),
        )
        as_of = await dated(conn, search.index)
    return _Settled(begun=begun, found=found, pinned=preferred, cards=cards, as_of=as_of, inquiry=inquiry)


async def _pinned(search: Search, conn: AsyncConnection[Any], begun: Begun, found: Page) -> Page | None:
    """The offers of the preferred doctor, when one is surely meant."""
    if begun.preferred is None or not begun.preferred.offer_ids:
        return None
    index = await search.index.current(conn)
    return pinned(index, begun.query, begun.rule, search.travel, begun.preferred.offer_ids, found)


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
    index = search.index.held
    if index is None:
        return
    official = index.beside.get("radii", {})
    record = made_again(index, begun.query, begun.rule, search.travel, official=official)
    if record is not None:
        search.log.note(record)


def _kept(settled: _Settled, reading: Reading, *, room: int) -> tuple[list[dict[str, Any]], Page]:
    """The first `room` cards that are not left out, and the page cut after the last offer looked at."""
    query, found = settled.begun.query, settled.found
    by_id = {card["id"]: card for card in settled.cards}
    kept: list[dict[str, Any]] = []
    looked_at = 0
    for item in found.shown:
        if len(kept) == room:
            break
        looked_at += 1
        card = by_id.get(item.ranked.offer_id)
        if card is not None:
            filled = fill(card, reading.by_offer.get(card["id"]), query)
            if not is_left_out(filled, query.filters):
                kept.append(filled)
    return kept, _cut(found, looked_at)


def _cut(found: Page, looked_at: int) -> Page:
    return replace(found, shown=found.shown[:looked_at], more=found.more or looked_at < len(found.shown))
