"""Searches as the server makes them, on a connection of a test."""

from __future__ import annotations

import random
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import psycopg

from api.slot_feed import SlotNews
from geo.point import Point
from geo.travel.choice import RoadOrEstimate
from search.audit.record import NoLog
from search.index.directory import DirectoryIndex
from search.journey import RoadsOrEstimates
from search.live import Search, search_with_slots
from search.offers import Timings
from search.place import Place
from search.policy import policy
from search.ports import Reading
from search.query import Parameters
from search.territory_policy import Policies

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
PARIS = Point(lon=2.35, lat=48.85)
KEY = b"k" * 32


class NoSlots:
    """Nobody keeps an agenda; also the question put to them."""

    async def inquire(self, *_asked, **_window):
        return self

    def stored(self):
        return Reading(by_offer={}, created=(), editors=(), complete=True)

    async def readings(self, **_wait):
        yield self.stored()

    async def outcome(self, **_wait):
        return self.stored()


class NoPlaces:
    """A geocoder that knows nothing."""

    async def find(self, _conn, _text, *, limit: int, autocomplete: bool) -> list[Place]:
        return [][: limit * autocomplete]

    async def identified(self, _conn, _place_id) -> Place | None:
        return None

    async def nearest(self, _conn, _text, *, limit: int) -> list[Place]:
        return [][:limit]


async def ask(conn: psycopg.AsyncConnection, *, now: datetime = NOW, **asked) -> dict:
    """The answer to a search of general practitioners around Paris, unless told otherwise."""
    parameters = Parameters(**{"specialty": "SM54", "point": PARIS, **asked})

    @asynccontextmanager
    async def connect():
        yield conn

    search = Search(
        connect=connect,
        finder=NoPlaces(),
        index=DirectoryIndex(SlotNews(), max_age_s=0),
        travel=RoadsOrEstimates(RoadOrEstimate),
        slots=NoSlots(),
        log=NoLog(),
        policies=Policies(default=policy()),
        key=KEY,
        timings=Timings(),
    )
    return await search_with_slots(search, parameters, now=now, within_s=1.0)


async def all_pages(conn: psycopg.AsyncConnection, *, limit: int, **asked) -> list[dict]:
    """Every card of a search, page after page."""
    cards, cursor = [], None
    while True:
        answer = await ask(conn, limit=limit, cursor=cursor, **asked)
        cards += answer["offers"]
        cursor = answer["next_cursor"]
        if cursor is None:
            return cards


def scattered(count: int, *, lon: float = 2.35, lat: float = 48.85, spread: float = 0.03) -> list[dict]:
    """Offers around a point, on a coarse grid so that many share one position."""
    dice = random.Random(count)
    return [
        {"lon": lon + round(dice.gauss(0, spread), 2), "lat": lat + round(dice.gauss(0, spread), 2)}
        for _ in range(count)
    ]
