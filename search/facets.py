"""Filters of a search, and how many offers each of their values would give: exact, over the whole result.

Inside a category values add up (OR), categories narrow one another (AND). The count of a value is what the
list would hold if it were the only one chosen in its category, the other categories being as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from care.specialty import nomenclature
from search.groups import gathering_of
from search.index.offers import DECLARED, EN_SUS, PARTICIPATING, STRUCTURE
from search.index.slots import MODALITIES
from search.policy import HUNDREDTHS
from search.query import SLOT_CLASSES
from search.rank import NONE
from search.soonest import KEPT_FOR_MIN, Period

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from care.specialty import Specialty
    from search.candidates import Considered
    from search.index.directory import Index
    from search.query import Filters, SearchQuery

DISTANCES_KM = (2, 5, 10, 20, 50)
TRAVELS_MIN = (10, 20, 30, 45, 60)
PRACTICE = "practice"
"""A practice: an offer of a person that stands in no structure of the official file."""


@dataclass(frozen=True, kw_only=True)
class Category:
    """One category of filters: which offers each value holds for, and the values chosen."""

    name: str
    values: Mapping[str, NDArray[np.bool_]]
    chosen: Sequence[str]
    labels: Mapping[str, str]

    def kept(self, size: int) -> NDArray[np.bool_]:
        """Offers of any of the values chosen; all of them when none is."""
        if not self.chosen:
            return np.ones(size, dtype=np.bool_)
        masks = [self.values[value] for value in self.chosen if value in self.values]
        return np.logical_or.reduce(masks) if masks else np.zeros(size, dtype=np.bool_)


@dataclass(frozen=True, kw_only=True)
class Filtered:
    """What the filters leave.

    kept      offers that pass, bool
    facets    the categories with their counts, as the answer gives them
    full      offers left out because they are known to have no slot in the period
    unknown   offers left out because they declare nothing, where a declaration is asked for
    """

    kept: NDArray[np.bool_]
    facets: list[dict[str, Any]]
    full: int
    unknown: int


def apply(index: Index, found: Considered, query: SearchQuery, period: Period, *, counted: bool) -> Filtered:
    """Apply the filters; `counted`: with the counts of every value."""
    filters = query.filters
    size = len(found)
    base = np.ones(size, dtype=np.bool_)
    if query.max_minutes is not None and found.journeys is not None:
        base &= found.journeys.hundredths <= query.max_minutes * HUNDREDTHS
    if filters.group is not None:
        base &= index.offers.gathering[found.offers] == gathering_of(filters.group)
    open_to_all = base.copy()
    if filters.with_slots or filters.modality or filters.within_h:
        base &= found.soonest.slots != NONE
    made = _categories(index, found, filters, period, counted=counted)
    masks = [category.kept(size) for category in made]
    kept = base & np.logical_and.reduce(masks) if masks else base
    others = {name: _but(base, masks, place) for place, name in enumerate(c.name for c in made)}
    flags = index.offers.flags[found.offers]
    undeclared = (flags & DECLARED == 0) & others["participating"]
    return Filtered(
        kept=kept,
        facets=[_counted(category, others[category.name]) for category in made] if counted else [],
        full=int((open_to_all & ~base).sum()),
        unknown=int(undeclared.sum()) if filters.participating is not None else 0,
    )


def _but(base: NDArray[np.bool_], masks: list[NDArray[np.bool_]], place: int) -> NDArray[np.bool_]:
    """What all the categories but one leave."""
    left = base.copy()
    for other, mask in enumerate(masks):
        if other != place:
            left &= mask
    return left


def _counted(category: Category, others: NDArray[np.bool_]) -> dict[str, Any]:
    return {
        "name": category.name,
        "values": [
            {
                "value": value,
                "label": category.labels.get(value, value),
                "count": int((others & mask).sum()),
                "chosen": value in category.chosen,
            }
            for value, mask in category.values.items()
        ],
    }


def _categories(
    index: Index, found: Considered, filters: Filters, period: Period, *, counted: bool
) -> list[Category]:
    flags = index.offers.flags[found.offers]
    made = [
        Category(
            name="kind",
            values={"practitioner": flags & STRUCTURE == 0, "structure": flags & STRUCTURE > 0},
            chosen=[filters.kind] if filters.kind else [],
            labels={"practitioner": "Professionnels", "structure": "Structures"},
        ),
        Category(
            name="participating",
            values={
                "true": flags & PARTICIPATING > 0,
                "false": (flags & DECLARED > 0) & (flags & PARTICIPATING == 0),
            },
            chosen=[] if filters.participating is None else [str(filters.participating).lower()],
            labels={"true": "Participe au SAS", "false": "Déclare ne pas participer"},
        ),
        Category(
            name="en_sus",
            values={"true": flags & EN_SUS > 0},
            chosen=["true"] if filters.en_sus else [],
            labels={"true": "Accepte en sus de ses disponibilités"},
        ),
        _place_kinds(index, found, filters),
    ]
    if counted or filters.within_h or filters.modality:
        made += _slot_categories(index, found, filters, period)
    if counted and found.distance_m is not None and found.journeys is not None:
        made += [
            _bounded("distance_km", found.distance_m / 1000, DISTANCES_KM, "km"),
            _bounded("travel_min", found.journeys.hundredths / HUNDREDTHS, TRAVELS_MIN, "min"),
        ]
    return made


def _bounded(name: str, measured: NDArray[np.float64], bounds: Sequence[int], unit: str) -> Category:
    """How many within each bound; chosen by `radius_km` and `max_minutes`, which settle the area itself."""
    return Category(
        name=name,
        values={str(bound): measured <= bound for bound in bounds},
        chosen=[],
        labels={str(bound): f"à moins de {bound} {unit}" for bound in bounds},
    )


def _place_kinds(index: Index, found: Considered, filters: Filters) -> Category:
    """The kinds of structure the offers stand in, those that are there."""
    kinds = index.offers.place_kind[found.offers]
    by_number = _structures()
    values: dict[str, NDArray[np.bool_]] = {}
    labels: dict[str, str] = {}
    for number in np.unique(kinds).tolist():
        kind = by_number.get(number)
        value = kind.code if kind is not None else PRACTICE
        values[value] = values.get(value, np.zeros(len(kinds), dtype=np.bool_)) | (kinds == number)
        labels[value] = kind.label if kind is not None else "Cabinet"
    return Category(name="place_kind", values=values, chosen=filters.place_kind, labels=labels)


@cache
def _structures() -> Mapping[int, Specialty]:
    """Categories of structures, by number."""
    return {item.specialty_id: item for item in nomenclature() if item.kind == "structure"}


def _slot_categories(index: Index, found: Considered, filters: Filters, period: Period) -> list[Category]:
    """Time to the slots, by classes from the beginning of the period; modalities that have one.

    A slot that overlaps two classes counts in both.
    """
    size = len(found)
    fresh = np.flatnonzero(index.slots.asked[found.offers] >= period.now - KEPT_FOR_MIN)
    offers = found.offers[fresh]
    bounds = [*(60 * hours for hours in SLOT_CLASSES.values()), 72 * 60 + 1]
    edges = tuple(min(period.start + bound, period.end + 1) for bound in bounds)
    whole = (period.start, period.end + 1)
    within = np.zeros((size, len(SLOT_CLASSES)), dtype=np.bool_)
    having: dict[str, NDArray[np.bool_]] = {}
    for modality in MODALITIES:
        starts = index.slots.of(modality)
        if not filters.modality or modality in filters.modality:
            within[fresh] |= starts.touches(offers, edges)
        mask = np.zeros(size, dtype=np.bool_)
        mask[fresh] = starts.touches(offers, whole)[:, 0]
        having[modality] = mask
    return [
        Category(
            name="within_h",
            values={name: within[:, place] for place, name in enumerate(SLOT_CLASSES)},
            chosen=filters.within_h,
            labels={name: f"{name.replace('-', ' à ')} h" for name in SLOT_CLASSES},
        ),
        Category(
            name="modality",
            # Unknown is never taken for none: an offer nobody told of stays when a modality is asked.
            values=having,
            chosen=[],
            labels={"AMB": "Au cabinet", "HH": "À domicile", "VR": "Téléconsultation"},
        ),
    ]
