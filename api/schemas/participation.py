"""Participation in the SAS: what is declared, what is kept, verdicts of the forfait."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from care.participation import MOST_INFORMATION, STATEMENT, Declaration, StructureDeclaration

Statement = Annotated[
    str, Field(max_length=20, description="Version du texte accepté sur l'honneur, celle de /statement")
]
Vendor = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]


class DeclarationBody(BaseModel):
    """What a practitioner declares."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "statement": STATEMENT,
                    "participating": True,
                    "en_sus": True,
                    "via": "individual",
                    "has_software": False,
                    "hours_declared": True,
                }
            ]
        },
    )

    statement: Statement
    participating: Annotated[bool, Field(description="Prend part au SAS")]
    en_sus: Annotated[bool, Field(description="Accepte d'être contacté en sus de ses disponibilités")] = False
    via: Literal["individual", "cpts", "msp", "sos"] | None = None
    finess: Annotated[str | None, Field(max_length=9, description="De la CPTS ou de la MSP")] = None
    siret: Annotated[str | None, Field(max_length=14, description="De l'association SOS Médecins")] = None
    offer_ids: Annotated[list[UUID], Field(max_length=50, description="Lieux concernés par la CPTS")] = []
    has_software: Annotated[bool | None, Field(description="Utilise un logiciel d'agenda")] = None
    vendors: Annotated[list[Vendor], Field(max_length=10, description="Éditeurs du logiciel")] = []
    vendor_refused: Annotated[bool, Field(description="Refuse l'affichage de l'agenda de l'éditeur")] = False
    hours_declared: Annotated[bool, Field(description="Au moins deux heures par semaine, sur l'honneur")] = (
        False
    )
    fru: Annotated[bool, Field(description="Accepte les patients réorientés par les urgences")] = False

    def declaration(self) -> Declaration:
        """As the domain has it."""
        given = self.model_dump(exclude={"statement", "offer_ids", "vendors"})
        return Declaration(
            **given,
            offer_ids=tuple(sorted({str(item) for item in self.offer_ids})),
            vendors=tuple(sorted(set(self.vendors))),
        )


class DeclarationAnswer(BaseModel):
    """What a practitioner declares now."""

    idnps: str
    participating: bool
    en_sus: bool
    via: Literal["individual", "cpts", "msp", "sos"] | None
    finess: str | None
    siret: str | None
    offer_ids: list[str]
    has_software: bool | None
    vendors: list[str]
    vendor_refused: bool
    hours_declared: bool
    fru: bool
    declared_at: datetime
    declared_by: str


class StructureBody(BaseModel):
    """What a centre (CDS), a SOS Médecins association or a CPTS declares."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"statement": STATEMENT, "participating": True, "practitioners": 4, "hours_declared": True}
            ]
        },
    )

    statement: Statement
    participating: Annotated[bool, Field(description="CDS : accepte d'être contacté ; SOS : prend part")]
    practitioners: Annotated[int | None, Field(ge=1, le=1000, description="CDS : combien prennent part")] = (
        None
    )
    hours_declared: Annotated[bool, Field(description="CDS : deux heures par généraliste, sur l'honneur")] = (
        False
    )
    phone: Annotated[str | None, Field(max_length=20, pattern=r"^\+?[0-9]{4,15}$", description="CPTS")] = None
    information: Annotated[
        str, Field(max_length=MOST_INFORMATION, description="CPTS : pour les régulateurs, sans mise en forme")
    ] = ""

    def declaration(self) -> StructureDeclaration:
        """As the domain has it."""
        return StructureDeclaration(**self.model_dump(exclude={"statement"}))


class StructureAnswer(BaseModel):
    """What a structure declares now."""

    kind: Literal["cds", "cpts", "sos"]
    number: str
    participating: bool
    practitioners: int | None
    hours_declared: bool
    phone: str | None
    information: str
    declared_at: datetime
    declared_by: str


class StatementAnswer(BaseModel):
    """The text to accept."""

    version: str
    text: str


class HistoryLine(BaseModel):
    """One declaration of the past."""

    recorded_at: datetime
    actor: str
    statement: str
    before: dict[str, object] | None
    after: dict[str, object]
    proof: str


class DeclarationHistory(BaseModel):
    """Declarations of one subject, newest first."""

    lines: list[HistoryLine]


class VerdictAnswer(BaseModel):
    """One criterion, judged."""

    code: str
    label: str
    state: Literal["met", "not_met", "unknown"]
    reason: str


class WeekHours(BaseModel):
    """Minutes published in a week; null: that week was not counted."""

    monday: date
    sas_min: int | None
    vendor_min: int | None
    total_min: int | None


class ForfaitAnswer(BaseModel):
    """The criteria on one practitioner, beside the hours published."""

    idnps: str
    version: str
    title: str
    state: Literal["met", "not_met", "unknown"]
    verdicts: list[VerdictAnswer]
    hours_declared: bool
    weeks: list[WeekHours]
