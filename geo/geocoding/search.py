"""One address at a time, as it is typed: several answers, typing errors, words in any order, prefixes.

The steps are those of the batch (`geo.geocoding.locate`) for each way to understand the text; what is added
here is the choice between these ways, streets typed without a commune, and words not typed to the end.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from math import exp
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from core.db.queries import Queries
from geo.distance import haversine_m
from geo.geocoding.answer import shared
from geo.geocoding.batch import drive
from geo.geocoding.commune import CommuneResolver, expand_citycode, nearest_names
from geo.geocoding.commune_streets import StreetCache
from geo.geocoding.gazetteer import STATEMENTS, Gazetteer
from geo.geocoding.guesses import (
    Country,
    both_beginning,
    homonyms,
    streets_anywhere,
    streets_beginning,
    towns_beginning,
)
from geo.geocoding.identifier import identified
from geo.geocoding.label import Label, label_of
from geo.geocoding.locate import Locator
from geo.geocoding.parse import AddressFields, Parsed, parse_fields
from geo.geocoding.text import town_alone, understand, understand_misspelt

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence

    import psycopg

    from geo.geocoding.answer import Located
    from geo.geocoding.locate import Ask
    from geo.point import Point

QUERIES = Queries.load(Path(__file__).with_name("sql"))
TYPES = ("housenumber", "street", "locality", "municipality")
_FRESH_S = 30.0
_NEAR_M = 20_000.0
_GOOD = 0.5
_CERTAIN = 0.9
_GUESS = 0.8
_BEGUN = 0.95

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is asked.

    text or fields   free text, or split fields; fields win
    autocomplete     the last word may not be complete
    centre           answers near it come first; never a filter
    types, postcodes, citycodes   filters; empty lets everything through, several mean "or"; the code of a
                     town with arrondissements lets these through
    """

    text: str = ""
    fields: AddressFields | None = None
    limit: int = 5
    autocomplete: bool = True
    centre: Point | None = None
    types: tuple[str, ...] = ()
    postcodes: tuple[str, ...] = ()
    citycodes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """An answer with its display fields; `distance_m` from the centre, None without one."""

    located: Located
    label: Label
    distance_m: float | None = None

    @property
    def importance(self) -> float:
        """Weight of the place."""
        return self.label.importance


class Geocoder:
    """The interactive geocoder of one process: holds the gazetteer and the streets of recent communes."""

    def __init__(self) -> None:
        self._locator: Locator | None = None
        self._country: Country | None = None
        self._checked_at = float("-inf")
        self._loading = asyncio.Lock()

    async def search(self, conn: psycopg.AsyncConnection[Any], query: Query) -> list[Result]:
        """Answers, best first, at most `query.limit`; empty when nothing is understood."""
        await self._refresh(conn)
        return await _drive(conn, self._search(query))

    def search_now(self, conn: psycopg.Connection[Any], query: Query) -> list[Result]:
        """Same as `search` on a plain connection, for the command line and benchmarks."""
        if self._locator is None or self._stale():
            version = conn.execute(QUERIES["gazetteer_version"]).fetchone()
            if self._locator is None or (version and version[0] != self._locator.resolver.gazetteer.version):
                self.use(Gazetteer.load(conn))
        return drive(conn, self._search(query))

    async def nearest_towns(
        self, conn: psycopg.AsyncConnection[Any], text: str, *, limit: int
    ) -> list[Result]:
        """Towns whose name is nearest to a text that was not understood, to suggest them; not answers."""
        await self._refresh(conn)
        return await _drive(conn, self._nearest_towns(text, limit))

    async def identified(self, conn: psycopg.AsyncConnection[Any], place_id: str) -> Result | None:
        """The place of an identifier that an answer gave; None when it is none of ours, or no longer."""
        gazetteer = await self.gazetteer(conn)
        located = await _drive(conn, identified(place_id, gazetteer))
        return None if located is None else self._result(Query(), located, gazetteer)

    async def gazetteer(self, conn: psycopg.AsyncConnection[Any]) -> Gazetteer:
        """The gazetteer in use, no older than half a minute."""
        await self._refresh(conn)
        assert self._locator is not None  # noqa: S101 - made by `_refresh`
        return self._locator.resolver.gazetteer

    def use(self, gazetteer: Gazetteer) -> None:
        """Take a gazetteer, and forget what was remembered of the former one."""
        self._locator = Locator(CommuneResolver(gazetteer), StreetCache())
        self._country = Country.of(gazetteer)

    def _stale(self) -> bool:
        now = time.monotonic()
        stale = now - self._checked_at > _FRESH_S
        if stale:
            self._checked_at = now
        return stale

    async def _refresh(self, conn: psycopg.AsyncConnection[Any]) -> None:
        if self._locator is not None and not self._stale():
            return
        version = await (await conn.execute(QUERIES["gazetteer_version"])).fetchone()
        if self._locator is not None and version and version[0] == self._locator.resolver.gazetteer.version:
            return
        async with self._loading:
            if (
                self._locator is not None
                and version
                and version[0] == self._locator.resolver.gazetteer.version
            ):
                return  # loaded by a request that came just before
            rows = {name: await (await conn.execute(QUERIES[name])).fetchall() for name in STATEMENTS}
            # A second of work: the other requests are answered meanwhile, with what was known.
            self.use(await asyncio.to_thread(Gazetteer.build, **rows))

    def _search(self, query: Query) -> Generator[Ask, list[tuple[Any, ...]], list[Result]]:
        locator = self._locator
        assert locator is not None  # noqa: S101 - made by `_refresh`
        gazetteer = locator.resolver.gazetteer
        ways = self._ways(query, gazetteer)
        if not ways:
            return []
        # More than asked: filters and the centre choose afterwards.
        keep = query.limit + 5
        answers = yield from locator.locate(ways, keep=keep)
        found = [answer for each in answers for answer in each if answer.level != "none"]
        best = _best(found, query.types)
        if query.fields is None and (best <= _GOOD or (query.autocomplete and best < _CERTAIN)):
            found += yield from self._further(query, ways, found)
        return self._ranked(query, found, gazetteer)

    def _nearest_towns(self, text: str, limit: int) -> Generator[Ask, list[tuple[Any, ...]], list[Result]]:
        locator = self._locator
        assert locator is not None  # noqa: S101 - made by `_refresh`
        gazetteer = locator.resolver.gazetteer
        towns = [Parsed(citycode=code) for code in nearest_names(text, gazetteer, limit=limit)]
        answers = yield from locator.locate(towns, keep=1)
        return [self._result(Query(), each[0], gazetteer) for each in answers if each]

    def _ways(self, query: Query, gazetteer: Gazetteer) -> list[Parsed]:
        """Ways to understand the question; filters stand for what the text does not say."""
        fields = query.fields
        ways = [parse_fields(fields)] if fields is not None else understand(query.text, gazetteer)
        completed: list[Parsed] = []
        for way in ways:
            if way.citycode or way.postal_code or way.town:
                completed.append(way)
            elif query.citycodes or query.postcodes:
                completed += [replace(way, citycode=code) for code in query.citycodes]
                if not query.citycodes:
                    completed += [replace(way, postal_code=code) for code in query.postcodes]
            else:
                completed.append(way)
        return completed

    def _further(
        self, query: Query, ways: Sequence[Parsed], found: Sequence[Located]
    ) -> Generator[Ask, list[tuple[Any, ...]], list[Located]]:
        """Answers to what was not typed to the end, was typed without a commune, or names it wrongly."""
        locator, country = self._locator, self._country
        assert locator is not None  # noqa: S101 - made by `_refresh`
        assert country is not None  # noqa: S101 - idem
        whole = ways[-1]
        more: list[Parsed] = []
        if query.autocomplete:
            begun = yield from streets_beginning(ways, locator.resolver, locator.cache)
            located = yield from self._guessed(begun, query, worth=_BEGUN)
            more += yield from towns_beginning(query.text, country)
        else:
            located = []
            more += homonyms(query.text, country)
        located += yield from self._guessed(more, query)
        # A street found as it was typed in a town that was named is no guess, though towns share that name.
        good = _best([*found, *located], query.types) > _GOOD
        if good or any(answer.street == "exact" for answer in found):
            return shared(located)
        more = []
        if query.autocomplete:
            more += yield from both_beginning(query.text, country, locator.resolver, locator.cache)
        if not any(way.town or way.postal_code or way.citycode for way in ways):
            more += understand_misspelt(query.text, country.gazetteer)
        if whole.names and not (whole.postal_code or whole.town or whole.citycode):
            more += yield from streets_anywhere(
                whole, country, autocomplete=query.autocomplete, centre=query.centre
            )
        located += yield from self._guessed(more, query)
        if not found and not located:
            located += yield from self._guessed(town_alone(query.text, country.gazetteer), query)
        return shared(located)

    def _guessed(
        self, guesses: list[Parsed], query: Query, worth: float = _GUESS
    ) -> Generator[Ask, list[tuple[Any, ...]], list[Located]]:
        """Guesses located. One is worth less than what was typed; without its street, nothing."""
        if not guesses:
            return []
        assert self._locator is not None  # noqa: S101 - made by `_refresh`
        answers = yield from self._locator.locate(list(dict.fromkeys(guesses)), keep=query.limit)
        return [
            replace(answer, score=answer.score * worth)
            for each in answers
            for answer in each
            if answer.level != "none" and answer.street != "none"
        ]

    def _ranked(self, query: Query, found: list[Located], gazetteer: Gazetteer) -> list[Result]:
        """Each place once, filtered, nearest to the centre first among equals."""
        once: dict[tuple[Any, ...], Located] = {}
        for answer in found:
            house = answer.house
            key = (
                (answer.found.street_id, house.number if house else None, house.suffix if house else None)
                if answer.found
                else (answer.citycode,)
            )
            if key not in once or once[key].score < answer.score:
                once[key] = answer
        results = [
            self._result(query, answer, gazetteer) for answer in once.values() if answer.lon is not None
        ]
        results = [result for result in results if _let_through(query, result, gazetteer)]
        results.sort(key=lambda result: (-_rank(result), result.label.label, result.label.id))
        return results[: query.limit]

    def _result(self, query: Query, answer: Located, gazetteer: Gazetteer) -> Result:
        distance_m = None
        if query.centre is not None and answer.lon is not None and answer.lat is not None:
            distance_m = haversine_m(
                lon=query.centre.lon, lat=query.centre.lat, to_lon=answer.lon, to_lat=answer.lat
            )
        answer = replace(answer, score=round(answer.score, 4))
        return Result(located=answer, label=label_of(answer, gazetteer), distance_m=distance_m)


def _best(answers: Iterable[Located], types: Sequence[str] = ()) -> float:
    """The best score; of the type asked that is served worst, when types are asked."""
    scores = [(answer.level, answer.score) for answer in answers]
    if not types:
        return max((score for _, score in scores), default=0.0)
    return min(max((score for level, score in scores if level == kind), default=0.0) for kind in types)


def _rank(result: Result) -> float:
    """Order of the answers: the score, then a little importance, then a little nearness."""
    near = exp(-result.distance_m / _NEAR_M) if result.distance_m is not None else 0.0
    return result.located.score + 0.1 * result.importance + 0.15 * near


def _let_through(query: Query, result: Result, gazetteer: Gazetteer) -> bool:
    located, label = result.located, result.label
    if query.types and located.level not in query.types:
        return False
    if query.citycodes and not any(located.citycode in expand_citycode(code) for code in query.citycodes):
        return False
    if query.postcodes:
        own = {label.postcode} if located.found else set(gazetteer.postal_of.get(located.citycode, ()))
        return bool(own & set(query.postcodes))
    return True


async def _drive(conn: psycopg.AsyncConnection[Any], steps: Generator[Ask, list[tuple[Any, ...]], T]) -> T:
    """Asynchronous twin of `batch.drive`: same steps, another connection."""
    try:
        name, parameters = next(steps)
        while True:
            cursor = await conn.execute(QUERIES[name], parameters)
            name, parameters = steps.send(await cursor.fetchall())
    except StopIteration as stop:
        return stop.value
