"""The SQL of this room, by name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from psycopg.rows import dict_row

from core.db.queries import Queries

if TYPE_CHECKING:
    from psycopg import AsyncConnection

QUERIES = Queries.load(Path(__file__).with_name("sql"))


async def rows(conn: AsyncConnection[Any], name: str, **parameters: Any) -> list[dict[str, Any]]:
    """Rows of a statement of this room, as dictionaries."""
    async with conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(QUERIES[name], parameters)
        return await cursor.fetchall()
