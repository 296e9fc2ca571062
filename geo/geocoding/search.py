"""One address at a time, as it is typed: several answers, typing errors, words in any order, prefixes.

The steps are those of the batch (`geo.geocoding.locate`) for each way to understand the text; what is added
here is the choice between these ways, streets typed without a commune, and words not typed to the end.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from dataclasses import dataclass, replace
from math import exp
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from core.db.queries import Queries
from geo.distance import haversine_m
from geo.geocoding.batch import drive
from geo.geocoding.commune import CommuneResolver, expand_citycode, nearest_names
from geo.geocoding.gazetteer import STATEMENTS, Gazetteer
from geo.geocoding.label import Label, label_of
from geo.geocoding.locate import Located, Locator, StreetCache
from geo.geocoding.normalise import commune_key, fold
from geo.geocoding.parse import AddressFields, Parsed, names_of, parse_fields, parse_line
from geo.geocoding.text import understand

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    import psycopg

    from geo.geocoding.locate import Ask
    from geo.point import Point

QUERIES = Queries.load(Path(__file__).with_name("sql"))
TYPES = ("housenumber", "street", "locality", "municipality")
_FRESH_S = 30.0
_NEAR_M = 20_000.0
_FEW_COMMUNES = 12
_GLOBAL_STREETS = 40
_AFTER_EVERYTHING = "\U0010ffff"
_GOOD = 0.5
_CERTAIN = 0.9
_GUESS = 0.8

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
        self._keys: list[str] = []
        self._checked_at = float("-inf")

    async def search(self, conn: psycopg.AsyncConnection[Any], query: Query) -> list[Result]:
        """Answers, best first, at most `query.limit`; empty when nothing is understood."""
        await self._refresh(conn)
        return await _drive(conn, self._search(query))

    def search_now(self, conn: psycopg.Connection[Any], query: Query) -> list[Result]:
        """Same as `search` on a plain connection, for the command line and benchmarks."""
        if self._stale():
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

    async def gazetteer(self, conn: psycopg.AsyncConnection[Any]) -> Gazetteer:
        """The gazetteer in use, no older than half a minute."""
        await self._refresh(conn)
        assert self._locator is not None  # noqa: S101 - made by `_refresh`
        return self._locator.resolver.gazetteer

    def use(self, gazetteer: Gazetteer) -> None:
        """Take a gazetteer, and forget what was remembered of the former one."""
        self._locator = Locator(CommuneResolver(gazetteer), StreetCache())
        self._keys = sorted(gazetteer.by_name)

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
        rows = {name: await (await conn.execute(QUERIES[name])).fetchall() for name in STATEMENTS}
        self.use(Gazetteer.build(**rows))

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
        best = max((answer.score for answer in found), default=0.0)
        if query.fields is None and (best <= _GOOD or (query.autocomplete and best < _CERTAIN)):
            more = yield from self._further(query, ways, gazetteer, best)
            found += more
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
        self, query: Query, ways: Sequence[Parsed], gazetteer: Gazetteer, best: float
    ) -> Generator[Ask, list[tuple[Any, ...]], list[Located]]:
        """Communes not typed to the end, and streets typed without a commune."""
        locator = self._locator
        assert locator is not None  # noqa: S101 - made by `_refresh`
        more: list[Parsed] = []
        more += (
            self._beginning_communes(query, gazetteer)
            if query.autocomplete
            else self._homonyms(query, gazetteer)
        )
        whole = ways[-1]
        if best <= _GOOD and whole.names and not (whole.postal_code or whole.town or whole.citycode):
            name = whole.names[0]
            rows = yield "streets_anywhere", {"cores": [name.core], "max_rows": _GLOBAL_STREETS}
            more += [replace(whole, citycode=code) for code, _ in rows]
            if query.autocomplete and len(name.core) >= 3 and len(rows) < query.limit:
                rows = yield (
                    "streets_beginning",
                    {"first": name.core, "past": name.core + _AFTER_EVERYTHING, "max_rows": _GLOBAL_STREETS},
                )
                more += [
                    replace(whole, citycode=code, names=names_of(f"{name.type} {core}".strip()))
                    for code, _, core in rows
                ]
        if not more:
            return []
        answers = yield from locator.locate(more, keep=query.limit)
        # What was guessed is worth less than what was typed; a guess without its street is worth nothing.
        return [
            replace(answer, score=answer.score * _GUESS)
            for each in answers
            for answer in each
            if answer.level != "none" and answer.street != "none"
        ]

    def _beginning_communes(self, query: Query, gazetteer: Gazetteer) -> list[Parsed]:
        """The last words as the beginning of a commune, with what stands before as the street."""
        words = fold(query.text).split()
        more: list[Parsed] = []
        for size in range(min(4, len(words)), 0, -1):
            key = commune_key(" ".join(words[-size:]))
            if len(key) < 2 or words[-size].isdigit():
                continue
            codes = self._communes_beginning(key, gazetteer)
            line = parse_line(" ".join(words[:-size]))
            if words[:-size] and not line.name:
                continue
            more += [
                Parsed(names=names_of(line.name), number=line.number, suffix=line.suffix, citycode=code)
                for code in codes
            ]
        digits = words[-1] if words and words[-1].isdigit() else ""
        if 3 <= len(digits) < 5:
            line = parse_line(" ".join(words[:-1]))
            codes = [code for code in sorted(gazetteer.by_postal) if code.startswith(digits)]
            codes = codes[:_FEW_COMMUNES]
            more += [
                Parsed(names=names_of(line.name), number=line.number, postal_code=code) for code in codes
            ]
        return more

    def _homonyms(self, query: Query, gazetteer: Gazetteer) -> list[Parsed]:
        """Every commune of that very name, most inhabited first; they stand before streets of that name."""
        codes = gazetteer.by_name.get(commune_key(fold(query.text)), ())
        ranked = sorted(codes, key=lambda code: (-gazetteer.communes[code].population, code))
        return [Parsed(citycode=code) for code in ranked[:_FEW_COMMUNES]]

    def _communes_beginning(self, key: str, gazetteer: Gazetteer) -> list[str]:
        """Communes whose name begins so, most inhabited first."""
        codes: list[str] = []
        at = bisect_left(self._keys, key)
        while at < len(self._keys) and self._keys[at].startswith(key) and len(codes) < 3_000:
            codes += gazetteer.by_name[self._keys[at]]
            at += 1
        whole = set(gazetteer.by_name.get(key, ()))
        ranked = sorted(
            dict.fromkeys(codes),
            key=lambda code: (code not in whole, -gazetteer.communes[code].population, code),
        )
        return ranked[:_FEW_COMMUNES]

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
