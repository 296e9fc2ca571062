"""The offers a search considers: where one looks, what is known of their slots, how long the way is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geo.distance import ground_m
from geo.travel.straight import reach_km
from search import rank
from search.area import ENOUGH, Area, Official, first_radius_km, nearest, widen
from search.index.offers import PARTICIPATING, STRUCTURE
from search.query import MAX_RADIUS_KM
from search.rank import KNOWN, NO_TRAVEL
from search.soonest import Period, Soonest, soonest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from geo.point import Point
    from geo.travel.times import Source
    from search.index.directory import Index
    from search.journey import Journeys, Range
    from search.policy import Policy
    from search.ports import TravelFinder
    from search.query import SearchQuery
    from search.rank import Ranked

_HOUR_KM = 59.0
"""Widening does not go beyond an hour of road (estimate), except where nobody stands nearer."""
_UNKNOWN_RADIUS_KM = 30.0
_CROWD = 2_000


@dataclass(frozen=True, kw_only=True)
class Considered:
    """The offers of the area, before any filter; columns of one length, in no order that means anything.

    area        None for a territory
    distance_m  over the ground, float64; None without a place to start from
    journeys    likewise
    beside      answers the need without being of the specialty itself, bool
    """

    area: Area | None
    offers: NDArray[np.int32]
    beside: NDArray[np.bool_]
    distance_m: NDArray[np.float64] | None
    journeys: Journeys | None
    soonest: Soonest

    def __len__(self) -> int:
        return len(self.offers)

    def take(self, index: NDArray[np.intp]) -> Considered:
        """Some of them, in that order."""
        return Considered(
            area=self.area,
            offers=self.offers[index],
            beside=self.beside[index],
            distance_m=None if self.distance_m is None else self.distance_m[index],
            journeys=None if self.journeys is None else self.journeys.take(index),
            soonest=self.soonest.take(index),
        )


@dataclass(frozen=True, kw_only=True)
class Shown:
    """An offer in its place, with what its card says of the way.

    distance_m      over the ground; None in a territory
    travel          hundredths of a minute
    way             what the card says of it besides
    travel_source   road or estimate
    structure       held by a structure, not by a person
    declared        participating, via, en_sus; None where nothing is declared
    """

    ranked: Ranked
    distance_m: int | None
    travel: int | None
    way: Range | None
    travel_source: Source | None
    structure: bool
    declared: dict[str, Any] | None


def period_of(query: SearchQuery) -> Period:
    """The period asked, in whole minutes."""
    return Period(
        start=int(query.window.start.timestamp() // 60),
        end=int(query.window.end.timestamp() // 60),
        now=int(query.now.timestamp() // 60),
    )


def consider(
    index: Index,
    query: SearchQuery,
    rule: Policy,
    travel: TravelFinder,
    *,
    official: Mapping[str, Official],
    settled: Area | None = None,
    estimated: bool = False,
) -> Considered:
    """The offers of the area of a search.

    Parameters
    ----------
    official    what the official table says of each department
    settled     the area of the first page
    estimated   the first page was ranked by estimated times: so are the others
    """
    point = query.place.point
    if query.place.is_territory or point is None:
        return _territory(index, query, rule, travel, estimated=estimated)
    if settled is None and query.radius_km is not None:
        settled = Area(steps_km=(min(query.radius_km, _bound_km(query)),))
    if settled is not None:
        around = _around(index, query, rule, travel, settled.radius_km, estimated=estimated)
        return _cut(around, settled)
    found = _adaptive(index, query, rule, travel, official)
    if found.area is not None and _mixed(index, point, found, travel):
        return _cut(_around(index, query, rule, travel, found.area.radius_km), found.area)
    return found


def columns(index: Index, found: Considered) -> rank.Candidates:
    """What the policy may see of them."""
    offers = found.offers
    return rank.Candidates(
        identity=index.offers.identity[offers],
        slots=found.soonest.slots,
        wait=found.soonest.wait,
        remote=found.soonest.remote,
        travel=np.full(len(offers), NO_TRAVEL) if found.journeys is None else found.journeys.hundredths,
        participating=index.offers.flags[offers] & PARTICIPATING > 0,
        misfit=found.beside,
    )


def shown(
    index: Index, query: SearchQuery, travel: TravelFinder, kept: Considered, ranked: list[rank.Ranked]
) -> list[Shown]:
    """Offers in their place, with what their cards say of the way."""
    journeys, point = kept.journeys, query.place.point
    offers = kept.offers[[item.index for item in ranked]]
    ways: list[Range] = []
    if journeys is not None and point is not None and ranked:
        ways = travel.ranges(index, point, offers, journeys)
    structures = (index.offers.flags[offers] & STRUCTURE > 0).tolist()
    return [
        Shown(
            ranked=item,
            distance_m=None if kept.distance_m is None else round(float(kept.distance_m[item.index])),
            travel=None if journeys is None else int(journeys.hundredths[item.index]),
            way=ways[place] if ways else None,
            travel_source=None if journeys is None else journeys.source,
            structure=structures[place],
            declared=index.offers.declared(int(kept.offers[item.index])),
        )
        for place, item in enumerate(ranked)
    ]


def of_offers(
    index: Index, query: SearchQuery, rule: Policy, travel: TravelFinder, offers: NDArray[np.int32]
) -> Considered:
    """Given offers, wherever they are."""
    point = query.place.point
    beside = np.zeros(len(offers), dtype=np.bool_)
    if point is None:
        return _placed(index, query, rule, offers, beside, None, None)
    distance_m = ground_m(point, index.offers.lon[offers], index.offers.lat[offers])
    journeys = travel.journeys(index, point, offers, distance_m, estimated=False)
    return _placed(index, query, rule, offers, beside, distance_m, journeys)


def _placed(
    index: Index,
    query: SearchQuery,
    rule: Policy,
    offers: NDArray[np.int32],
    beside: NDArray[np.bool_],
    distance_m: NDArray[np.float64] | None,
    journeys: Journeys | None,
) -> Considered:
    """Offers with what is known of their slots."""
    return Considered(
        area=None,
        offers=offers,
        beside=beside,
        distance_m=distance_m,
        journeys=journeys,
        soonest=soonest(
            index.slots,
            offers,
            np.full(len(offers), NO_TRAVEL) if journeys is None else journeys.hundredths,
            rule,
            period=period_of(query),
            modalities=query.filters.modality,
        ),
    )


def _adaptive(
    index: Index,
    query: SearchQuery,
    rule: Policy,
    travel: TravelFinder,
    table: Mapping[str, Official],
) -> Considered:
    bound_km = _bound_km(query)
    official = table.get(query.place.department_code or "")
    looked_km = min(bound_km, (official and official.radius_km) or _UNKNOWN_RADIUS_KM)
    near = _around(index, query, rule, travel, looked_km)
    if official is None:
        official = _nearest_official(index, near, table)
    found_m, standing_m = _distances(index, _crowd(near))
    start_km = first_radius_km(standing_m, official, looked_km=looked_km)
    if len(near) > _CROWD and len(found_m) < ENOUGH:
        found_m, standing_m = _distances(index, near)
    area = widen(found_m, standing_m, start_km=start_km, step_km=official.step_km, bound_km=looked_km)
    if area.found[-1] >= ENOUGH or looked_km >= bound_km:
        return _cut(near, area)
    far_km = bound_km if query.max_minutes is not None else min(bound_km, _HOUR_KM)
    far = _around(index, query, rule, travel, far_km)
    found_m, standing_m = _distances(index, far)
    area = widen(found_m, standing_m, start_km=start_km, step_km=official.step_km, bound_km=far_km)
    if area.radius_km >= far_km and area.standing[-1] == 0 and far_km < bound_km:
        far = _around(index, query, rule, travel, bound_km)
        found_m, standing_m = _distances(index, far)
        area = widen(found_m, standing_m, start_km=start_km, step_km=official.step_km, bound_km=bound_km)
    return _cut(far, area)


def _mixed(index: Index, point: Point, found: Considered, travel: TravelFinder) -> bool:
    """Whether the area, alone, has another source of times than the wider one it was settled in."""
    return found.journeys is not None and travel.source(index, point, found.offers) != found.journeys.source


def _nearest_official(index: Index, near: Considered, table: Mapping[str, Official]) -> Official:
    """That of the department of the nearest offer, where the place is in none that is known."""
    if near.distance_m is None or not len(near):
        return Official()
    code = bytes(index.offers.department[near.offers[np.argmin(near.distance_m)]]).decode().strip()
    return table.get(code, Official())


def _crowd(found: Considered) -> Considered:
    """The nearest two thousand: they settle the area of a crowded place as well as all would."""
    if found.distance_m is None or len(found) <= _CROWD:
        return found
    return found.take(np.argpartition(found.distance_m, _CROWD)[:_CROWD])


def _distances(index: Index, found: Considered) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Distances of the distinct holders with a known slot, and of all of them."""
    if found.distance_m is None:
        raise ValueError("a territory has no distances")
    holder = index.offers.holder[found.offers]
    known = found.soonest.slots == KNOWN
    return nearest(holder[known], found.distance_m[known]), nearest(holder, found.distance_m)


def _around(
    index: Index,
    query: SearchQuery,
    rule: Policy,
    travel: TravelFinder,
    radius_km: float,
    *,
    estimated: bool = False,
) -> Considered:
    point = query.place.point
    if point is None:
        raise ValueError("a territory has no centre")
    parts = [index.offers.near(group, point, radius_km * 1000) for group in query.specialty_ids]
    offers = np.concatenate([part[0] for part in parts])
    distance_m = np.concatenate([part[1] for part in parts])
    beside = _beside([len(part[0]) for part in parts])
    if len(parts) > 1:
        offers, first = np.unique(offers, return_index=True)
        distance_m, beside = distance_m[first], beside[first]
    journeys = travel.journeys(index, point, offers, distance_m, estimated=estimated)
    return _placed(index, query, rule, offers, beside, distance_m, journeys)


def _cut(found: Considered, area: Area) -> Considered:
    """Those within the radius of an area."""
    if found.distance_m is None:
        raise ValueError("a territory has no radius")
    kept = found.take(np.flatnonzero(found.distance_m <= area.radius_km * 1000))
    return Considered(
        area=area,
        offers=kept.offers,
        beside=kept.beside,
        distance_m=kept.distance_m,
        journeys=kept.journeys,
        soonest=kept.soonest,
    )


def _territory(
    index: Index, query: SearchQuery, rule: Policy, travel: TravelFinder, *, estimated: bool
) -> Considered:
    """The offers of a territory; with the way to each when it is looked at from a place."""
    parts = [_of_territory(index, query, group) for group in query.specialty_ids]
    offers, beside = np.concatenate(parts), _beside([len(part) for part in parts])
    if len(parts) > 1:
        offers, first = np.unique(offers, return_index=True)
        beside = beside[first]
    point = query.place.point
    if point is None:
        return _placed(index, query, rule, offers, beside, None, None)
    distance_m = ground_m(point, index.offers.lon[offers], index.offers.lat[offers])
    journeys = travel.journeys(index, point, offers, distance_m, estimated=estimated)
    return _placed(index, query, rule, offers, beside, distance_m, journeys)


def _of_territory(index: Index, query: SearchQuery, group: int) -> NDArray[np.int32]:
    """Offers of a department, or inside a drawn polygon."""
    offers = index.offers
    outline = query.place.outline
    if outline is not None:
        found = offers.within(group, outline.bounds)
        return found[shapely.contains_xy(outline, offers.lon[found], offers.lat[found])]
    found = offers.of_group(group)
    code = (query.place.department_code or "").ljust(3).encode()
    return found[offers.department[found] == code]


def _beside(lengths: list[int]) -> NDArray[np.bool_]:
    """False for the offers of the specialty itself (the first group), true for those of the others."""
    return np.repeat(np.arange(len(lengths)) > 0, lengths)


def _bound_km(query: SearchQuery) -> float:
    return MAX_RADIUS_KM if query.max_minutes is None else min(MAX_RADIUS_KM, reach_km(query.max_minutes))
