"""A place by its identifier: what was suggested is found again as it was, whatever its name looks like.

Identifiers are those of the national base (`label.Label.id`): INSEE code of a commune, then street, number
and index. A number that stands between two others has one of that form: it is placed between them again.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from geo.geocoding.answer import Located
from geo.geocoding.street import STREET_COLUMNS, House, Street, house_of, keys_of, place_between

if TYPE_CHECKING:
    from collections.abc import Generator

    from geo.geocoding.gazetteer import Gazetteer
    from geo.geocoding.locate import Ask

_ID = re.compile(
    r"(?P<citycode>\d[\dAB]\d{3})(?:_(?P<way>\w{1,12}?)(?:_(?P<number>\d{5})(?:_(?P<suffix>\w{1,10}))?)?)?",
    re.ASCII,
)
_GONE = 0.7
"""Score of a street whose number is no longer in the base: to be verified."""


def identifier_of(located: Located) -> str:
    """The identifier of an answer: of its number when one was placed, else of its street, of its commune.

    >>> identifier_of(Located(level="municipality", citycode="75111"))
    '75111'
    """
    if located.found is None:
        return located.citycode
    if located.house is None:
        return located.found.ban_id
    suffix = f"_{located.house.suffix}" if located.house.suffix else ""
    return f"{located.found.ban_id}_{located.house.number:05d}{suffix}"


def identified(place_id: str, gazetteer: Gazetteer) -> Generator[Ask, list[tuple[Any, ...]], Located | None]:
    """The place of an identifier; None when it is none of ours, or no longer."""
    read = _ID.fullmatch(place_id)
    if read is None:
        return None
    if read["way"] is None:
        commune = gazetteer.communes.get(read["citycode"])
        if commune is None or commune.lon is None:
            return None
        return Located(
            level="municipality",
            score=1.0,
            lon=commune.lon,
            lat=commune.lat,
            citycode=commune.citycode,
            commune="code",
        )
    number = int(read["number"]) if read["number"] else None
    suffix = read["suffix"] or ""
    key, bare_key = keys_of(number, suffix)
    rows = yield (
        "street_identified",
        {
            "citycode": read["citycode"],
            "ban_id": f"{read['citycode']}_{read['way']}",
            "number_key": key,
            "bare_key": bare_key,
        },
    )
    if not rows:
        return None
    street = Street(*rows[0][1 : STREET_COLUMNS + 1])
    house = house_of(rows[0], key)
    if house is None and number is not None:
        house = yield from _between(street, number, suffix)
    place = house or street
    return Located(
        level="housenumber" if house and house.how != "interpolated" else street.kind,
        score=1.0 if house or number is None else _GONE,
        lon=place.lon,
        lat=place.lat,
        citycode=street.citycode,
        found=street,
        house=house,
        commune="code",
        street="exact",
        number=house.how if house else "not-asked" if number is None else "none",
    )


def _between(street: Street, number: int, suffix: str) -> Generator[Ask, list[tuple[Any, ...]], House | None]:
    for _, numbers, suffixes, lons_e6, lats_e6 in (
        yield "numbers_of_streets", {"street_ids": [street.street_id]}
    ):
        return place_between(
            number, suffix, numbers=numbers, suffixes=suffixes, lons_e6=lons_e6, lats_e6=lats_e6
        )
    return None
