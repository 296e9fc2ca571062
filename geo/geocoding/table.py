"""Geocoding a CSV of any size: rows in, the same rows with result columns out, in constant memory.

Columns and their names are those of addok and of the national service. What came in comes out untouched; a
row that cannot be located leaves empty columns and never stops the file.
"""

from __future__ import annotations

import codecs
import csv
import io
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO

from core.errors import UsageError
from geo.geocoding.batch import drive
from geo.geocoding.commune import CommuneResolver, expand_citycode
from geo.geocoding.commune_streets import StreetCache
from geo.geocoding.gazetteer import Gazetteer
from geo.geocoding.label import Label, label_of
from geo.geocoding.locate import Locator
from geo.geocoding.parse import AddressFields, Parsed, parse_fields
from geo.geocoding.reverse import reverse_now
from geo.geocoding.text import understand
from geo.point import Point

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import psycopg

    from geo.geocoding.answer import Located

CHUNK_ROWS = 2_000
_SNIFFED_BYTES = 1 << 20
_DELIMITERS = (";", ",", "\t", "|")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LABEL_COLUMNS = (
    *("label", "score", "score_next", "type", "id", "housenumber", "name", "street", "postcode", "city"),
    *("context", "citycode", "oldcitycode", "oldcity", "district", "status"),
)
SEARCH_COLUMNS = ("latitude", "longitude", *(f"result_{name}" for name in _LABEL_COLUMNS))
REVERSE_COLUMNS = (
    *("result_latitude", "result_longitude", "result_distance"),
    *(f"result_{name}" for name in _LABEL_COLUMNS if name not in {"score", "score_next"}),
)
FIELD_PARAMETERS: dict[str, str] = {
    "numero": "number",
    "indice": "suffix",
    "type_voie": "street_type",
    "libelle_voie": "street_name",
    "lieu_dit": "locality",
    "code_postal": "postal_code",
    "commune": "office",
    "code_commune": "citycode",
}
"""Structured parameters of the API to the fields of an address."""


@dataclass(frozen=True, kw_only=True)
class TableOptions:
    """How the file is read and what is asked of each row. Empty means: found out, or all.

    columns         columns joined by a space to make the address
    fields          structured: field of `AddressFields` -> column; wins over `columns`
    filters         `type`, `citycode`, `postcode`, `lat`, `lon` -> column
    result_columns  only these result columns, in our order
    """

    columns: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    filters: Mapping[str, str] = field(default_factory=dict)
    result_columns: tuple[str, ...] = ()
    encoding: str = ""
    delimiter: str = ""
    quote: str = '"'
    with_bom: bool = False
    min_score: float = 0.0


class _Table:
    """The file, opened: header and rows of text."""

    def __init__(self, stream: BinaryIO, options: TableOptions) -> None:
        head = stream.read(_SNIFFED_BYTES)
        stream.seek(0)
        self.encoding = _encoding(head, stream, options.encoding)
        self._text = io.TextIOWrapper(stream, encoding=self.encoding, errors="replace", newline="")
        first = head.split(b"\n", 1)[0].decode(self.encoding, errors="replace")
        self.delimiter = options.delimiter or max(_DELIMITERS, key=first.count)
        if len(self.delimiter) != 1 or len(options.quote) != 1:
            raise UsageError("Le séparateur et le guillemet sont un seul caractère.", parameter="delimiter")
        self._reader = csv.reader(self._text, delimiter=self.delimiter, quotechar=options.quote)
        self.header = next(self._reader, [])
        if not self.header:
            raise UsageError("Le fichier est vide.", parameter="data")
        wanted = (*options.columns, *options.fields.values(), *options.filters.values())
        missing = [name for name in wanted if name not in self.header]
        if missing:
            raise UsageError(f"Colonnes absentes du fichier : {', '.join(missing)}.", parameter="columns")

    def release(self) -> None:
        """Give the stream back to who opened it: collecting a text wrapper would close it."""
        self._text.detach()

    def chunks(self, size: int) -> Iterator[list[list[str]]]:
        """Rows, blank lines left out."""
        rows = (row for row in self._rows() if row)
        while chunk := list(islice(rows, size)):
            yield chunk

    def _rows(self) -> Iterator[list[str]]:
        while True:
            try:
                yield next(self._reader)
            except StopIteration:
                return
            except csv.Error:
                continue

    def cells(self, row: Sequence[str]) -> dict[str, str]:
        """A row by column; missing cells are empty."""
        padded = [*row, *[""] * (len(self.header) - len(row))]
        return dict(zip(self.header, padded, strict=False))


def geocode_table(
    conn: psycopg.Connection[Any],
    stream: BinaryIO,
    options: TableOptions,
    *,
    gazetteer: Gazetteer | None = None,
    on_rows: Callable[[int], None] | None = None,
) -> Iterator[bytes]:
    """Parts of the file with the result columns, in the encoding and with the delimiter of the input.

    Raises
    ------
    UsageError   a column named is not in the file, the file is empty, an option is unreadable

    """
    table = _Table(stream, options)
    try:
        locator = Locator(CommuneResolver(gazetteer or Gazetteer.load(conn)), StreetCache())
        asked = options.result_columns or SEARCH_COLUMNS
        chosen = [name for name in SEARCH_COLUMNS if name in asked]
        yield _encoded([[*table.header, *chosen]], table, options, first=True)
        for chunk in table.chunks(CHUNK_ROWS):
            cells = [table.cells(row) for row in chunk]
            found = _locate(conn, locator, cells, table, options)
            yield _encoded(
                [[*row, *[""] * (len(table.header) - len(row)), *(result[name] for name in chosen)]
                 for row, result in zip(chunk, found, strict=True)],
                table,
                options,
            )  # fmt: skip
            if on_rows is not None:
                on_rows(len(chunk))
    finally:
        table.release()


def reverse_table(
    conn: psycopg.Connection[Any],
    stream: BinaryIO,
    options: TableOptions,
    *,
    gazetteer: Gazetteer | None = None,
) -> Iterator[bytes]:
    """Parts of the file with the nearest address of each row; columns `lon`/`lat` by their usual names.

    Raises
    ------
    UsageError   no column of coordinates, or as `geocode_table`

    """
    table = _Table(stream, options)
    try:
        gazetteer = gazetteer or Gazetteer.load(conn)
        lon = options.filters.get("lon") or _named(table.header, "lon", "lng", "long", "longitude")
        lat = options.filters.get("lat") or _named(table.header, "lat", "latitude")
        chosen = [
            name for name in REVERSE_COLUMNS if not options.result_columns or name in options.result_columns
        ]
        yield _encoded([[*table.header, *chosen]], table, options, first=True)
        for chunk in table.chunks(CHUNK_ROWS):
            lines = []
            for row in chunk:
                result = _nearest(conn, gazetteer, table.cells(row), lon=lon, lat=lat)
                padding = [""] * (len(table.header) - len(row))
                lines.append([*row, *padding, *(result[name] for name in chosen)])
            yield _encoded(lines, table, options)
    finally:
        table.release()


def _locate(
    conn: psycopg.Connection[Any],
    locator: Locator,
    rows: Sequence[dict[str, str]],
    table: _Table,
    options: TableOptions,
) -> list[dict[str, str]]:
    """Result columns of a chunk of rows."""
    gazetteer = locator.resolver.gazetteer
    ways: list[Parsed] = []
    owners: list[int] = []
    for place, cells in enumerate(rows):
        for way in _ways(cells, table, options, gazetteer):
            ways.append(way)
            owners.append(place)
    answers: list[list[Located]] = [[] for _ in rows]
    for owner, found in zip(owners, drive(conn, locator.locate(ways, keep=3)), strict=True):
        answers[owner] += [answer for answer in found if _passes(answer, rows[owner], options, gazetteer)]
    return [_search_columns(found, gazetteer, options.min_score) for found in answers]


def _ways(cells: dict[str, str], table: _Table, options: TableOptions, gazetteer: Gazetteer) -> list[Parsed]:
    citycode = cells.get(options.filters.get("citycode", ""), "").strip()
    postcode = cells.get(options.filters.get("postcode", ""), "").strip()
    if options.fields:
        values = {name: cells.get(column, "").strip() for name, column in options.fields.items()}
        values["citycode"] = values.get("citycode") or citycode
        values["postal_code"] = values.get("postal_code") or postcode
        return [parse_fields(AddressFields(**values))]
    filters = set(options.filters.values())
    names = options.columns or tuple(name for name in table.header if name not in filters)
    text = " ".join(cells[name] for name in names)[:400]
    ways = understand(text, gazetteer)
    if citycode or postcode:
        return [
            Parsed(
                names=way.names,
                number=way.number,
                suffix=way.suffix,
                citycode=citycode or way.citycode,
                postal_code=postcode or way.postal_code,
                town=way.town,
                ignored=way.ignored,
            )
            for way in ways
        ]
    return ways


def _passes(answer: Located, cells: dict[str, str], options: TableOptions, gazetteer: Gazetteer) -> bool:
    """Whether an answer goes through the filters of its row; an empty cell filters nothing."""
    if answer.level == "none" or answer.lon is None:
        return False
    values = {name: cells.get(column, "").strip() for name, column in options.filters.items()}
    if values.get("type") and answer.level != values["type"]:
        return False
    if values.get("citycode") and answer.citycode not in expand_citycode(values["citycode"]):
        return answer.citycode in gazetteer.present(values["citycode"])
    if values.get("postcode"):
        own = answer.found.postal_code if answer.found else None
        known = gazetteer.postal_of.get(answer.citycode, ())
        return values["postcode"] == own or (own is None and values["postcode"] in known)
    return True


def _search_columns(found: list[Located], gazetteer: Gazetteer, min_score: float) -> dict[str, str]:
    ranked = sorted(found, key=lambda answer: -answer.score)
    if not ranked or ranked[0].score < min_score:
        return dict.fromkeys(SEARCH_COLUMNS, "") | {"result_status": "not-found"}
    best = ranked[0]
    columns = _label_columns(best, label_of(best, gazetteer))
    return columns | {
        "latitude": _degrees(best.lat),
        "longitude": _degrees(best.lon),
        "result_score": f"{best.score:.4f}",
        "result_score_next": f"{ranked[1].score:.4f}" if len(ranked) > 1 else "",
    }


def _nearest(
    conn: psycopg.Connection[Any], gazetteer: Gazetteer, cells: dict[str, str], *, lon: str, lat: str
) -> dict[str, str]:
    empty = dict.fromkeys(REVERSE_COLUMNS, "")
    try:
        point = Point(lon=float(cells[lon].replace(",", ".")), lat=float(cells[lat].replace(",", ".")))
    except (ValueError, UsageError):
        return empty | {"result_status": "error"}
    near = reverse_now(conn, point, gazetteer=gazetteer)
    if not near:
        return empty | {"result_status": "not-found"}
    best = near[0]
    return _label_columns(best.located, best.label) | {
        "result_latitude": _degrees(best.located.lat),
        "result_longitude": _degrees(best.located.lon),
        "result_distance": str(round(best.distance_m)),
    }


def _label_columns(located: Located, label: Label) -> dict[str, str]:
    values = {
        "label": label.label,
        "type": located.level,
        "id": label.id,
        "housenumber": label.housenumber,
        "name": label.name,
        "street": label.street,
        "postcode": label.postcode,
        "city": label.city,
        "context": label.context,
        "citycode": label.citycode,
        "oldcitycode": label.oldcitycode,
        "oldcity": label.oldcity,
        "district": label.district,
        "status": "ok",
    }
    # A cell that a spreadsheet would run as a formula is made plain text; what came in is left as it is.
    return {
        f"result_{name}": f"'{text}" if text.startswith(_FORMULA) else text for name, text in values.items()
    }


def _encoded(rows: list[list[str]], table: _Table, options: TableOptions, *, first: bool = False) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=table.delimiter, quotechar=options.quote, lineterminator="\r\n").writerows(
        rows
    )
    encoding = "utf-8" if table.encoding == "utf-8-sig" else table.encoding
    data = buffer.getvalue().encode(encoding, errors="replace")
    return codecs.BOM_UTF8 + data if first and options.with_bom and encoding == "utf-8" else data


def _encoding(head: bytes, stream: BinaryIO, asked: str) -> str:
    """Encoding asked; else UTF-8 when the whole file is, else Windows-1252."""
    if asked:
        try:
            name = codecs.lookup(asked).name
        except LookupError:
            raise UsageError("Cet encodage n'est pas connu.", parameter="encoding") from None
        return "utf-8-sig" if name == "utf-8" else name
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(head)
        stream.seek(len(head))
        while block := stream.read(_SNIFFED_BYTES):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    finally:
        stream.seek(0)
    return "utf-8-sig"


def _named(header: Sequence[str], *names: str) -> str:
    found = next((column for column in header if column.strip().lower() in names), None)
    if found is None:
        raise UsageError(f"Aucune colonne nommée {' ou '.join(names)}.", parameter="columns")
    return found


def _degrees(value: float | None) -> str:
    return "" if value is None else f"{value:.6f}"
