"""Checks 10 to 14 of the SOS Médecins flow: which consultation place, which association (3.4, 4.3).

No practitioner is involved: who sees the patient is not known before the visit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from slots.fhir.attachment import Attachment, distinct, sound
from slots.fhir.element import objects, text
from slots.fhir.identifier import siret
from slots.fhir.phone import first_phone
from slots.fhir.place import Site, Sites, address_warnings, usable
from slots.fhir.verdict import Refused

if TYPE_CHECKING:
    from slots.fhir.identifier import NationalId
    from slots.fhir.index import Index, Resource


class Association(NamedTuple):
    """What is read of an Organization, once."""

    identified: bool
    requested: NationalId | None
    """The first of its SIRET that was asked for."""
    name: str | None


class AssociationSchedules:
    """Attaches Schedules of the SOS flow to a Location and its association."""

    def __init__(self, index: Index, requested_ids: frozenset[str]) -> None:
        self._index = index
        self._requested_ids = requested_ids
        self._sites = Sites()
        self._phones: dict[Resource, str | None] = {}
        self._associations: dict[Resource, Association] = {}

    def attach(self, schedule: Resource) -> Attachment:
        """Who and where, or `Refused` with the reason of the first check that fails."""
        location = self._find_location(schedule)
        association = self._identify(self._find_association(location))
        chosen = self._requested(association)
        site = self._find_place(location)
        place = site.place.copy()
        place["phone"] = self._phone(location)
        prefix = ("id-prefix-missing",) if chosen.completed else ()
        warnings = dict.fromkeys((*site.structure.warnings, *address_warnings(place), *prefix))
        return Attachment(None, site.structure.id, chosen.value, association.name, place, tuple(warnings))

    def _find_location(self, schedule: Resource) -> Resource:
        """Check 10: one Schedule per Location; actors that lead to different places lead to none."""
        actors = objects(schedule.body.get("actor"))
        found = distinct(self._index.resolve(actor, "Location", schedule) for actor in actors)
        for location in found:
            sound(location, "place-unresolved")
        if len(found) != 1:
            raise Refused("place-unresolved")
        return found[0]

    def _find_association(self, location: Resource) -> Resource:
        """Check 11: `managingOrganization` resolves."""
        found = self._index.resolve(location.body.get("managingOrganization"), "Organization", location)
        return sound(found, "organization-unresolved")

    def _identify(self, organization: Resource) -> Association:
        """Check 12: an IDNST that is an acceptable SIRET."""
        known = self._associations.get(organization)
        if known is None:
            identifiers = objects(organization.body.get("identifier"))
            ids = [found for found in map(siret, identifiers) if found is not None]
            requested = next((found for found in ids if found.value in self._requested_ids), None)
            known = Association(bool(ids), requested, text(organization.body.get("name")))
            self._associations[organization] = known
        if not known.identified:
            raise Refused("organization-identifier-unknown")
        return known

    def _requested(self, association: Association) -> NationalId:
        """Check 13: that SIRET is among the requested ones."""
        if association.requested is None:
            raise Refused("organization-not-requested")
        return association.requested

    def _find_place(self, location: Resource) -> Site:
        """Check 14: the place is usable."""
        site = self._sites.read(location)
        if not usable(site.place, site.structure):
            raise Refused("place-unresolved")
        return site

    def _phone(self, location: Resource) -> str | None:
        if location not in self._phones:
            self._phones[location] = first_phone(location.body.get("telecom"))
        return self._phones[location]
