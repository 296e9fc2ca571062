"""Bulk copy of columns into a staging table."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from psycopg import sql

from core.db.queries import Queries

if TYPE_CHECKING:
    import polars as pl
    import psycopg

QUERIES = Queries.load(Path(__file__).parent.with_name("sql"))


def copy_frame(conn: psycopg.Connection[Any], table: sql.Identifier, frame: pl.DataFrame) -> None:
    """COPY a frame into `table`; columns are matched by name. Null stays null, an empty string stays
    empty.
    """
    if frame.is_empty():
        return
    buffer = io.BytesIO()
    frame.write_csv(buffer, include_header=False, null_value="", quote_style="necessary")
    statement = sql.SQL(QUERIES["copy_into"]).format(
        table=table, columns=sql.SQL(", ").join(map(sql.Identifier, frame.columns))
    )
    with conn.cursor().copy(statement) as copy:
        copy.write(buffer.getbuffer())
