"""Checks 10 to 14 of the PS and CPTS flows: which practitioner, which place (4.3; graph of 3.2).

One Schedule = one PractitionerRole = one place. A practitioner with three places has three Schedules: the
place is never looked for from the practitioner.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from slots.fhir.attachment import Attachment, distinct, sound
from slots.fhir.element import objects
from slots.fhir.identifier import NationalId, person
from slots.fhir.phone import first_phone
from slots.fhir.place import Sites, address_warnings, role_structure, usable
from slots.fhir.verdict import Refused

if TYPE_CHECKING:
    from care.slot import Place, WarningCode
    from slots.fhir.index import Index, Resource


class Person(NamedTuple):
    """What is read of a Practitioner, once."""

    identified: bool
    requested: NationalId | None
    """The first of its identifiers that was asked for; it may carry both RPPS and ADELI."""
    phone: str | None


class Office(NamedTuple):
    """What is read of a PractitionerRole, once. Two roles that lead to the same place share one `Office`."""

    structure_id: str | None
    place: Place
    usable: bool
    warnings: tuple[WarningCode, ...]


class PractitionerSchedules:
    """Attaches Schedules of the PS and CPTS flows to a practitioner and a place."""

    def __init__(self, index: Index, requested_ids: frozenset[str]) -> None:
        self._index = index
        self._requested_ids = requested_ids
        self._persons: dict[Resource, Person] = {}
        self._sites = Sites()
        self._offices: dict[Resource, Office] = {}
        self._offices_by_content: dict[tuple[object, ...], Office] = {}
        self._role_practitioners: dict[Resource, Resource | None] = {}

    def attach(self, schedule: Resource) -> Attachment:
        """Who and where, or `Refused` with the reason of the first check that fails."""
        actors = objects(schedule.body.get("actor"))
        named = distinct(self._index.resolve(actor, "Practitioner", schedule) for actor in actors)
        roles = distinct(self._index.resolve(actor, "PractitionerRole", schedule) for actor in actors)
        practitioner = self._find_practitioner(named, roles)
        self._agree_on_practitioner(practitioner, named, roles)
        person = self._identify(practitioner)
        chosen = self._requested(person)
        office = self._find_place(roles)
        place = office.place.copy()
        place["phone"] = place["phone"] or person.phone
        warnings = dict.fromkeys((*office.warnings, *(("id-prefix-missing",) if chosen.completed else ())))
        return Attachment(chosen.value, office.structure_id, None, None, place, tuple(warnings))

    def _find_practitioner(self, named: list[Resource], roles: list[Resource]) -> Resource:
        """Check 10: from `Schedule.actor`, or failing that from the PractitionerRole."""
        if named:
            return sound(named[0], "practitioner-unresolved")
        for role in roles:
            found = self._role_practitioner(sound(role, "practitioner-unresolved"))
            if found is not None:
                return sound(found, "practitioner-unresolved")
        raise Refused("practitioner-unresolved")

    def _agree_on_practitioner(
        self, practitioner: Resource, named: list[Resource], roles: list[Resource]
    ) -> None:
        """Check 11: every path that resolves gives the same Practitioner; each actor is a path."""
        usable_roles = (role for role in roles if not role.conflict)
        for other in distinct([*named, *map(self._role_practitioner, usable_roles)]):
            if sound(other, "reference-conflict") is not practitioner:
                raise Refused("reference-conflict")

    def _identify(self, practitioner: Resource) -> Person:
        """Check 12: an identifier of system IDNPS with an acceptable value."""
        found = self._person(practitioner)
        if not found.identified:
            raise Refused("practitioner-identifier-unknown")
        return found

    def _requested(self, found: Person) -> NationalId:
        """Check 13: that identifier is among the requested ones."""
        if found.requested is None:
            raise Refused("practitioner-not-requested")
        return found.requested

    def _find_place(self, roles: list[Resource]) -> Office:
        """Check 14: a PractitionerRole and a usable place; roles that differ on the place lead to none."""
        offices = [self._office(sound(role, "place-unresolved")) for role in roles]
        if not offices or not offices[0].usable or any(office is not offices[0] for office in offices):
            raise Refused("place-unresolved")
        return offices[0]

    def _role_practitioner(self, role: Resource) -> Resource | None:
        if role not in self._role_practitioners:
            found = self._index.resolve(role.body.get("practitioner"), "Practitioner", role)
            self._role_practitioners[role] = found
        return self._role_practitioners[role]

    def _person(self, practitioner: Resource) -> Person:
        known = self._persons.get(practitioner)
        if known is None:
            identifiers = objects(practitioner.body.get("identifier"))
            ids = [found for found in map(person, identifiers) if found is not None]
            requested = next((found for found in ids if found.value in self._requested_ids), None)
            known = Person(bool(ids), requested, first_phone(practitioner.body.get("telecom")))
            self._persons[practitioner] = known
        return known

    def _office(self, role: Resource) -> Office:
        known = self._offices.get(role)
        if known is None:
            known = self._offices[role] = self._read_office(role)
        return known

    def _read_office(self, role: Resource) -> Office:
        """The place is `location[0]`; it may be missing altogether when the structure is known."""
        references = objects(role.body.get("location"))
        location = self._index.resolve(references[0], "Location", role) if references else None
        if location is not None:
            sound(location, "place-unresolved")
        site, owner = self._sites.read(location), role_structure(role)
        place = site.place.copy()
        place["phone"] = first_phone(role.body.get("telecom"))
        warnings = tuple(dict.fromkeys((*owner.warnings, *address_warnings(place))))
        office = Office(owner.id, place, usable(place, owner, site.structure), warnings)
        content = (owner.id, office.usable, warnings, *place.values())
        return self._offices_by_content.setdefault(content, office)
