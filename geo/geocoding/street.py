"""Streets as the base gives them, and what was found on them."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geo.geocoding.normalise import NUMBER_STEP, number_key

if TYPE_CHECKING:
    from collections.abc import Sequence

STREET_COLUMNS = 13
"""Columns of a street at the head of a row, after the place of the question."""
_WIDEST_GAP = 40


@dataclass(frozen=True, slots=True)
class Street:
    """A street or a lieu-dit (`kind` "street" or "locality"); lon, lat in degrees, EPSG:4326."""

    street_id: int
    ban_id: str
    kind: str
    citycode: str
    former_citycode: str | None
    former_name: str | None
    postal_code: str | None
    name: str
    type: str
    core: str
    lon: float
    lat: float
    numbers: int


@dataclass(frozen=True, slots=True)
class House:
    """A position on a street for the number asked.

    how      `exact`, `index-dropped`, `interpolated`
    number, suffix   as the base spells them; for an interpolation, as asked
    """

    how: str
    number: int
    suffix: str
    lon: float
    lat: float


def keys_of(number: int | None, suffix: str) -> tuple[int | None, int | None]:
    """Key of a number with its index, and without."""
    if number is None:
        return None, None
    return number_key(number, suffix), number_key(number)


def house_of(row: Sequence[Any], asked_key: int | None) -> House | None:
    """The number found by the statement itself, from the end of its row (lon_e6, lat_e6, suffix, key)."""
    lon_e6, lat_e6, suffix, key = row[-4:]
    if key is None or asked_key is None:
        return None
    return House(
        how="exact" if key == asked_key else "index-dropped",
        number=key // NUMBER_STEP,
        suffix=suffix or "",
        lon=lon_e6 / 1e6,
        lat=lat_e6 / 1e6,
    )


def place_between(
    number: int,
    suffix: str,
    *,
    numbers: Sequence[int],
    suffixes: Sequence[str],
    lons_e6: Sequence[int],
    lats_e6: Sequence[int],
) -> House | None:
    """A number the street does not have: same number with another index, else between its neighbours.

    Neighbours are on the same side (same parity), one below and one above, no further than 40 numbers apart;
    None when there are none: the street is then the answer.
    """
    bare = number_key(number)
    at = bisect_left(numbers, bare)
    if at < len(numbers) and numbers[at] // NUMBER_STEP == number:
        spelt = suffixes[at] if suffixes else ""
        return House("index-dropped", number, spelt, lons_e6[at] / 1e6, lats_e6[at] / 1e6)
    below = next((i for i in range(at - 1, -1, -1) if numbers[i] // NUMBER_STEP % 2 == number % 2), None)
    above = next((i for i in range(at, len(numbers)) if numbers[i] // NUMBER_STEP % 2 == number % 2), None)
    if below is None or above is None:
        return None
    low, high = numbers[below] // NUMBER_STEP, numbers[above] // NUMBER_STEP
    if high - low > _WIDEST_GAP:
        return None
    share = (number - low) / (high - low)
    return House(
        "interpolated",
        number,
        suffix,
        (lons_e6[below] + share * (lons_e6[above] - lons_e6[below])) / 1e6,
        (lats_e6[below] + share * (lats_e6[above] - lats_e6[below])) / 1e6,
    )
