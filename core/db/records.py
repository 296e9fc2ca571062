"""Records of one size from `COPY … TO STDOUT (FORMAT binary)`, without a Python object for each value.

The format is that of the PostgreSQL manual ("COPY", Binary Format): a header of 19 bytes and its extension,
then for each row the count of its fields (int16) and for each field its length (int32) and its bytes, all
big-endian; -1 in place of the count at the end. Where no field is null and all have a fixed length, every row
has one size, and the whole is one array.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import LiteralString

    from numpy.typing import NDArray
    from psycopg import AsyncConnection

_SIGNATURE = b"PGCOPY\n\xff\r\n\0"
_HEADER_BYTES = len(_SIGNATURE) + 8
_TRAILER_BYTES = 2


async def records(
    conn: AsyncConnection[Any],
    statement: LiteralString,
    parameters: dict[str, Any],
    fields: Sequence[tuple[str, str]],
) -> NDArray[Any]:
    """Rows of a `COPY` statement as a structured array of `fields` (name, NumPy type, big-endian).

    Raises
    ------
    ValueError   the statement gives nulls, or fields of other sizes than `fields`
    """
    async with conn.cursor() as cursor, cursor.copy(statement, parameters) as copy:
        chunks = [bytes(chunk) async for chunk in copy]
    return parse(b"".join(chunks), fields)


def parse(data: bytes, fields: Sequence[tuple[str, str]]) -> NDArray[Any]:
    """The same, from what PostgreSQL sent.

    Raises
    ------
    ValueError   not that format, or not these fields
    """
    if not data.startswith(_SIGNATURE):
        raise ValueError("not the binary format of COPY")
    layout: list[tuple[str, str]] = [("_count", ">i2")]
    for name, kind in fields:
        layout += [(f"_length_{name}", ">i4"), (name, kind)]
    kind = np.dtype(layout)
    body = len(data) - _HEADER_BYTES - _TRAILER_BYTES
    if body < 0 or body % kind.itemsize:
        raise ValueError("rows are not all of the size of the fields: a null, or another type")
    rows = np.frombuffer(data, dtype=kind, count=body // kind.itemsize, offset=_HEADER_BYTES)
    for name, _ in fields:
        if len(rows) and (rows[f"_length_{name}"] != kind[name].itemsize).any():
            raise ValueError(f"the field {name!r} is null somewhere, or of another type")
    return rows
