"""Groups of practitioners who take part together: a CPTS, an MSP, a SOS Médecins association.

A group is one card with the soonest slot of its members, whom one reaches in one step (`group`); the members
keep their own cards and ranks in the list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import InvalidParameter
from search.index.offers import uuid_of
from search.policy import HUNDREDTHS
from search.rank import KNOWN
from search.statements import rows

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray
    from psycopg import AsyncConnection

    from search.candidates import Considered
    from search.index.directory import Index
    from search.query import SearchQuery

MAX_GROUPS = 10


def gathering_of(group: str) -> int:
    """The digest of a group from its `id`.

    Raises
    ------
    InvalidParameter   not an id of ours
    """
    try:
        value = int(group, 16)
    except ValueError:
        value = 0
    if not 0 < value < 2**64 or len(group) != 16:
        raise InvalidParameter("« group » est l'identifiant d'un groupe de la réponse.", parameter="group")
    return value - 2**64 if value >= 2**63 else value


def group_id(gathering: int) -> str:
    """The `id` of a group from its digest.

    >>> gathering_of(group_id(-5)), len(group_id(7))
    (-5, 16)
    """
    return f"{gathering % 2**64:016x}"


async def group_cards(
    conn: AsyncConnection[Any], index: Index, found: Considered, losses: NDArray[np.int64], query: SearchQuery
) -> list[dict[str, Any]]:
    """The groups of a result, in the order of their best member; at most `MAX_GROUPS`.

    Parameters
    ----------
    found    the offers kept by the filters
    losses   points each is short of one, of the same length
    """
    gathering = index.offers.gathering[found.offers]
    members = np.flatnonzero(gathering != 0)
    if not len(members):
        return []
    order = members[np.argsort(losses[members], kind="stable")]
    keys, first, place = np.unique(gathering[order], return_index=True, return_inverse=True)
    known = found.soonest.slots[order] == KNOWN
    wait = np.where(known, found.soonest.wait[order], np.iinfo(np.int64).max)
    soonest = np.full(len(keys), np.iinfo(np.int64).max)
    np.minimum.at(soonest, place, wait)
    holder = index.offers.holder[found.offers[order]]
    shown = sorted(range(len(keys)), key=lambda number: int(first[number]))[:MAX_GROUPS]
    best = {number: uuid_of(index.offers.identity[found.offers[order[first[number]]]]) for number in shown}
    named = {row["offer_id"]: row for row in await rows(conn, "groups", offer_ids=list(best.values()))}
    return [
        {
            "id": group_id(int(keys[number])),
            "via": row["via"],
            "name": row["name"],
            "phone": row["phone"],
            "information": row["information"],
            "members": len(np.unique(holder[place == number])),
            "members_with_slots": len(np.unique(holder[(place == number) & known])),
            "next_slot": _instant(int(soonest[number]), query),
        }
        for number in shown
        if (row := named.get(best[number])) is not None
    ]


def _instant(wait: int, query: SearchQuery) -> str | None:
    if wait == np.iinfo(np.int64).max:
        return None
    start = int(query.window.start.timestamp() // 60) + wait // HUNDREDTHS
    moment: datetime = type(query.window.start).fromtimestamp(start * 60, tz=query.place.zone)
    return moment.isoformat(timespec="seconds")
