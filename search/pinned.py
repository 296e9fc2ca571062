"""The preferred doctor: pinned first, tagged, without limit of distance, even without a slot."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from search import candidates, rank
from search.index.offers import identities
from search.remembered import remembered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search.answer import Page
    from search.index.directory import Index
    from search.policy import Policy
    from search.ports import TravelFinder
    from search.query import SearchQuery


def pinned(
    index: Index,
    query: SearchQuery,
    rule: Policy,
    travel: TravelFinder,
    offer_ids: Sequence[str],
    page: Page,
) -> Page:
    """The offers of the preferred doctor, in the order of the policy, as a page without facets or groups.

    Offers without a position are in no index: they are not there.
    """
    numbers = np.unique(index.offers.numbers(identities(offer_ids)))
    offers = numbers[numbers >= 0].astype(np.int32)
    found = candidates.of_offers(index, query, rule, travel, offers)
    table = candidates.columns(index, found)
    losses, lots = rank.loss(table, rule), rank.lot(table.identity, query.seed)
    order = rank.first(losses, lots, len(table))
    return replace(
        page,
        shown=candidates.shown(index, query, travel, found, rank.ranked(table, rule, losses, lots, order)),
        remembered=remembered(index, found.offers[order], query, candidates.period_of(query)),
        facets=[],
        groups=[],
        more=False,
    )
