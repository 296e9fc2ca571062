"""Appointments reported by vendors (INT_R03): kept once, with their history, and queued for the regulation.

Each function takes a connection inside a transaction of the door and never commits: an appointment and the
message about it are written together or not at all.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from psycopg.types.json import Jsonb

from core.errors import Conflict, NotAllowed
from slots.agenda import rows

if TYPE_CHECKING:
    from datetime import datetime

    from psycopg import AsyncConnection

    from care.hand import Hand
    from slots.fhir.appointment import Reported
    from slots.ports import Regulators


@dataclass(frozen=True, kw_only=True)
class Sender:
    """A vendor who reports appointments."""

    editor: str
    identifier_system: str


@dataclass(frozen=True, kw_only=True)
class Kept:
    """An appointment as kept, and what the report did: `created`, `changed`, or `same` (a replay)."""

    appointment_id: str
    outcome: Literal["created", "changed", "same"]


async def sender(conn: AsyncConnection[Any], *, certificate_cn: str, certificate_ou: str) -> Sender:
    """The vendor of a client certificate.

    Raises
    ------
    NotAllowed   no vendor has it, or not any more
    """
    found = await rows(
        conn, "appointment_sender", certificate_cn=certificate_cn, certificate_ou=certificate_ou
    )
    if not found:
        raise NotAllowed("This certificate belongs to no registered vendor")
    return Sender(editor=found[0]["editor"], identifier_system=found[0]["identifier_system"])


async def write_sender(
    conn: AsyncConnection[Any],
    editor: str,
    *,
    certificate_cn: str,
    certificate_ou: str,
    identifier_system: str,
    active: bool,
    hand: Hand,
) -> None:
    """Add a vendor, or change what is known of it."""
    await rows(
        conn,
        "appointment_write_sender",
        editor=editor,
        certificate_cn=certificate_cn,
        certificate_ou=certificate_ou,
        identifier_system=identifier_system,
        active=active,
        changed_at=hand.now,
        changed_by=hand.actor,
    )


async def create(
    conn: AsyncConnection[Any], by: Sender, reported: Reported, *, regulators: Regulators, now: datetime
) -> Kept:
    """Keep a new appointment; the same report again changes nothing.

    Raises
    ------
    NotAllowed   the identifier is not of this vendor
    Conflict     the identifier is known, with another content
    """
    columns = await _columns(conn, by, reported, regulators=regulators, now=now)
    if kept := await _insert(conn, reported, columns, now=now):
        return kept
    known = await _lock(conn, by, reported)
    if reported.digest not in {known["created_hash"], known["content_hash"]}:
        raise Conflict("This identifier is known with another content: update it with PUT")
    return Kept(appointment_id=known["appointment_id"], outcome="same")


async def put(
    conn: AsyncConnection[Any], by: Sender, reported: Reported, *, regulators: Regulators, now: datetime
) -> Kept:
    """Keep the state of an appointment, known or not; the last received wins.

    Raises
    ------
    NotAllowed   the identifier is not of this vendor
    """
    columns = await _columns(conn, by, reported, regulators=regulators, now=now)
    if kept := await _insert(conn, reported, columns, now=now):
        return kept
    known = await _lock(conn, by, reported)
    appointment_id = known["appointment_id"]
    if known["content_hash"] == reported.digest:
        return Kept(appointment_id=appointment_id, outcome="same")
    await rows(conn, "appointment_change", **{**columns, "appointment_id": appointment_id})
    await _follow(conn, appointment_id, reported, method="update", now=now)
    return Kept(appointment_id=appointment_id, outcome="changed")


async def _columns(
    conn: AsyncConnection[Any], by: Sender, reported: Reported, *, regulators: Regulators, now: datetime
) -> dict[str, Any]:
    if reported.system != by.identifier_system:
        raise NotAllowed("Appointment.identifier.system is not the one registered for this certificate")
    known = await regulators.find(conn, reported.regulator_kind, reported.regulator)
    return {
        "appointment_id": str(uuid.uuid4()),
        "editor": by.editor,
        "value": reported.value,
        "category": reported.category,
        "status": reported.status,
        "start_at": reported.start,
        "end_at": reported.end,
        "booked_at": reported.booked,
        "idnps": reported.idnps,
        "participant_status": reported.participant_status,
        "regulator_kind": reported.regulator_kind,
        "regulator": reported.regulator,
        "regulator_unresolved": known is None,
        "content_hash": reported.digest,
        "received_at": now,
    }


async def _insert(
    conn: AsyncConnection[Any], reported: Reported, columns: dict[str, Any], *, now: datetime
) -> Kept | None:
    inserted = await rows(conn, "appointment_insert", **columns)
    if not inserted:
        return None
    appointment_id = inserted[0]["appointment_id"]
    await _follow(conn, appointment_id, reported, method="create", now=now)
    return Kept(appointment_id=appointment_id, outcome="created")


async def _lock(conn: AsyncConnection[Any], by: Sender, reported: Reported) -> dict[str, Any]:
    return (await rows(conn, "appointment_lock", editor=by.editor, value=reported.value))[0]


async def _follow(
    conn: AsyncConnection[Any],
    appointment_id: str,
    reported: Reported,
    *,
    method: Literal["create", "update"],
    now: datetime,
) -> None:
    """The line of the history, and the message that tells the regulation software."""
    await rows(
        conn,
        "appointment_event",
        appointment_id=appointment_id,
        received_at=now,
        method=method,
        status=reported.status,
        content_hash=reported.digest,
    )
    content = {
        "status": reported.status,
        "category": reported.category,
        "created": reported.booked or now.isoformat(timespec="seconds"),
        "start": reported.start,
        "end": reported.end,
        "idnps": reported.idnps,
        "regulator_kind": reported.regulator_kind,
        "regulator": reported.regulator,
    }
    await rows(
        conn,
        "outbox_queue",
        appointment_id=appointment_id,
        method="CreateAppointment" if method == "create" else "UpdateAppointment",
        content=Jsonb(content),
        created_at=now,
    )
