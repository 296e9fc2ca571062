"""Every located offer in memory, as columns: what a search walks through instead of asking the database.

PostGIS holds the truth; a process reads it once, again when it changes, and answers from arrays. Offers are
numbered 0…n-1 in no order that means anything. Rows (one for each offer and group of specialties) are sorted
by group, then by bands of latitude, then by longitude, so that what is near a point are a few slices.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.distance import ground_m

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from geo.point import Point

FIELDS = (
    ("specialty_id", ">i4"),
    ("offer_id", "V16"),
    ("holder", ">i8"),
    ("address_id", "V16"),
    ("lon", ">f8"),
    ("lat", ">f8"),
    ("department", "S3"),
    ("flags", ">i2"),
    ("via", ">i2"),
    ("gathering", ">i8"),
    ("place_kind", ">i4"),
)
VIA = (None, "individual", "cpts", "msp", "cds", "sos")
STRUCTURE, DECLARED, PARTICIPATING, EN_SUS = 1, 2, 4, 8
_BANDS_PER_DEGREE = 20
_BANDS = 181 * _BANDS_PER_DEGREE
_BAND_DEGREES = 512.0
_MARGIN_DEGREES = 1e-4
_LEAST_DEGREE_M = 110_500.0
"""No degree of latitude is shorter (WGS 84), nor one of longitude than that times the cosine."""


@dataclass(frozen=True, kw_only=True)
class Offers:
    """Columns of n offers and of m rows.

    identity     halves of the UUID, uint64 (n, 2)
    alias        first halves of other offers of the same person at the same address, which these stand for,
                 and the numbers of these: uint64 (k,), int64 (k,)
    holder       who holds the offer, int64 (n,): two offers of one person have the same
    lon, lat     degrees, EPSG:4326, float64 (n,)
    department   code, three bytes, padded, (n,)
    flags        bits of STRUCTURE, DECLARED, PARTICIPATING, EN_SUS, int16 (n,)
    via, gathering, place_kind   as in `index_rows`, (n,)
    offer        offer of each row, int32 (m,)
    row_place    band and longitude of each row as one number (`_places`), float64 (m,), growing
    """

    identity: NDArray[np.uint64]
    alias: tuple[NDArray[np.uint64], NDArray[np.int64]]
    holder: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    department: NDArray[np.bytes_]
    flags: NDArray[np.int16]
    via: NDArray[np.int16]
    gathering: NDArray[np.int64]
    place_kind: NDArray[np.int32]
    offer: NDArray[np.int32]
    row_place: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.holder)

    @cached_property
    def _by_identity(self) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        keys = np.append(self.identity[:, 0], self.alias[0])
        numbers = np.append(np.arange(len(self), dtype=np.int64), self.alias[1])
        order = np.argsort(keys, kind="stable")
        return keys[order], numbers[order]

    def numbers(self, identity: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Number of the offers of these first halves of UUIDs, int64; -1 for one that is not there."""
        keys, numbers = self._by_identity
        if not len(keys):
            return np.full(len(identity), -1, dtype=np.int64)
        place = np.minimum(np.searchsorted(keys, identity), len(keys) - 1)
        return np.where(keys[place] == identity, numbers[place], -1)

    def declared(self, offer: int) -> dict[str, Any] | None:
        """What is declared for an offer: participating, via, en_sus; None when nothing is."""
        flags = int(self.flags[offer])
        if not flags & DECLARED:
            return None
        return {
            "participating": bool(flags & PARTICIPATING),
            "via": VIA[int(self.via[offer])],
            "en_sus": bool(flags & EN_SUS),
        }

    def of_group(self, specialty_id: int) -> NDArray[np.int32]:
        """Every offer of a group."""
        bands = np.array([_key(specialty_id, -90.0), _key(specialty_id + 1, -90.0)])
        first, last = self.row_place.searchsorted(_places(bands, -180.0))
        return self.offer[first:last]

    def near(
        self, specialty_id: int, point: Point, radius_m: float
    ) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        """Offers of a group within a radius over the ground, and how far they are, in metres."""
        found = self._box(specialty_id, _box_around(point, radius_m))
        distance_m = ground_m(point, self.lon[found], self.lat[found])
        within = distance_m <= radius_m
        return found[within], distance_m[within]

    def within(self, specialty_id: int, box: tuple[float, float, float, float]) -> NDArray[np.int32]:
        """Offers of a group within west, south, east, north (degrees)."""
        west, south, east, north = box
        found = self._box(specialty_id, box)
        lon, lat = self.lon[found], self.lat[found]
        return found[(lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)]

    def _box(self, specialty_id: int, box: tuple[float, float, float, float]) -> NDArray[np.int32]:
        """Offers of the bands a box touches, cut at its longitudes, some metres around it included."""
        west, south, east, north = box
        bands = np.arange(_key(specialty_id, south), _key(specialty_id, north) + 1)
        firsts = self.row_place.searchsorted(_places(bands, max(-180.0, west - _MARGIN_DEGREES)))
        lasts = self.row_place.searchsorted(_places(bands, min(180.0, east) + _MARGIN_DEGREES))
        slices = [
            self.offer[first:last]
            for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True)
            if first < last
        ]
        return np.concatenate(slices) if slices else np.empty(0, dtype=np.int32)


def build(rows: NDArray[Any]) -> Offers:
    """Columns from the records of `index_rows`.

    One person at one address has one offer of a group: where sources give several, that of the smallest
    identifier is kept.
    """
    halves = rows["offer_id"].copy().view(">u8").reshape(-1, 2).astype(np.uint64)
    key = _keys(rows["specialty_id"].astype(np.int64), rows["lat"].astype(np.float64))
    address = rows["address_id"].copy().view(">u8").reshape(-1, 2)[:, 0].astype(np.uint64)
    order = np.lexsort((halves[:, 0], rows["holder"], address, rows["lon"], key))
    same = np.zeros(len(order), dtype=np.bool_)
    if len(order) > 1:
        before, behind = order[:-1], order[1:]
        same[1:] = (
            (key[before] == key[behind])
            & (rows["specialty_id"][before] == rows["specialty_id"][behind])
            & (address[before] == address[behind])
            & (rows["holder"][before] == rows["holder"][behind])
        )
    stands_for = order[~same][np.cumsum(~same) - 1]
    dropped = np.flatnonzero(same)
    alias, others = halves[order[dropped], 0], halves[stands_for[dropped], 0]
    order = order[~same]
    keys, first, place = np.unique(halves[order, 0], return_index=True, return_inverse=True)
    # Numbered as they are walked: what is near on the ground is near in memory.
    walked = np.argsort(first)
    number = np.empty(len(walked), dtype=np.int64)
    number[walked] = np.arange(len(walked))
    kept = order[first[walked]]
    alone = ~np.isin(alias, keys)
    return Offers(
        identity=np.ascontiguousarray(halves[kept]),
        alias=(alias[alone], number[np.searchsorted(keys, others[alone])]),
        holder=rows["holder"][kept].astype(np.int64),
        lon=rows["lon"][kept].astype(np.float64),
        lat=rows["lat"][kept].astype(np.float64),
        department=rows["department"][kept],
        flags=rows["flags"][kept].astype(np.int16),
        via=rows["via"][kept].astype(np.int16),
        gathering=rows["gathering"][kept].astype(np.int64),
        place_kind=rows["place_kind"][kept].astype(np.int32),
        offer=number[place].astype(np.int32),
        row_place=_places(key, rows["lon"].astype(np.float64))[order],
    )


def identities(uuids: Iterable[str]) -> NDArray[np.uint64]:
    """First halves of UUIDs given as text."""
    return np.array([int(text.replace("-", "")[:16], 16) for text in uuids], dtype=np.uint64)


def uuid_of(halves: NDArray[np.uint64]) -> str:
    """The text of a UUID from its halves.

    >>> uuid_of(np.array([1, 2], dtype=np.uint64))
    '00000000-0000-0001-0000-000000000002'
    """
    text = "".join(f"{half:016x}" for half in halves.tolist())
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _key(specialty_id: int, lat: float) -> int:
    """Number of a band of a group: bands of a group follow one another from south to north."""
    return specialty_id * _BANDS + int(np.floor((lat + 90.0) * _BANDS_PER_DEGREE))


def _keys(specialty_id: NDArray[np.int64], lat: NDArray[np.float64]) -> NDArray[np.int64]:
    return specialty_id * _BANDS + np.floor((lat + 90.0) * _BANDS_PER_DEGREE).astype(np.int64)


def _places(key: NDArray[np.int64], lon: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Band and longitude as one number, exact to 4e-6 degrees: half a metre."""
    return key.astype(np.float64) * _BAND_DEGREES + (lon + 180.0)


def _box_around(point: Point, radius_m: float) -> tuple[float, float, float, float]:
    """West, south, east, north of a box that holds the circle."""
    span_lat = radius_m / _LEAST_DEGREE_M
    south, north = max(-90.0, point.lat - span_lat), min(90.0, point.lat + span_lat)
    narrowest = np.cos(np.radians(max(abs(south), abs(north))))
    span_lon = 360.0 if narrowest < 1e-3 else span_lat / narrowest
    return point.lon - span_lon, south, point.lon + span_lon, north
