"""Batch geocoding: any number of addresses, in their order, constant memory, the same answer every time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from core.db.queries import Queries
from geo.geocoding.commune import CommuneResolver
from geo.geocoding.commune_streets import StreetCache
from geo.geocoding.gazetteer import Gazetteer
from geo.geocoding.label import label_of
from geo.geocoding.locate import Locator
from geo.geocoding.parse import parse_fields

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Mapping

    import psycopg

    from geo.geocoding.answer import Located
    from geo.geocoding.locate import Ask
    from geo.geocoding.parse import AddressFields, Parsed

QUERIES = Queries.load(Path(__file__).with_name("sql"))
CHUNK_ROWS = 5_000
_SPECIAL = re.compile(r'["\\]')

Key = TypeVar("Key")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Geocoded(Generic[Key]):
    """Where an address is.

    key       as given
    level     `housenumber`, `street`, `locality`, `municipality`, `none`
    score     chance that it is right; never above 0.5 when the street was not found in the commune asked
    lon, lat  degrees, EPSG:4326; None when unknown
    citycode  INSEE code of today (arrondissement when known); empty when the commune is unknown
    ban_id    identifier in the address base: of the number, else of the street; empty for a commune
    reason    what matched and how: "commune code; street exact; number index-dropped"
    """

    key: Key
    level: str
    score: float
    lon: float | None
    lat: float | None
    citycode: str
    ban_id: str
    label: str
    reason: str


def geocode_batch(
    conn: psycopg.Connection[Any],
    rows: Iterable[tuple[Key, AddressFields]],
    *,
    gazetteer: Gazetteer | None = None,
    chunk_rows: int = CHUNK_ROWS,
) -> Iterator[Geocoded[Key]]:
    """Locate addresses, one answer each, in the order given. Only reads; memory is that of a chunk.

    Answers do not depend on the chunks nor on the other rows. An address without anything known is of level
    `none`; nothing is raised for one.
    """
    for key, located in locate_batch(
        conn,
        ((key, parse_fields(fields)) for key, fields in rows),
        gazetteer=gazetteer,
        chunk_rows=chunk_rows,
    ):
        yield located_row(key, located[0][0], located[1])


def locate_batch(
    conn: psycopg.Connection[Any],
    rows: Iterable[tuple[Key, Parsed]],
    *,
    gazetteer: Gazetteer | None = None,
    chunk_rows: int = CHUNK_ROWS,
    keep: int = 1,
) -> Iterator[tuple[Key, tuple[list[Located], Gazetteer]]]:
    """Same for addresses already parsed, with the `keep` best answers of each."""
    gazetteer = gazetteer or Gazetteer.load(conn)
    locator = Locator(CommuneResolver(gazetteer), StreetCache())
    remaining = iter(rows)
    while chunk := list(islice(remaining, chunk_rows)):
        answers = drive(conn, locator.locate([parsed for _, parsed in chunk], keep=keep))
        for (key, _), found in zip(chunk, answers, strict=True):
            yield key, (found, gazetteer)


def drive(conn: psycopg.Connection[Any], steps: Generator[Ask, list[tuple[Any, ...]], T]) -> T:
    """Answer each statement a generator asks for, and return what it returns."""
    try:
        name, parameters = next(steps)
        while True:
            rows = conn.execute(QUERIES[name], _as_text(parameters)).fetchall()
            name, parameters = steps.send(rows)
    except StopIteration as stop:
        return stop.value


def located_row(key: Key, located: Located, gazetteer: Gazetteer) -> Geocoded[Key]:
    """An answer with its label and identifier."""
    label = label_of(located, gazetteer)
    return Geocoded(
        key=key,
        level=located.level,
        score=located.score,
        lon=located.lon,
        lat=located.lat,
        citycode=located.citycode,
        ban_id=label.id if located.found is not None else "",
        label=label.label,
        reason=located.reason,
    )


def _as_text(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters with their lists as array literals: written here five times faster than value by value."""
    return {name: _array(value) if isinstance(value, list) else value for name, value in parameters.items()}


def _array(values: list[Any]) -> str:
    r"""A PostgreSQL array literal of numbers or of texts; None is NULL.

    >>> _array([1, None, 3])
    '{1,NULL,3}'
    >>> print(_array(["rue a", 'b"c']))
    {"rue a","b\"c"}
    """
    if values and isinstance(values[0], str):
        text = '","'.join(values)
        if text.count('"') != 2 * (len(values) - 1) or "\\" in text:
            text = '","'.join(_SPECIAL.sub(r"\\\g<0>", value) for value in values)
        return f'{{"{text}"}}'
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"
