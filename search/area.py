"""How far one looks: from what the local density says, widened by announced steps until enough are found.

The first radius holds sixty people of the specialty, kept between half the radius of the department in the
official table and that radius. It is widened until at least five distinct practitioners (or structures)
with a known slot stand in it, four steps at most; and as far as allowed where there are not even five offers.
Each step is said in the answer, with its reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

ENOUGH = 5
_MAX_STEPS = 4
_DENSITY_HOLDERS = 60
_ROUND_KM = (1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 15.0, 20.0, 30.0, 40.0, 50.0)
_LEAST_STEP_KM = 5.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Area:
    """A circle: the radii tried in kilometres, the last one being that of the search.

    found       distinct holders with a known slot in each
    standing    distinct holders in each, with a slot or not
    """

    steps_km: tuple[float, ...]
    found: tuple[int, ...] = ()
    standing: tuple[int, ...] = ()

    @property
    def radius_km(self) -> float:
        """Radius of the search."""
        return self.steps_km[-1]

    def widened(self) -> list[dict[str, Any]]:
        """The steps as the answer says them."""
        return [
            {"from_km": before, "to_km": after, "because": _because(before, count, standing)}
            for before, after, count, standing in zip(
                self.steps_km, self.steps_km[1:], self.found, self.standing, strict=False
            )
        ]


@dataclass(frozen=True, kw_only=True, slots=True)
class Official:
    """What the official table says of a department; None where it knows nothing."""

    radius_km: float | None = None
    step_km: float | None = None


def nearest(holder: NDArray[np.int64], distance_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance of the nearest offer of each distinct holder, growing; metres."""
    if not len(holder):
        return distance_m
    order = np.argsort(holder)
    other = holder[order[1:]] != holder[order[:-1]]
    first = np.flatnonzero(np.append(True, other))
    return np.sort(np.minimum.reduceat(distance_m[order], first))


def first_radius_km(standing_m: NDArray[np.float64], official: Official, *, looked_km: float) -> float:
    """The radius a search starts from.

    Parameters
    ----------
    standing_m   distances of the distinct holders within `looked_km`, growing
    """
    crowded = len(standing_m) >= _DENSITY_HOLDERS
    dense_km = _rounded(standing_m[_DENSITY_HOLDERS - 1] / 1000) if crowded else looked_km
    if not official.radius_km:
        return dense_km
    return min(max(dense_km, official.radius_km / 2), official.radius_km)


def widen(
    found_m: NDArray[np.float64],
    standing_m: NDArray[np.float64],
    *,
    start_km: float,
    step_km: float | None,
    bound_km: float,
) -> Area:
    """The radii tried.

    Parameters
    ----------
    found_m      distances of the distinct holders with a known slot, growing, up to the bound at least
    standing_m   distances of all distinct holders, likewise
    """
    radius = min(start_km, bound_km)
    step = max(step_km or radius / 2, _LEAST_STEP_KM)
    steps, found, standing = [radius], [_within(found_m, radius)], [_within(standing_m, radius)]
    while steps[-1] < bound_km:
        if found[-1] >= ENOUGH or (len(steps) > _MAX_STEPS and standing[-1] >= ENOUGH):
            break
        if standing[-1] >= ENOUGH and not len(found_m):
            break  # nobody's slots are known as far as one may look: going further finds no more
        radius = bound_km if len(steps) > _MAX_STEPS else min(steps[-1] + step, bound_km)
        steps.append(radius)
        found.append(_within(found_m, radius))
        standing.append(_within(standing_m, radius))
    return Area(steps_km=tuple(steps), found=tuple(found), standing=tuple(standing))


def _rounded(radius_km: float) -> float:
    return next((value for value in _ROUND_KM if radius_km <= value), _ROUND_KM[-1])


def _within(distance_m: NDArray[np.float64], radius_km: float) -> int:
    return int(np.searchsorted(distance_m, radius_km * 1000, side="right"))


def _because(radius_km: float, found: int, standing: int) -> str:
    shown = f"{radius_km:g}".replace(".", ",")
    if standing == 0:
        return f"Aucune offre dans un rayon de {shown} km."
    offers = "une seule offre" if standing == 1 else f"{standing} offres"
    if found == 0:
        return f"{offers[0].upper()}{offers[1:]} dans un rayon de {shown} km, aucun créneau connu."
    with_slot = "une seule avec un créneau connu" if found == 1 else f"{found} avec un créneau connu"
    return (
        f"{offers[0].upper()}{offers[1:]} dans un rayon de {shown} km, {with_slot} ; "
        f"il en faut au moins {ENOUGH}."
    )
