"""Where a slot takes place: the Location, its address, and the structure it belongs to (3.2, 3.4, 4.3)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from slots.fhir.element import absent, child, objects, text
from slots.fhir.identifier import claims_structure, structure

if TYPE_CHECKING:
    from care.slot import Place, WarningCode
    from slots.fhir.element import Json
    from slots.fhir.identifier import NationalId
    from slots.fhir.index import Resource

_POSTAL_CODE: Final = re.compile(r"[0-9]{5}")


class Structure(NamedTuple):
    """The national identifier of a structure, if one is recognised, and what to tell the vendor about it."""

    id: str | None
    warnings: tuple[WarningCode, ...]


def role_structure(role: Resource) -> Structure:
    """IDNST of `PractitionerRole.organization.identifier`, whose `type` and `system` may be missing."""
    identifier = child(role.body.get("organization"), "identifier")
    if absent(identifier):
        return Structure(None, ())
    found = structure(identifier, system_required=False) if isinstance(identifier, dict) else None
    return _told(found)


class Site(NamedTuple):
    """What is read of a Location, once, however many resources lead to it; `place["phone"]` comes later."""

    place: Place
    structure: Structure


class Sites:
    """Locations of an answer, each read once."""

    def __init__(self) -> None:
        self._known: dict[Resource | None, Site] = {}

    def read(self, location: Resource | None) -> Site:
        """The site of a Location; of no Location, a site of which nothing is known."""
        known = self._known.get(location)
        if known is None:
            identifiers = objects(location.body.get("identifier")) if location is not None else []
            body = location.body if location is not None else {}
            known = Site(_place(body, identifiers), _location_structure(identifiers))
            self._known[location] = known
        return known


def usable(place: Place, *structures: Structure) -> bool:
    """A postal code of five digits and a city, or a recognised IDNST: enough to attach the slot to a card."""
    located = place["postal_code"] is not None and place["city"] is not None
    return located or any(structure.id is not None for structure in structures)


def address_warnings(place: Place) -> tuple[WarningCode, ...]:
    """A part of the address is missing."""
    complete = place["line"] and place["postal_code"] and place["city"]
    return () if complete else ("address-incomplete",)


def _place(body: Json, identifiers: list[Json]) -> Place:
    address = body.get("address")
    identifier = next((item for item in identifiers if text(item.get("value"))), {})
    postal_code = text(child(address, "postalCode"))
    return {
        "identifier_system": text(identifier.get("system")),
        "identifier_value": text(identifier.get("value")),
        "name": text(body.get("name")),
        "line": _line(address),
        "postal_code": postal_code if postal_code and _POSTAL_CODE.fullmatch(postal_code) else None,
        "city": text(child(address, "city")),
        "phone": None,
    }


def _line(address: object) -> str | None:
    lines = child(address, "line")
    kept = [line for line in map(text, lines) if line] if isinstance(lines, list) else []
    return ", ".join(kept) or None


def _location_structure(identifiers: list[Json]) -> Structure:
    """IDNST among the identifiers of a Location; one known to the vendor only (INTRN) is no fault."""
    claims = [item for item in identifiers if claims_structure(item)]
    if not claims:
        return Structure(None, ())
    return _told(next((found for found in map(structure, claims) if found is not None), None))


def _told(found: NationalId | None) -> Structure:
    if found is None:
        return Structure(None, ("structure-id-unknown",))
    return Structure(found.value, ("id-prefix-missing",) if found.completed else ())
