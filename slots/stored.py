"""What the sweep knows of some practitioners, in the form of an answer: shown with its age, not bookable."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from slots.editors import rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from psycopg import AsyncConnection

    from care.slot import FreeSlot

KEPT_FOR = timedelta(minutes=30)
"""What was read longer ago is not shown: it is unknown again."""


@dataclass(frozen=True, kw_only=True)
class Stored:
    """Slots by vendor, and when each was asked about each practitioner.

    known   practitioners whose agenda a vendor keeps: an answer without slot means that they have none
    """

    slots: Mapping[str, Sequence[FreeSlot]] = field(default_factory=dict)
    asked_at: Mapping[tuple[str, str], datetime] = field(default_factory=dict)
    known: frozenset[str] = frozenset()


async def stored(
    conn: AsyncConnection[Any],
    practitioner_ids: Sequence[str],
    *,
    start: datetime,
    end: datetime,
    now: datetime,
    unplaced: bool = False,
) -> Stored:
    """What is known of these practitioners in a window, by vendors in service.

    `unplaced`: only the slots at places that the vendor alone knows, for who holds the others in memory.
    """
    if not practitioner_ids:
        return Stored()
    found = await rows(
        conn,
        "stored_slots",
        practitioner_ids=list(practitioner_ids),
        start=start,
        until=end,
        asked_since=now - KEPT_FOR,
        unplaced=unplaced,
    )
    slots: dict[str, list[FreeSlot]] = {}
    for row in found:
        if row["start_at"] is not None:
            slots.setdefault(row["slug"], []).append(_slot(row))
    return Stored(
        slots=slots,
        asked_at={(row["slug"], row["practitioner_id"]): row["asked_at"] for row in found},
        known=frozenset(row["practitioner_id"] for row in found),
    )


def _slot(row: Mapping[str, Any]) -> FreeSlot:
    return {
        "slot_ref": "",
        "start": _utc(row["start_at"]),
        "end": _utc(row["end_at"]),
        "visibility": row["visibility"],
        "consultation_types": row["consultation_types"],
        "reasons": [],
        "specialty_codes": [],
        "specialty_texts": [],
        "appointment_type": row["appointment_type"],
        "booking_url": row["booking_url"],
        "practitioner_id": row["practitioner_id"],
        "structure_id": row["structure_id"],
        "organization_id": None,
        "organization_name": None,
        "place": {
            "identifier_system": None,
            "identifier_value": None,
            "name": None,
            "line": row["line"],
            "postal_code": row["postal_code"],
            "city": row["city"],
            "phone": None,
        },
        "cpts": [],
    }


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
