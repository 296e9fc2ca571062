"""How far one looks: the radius of the department, widened by announced steps until enough are found.

The radius starts from the official table of departments, or from the local density where the table knows
nothing. It is widened until at least five distinct practitioners (or structures) stand in it, within bounds
of 100 km and of the travel time asked; each step is said in the answer, with its reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from search.candidates import rows
from search.query import MAX_RADIUS_KM
from search.travel import reach_km

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from psycopg import AsyncConnection

    from search.query import SearchQuery

ENOUGH = 5
_MAX_STEPS = 4
_SAMPLE_ROWS = 40
_DENSITY_HOLDERS = 10
_ROUND_KM = (2.0, 3.0, 5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 50.0)
_LEAST_STEP_KM = 5.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Area:
    """A circle: the radii tried in kilometres, the last one being that of the search."""

    steps_km: tuple[float, ...]
    found: tuple[int, ...] = ()

    @property
    def radius_km(self) -> float:
        """Radius of the search."""
        return self.steps_km[-1]

    def widened(self) -> list[dict[str, Any]]:
        """The steps as the answer says them."""
        return [
            {"from_km": before, "to_km": after, "because": _because(before, count)}
            for before, after, count in zip(self.steps_km, self.steps_km[1:], self.found, strict=False)
        ]


@dataclass(frozen=True, kw_only=True, slots=True)
class Holder:
    """The nearest offer of somebody: who, and how far."""

    holder: str
    distance_m: float


async def settle(conn: AsyncConnection[Any], query: SearchQuery) -> Area:
    """The area of a search around a point."""
    bound = MAX_RADIUS_KM if query.max_minutes is None else min(MAX_RADIUS_KM, reach_km(query.max_minutes))
    if query.radius_km is not None:
        return Area(steps_km=(min(query.radius_km, bound),))
    point = query.place.point
    if point is None:
        raise ValueError("a department is searched by its limits")
    sample = await rows(
        conn,
        "nearest_holders",
        lon=point.lon,
        lat=point.lat,
        specialty_id=query.specialty.specialty.specialty_id,
        max_rows=_SAMPLE_ROWS,
    )
    holders = distinct(Holder(holder=row["holder"], distance_m=row["distance_m"]) for row in sample)
    department = query.place.department_code or (sample[0]["department_code"] if sample else None)
    table = await rows(conn, "department_radius", department=department) if department else []
    start_km = table[0]["default_radius_km"] if table else None
    step_km = table[0]["enlargement_km"] if table else None
    return widen(holders, start_km=start_km or None, step_km=step_km or None, bound_km=bound)


def distinct(sample: Iterable[Holder]) -> list[Holder]:
    """The nearest offer of each holder, nearest first."""
    nearest: dict[str, Holder] = {}
    for item in sorted(sample, key=lambda item: item.distance_m):
        nearest.setdefault(item.holder, item)
    return list(nearest.values())


def widen(
    holders: Sequence[Holder], *, start_km: float | None, step_km: float | None, bound_km: float
) -> Area:
    """The radii tried, given the nearest distinct holders (nearest first).

    At most four steps: the last one goes to the bound.
    """
    radius = min(start_km or _density_radius_km(holders), bound_km)
    step = max(step_km or radius / 2, _LEAST_STEP_KM)
    steps, found = [radius], [_within(holders, radius)]
    while found[-1] < ENOUGH and steps[-1] < bound_km:
        radius = bound_km if len(steps) == _MAX_STEPS else min(steps[-1] + step, bound_km)
        steps.append(radius)
        found.append(_within(holders, radius))
    return Area(steps_km=tuple(steps), found=tuple(found))


def _density_radius_km(holders: Sequence[Holder]) -> float:
    """A round radius that holds ten people, or the widest when they are too few to say."""
    if len(holders) < _DENSITY_HOLDERS:
        return _ROUND_KM[-1] if not holders else _rounded(holders[-1].distance_m / 1000)
    return _rounded(holders[_DENSITY_HOLDERS - 1].distance_m / 1000)


def _rounded(radius_km: float) -> float:
    return next((value for value in _ROUND_KM if radius_km <= value), _ROUND_KM[-1])


def _within(holders: Sequence[Holder], radius_km: float) -> int:
    return sum(1 for item in holders if item.distance_m <= radius_km * 1000)


def _because(radius_km: float, count: int) -> str:
    shown = f"{radius_km:g}".replace(".", ",")
    if count == 0:
        return f"Aucune offre dans un rayon de {shown} km."
    people = "une seule offre distincte" if count == 1 else f"{count} offres distinctes seulement"
    return f"{people[0].upper()}{people[1:]} dans un rayon de {shown} km ; il en faut au moins {ENOUGH}."
