"""A free slot as the platform keeps it, whoever holds the agenda, and the verdicts on a vendor's answer.

Everything here is JSON-able. Instants are UTC, whole seconds, written `2026-03-27T08:30:00Z`; identifiers
carry the national type digit (`8` + RPPS, `1` + FINESS, `3` + SIRET…). Texts are as received: escape them on
display.
"""

from __future__ import annotations

from typing import Literal, TypedDict

Flow = Literal["agg-ps", "agg-cpts", "agg-sos"]

FailureReason = Literal[
    "timeout",
    "transport",
    "http-error",
    "response-too-large",
    "invalid-json",
    "operation-outcome",
    "not-a-bundle",
    "bundle-type-invalid",
]

RejectionReason = Literal[
    "duplicate-id-conflict",
    "status-not-free",
    "start-missing",
    "end-missing",
    "instant-invalid",
    "instant-without-timezone",
    "end-not-after-start",
    "out-of-window",
    "visibility-missing",
    "visibility-not-allowed",
    "schedule-unresolved",
    "reference-ambiguous",
    "practitioner-unresolved",
    "reference-conflict",
    "practitioner-identifier-unknown",
    "practitioner-not-requested",
    "place-unresolved",
    "cpts-unresolved",
    "organization-unresolved",
    "organization-identifier-unknown",
    "organization-not-requested",
]

WarningCode = Literal[
    "address-incomplete",
    "appointment-type-missing",
    "appointment-type-unknown",
    "booking-url-missing",
    "booking-url-unsafe",
    "consultation-type-missing",
    "cpts-marker-ignored",
    "cpts-unresolved",
    "duplicate-dropped",
    "id-prefix-missing",
    "next-link-ignored",
    "structure-id-unknown",
    "visibility-code-dropped",
]


class Place(TypedDict):
    """Where the visit happens, as the vendor names it; None where the vendor says nothing usable."""

    identifier_system: str | None
    identifier_value: str | None
    name: str | None
    line: str | None
    postal_code: str | None
    """Five digits."""
    city: str | None
    phone: str | None
    """`+` and the international number."""


class Cpts(TypedDict):
    """A communauté professionnelle territoriale de santé that sees the slot."""

    id: str
    """`1` + FINESS."""
    name: str | None
    phone: str | None


class FreeSlot(TypedDict):
    """One slot that may be offered."""

    slot_ref: str
    start: str
    end: str
    visibility: list[str]
    """Among PUBLIC, PRO, SNP, CPTS; sorted."""
    consultation_types: list[str]
    """Among AMB (office), HH (home), VR (remote); sorted."""
    reasons: list[str]
    specialty_codes: list[str]
    specialty_texts: list[str]
    appointment_type: Literal["ROUTINE", "WALKIN"] | None
    booking_url: str | None
    practitioner_id: str | None
    structure_id: str | None
    organization_id: str | None
    organization_name: str | None
    place: Place
    cpts: list[Cpts]


class RejectedSlot(TypedDict):
    """A slot that is not offered, and the first reason found."""

    slot_ref: str
    reason: RejectionReason


class ReadingWarning(TypedDict):
    """Something to tell the vendor; it changes nothing for the slot."""

    ref: str
    code: WarningCode


class Extraction(TypedDict):
    """What one vendor's answer holds; on a failure the three lists are empty."""

    outcome: Literal["ok", "failed"]
    failure_reason: FailureReason | None
    slots: list[FreeSlot]
    rejected: list[RejectedSlot]
    warnings: list[ReadingWarning]
