"""Check 15: the CPTS that see a slot (section 3.3; section 4.3).

Slot.serviceType[] where coding = TRE_R66#604
   .extension[extension-Slot.serviceType].valueReference --> HealthcareService.providedBy --> Organization
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from slots.fhir.element import objects, text
from slots.fhir.identifier import finess
from slots.fhir.phone import first_phone
from slots.fhir.profile import CPTS_LINK

if TYPE_CHECKING:
    from care.slot import Cpts
    from slots.fhir.element import Json
    from slots.fhir.index import Index, Resource


class Linked(NamedTuple):
    """A CPTS read once; `completed`: the vendor had left the type digit of its FINESS out."""

    cpts: Cpts
    completed: bool


class CptsLinks:
    """Follows the links from slots to CPTS. A link in conflict counts as unresolved."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._by_service: dict[Resource, Linked | None] = {}
        self._by_organization: dict[Resource, Linked | None] = {}

    def follow(self, slot: Resource, markers: list[Json]) -> tuple[list[Linked], bool]:
        """The CPTS the markers lead to, each once, and whether a marker leads nowhere."""
        found: dict[str, Linked] = {}
        lost = False
        for marker in markers:
            reached = [linked for linked in self._marked(slot, marker) if linked is not None]
            lost = lost or not reached
            for linked in reached:
                found.setdefault(linked.cpts["id"], linked)
        return list(found.values()), lost

    def _marked(self, slot: Resource, marker: Json) -> list[Linked | None]:
        links = (item for item in objects(marker.get("extension")) if item.get("url") == CPTS_LINK)
        services = (
            self._index.resolve(link.get("valueReference"), "HealthcareService", slot) for link in links
        )
        return [self._service(service) for service in services if service is not None]

    def _service(self, service: Resource) -> Linked | None:
        if service not in self._by_service:
            self._by_service[service] = None if service.conflict else self._provider(service)
        return self._by_service[service]

    def _provider(self, service: Resource) -> Linked | None:
        organization = self._index.resolve(service.body.get("providedBy"), "Organization", service)
        if organization is None or organization.conflict:
            return None
        if organization not in self._by_organization:
            self._by_organization[organization] = _read(organization)
        return self._by_organization[organization]


def _read(organization: Resource) -> Linked | None:
    identifiers = objects(organization.body.get("identifier"))
    found = next((found for found in map(finess, identifiers) if found is not None), None)
    if found is None:
        return None
    cpts: Cpts = {
        "id": found.value,
        "name": text(organization.body.get("name")),
        "phone": first_phone(organization.body.get("telecom")),
    }
    return Linked(cpts, found.completed)
