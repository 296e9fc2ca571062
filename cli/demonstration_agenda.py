"""The demonstration's SAS calendars and declarations, written the way a practitioner's would be.

Repeatable: who has a calendar is left alone. Series have no end: a demonstration prepared last month still
has slots.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    from core.settings import DatabaseSettings, HomeSettings

_BATCH = 100


def fill(database: DatabaseSettings, home: HomeSettings) -> int:
    """Give a calendar and a declaration to some invented practitioners; how many were given one."""
    return asyncio.run(_fill(database, home))


async def _fill(database: DatabaseSettings, home: HomeSettings) -> int:
    import psycopg
    from psycopg.rows import dict_row

    from core.db.connect import conninfo
    from demo import agenda as invented

    async with await psycopg.AsyncConnection.connect(conninfo(database, home, role="writer")) as conn:
        async with conn.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(invented.QUERIES["demo_holders"], {"most": invented.MOST_HOLDERS})
            holders = await cursor.fetchall()
        for number, holder in enumerate(holders, start=1):
            await _give(conn, holder["idnps"], holder["offer_id"])
            if number % _BATCH == 0:
                await conn.commit()
        return len(holders)


async def _give(conn: AsyncConnection[Any], idnps: str, offer_id: str) -> None:
    from care.hand import Hand
    from care.local_time import local_day
    from care.participation import STATEMENT
    from core.clock import utc_now
    from demo import agenda as invented
    from participation import declarations
    from slots import agenda_calendar, agenda_edit

    hand = Hand(actor=invented.ACTOR, now=utc_now())
    zone = await agenda_calendar.open_calendar(conn, offer_id)
    for slot in invented.slots(idnps, today=local_day(hand.now, zone)):
        await agenda_edit.add(conn, offer_id, slot, hand)
    await declarations.declare_practitioner(
        conn, idnps, invented.declaration(idnps), statement=STATEMENT, hand=hand
    )
