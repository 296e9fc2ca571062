"""The SAS calendar: slots written, slots read."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from care.agenda import MOST_PATIENTS, AgendaSlot

Clock = Annotated[
    str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description="Heure locale du lieu, HH:MM")
]
Modality = Literal["AMB", "HH", "VR"]
Visibility = Literal["CPTS", "PRO", "PUBLIC", "SNP"]
Weekday = Annotated[int, Field(ge=1, le=7)]


class SlotBody(BaseModel):
    """A slot or a weekly series, in the local time of the place."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "starts_on": "2026-12-01",
                    "weekdays": [1, 4],
                    "start": "09:00",
                    "end": "11:00",
                    "form": "range",
                    "capacity": 6,
                    "modalities": ["AMB"],
                }
            ]
        },
    )

    starts_on: Annotated[date, Field(description="Premier jour")]
    until: Annotated[date | None, Field(description="Dernier jour d'une série ; sans fin par défaut")] = None
    weekdays: Annotated[
        list[Weekday],
        Field(max_length=7, description="Jours d'une série, 1 = lundi ; vide : une date unique"),
    ] = []
    start: Clock
    end: Clock
    form: Annotated[Literal["single", "range"], Field(description="Créneau (un patient) ou plage")] = "range"
    capacity: Annotated[int, Field(ge=1, le=MOST_PATIENTS, description="Patients ; 1 pour un créneau")] = 1
    modalities: Annotated[list[Modality], Field(min_length=1, max_length=3)] = ["AMB"]
    visibility: Annotated[list[Visibility], Field(min_length=1, max_length=4)] = ["SNP"]

    def slot(self) -> AgendaSlot:
        """As the domain has it."""
        return AgendaSlot(
            starts_on=self.starts_on,
            until=self.until if self.weekdays else self.until or self.starts_on,
            weekdays=tuple(sorted(self.weekdays)),
            start=time.fromisoformat(self.start),
            end=time.fromisoformat(self.end),
            form=self.form,
            capacity=self.capacity,
            modalities=tuple(sorted(set(self.modalities))),
            visibility=tuple(sorted(set(self.visibility))),
        )


class SlotWarning(BaseModel):
    """Something to know; nothing was refused."""

    code: Literal["long-single", "overlap"]
    text: str
    day: date | None
    slot_id: str | None


class SlotAnswer(BaseModel):
    """A slot as written."""

    slot_id: str
    slot: SlotBody
    warnings: list[SlotWarning]


class FreeSlot(BaseModel):
    """A slot that may be offered."""

    slot_id: str
    day: date
    start: datetime
    end: datetime
    form: Literal["single", "range"]
    remaining: int
    modalities: list[Modality]
    visibility: list[Visibility]
    source: Literal["sas"]
    as_of: datetime


class FreeSlots(BaseModel):
    """What the SAS calendar of a place has free; a vendor may know of other slots there."""

    offer_id: str
    timezone: str
    slots: list[FreeSlot]


class WeekSlot(FreeSlot):
    """A slot in the week of its holder."""

    capacity: int
    taken: int
    absent: bool
    weekly: bool


class Absence(BaseModel):
    """Whole days without slots; without `last_on`, until switched off."""

    unavailability_id: str
    first_on: date
    last_on: date | None


class WeekAnswer(BaseModel):
    """A week of a calendar."""

    offer_id: str
    timezone: str
    monday: date
    slots: list[WeekSlot]
    unavailabilities: list[Absence]


class AbsenceBody(BaseModel):
    """By default from today, without end: the immediate switch."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"first_on": "2026-12-24", "last_on": "2027-01-02"}]}
    )

    first_on: date | None = None
    last_on: date | None = None


class CopyBody(BaseModel):
    """Any day of the week to copy, any day of the week to fill."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"source": "2026-11-30", "target": "2026-12-07"}]}
    )

    source: date
    target: date


class CopyAnswer(BaseModel):
    """What the copy wrote, and the days it left as they were."""

    written: list[SlotAnswer]
    present: list[date]
    over: list[date]


class BookingBody(BaseModel):
    """A place to take: nothing about the patient."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"start": "2026-12-01T09:30:00+01:00"}]}
    )

    start: Annotated[AwareDatetime | None, Field(description="Heure donnée au patient dans une plage")] = None
    modality: Annotated[Modality | None, Field(description="Quand le créneau en offre plusieurs")] = None


class BookingAnswer(BaseModel):
    """A place taken or given back."""

    booking_id: UUID
    slot_id: str
    day: date
    start: datetime
    modality: Modality
    state: Literal["booked", "cancelled"]


class Change(BaseModel):
    """One line of the history of a calendar."""

    changed_at: datetime
    actor: str
    action: str
    slot_id: str | None
    before: dict[str, object] | None
    after: dict[str, object] | None


class History(BaseModel):
    """The last changes, newest first."""

    changes: list[Change]


class RefusedEvent(BaseModel):
    """An event of a file that is not a slot: its rank, from 1, and why."""

    rank: int
    reason: str


class ImportAnswer(BaseModel):
    """What a file brought."""

    applied: bool
    written: list[SlotAnswer]
    present: int
    unavailabilities: int
    refused: list[RefusedEvent]
