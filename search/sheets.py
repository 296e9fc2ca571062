"""The sheets last shown, kept as long as the index they belong to: the same towns are searched all day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from search.card import sheet
from search.departments import departments
from search.statements import rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg import AsyncConnection

    from search.index.directory import Index

MOST = 65_536
"""Sheets kept, under a kilobyte each: those of the general practitioners of the country."""


async def sheets_of(conn: AsyncConnection[Any], index: Index, offer_ids: Sequence[str]) -> dict[str, str]:
    """The sheets of some offers as JSON, by identifier; one that no longer exists is not there.

    As text: small (the bytes of orjson keep the buffer they were written in), nothing for the garbage
    collector to walk through, and each card made of it (`orjson.loads`) is its own.
    """
    kept: dict[str, str] = index.beside.setdefault("sheets", {})
    missing = [offer_id for offer_id in offer_ids if offer_id not in kept]
    found = {offer_id: kept[offer_id] for offer_id in offer_ids if offer_id in kept}
    if missing:
        around = await departments(conn, index)
        for row in await rows(conn, "cards", offer_ids=missing):
            found[row["offer_id"]] = kept[row["offer_id"]] = orjson.dumps(sheet(row, around)).decode()
        while len(kept) > MOST:
            del kept[next(iter(kept))]  # the one kept for longest
    return found
