"""What a Schedule gives to each of its slots. Computed once per Schedule, whatever the number of slots."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from slots.fhir.verdict import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from care.slot import Place, RejectionReason, WarningCode
    from slots.fhir.index import Resource


class Attachment(NamedTuple):
    """Who and where. `organization_*` is the SOS Médecins association."""

    practitioner_id: str | None
    structure_id: str | None
    organization_id: str | None
    organization_name: str | None
    place: Place
    warnings: tuple[WarningCode, ...]


def distinct(resources: Iterable[Resource | None]) -> list[Resource]:
    """The resources that were found, each once, in order."""
    return list(dict.fromkeys(resource for resource in resources if resource is not None))


def sound(resource: Resource | None, otherwise: RejectionReason) -> Resource:
    """The resource, found and unambiguous: `reference-ambiguous` replaces the reason at any step (4.3)."""
    if resource is None:
        raise Refused(otherwise)
    if resource.conflict:
        raise Refused("reference-ambiguous")
    return resource
