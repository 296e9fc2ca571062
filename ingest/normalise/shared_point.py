"""One official point under several addresses: how many places are these, once spellings are told apart?

Half of the points that FINESS gives to three addresses or more are one building written three ways ("65 BD
PIERRE TEZIER", "BD TEZIER", "65 BD PIERRE TEZIER BP 33"); the others are the middle of a commune or of a
street, given to whatever stood there without a better position.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from geo.geocoding.likeness import likeness
from geo.geocoding.parse import parse_fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geo.geocoding.parse import AddressFields, Parsed

ALIKE: Final = 0.8
NEIGHBOURS: Final = 10
"""Numbers of one street that differ by no more are one place: a block, its entrances, an index dropped."""
_TOWN_HALL: Final = frozenset({"mairie", "hotel ville", "hotel de ville"})


@dataclass(frozen=True, kw_only=True)
class PointUse:
    """What stands at a point.

    places      different places: street names that are not alike, numbers that are far apart
    streets     different streets
    town_hall   indexes of the addresses that are not the town hall, when another one at this point is
    """

    places: int
    streets: int
    town_hall: tuple[int, ...] = ()


def point_use(addresses: Sequence[AddressFields]) -> PointUse:
    """How many places the addresses of one point are. An address without a name counts for nothing.

    >>> from geo.geocoding.parse import AddressFields as A
    >>> point_use([A(number="65", street_type="BD", street_name="PIERRE TEZIER"),
    ...            A(street_type="BD", street_name="TEZIER"), A(locality="BP 33")])
    PointUse(places=1, streets=1, town_hall=())
    """
    parsed = [(index, way) for index, fields in enumerate(addresses) if (way := parse_fields(fields)).names]
    streets = _streets([way for _, way in parsed])
    places = sum(max(1, _apart(way.number for way in street)) for street in streets)
    at_town_hall = {index for index, way in parsed if _is_town_hall(way)}
    others = tuple(index for index, way in parsed if index not in at_town_hall and way.number is not None)
    return PointUse(
        places=places,
        streets=len(streets),
        town_hall=others if at_town_hall and len(streets) > 1 else (),
    )


def _streets(ways: Sequence[Parsed]) -> list[list[Parsed]]:
    """Addresses grouped by street: two are of one when any of their names are alike."""
    groups: list[list[Parsed]] = []
    for way in ways:
        joined = [group for group in groups if any(_same_street(way, other) for other in group)]
        groups = [group for group in groups if not any(group is one for one in joined)]
        groups.append([way, *(other for group in joined for other in group)])
    return groups


def _same_street(one: Parsed, other: Parsed) -> bool:
    return any(
        max(likeness(a.core, b.core), likeness(b.core, a.core)) >= ALIKE
        for a in one.names
        for b in other.names
    )


def _apart(numbers: Iterable[int | None]) -> int:
    """How many groups of neighbouring numbers there are."""
    known = sorted({number for number in numbers if number is not None})
    return sum(1 for at, number in enumerate(known) if at == 0 or number - known[at - 1] > NEIGHBOURS)


def _is_town_hall(way: Parsed) -> bool:
    return any(name.core in _TOWN_HALL for name in way.names)
