"""A chunk of rows of a CSV, located and written as bytes. What repeats in a chunk is located once."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, replace
from math import exp
from operator import itemgetter
from typing import TYPE_CHECKING

from core.errors import UsageError
from geo.distance import haversine_m
from geo.geocoding.batch import drive
from geo.geocoding.commune import expand_citycode
from geo.geocoding.label import Label, label_of
from geo.geocoding.parse import AddressFields, Parsed, parse_fields
from geo.geocoding.reverse import reverse_now
from geo.geocoding.search import Query
from geo.geocoding.text import understand
from geo.point import Point

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from geo.geocoding.answer import Located
    from geo.geocoding.csv_file import Writing
    from geo.geocoding.gazetteer import Gazetteer
    from geo.geocoding.parallel import Desk

_LONGEST_TEXT = 400
_KEPT = 3
_KEPT_NEAR = 10
_NEAR_M = 20_000.0
_GOOD = 0.5
_COMPRESSION = 3
_FORMULA = frozenset("=+-@\t\r")
_LABEL_COLUMNS = (
    *("label", "score", "score_next", "type", "id", "housenumber", "name", "street", "postcode", "city"),
    *("context", "citycode", "oldcitycode", "oldcity", "district", "status"),
)
SEARCH_COLUMNS = ("latitude", "longitude", *(f"result_{name}" for name in _LABEL_COLUMNS))
REVERSE_COLUMNS = (
    *("result_latitude", "result_longitude", "result_distance"),
    *(f"result_{name}" for name in _LABEL_COLUMNS if name not in {"score", "score_next"}),
)
Cells = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a chunk, each of as many cells as the header; those at the places `unread` are not located."""

    cells: list[list[str]]
    unread: frozenset[int] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What is read of a row and what is written. Columns are given by their place in the header.

    columns   joined to make the text of the address
    fields    field of `AddressFields` and its column; any wins over `columns`
    filters   `type`, `citycode`, `postcode`, `lat`, `lon` -> column
    results   places in `all_columns` of the results wanted
    """

    header: Cells
    writing: Writing
    columns: tuple[int, ...]
    fields: tuple[tuple[str, int], ...]
    filters: Mapping[str, int]
    results: tuple[int, ...]
    all_columns: Cells
    min_score: float = 0.0
    compress: bool = False

    def header_row(self) -> bytes:
        """The header of what is written, after the mark of its encoding."""
        names = self.joined([list(self.header)], [self.all_columns])
        return self.writing.mark + self.writing.encode(names)

    def joined(self, rows: Sequence[list[str]], results: Iterable[Cells]) -> list[list[str]]:
        """Rows with their results: in the column of that name when the file has one, else at the end."""
        place = {name: at for at, name in enumerate(self.header)}
        wanted = [(at, place.get(self.all_columns[at])) for at in self.results]
        inside = [(at, column) for at, column in wanted if column is not None]
        added = [at for at, column in wanted if column is None]
        taken = _taker(added)
        lines = [[*row, *taken(result)] for row, result in zip(rows, results, strict=True)]
        if inside:
            for line, result in zip(lines, results, strict=True):
                for at, column in inside:
                    line[column] = result[at]
        return lines

    def packed(self, data: bytes) -> bytes:
        """The bytes of a part, compressed when that is wanted; the same every time."""
        return gzip.compress(data, _COMPRESSION, mtime=0) if self.compress else data


def search_rows(desk: Desk, rows: Rows, shape: Shape) -> tuple[bytes, int]:
    """Rows with the result columns of a search, as bytes, and how many have an answer."""
    asked = _Asked(shape)
    return _written(rows, shape, asked.key, lambda keys: _located(desk, keys, asked))


def reverse_rows(desk: Desk, rows: Rows, shape: Shape) -> tuple[bytes, int]:
    """Rows with the result columns of the nearest address, as bytes, and how many have one."""
    asked = _Asked(shape)
    return _written(
        rows, shape, asked.filter_values, lambda keys: [_nearest(desk, asked.named(key)) for key in keys]
    )


def _written(
    rows: Rows,
    shape: Shape,
    key_of: Callable[[list[str]], Cells],
    answers_of: Callable[[list[Cells]], list[Cells]],
) -> tuple[bytes, int]:
    keys = [None if place in rows.unread else key_of(cells) for place, cells in enumerate(rows.cells)]
    distinct = [key for key in dict.fromkeys(keys) if key is not None]
    known: dict[Cells | None, Cells] = dict(zip(distinct, answers_of(distinct), strict=True))
    known[None] = _without_answer(shape.all_columns, "error")
    results = [known[key] for key in keys]
    located = sum(result[-1] == "ok" for result in results)
    return shape.packed(shape.writing.encode(shape.joined(rows.cells, results))), located


class _Asked:
    """What a row asks: the cells that are read of it, which tell its answer whole."""

    def __init__(self, shape: Shape) -> None:
        self.min_score = shape.min_score
        self.fields = tuple(name for name, _ in shape.fields)
        self._filters = tuple(shape.filters)
        self._fields_of = _taker([column for _, column in shape.fields])
        self._columns_of = _taker(shape.columns)
        self._filters_of = _taker(list(shape.filters.values()))

    def key(self, cells: list[str]) -> Cells:
        """Filters, then fields, or the text."""
        if self.fields:
            return (*self._filters_of(cells), *self._fields_of(cells))
        return (*self._filters_of(cells), " ".join(self._columns_of(cells))[:_LONGEST_TEXT])

    def filter_values(self, cells: list[str]) -> Cells:
        """Filters alone, the point among them."""
        return self._filters_of(cells)

    def named(self, key: Cells) -> dict[str, str]:
        """Filters of a key that filter something."""
        return {
            name: value for name, text in zip(self._filters, key, strict=False) if (value := text.strip())
        }

    def ways(self, key: Cells, filters: dict[str, str], gazetteer: Gazetteer) -> list[Parsed]:
        """Ways to understand a row; the codes of its filters stand above what its text says."""
        citycode, postcode = filters.get("citycode", ""), filters.get("postcode", "")
        rest = key[len(self._filters) :]
        if self.fields:
            values = {
                name: text.strip()[:_LONGEST_TEXT] for name, text in zip(self.fields, rest, strict=True)
            }
            values["citycode"] = values.get("citycode") or citycode
            values["postal_code"] = values.get("postal_code") or postcode
            return [parse_fields(AddressFields(**values))]
        ways = understand(rest[0], gazetteer)
        if citycode or postcode:
            return [
                replace(
                    way, citycode=citycode or way.citycode, postal_code=postcode or way.postal_code
                )
                for way in ways
            ]  # fmt: skip
        return ways


def _located(desk: Desk, keys: list[Cells], asked: _Asked) -> list[Cells]:
    """Result columns of distinct rows."""
    gazetteer = desk.gazetteer
    ways: list[Parsed] = []
    owners: list[int] = []
    filters = [asked.named(key) for key in keys]
    centres = [_centre(values) for values in filters]
    for place, key in enumerate(keys):
        for way in asked.ways(key, filters[place], gazetteer):
            ways.append(way)
            owners.append(place)
    answers: list[list[Located]] = [[] for _ in keys]
    keep = _KEPT_NEAR if any(centres) else _KEPT
    for owner, found in zip(owners, drive(desk.conn, desk.locator.locate(ways, keep=keep)), strict=True):
        answers[owner] += [answer for answer in found if _passes(answer, filters[owner], gazetteer)]
    if not asked.fields:
        for place, found in enumerate(answers):
            # A misspelt commune, or none: looked for everywhere, as for one who types.
            if max((answer.score for answer in found), default=0) <= _GOOD:
                answers[place] = [
                    answer
                    for answer in _anywhere(desk, keys[place][-1], filters[place], centres[place])
                    if _passes(answer, filters[place], gazetteer)
                ]
    return [
        _search_cells(found, gazetteer, asked.min_score, centre)
        for found, centre in zip(answers, centres, strict=True)
    ]


def _anywhere(desk: Desk, text: str, filters: dict[str, str], centre: Point | None) -> list[Located]:
    codes = {name: (filters[name],) if name in filters else () for name in ("type", "postcode", "citycode")}
    query = Query(
        text=text,
        limit=_KEPT,
        autocomplete=False,
        centre=centre,
        types=codes["type"],
        postcodes=codes["postcode"],
        citycodes=codes["citycode"],
    )
    return [result.located for result in desk.geocoder.search_now(desk.conn, query)]


def _passes(answer: Located, filters: dict[str, str], gazetteer: Gazetteer) -> bool:
    """Whether an answer goes through the filters of its row."""
    if answer.level == "none" or answer.lon is None:
        return False
    if not filters:
        return True
    if answer.level != filters.get("type", answer.level):
        return False
    citycode, postcode = filters.get("citycode"), filters.get("postcode")
    if citycode and answer.citycode not in (*expand_citycode(citycode), *gazetteer.present(citycode)):
        return False
    if postcode:
        own = answer.found.postal_code if answer.found else None
        known = gazetteer.postal_of.get(answer.citycode, ())
        return postcode == own or (own is None and postcode in known)
    return True


def _search_cells(
    found: list[Located], gazetteer: Gazetteer, min_score: float, centre: Point | None
) -> Cells:
    ranked = sorted(found, key=lambda answer: -_rank(answer, gazetteer, centre)) if len(found) > 1 else found
    if not ranked or ranked[0].score < min_score:
        return _without_answer(SEARCH_COLUMNS, "not-found")
    best = ranked[0]
    text = _label_cells(best, label_of(best, gazetteer))
    return (
        _degrees(best.lat),
        _degrees(best.lon),
        text[0],
        f"{best.score:.4f}",
        f"{ranked[1].score:.4f}" if len(ranked) > 1 else "",
        *text[1:],
    )


def _rank(answer: Located, gazetteer: Gazetteer, centre: Point | None) -> float:
    """The score; near a point that the row gives, the order of the interactive search."""
    if centre is None or answer.lon is None or answer.lat is None:
        return answer.score
    distance_m = haversine_m(lon=centre.lon, lat=centre.lat, to_lon=answer.lon, to_lat=answer.lat)
    importance = label_of(answer, gazetteer).importance
    return answer.score + 0.1 * importance + 0.15 * exp(-distance_m / _NEAR_M)


def _nearest(desk: Desk, filters: dict[str, str]) -> Cells:
    """Result columns of a point; filters choose among the addresses around it."""
    point = _centre(filters)
    if point is None:
        return _without_answer(REVERSE_COLUMNS, "error")
    wanted = {name: value for name, value in filters.items() if name not in {"lat", "lon"}}
    for item in reverse_now(
        desk.conn,
        point,
        gazetteer=desk.gazetteer,
        limit=100 if wanted else 1,
        street_only=wanted.get("type") == "street",
    ):
        if _passes(item.located, wanted, desk.gazetteer):
            return (
                _degrees(item.located.lat),
                _degrees(item.located.lon),
                str(round(item.distance_m)),
                *_label_cells(item.located, item.label),
            )
    return _without_answer(REVERSE_COLUMNS, "not-found")


def _label_cells(located: Located, label: Label) -> Cells:
    """Cells from `result_label` to `result_status`, scores left out."""
    cells = (
        label.label, located.level, label.id, label.housenumber, label.name, label.street, label.postcode,
        label.city, label.context, label.citycode, label.oldcitycode, label.oldcity, label.district, "ok",
    )  # fmt: skip
    # A cell that a spreadsheet would run as a formula is made plain text; what came in is left as it is.
    if any(cell[:1] in _FORMULA for cell in cells if cell):
        return tuple(f"'{cell}" if cell[:1] in _FORMULA else cell for cell in cells)
    return cells


def _without_answer(columns: Cells, status: str) -> Cells:
    return (*("" for _ in columns[1:]), status)


def _centre(filters: dict[str, str]) -> Point | None:
    """The point of a row; None when there is none, or when it cannot be read."""
    if "lat" not in filters or "lon" not in filters:
        return None
    try:
        return Point(
            lon=float(filters["lon"].replace(",", ".")), lat=float(filters["lat"].replace(",", "."))
        )  # fmt: skip
    except (ValueError, UsageError):
        return None


def _taker(places: Sequence[int]) -> Callable[[Sequence[str]], Cells]:
    """Takes the cells at these places, as a tuple."""
    if not places:
        return lambda _: ()
    if len(places) == 1:
        only = places[0]
        return lambda cells: (cells[only],)
    return itemgetter(*places)


def _degrees(value: float | None) -> str:
    return "" if value is None else f"{value:.6f}"
