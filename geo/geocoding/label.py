"""What an answer says of itself: the fields of addok and of the national service, by the same names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

from geo.geocoding.identifier import identifier_of
from geo.territory import PARENTS, department_of

if TYPE_CHECKING:
    from geo.geocoding.answer import Located
    from geo.geocoding.gazetteer import Gazetteer

_ARRONDISSEMENT_NAME = re.compile(r" \d+(?:er|e)\b.*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Display fields of an answer; empty when they do not apply."""

    id: str = ""
    label: str = ""
    name: str = ""
    housenumber: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    district: str = ""
    citycode: str = ""
    oldcity: str = ""
    oldcitycode: str = ""
    context: str = ""
    importance: float = 0.0


def label_of(located: Located, gazetteer: Gazetteer) -> Label:
    """Display fields of an answer; an empty label at level `none`.

    `name` is "12 Rue X" for a number and the street alone for a street; `street` only for a number; `city` is
    the town, `district` its arrondissement.
    """
    commune = gazetteer.communes.get(located.citycode)
    street = located.found
    if commune is None and street is None:
        return Label()
    town_name = commune.name if commune else ""
    district = ""
    if located.citycode in PARENTS:
        district, town_name = town_name, _ARRONDISSEMENT_NAME.sub("", town_name)
    department = department_of(located.citycode)
    population = commune.population if commune else 0
    context = gazetteer.context(department)
    if street is None:
        # A town with arrondissements has the postal codes of these: the first stands for it.
        codes = (located.citycode, *gazetteer.present(located.citycode))
        postcode = next(filter(None, map(gazetteer.postal_code, codes)), "")
        return Label(
            id=located.citycode,
            label=district or town_name,
            name=district or town_name,
            postcode=postcode,
            city=town_name,
            district=district,
            citycode=located.citycode,
            context=context,
            importance=_importance(population, 0),
        )
    postcode = street.postal_code or gazetteer.postal_code(street.citycode)
    number, exact = "", located.house is not None and located.level == "housenumber"
    if located.house is not None and exact:
        number = f"{located.house.number}{located.house.suffix}"
    name = f"{number} {street.name}".strip()
    return Label(
        id=identifier_of(located) if exact else street.ban_id,
        label=" ".join(part for part in (name, postcode, town_name) if part),
        name=name,
        housenumber=number,
        street=street.name if exact else "",
        postcode=postcode,
        city=town_name,
        district=district,
        citycode=street.citycode,
        oldcity=street.former_name or "",
        oldcitycode=street.former_citycode or "",
        context=context,
        importance=_importance(population, street.numbers),
    )


def _importance(population: int, numbers: int) -> float:
    """Weight of a place, as the national base computes it: population and number of addresses."""
    return round(min(1.0, (log(1 + population / 3) + log(1 + numbers)) / 20), 5)
