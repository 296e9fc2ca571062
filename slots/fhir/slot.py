"""Checks 1 to 9 and 15 on a slot, in order, and the things that never reject it (sections 4.3 and 4.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from slots.fhir.attachment import sound
from slots.fhir.booking import appointment_type, booking_warnings, web_address
from slots.fhir.cpts import CptsLinks
from slots.fhir.element import absent, child, codings, objects, text, unique
from slots.fhir.instant import Instant, read_instant
from slots.fhir.profile import (
    ACT_CODE,
    CONSULTATION_TYPES,
    CPTS_CATEGORY,
    SLOT_VISIBILITY,
    SPECIALTY,
    STRUCTURE_CATEGORY_PREFIX,
    VISIBILITY_ALLOWED,
)
from slots.fhir.verdict import Refused

if TYPE_CHECKING:
    from care.slot import Cpts, Flow, FreeSlot, RejectionReason, WarningCode
    from slots.fhir.association import AssociationSchedules
    from slots.fhir.attachment import Attachment
    from slots.fhir.booking import AppointmentType
    from slots.fhir.element import Json
    from slots.fhir.index import Index, Resource
    from slots.fhir.practitioner import PractitionerSchedules


class Window(NamedTuple):
    """Both ends belong to the window; it bears on `Slot.start` only (section 3.1)."""

    start: Instant
    end: Instant


class ServiceTypes(NamedTuple):
    """The three meanings of `Slot.serviceType`, told apart by the system."""

    consultation_types: set[str]
    reasons: list[str]
    cpts_markers: list[Json]


class SlotReader:
    """Reads the slots of one answer. What depends on a Schedule only is worked out once per Schedule."""

    def __init__(
        self,
        index: Index,
        *,
        flow: Flow,
        window: Window,
        schedules: PractitionerSchedules | AssociationSchedules,
    ) -> None:
        self._index = index
        self._flow = flow
        self._allowed = VISIBILITY_ALLOWED[flow]
        self._window = window
        self._schedules = schedules
        self._cpts = CptsLinks(index)
        self._attachments: dict[Resource, Attachment | RejectionReason] = {}
        self._addresses: dict[str, str | None] = {}

    def read(self, slot: Resource) -> tuple[FreeSlot, list[WarningCode]]:
        """The record of a slot and its warnings, or `Refused` with the reason of the first failing check."""
        body = slot.body
        warnings: list[WarningCode] = []
        check_identity(slot)
        check_free(body)
        check_bounds_present(body)
        start, end = self._check_instants(body)
        check_order(start, end)
        self._check_window(start)
        visibility = self._check_allowed(check_visibility(body), warnings)
        attachment = self._attachment(self._check_schedule(slot))
        services = service_types(body)
        cpts = self._check_cpts(slot, visibility, services.cpts_markers, warnings)
        if not services.consultation_types:
            warnings.append("consultation-type-missing")
        kind = appointment_type(body.get("appointmentType"), warnings)
        codes, labels = specialties(body)
        record: FreeSlot = {
            "slot_ref": slot.ref,
            "start": start.utc,
            "end": end.utc,
            "visibility": sorted(visibility),
            "consultation_types": sorted(services.consultation_types),
            "reasons": services.reasons,
            "specialty_codes": codes,
            "specialty_texts": labels,
            "appointment_type": kind,
            "booking_url": self._booking_url(body.get("comment"), kind, warnings),
            "practitioner_id": attachment.practitioner_id,
            "structure_id": attachment.structure_id,
            "organization_id": attachment.organization_id,
            "organization_name": attachment.organization_name,
            "place": attachment.place.copy(),
            "cpts": cpts,
        }
        warnings.extend(attachment.warnings)
        return record, warnings

    def _check_instants(self, body: Json) -> tuple[Instant, Instant]:
        """Check 4: both are real instants with offset; start is examined first."""
        start = read_instant(body["start"])
        if isinstance(start, str):
            raise Refused(start)
        end = read_instant(body["end"])
        if isinstance(end, str):
            raise Refused(end)
        return start, end

    def _check_window(self, start: Instant) -> None:
        """Check 6: window start ≤ start ≤ window end."""
        if not self._window.start <= start <= self._window.end:
            raise Refused("out-of-window")

    def _check_allowed(self, codes: set[str], warnings: list[WarningCode]) -> set[str]:
        """Check 8: at least one code belongs to the flow; the others are dropped."""
        kept = codes & self._allowed
        if not kept:
            raise Refused("visibility-not-allowed")
        if len(kept) < len(codes):
            warnings.append("visibility-code-dropped")
        return kept

    def _check_schedule(self, slot: Resource) -> Resource:
        """Check 9: the `schedule` reference resolves."""
        found = self._index.resolve(slot.body.get("schedule"), "Schedule", slot)
        return sound(found, "schedule-unresolved")

    def _attachment(self, schedule: Resource) -> Attachment:
        """Checks 10 to 14 (`slots.fhir.practitioner`, `slots.fhir.association`)."""
        known = self._attachments.get(schedule)
        if known is None:
            try:
                known = self._schedules.attach(schedule)
            except Refused as refused:
                known = refused.reason
            self._attachments[schedule] = known
        if isinstance(known, str):
            raise Refused(known)
        return known

    def _booking_url(
        self, comment: object, kind: AppointmentType | None, warnings: list[WarningCode]
    ) -> str | None:
        """The address to book at; the slots of a practitioner often share it."""
        url = None
        if isinstance(comment, str):
            if comment not in self._addresses:
                self._addresses[comment] = web_address(comment)
            url = self._addresses[comment]
        if url is None:
            warnings.extend(booking_warnings(comment, kind))
        return url

    def _check_cpts(
        self, slot: Resource, visibility: set[str], markers: list[Json], warnings: list[WarningCode]
    ) -> list[Cpts]:
        """Check 15: the code CPTS needs a marker that leads to a CPTS; without one, the code is dropped."""
        if "CPTS" not in visibility:
            if markers:
                warnings.append("cpts-marker-ignored")
            return []
        found, lost = self._cpts.follow(slot, markers)
        if lost or not found:
            warnings.append("cpts-unresolved")
        if any(linked.completed for linked in found):
            warnings.append("id-prefix-missing")
        if not found:
            visibility.discard("CPTS")
            if not visibility:
                raise Refused("cpts-unresolved")
            warnings.append("visibility-code-dropped")
        return [linked.cpts.copy() for linked in found]


def check_identity(slot: Resource) -> None:
    """Check 1: no other copy of the slot says something else."""
    if slot.conflict:
        raise Refused("duplicate-id-conflict")


def check_free(body: Json) -> None:
    """Check 2: `status` is `free`. Busy slots are part of a standard SOS answer (section 3.4)."""
    if body.get("status") != "free":
        raise Refused("status-not-free")


def check_bounds_present(body: Json) -> None:
    """Check 3: `start`, then `end`, are present."""
    if absent(body.get("start")):
        raise Refused("start-missing")
    if absent(body.get("end")):
        raise Refused("end-missing")


def check_order(start: Instant, end: Instant) -> None:
    """Check 5: `end` strictly after `start`, as instants and not as strings."""
    if end <= start:
        raise Refused("end-not-after-start")


def check_visibility(body: Json) -> set[str]:
    """Check 7: at least one `meta.security` coding of system TRE-R314."""
    codes: set[str] = set()
    marked = False
    for coding in objects(child(body.get("meta"), "security")):
        if coding.get("system") == SLOT_VISIBILITY:
            marked = True
            code = text(coding.get("code"))
            if code is not None:
                codes.add(code)
    if not marked:
        raise Refused("visibility-missing")
    return codes


def service_types(body: Json) -> ServiceTypes:
    """What `Slot.serviceType` says: consultation types, motifs, CPTS markers."""
    kinds: set[str] = set()
    reasons: list[str] = []
    markers: list[Json] = []
    for concept in objects(body.get("serviceType")):
        reason = text(concept.get("text"))
        if reason is not None:
            reasons.append(reason)
        marked = False
        for system, code in codings(concept):
            if system == ACT_CODE:
                kinds.add(code)
            elif code == CPTS_CATEGORY and system.startswith(STRUCTURE_CATEGORY_PREFIX):
                marked = True
        if marked:
            markers.append(concept)
    return ServiceTypes(kinds & CONSULTATION_TYPES, unique(reasons), markers)


def specialties(body: Json) -> tuple[list[str], list[str]]:
    """Codes of TRE_R38, then free texts; other code systems are allowed and dropped."""
    codes: list[str] = []
    labels: list[str] = []
    for concept in objects(body.get("specialty")):
        codes.extend(code for system, code in codings(concept) if system == SPECIALTY and code)
        label = text(concept.get("text"))
        if label is not None:
            labels.append(label)
    return unique(codes), unique(labels)
