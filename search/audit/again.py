"""A search made again for the audit, from the centre of its cell and from a quarter of a day.

Nothing finer than that enters: neither the place, nor the minute, nor what the caller narrowed. The offers,
their slots, the journeys, the policy and the seed are those of the search; the code that ranks is the same.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from search import candidates, rank
from search.audit import coarse
from search.audit.record import MOST_CANDIDATES, RankingRecord, is_drawn
from search.query import Filters, window

if TYPE_CHECKING:
    from collections.abc import Mapping

    from search.area import Official
    from search.index.directory import Index
    from search.policy import Policy
    from search.ports import TravelFinder
    from search.query import SearchQuery


def made_again(
    index: Index,
    query: SearchQuery,
    rule: Policy,
    travel: TravelFinder,
    *,
    official: Mapping[str, Official],
) -> RankingRecord | None:
    """The record of a search.

    None for what is not kept: an outline drawn by hand (it is a place), a place in no department of ours, a
    seed that the server did not draw, an area without any offer.
    """
    place = query.place
    if place.outline is not None or (place.point is None and place.department_code is None):
        return None
    area, centre = f"department:{place.department_code}", None
    if place.point is not None:
        area, centre = coarse.cell(place.point)
    if not is_drawn(query.seed, area):
        return None
    begins = coarse.instant(query.now)
    # Told by its area alone: the label, the commune and the score of the place stay behind.
    there = replace(place, label="", type="coordinates", point=centre, citycode=None, score=1.0)
    again = replace(
        query,
        place=there,
        window=window(begins, None, now=begins, place=there),
        radius_km=None,
        max_minutes=None,
        filters=Filters(),
        preferred=None,
    )
    found = candidates.consider(index, again, rule, travel, official=official)
    if not len(found):
        return None
    table = candidates.columns(index, found)
    losses, lots = rank.loss(table, rule), rank.lot(table.identity, query.seed)
    order = rank.first(losses, lots, min(MOST_CANDIDATES, len(table)))
    return RankingRecord(
        day=query.now.astimezone(place.zone).date(),
        policy=rule.version,
        policy_digest=rule.digest,
        seed=query.seed,
        specialty=query.specialty.specialty.code,
        area=area,
        candidates=table.take(order),
        total=len(table),
        page=query.limit,
    )
