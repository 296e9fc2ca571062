"""Geocoding a CSV of any size: rows in, the same rows with result columns out, in constant memory.

Columns and their names are those of addok and of the national service. What came in comes out untouched; a
row that cannot be located leaves empty columns and never stops the file. The file is read here, in order;
chunks of rows are located and written wherever the work is spread (`geo.geocoding.parallel`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

from core.errors import UsageError
from geo.geocoding.csv_file import CsvFile, Record, Writing
from geo.geocoding.table_rows import REVERSE_COLUMNS, SEARCH_COLUMNS, Rows, Shape, reverse_rows, search_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from geo.geocoding.parallel import Desk, Spread

CHUNK_ROWS = 2_000
FILTERS = ("type", "citycode", "postcode", "lat", "lon")
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
_LON_NAMES = ("longitude", "lon", "lng", "long")
_LAT_NAMES = ("latitude", "lat")


@dataclass(frozen=True, kw_only=True)
class TableOptions:
    """How the file is read and what is asked of each row. Empty means: found out, or all.

    columns         columns joined by a space to make the address
    fields          structured: field of `AddressFields` -> column; wins over `columns`
    filters         `type`, `citycode`, `postcode` -> column; `lat`, `lon` -> columns of a point near which
                    answers are preferred (for `reverse`: of the point asked)
    result_columns  only these result columns, in our order
    compress        gzip, one member for each chunk
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
    compress: bool = False


@dataclass(frozen=True, kw_only=True)
class Part:
    """A piece of the file that comes out.

    data        bytes to write
    rows        rows it holds; 0 for the header
    located     rows that have an answer
    faults      records that could not be read; they stand in `data` with the status `error`
    bytes_read  bytes of the input read when these rows were, since its beginning
    encoding    of the bytes; only told with the header
    """

    data: bytes
    rows: int = 0
    located: int = 0
    faults: tuple[Record, ...] = ()
    bytes_read: int = 0
    encoding: str = ""


@dataclass(frozen=True)
class _Chunk:
    rows: Rows
    faults: tuple[Record, ...]
    bytes_read: int


def geocode_table(
    spread: Spread,
    stream: BinaryIO,
    options: TableOptions,
    *,
    skip_rows: int = 0,
    source: BinaryIO | None = None,
) -> Iterator[Part]:
    """Parts of the file with the result columns, in the encoding and with the delimiter of the input.

    skip_rows   rows already done: the header and these are left out, and the parts are the same as they were
                when it is a multiple of `CHUNK_ROWS`
    source      what tells how much was read, when `stream` is a decompression of it

    Raises
    ------
    UsageError   a column named is not in the file, the file is empty, an option is unreadable

    """
    return _parts(spread, stream, options, search_rows, SEARCH_COLUMNS, skip_rows=skip_rows, source=source)


def reverse_table(spread: Spread, stream: BinaryIO, options: TableOptions) -> Iterator[Part]:
    """Parts of the file with the nearest address of each row; columns `lon`/`lat` by their usual names.

    Raises
    ------
    UsageError   no column of coordinates, or as `geocode_table`

    """
    return _parts(spread, stream, options, reverse_rows, REVERSE_COLUMNS)


def _parts(
    spread: Spread,
    stream: BinaryIO,
    options: TableOptions,
    work: Callable[[Desk, Rows, Shape], tuple[bytes, int]],
    all_columns: tuple[str, ...],
    *,
    skip_rows: int = 0,
    source: BinaryIO | None = None,
) -> Iterator[Part]:
    file = CsvFile(
        stream,
        encoding=options.encoding,
        delimiter=options.delimiter,
        quote=options.quote,
        with_bom=options.with_bom,
    )
    try:
        if work is reverse_rows:
            options = replace(options, filters=_point_columns(file.header, options.filters))
        shape = _shape(file.header, file.writing, options, all_columns)
        if not skip_rows:
            yield Part(data=shape.packed(shape.header_row()), encoding=file.writing.encoding)
        records = file.records()
        for _ in islice(records, skip_rows):
            pass
        # A compressed file is read whole by its decompressor: what was consumed of it tells how far one is.
        where = source or stream
        for chunk, (data, located) in spread.ordered(partial(_work, work, shape), _chunks(records, where)):
            yield Part(
                data=data,
                rows=len(chunk.rows.cells),
                located=located,
                faults=chunk.faults,
                bytes_read=chunk.bytes_read,
            )
    finally:
        file.release()


def _work(
    work: Callable[[Desk, Rows, Shape], tuple[bytes, int]], shape: Shape, desk: Desk, chunk: _Chunk
) -> tuple[bytes, int]:
    return work(desk, chunk.rows, shape)


def _chunks(records: Iterator[Record], where: BinaryIO) -> Iterator[_Chunk]:
    while some := list(islice(records, CHUNK_ROWS)):
        faulty = tuple(record for record in some if record.fault)
        unread = (
            frozenset(place for place, record in enumerate(some) if record.fault) if faulty else frozenset()
        )
        yield _Chunk(Rows([record.cells for record in some], unread), faulty, where.tell())


def _shape(
    header: Sequence[str], writing: Writing, options: TableOptions, all_columns: tuple[str, ...]
) -> Shape:
    """Which columns are read and written.

    Raises
    ------
    UsageError   a column named is not in the file

    """
    wanted = (*options.columns, *options.fields.values(), *options.filters.values())
    missing = sorted({name for name in wanted if name not in header})
    if missing:
        raise UsageError(f"Colonnes absentes du fichier : {', '.join(missing)}.", parameter="columns")
    place = {name: at for at, name in reversed(list(enumerate(header)))}
    filters = set(options.filters.values())
    given = {name for name in all_columns if name in place}
    columns = options.columns or tuple(name for name in header if name not in filters | given)
    return Shape(
        header=tuple(header),
        writing=writing,
        columns=tuple(place[name] for name in columns),
        fields=tuple((name, place[column]) for name, column in options.fields.items()),
        filters={name: place[column] for name, column in options.filters.items()},
        results=tuple(
            at
            for at, name in enumerate(all_columns)
            if not options.result_columns or name in options.result_columns
        ),
        all_columns=all_columns,
        min_score=options.min_score,
        compress=options.compress,
    )


def _point_columns(header: Sequence[str], given: Mapping[str, str]) -> dict[str, str]:
    """The columns of a point: those given, else by their usual names.

    Raises
    ------
    UsageError   there is none

    """
    found = dict(given)
    for name, usual in (("lon", _LON_NAMES), ("lat", _LAT_NAMES)):
        column = given.get(name) or next((name for name in header if name.strip().lower() in usual), None)
        if column is None:
            raise UsageError(f"Aucune colonne nommée {' ou '.join(usual)}.", parameter="columns")
        found[name] = column
    return found


__all__ = [
    "CHUNK_ROWS",
    "FIELD_PARAMETERS",
    "FILTERS",
    "REVERSE_COLUMNS",
    "SEARCH_COLUMNS",
    "Part",
    "TableOptions",
    "geocode_table",
    "reverse_table",
]
