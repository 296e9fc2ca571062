"""The steps of a search from the index on, without the database: orders, whole or page after page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.travel.choice import RoadOrEstimate
from search import candidates, facets, rank
from search.journey import RoadsOrEstimates
from search.place import Place
from search.policy import policy
from search.query import Parameters, SearchQuery, window
from search.specialty_match import understand

if TYPE_CHECKING:
    from datetime import datetime

    from geo.point import Point
    from search.index.directory import Index


@dataclass(frozen=True)
class Asker:
    """Orders of general practitioners around points, from one index."""

    index: Index

    def order(self, **asked: Any) -> list[str]:
        """The whole order, as identifiers."""
        return [item.offer_id for item in self._ranked(None, None, **asked)]

    def paged(self, *, size: int, **asked: Any) -> list[str]:
        """The same, page after page, each made as if nothing were kept of the one before."""
        found: list[str] = []
        key = None
        while page := self._ranked(key, size, **asked):
            found += [item.offer_id for item in page]
            key = page[-1].key
        return found

    def _ranked(
        self, key: rank.RankKey | None, size: int | None, *, now: datetime, point: Point, **asked: Any
    ) -> list[rank.Ranked]:
        place = Place(label="", type="coordinates", point=point)
        given = Parameters(specialty="SM54", point=point, **asked)
        query = SearchQuery(
            specialty=understand("SM54"),
            place=place,
            window=window(None, None, now=now, place=place),
            now=now,
            radius_km=given.radius_km,
            max_minutes=None,
            filters=given.filters,
            seed=given.seed or "",
            limit=20,
            explain=False,
        )
        found = candidates.consider(
            self.index, query, policy(), RoadsOrEstimates(RoadOrEstimate), official={}
        )
        kept = facets.apply(self.index, found, query, candidates.period_of(query), counted=False).kept
        table = candidates.columns(self.index, found.take(np.flatnonzero(kept)))
        losses, lots = rank.loss(table, policy()), rank.lot(table.identity, query.seed)
        left = np.arange(len(table)) if key is None else np.flatnonzero(rank.after(losses, lots, key))
        first = left[rank.first(losses[left], lots[left], len(left) if size is None else size)]
        return rank.ranked(table, policy(), losses, lots, first)
