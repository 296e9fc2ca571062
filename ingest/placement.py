"""Our geocoding against the official coordinates: addresses of FINESS placed as if nothing were known.

The commune code and the official position are left out: only the text of the address is given. What comes
back is compared with the official point, for addresses whose official position was kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from core.db.queries import Queries
from geo.distance import great_circle_m
from geo.geocoding.batch import geocode_batch
from geo.geocoding.parse import AddressFields
from geo.point import Point

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

QUERIES: Final = Queries.load(Path(__file__).with_name("sql"))
_FIELDS: Final = (
    "complement",
    "number",
    "suffix",
    "street_type",
    "street_name",
    "locality",
    "postal_code",
    "office",
)
_NEAR_M: Final = 200.0


@dataclass(kw_only=True)
class Placement:
    """Counts of a comparison.

    addresses        official positions compared
    right_commune    of them, those for which we name the present commune
    covered          of them, those in a commune of which the address base is loaded
    located          of the covered, those we place to a number, a street or a locality
    near             of the covered, those we place within 200 m of the official point
    near_number      of those we place to a number, how many are within 200 m
    numbers          of the covered, those we place to a number
    """

    addresses: int = 0
    right_commune: int = 0
    covered: int = 0
    located: int = 0
    near: int = 0
    numbers: int = 0
    near_number: int = 0

    @property
    def shares(self) -> dict[str, float | None]:
        """The same as shares; None when there is nothing to divide by."""
        return {
            "right_commune": _share(self.right_commune, self.addresses),
            "within_200_m": _share(self.near, self.covered),
            "within_200_m_of_numbers": _share(self.near_number, self.numbers),
        }


def compare(conn: psycopg.Connection[Any]) -> Placement:
    """Geocode every address that has an official position, from its text alone, and compare."""
    result = Placement()
    covered = {row[0] for row in conn.execute(QUERIES["communes_with_streets"]).fetchall()}
    expected: dict[str, tuple[str, float, float]] = {}

    def asked() -> Iterator[tuple[str, AddressFields]]:
        for key, lon, lat, citycode, *fields in conn.execute(QUERIES["official_positions"]).fetchall():
            expected[key] = (citycode, lon, lat)
            yield key, AddressFields(**dict(zip(_FIELDS, fields, strict=True)))

    for found in geocode_batch(conn, asked()):
        citycode, lon, lat = expected.pop(found.key)
        result.addresses += 1
        result.right_commune += found.citycode == citycode
        if citycode not in covered:
            continue
        result.covered += 1
        precise = found.level in {"housenumber", "street", "locality"}
        result.located += precise
        near = (
            found.lon is not None
            and found.lat is not None
            and great_circle_m(Point(lon=found.lon, lat=found.lat), Point(lon=lon, lat=lat)) <= _NEAR_M
        )
        result.near += near
        if found.level == "housenumber":
            result.numbers += 1
            result.near_number += near
    return result


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
