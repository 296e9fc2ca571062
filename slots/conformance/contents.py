"""Requirements on the contents: slots, agendas, people, places, CPTS, SOS Médecins."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from slots.conformance.exchanges import reference, slots
from slots.conformance.requirement import Finding, Requirement, holds, none_of, skipped
from slots.fhir.booking import web_address
from slots.fhir.element import child, codings, objects, text
from slots.fhir.identifier import finess, person, siret, structure
from slots.fhir.index import Index
from slots.fhir.profile import (
    ACT_CODE,
    APPOINTMENT_REASON,
    APPOINTMENT_TYPES,
    CONSULTATION_TYPES,
    CPTS_CATEGORY,
    SLOT_VISIBILITY,
    STRUCTURE_CATEGORY_PREFIX,
    VISIBILITY_ALLOWED,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from care.slot import Flow
    from slots.conformance.exchange import Evidence
    from slots.conformance.requirement import Check

Resource = dict[str, Any]

_STRICT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}[+-]\d{2}:\d{2}")
_PHONE = re.compile(r"\+(33|262|590|594|596|508|681|687|689)\d{6,9}")
_POSTAL_CODE = re.compile(r"\d{5}")
_PEOPLE: tuple[Flow, ...] = ("agg-ps", "agg-cpts")
_ALL: tuple[Flow, ...] = ("agg-ps", "agg-cpts", "agg-sos")


def each(kind: str, right: Callable[[Resource], bool], wrong: str) -> Check:
    """A check of every resource of a type in the batch; skipped when there is none."""

    def check(seen: Evidence) -> Finding:
        found = seen.several.resources.get(kind, [])
        if not found:
            return skipped(f"Aucun {kind} dans la réponse.")
        bad = [reference(item) for item in found if not right(item)]
        return none_of(bad, good=f"{len(found)} {kind}.", wrong=wrong)

    return check


def _profiled(kind: str) -> Check:
    return each(kind, lambda item: bool(child(item.get("meta"), "profile")), "Sans meta.profile")


def _visibility(seen: Evidence) -> Finding:
    allowed = VISIBILITY_ALLOWED[seen.flow]

    def right(slot: Resource) -> bool:
        codes = {
            item.get("code")
            for item in objects(child(slot.get("meta"), "security"))
            if item.get("system") == SLOT_VISIBILITY
        }
        return bool(codes) and codes <= allowed

    return each("Slot", right, "Visibilité absente ou hors du flux")(seen)


def _consultation_type(slot: Resource) -> bool:
    codes = {
        code
        for item in objects(slot.get("serviceType"))
        for system, code in codings(item)
        if system == ACT_CODE
    }
    return bool(codes) and codes <= CONSULTATION_TYPES


def _appointment_type(slot: Resource) -> bool:
    return any(
        system == APPOINTMENT_REASON and code in APPOINTMENT_TYPES
        for system, code in codings(slot.get("appointmentType"))
    )


def _bookable(slot: Resource) -> bool:
    walk_in = any(code == "WALKIN" for _, code in codings(slot.get("appointmentType")))
    comment = slot.get("comment")
    return walk_in or (isinstance(comment, str) and web_address(comment) is not None)


def _strict_instants(slot: Resource) -> bool:
    bounds = (slot.get("start"), slot.get("end"))
    return all(isinstance(value, str) and _STRICT.fullmatch(value) is not None for value in bounds)


def _phones(resource: Resource) -> bool:
    numbers = [
        item.get("value") for item in objects(resource.get("telecom")) if item.get("system") == "phone"
    ]
    return all(isinstance(value, str) and _PHONE.fullmatch(value) is not None for value in numbers)


def _address(location: Resource) -> bool:
    address = location.get("address")
    lines, code = child(address, "line"), text(child(address, "postalCode"))
    return bool(
        isinstance(lines, list)
        and any(text(line) for line in lines)
        and text(child(address, "city"))
        and code
        and _POSTAL_CODE.fullmatch(code)
    )


def _contained_location(role: Resource) -> Resource:
    references = objects(role.get("location"))
    target = text(references[0].get("reference")) if references else None
    return next(
        (item for item in objects(role.get("contained")) if target == f"#{item.get('id')}"),
        {},
    )


def _asked_for(seen: Evidence) -> Finding:
    asked = set(seen.ids)

    def right(practitioner: Resource) -> bool:
        found = [person(item) for item in objects(practitioner.get("identifier"))]
        return any(item is not None and item.value in asked and not item.completed for item in found)

    return each("Practitioner", right, "Identifiant non demandé, ou sans son préfixe")(seen)


def _structured(role: Resource) -> bool:
    found = structure(child(role.get("organization"), "identifier") or {}, system_required=False)  # type: ignore[arg-type]
    return found is not None and not found.completed


def _resolved(seen: Evidence) -> Finding:
    entries = seen.several.bundle.get("entry")
    index = Index(entries if isinstance(entries, list) else [])
    found = index.slots()
    if not found:
        return skipped("Aucun créneau dans la réponse.")
    lost = [slot.ref for slot in found if index.resolve(slot.body.get("schedule"), "Schedule", slot) is None]
    return none_of(lost, good=f"{len(found)} créneaux rattachés.", wrong="Agenda introuvable")


def _one_actor_of_each(schedule: Resource) -> bool:
    actors = [text(item.get("reference")) or "" for item in objects(schedule.get("actor"))]
    return (
        sum("Practitioner/" in item for item in actors)
        == 1
        == sum("PractitionerRole/" in item for item in actors)
    )


def _has_people(seen: Evidence) -> Finding:
    if not slots(seen.several):
        return skipped("Aucun créneau dans la réponse.")
    found = seen.several.resources
    counts = {kind: len(found.get(kind, [])) for kind in ("Practitioner", "PractitionerRole", "Schedule")}
    told = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    return holds(all(counts.values()), good=told, wrong=f"Il manque une ressource : {told}.")


def _distinct(seen: Evidence) -> Finding:
    """Nothing comes twice under one id with another content."""
    entries = seen.several.bundle.get("entry")
    index = Index(entries if isinstance(entries, list) else [])
    bad = [slot.ref for slot in index.slots() if slot.conflict]
    return none_of(bad, good="Identifiants uniques.", wrong="Deux contenus sous un même identifiant")


def _cpts_slots(seen: Evidence) -> Iterator[Resource]:
    for slot in slots(seen.several):
        security = objects(child(slot.get("meta"), "security"))
        if any(item.get("code") == "CPTS" for item in security):
            yield slot


def _cpts_marked(seen: Evidence) -> Finding:
    """A slot of a CPTS has a full marker 604 that leads to it."""
    found = list(_cpts_slots(seen))
    if not found:
        return skipped("Aucun créneau de CPTS dans la réponse.")
    full = f"{STRUCTURE_CATEGORY_PREFIX}/FHIR/TRE-R66-CategorieEtablissement"
    bad = [
        reference(slot)
        for slot in found
        if not any(
            (full, CPTS_CATEGORY) in codings(item) and objects(item.get("extension"))
            for item in objects(slot.get("serviceType"))
        )
    ]
    return none_of(bad, good=f"{len(found)} créneaux de CPTS.", wrong="Sans marqueur 604 complet et relié")


def _cpts_organized(seen: Evidence) -> Finding:
    if not list(_cpts_slots(seen)):
        return skipped("Aucun créneau de CPTS dans la réponse.")
    services = len(seen.several.resources.get("HealthcareService", []))
    organizations = seen.several.resources.get("Organization", [])
    named = all(
        text(item.get("name")) and any(finess(value) for value in objects(item.get("identifier")))
        for item in organizations
    )
    told = f"{services} HealthcareService, {len(organizations)} Organization"
    return holds(
        services == len(organizations) >= 1 and named, good=told, wrong=f"{told}, nom ou FINESS manquant."
    )


def _associations(seen: Evidence) -> Finding:
    asked = set(seen.ids)

    def right(organization: Resource) -> bool:
        found = [siret(item) for item in objects(organization.get("identifier"))]
        return any(item is not None and item.value in asked and not item.completed for item in found)

    return each("Organization", right, "SIRET non demandé, ou sans son préfixe")(seen)


def _point(location: Resource) -> bool:
    return bool(text(location.get("name"))) and _address(location) and _phones(location)


def _only(*flows: Flow, **given: Any) -> Requirement:
    return Requirement(flows=flows, **given)


CONTENTS = (
    *(
        _only(
            *flows, number="9, 13, 31", origin="KIT", text=f"meta.profile de {kind}", check=_profiled(kind)
        )
        for kind, flows in (
            ("Slot", _ALL),
            ("Practitioner", _PEOPLE),
            ("PractitionerRole", _PEOPLE),
        )
    ),
    Requirement(
        number="10, 47", origin="KIT", text="Créneaux libres seulement",
        check=each("Slot", lambda slot: slot.get("status") == "free", "Non libres"),
    ),
    Requirement(
        number="11, 45", origin="KIT", text="Heures de la forme AAAA-MM-JJTHH:MM:SS.000+HH:MM",
        check=each("Slot", _strict_instants, "Autre forme"),
    ),
    Requirement(number="12", origin="KIT", text="Chaque créneau a son agenda", check=_resolved),
    Requirement(number="–", origin="DEC", text="Un identifiant, un seul contenu", check=_distinct),
    _only(*_PEOPLE, number="15, 19", origin="KIT", text="Personnes et lieux joints", check=_has_people),
    _only(*_PEOPLE, number="16–18, 44", origin="KIT", text="Personnes demandées seulement, préfixées",
          check=_asked_for),
    _only(*_PEOPLE, number="20", origin="KIT", text="Structure avec son préfixe",
          check=each("PractitionerRole", _structured, "Structure absente ou sans préfixe")),
    _only(*_PEOPLE, number="21, 22, 37", origin="KIT", text="Rôle relié à sa personne et à son lieu",
          check=each("PractitionerRole", lambda role: bool(text(child(role.get("practitioner"), "reference")))
                     and bool(_contained_location(role)), "Lien perdu")),
    _only(*_PEOPLE, number="42, 43", origin="KIT", text="Un agenda : une personne et un lieu",
          check=each("Schedule", _one_actor_of_each, "Acteurs en trop ou manquants")),
    Requirement(number="23, 46", origin="KIT", text="Visibilité codée et permise", check=_visibility),
    Requirement(number="24, 48", origin="KIT", text="Type de consultation codé",
                check=each("Slot", _consultation_type, "AMB, VR ou HH absent, ou autre code")),
    Requirement(number="25", origin="KIT", text="Adresse de réservation",
                check=each("Slot", _bookable, "Sans adresse http(s)")),
    Requirement(number="49", origin="KIT", text="appointmentType ROUTINE ou WALKIN", advice=True,
                check=each("Slot", _appointment_type, "Absent ou inconnu")),
    _only(*_PEOPLE, number="33", origin="KIT", text="Nom et prénom",
          check=each("Practitioner", lambda item: any(text(name.get("family")) and name.get("given")
                     for name in objects(item.get("name"))), "Sans nom ou sans prénom")),
    _only(*_PEOPLE, number="34–36", origin="KIT", text="Téléphone international",
          check=each("PractitionerRole", _phones, "Autre forme")),
    _only(*_PEOPLE, number="38–40", origin="KIT", text="Adresse complète",
          check=each("PractitionerRole", lambda role: _address(_contained_location(role)),
                     "Ligne, ville ou code postal manquant")),
    _only("agg-cpts", number="–", origin="KIT", text="Marqueur de CPTS complet", check=_cpts_marked),
    _only("agg-cpts", number="–", origin="KIT", text="Une organisation par CPTS", check=_cpts_organized),
    _only("agg-sos", number="–", origin="KIT", text="Associations demandées seulement", check=_associations),
    _only("agg-sos", number="–", origin="KIT", text="Point de consultation : nom, adresse, téléphone",
          check=each("Location", _point, "Incomplet")),
)  # fmt: skip
