"""The answer to a search of offers, and its parts."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from search.query import Kind, Modality


class Named(BaseModel):
    """A code of the nomenclature and its label."""

    code: str
    label: str


class UnderstoodSpecialty(Named):
    """The group of specialties searched, and the word it was understood from."""

    kind: Literal["specialty", "profession", "structure"]
    understood_as: str
    how: Annotated[str, Field(description="code, label, synonym, need, typing-error ou words")]
    exact: bool
    version: Annotated[str, Field(description="Version de la table des mots")]
    also: Annotated[list[Named], Field(description="Répondent au même besoin, cherchées ensemble")]
    alternatives: list[Named]


class UnderstoodPlace(BaseModel):
    """The place searched from; without a point for a whole department, without id for coordinates."""

    id: str | None
    label: str
    lon: float | None
    lat: float | None
    citycode: str | None
    department: str | None
    type: str
    score: float
    timezone: str


class Widening(BaseModel):
    """A step of the search area, and why it was taken."""

    from_km: float
    to_km: float
    because: str


class UnderstoodQuery(BaseModel):
    """What was searched."""

    specialty: UnderstoodSpecialty
    place: UnderstoodPlace
    radius_km: float | None
    widened: list[Widening]
    from_: Annotated[AwareDatetime, Field(alias="from")]
    until: AwareDatetime


class PolicyUsed(BaseModel):
    """The rule of the order, and the seed of its ties."""

    version: str
    seed: str


class DirectorySource(BaseModel):
    """Date of the directory."""

    as_of: date | None


class EditorState(BaseModel):
    """What an agenda vendor answered."""

    editor: str
    name: str
    state: Literal["ok", "empty", "timeout", "http-error", "invalid", "off"]
    as_of: AwareDatetime | None


class TravelSource(BaseModel):
    """How the journeys of the list were computed: all by road, or all estimated."""

    source: Literal["road", "estimate"]
    as_of: date | None
    attribution: str | None


class Sources(BaseModel):
    """Where the answer comes from."""

    directory: DirectorySource
    editors: list[EditorState]
    travel: Annotated[TravelSource | None, Field(description="Nul dans un territoire")] = None


class Notice(BaseModel):
    """Something the answer cannot tell, or what was tried."""

    code: str
    parameter: str
    text: str


class PositionDoubt(BaseModel):
    """Why a position is doubtful: a stable code and a French sentence."""

    code: str
    text: str


class Position(BaseModel):
    """How well an offer is placed, who says so, and what contradicts it."""

    level: Annotated[
        Literal["given", "housenumber", "street", "locality", "municipality", "none"],
        Field(description="given : coordonnées officielles ; none : sans position"),
    ]
    score: float | None
    source: Annotated[
        Literal["finess", "ban", "commune", "manual"] | None,
        Field(description="manual : position corrigée à la main"),
    ]
    reason: Annotated[str | None, Field(description="Comment elle a été trouvée, ou pourquoi corrigée")]
    doubts: Annotated[list[PositionDoubt], Field(description="Les doutes, le pire d'abord ; vide sans doute")]


class Participation(BaseModel):
    """Participation in the SAS; null is unknown, not "no"."""

    participating: bool | None
    via: Literal["individual", "cpts", "msp", "cds", "sos"] | None
    en_sus: bool | None


class SheetSource(BaseModel):
    """The official file an offer comes from."""

    name: str
    as_of: date | None


class Slot(BaseModel):
    """A free slot."""

    start: AwareDatetime
    end: AwareDatetime
    modality: list[Modality]
    source: str
    as_of: AwareDatetime
    bookable: bool
    booking_url: Annotated[str | None, Field(description="Nul pour qui n'a pas le droit de réserver")]
    flags: Annotated[
        list[Literal["place-guess", "walk-in", "range"]],
        Field(
            description="place-guess : lieu reconnu à sa ville ; walk-in : sans rendez-vous ; range : plage"
        ),
    ]


class Reason(BaseModel):
    """One part of a score, in words."""

    code: str
    text: str
    value: float | bool | str | None
    points: float


class Sheet(BaseModel):
    """An offer: one practitioner at one place, or one structure."""

    id: UUID
    kind: Kind
    rpps: str | None
    finess: str | None
    name: str
    structure_name: str | None
    specialties: list[Named]
    address: str
    citycode: str | None
    department: str | None
    lon: float | None
    lat: float | None
    position: Position
    participation: Participation
    phone: str | None
    timezone: str
    source: SheetSource


class Offer(Sheet):
    """An offer at its rank."""

    rank: int
    preferred: Annotated[bool, Field(description="Médecin traitant demandé : en tête, hors du classement")]
    distance_m: int | None
    travel_min: float | None
    travel_range_min: Annotated[
        list[float] | None, Field(description="Quatre trajets sur cinq durent entre ces deux temps")
    ]
    travel_source: Literal["road", "estimate"] | None
    travel_flags: Annotated[
        list[Literal["barrier", "ferry"]],
        Field(description="barrier : la ligne droite quitte la terre, ce peut être bien plus long"),
    ]
    seen_in_min: Annotated[
        float | None, Field(description="Minutes jusqu'au premier créneau accessible ; nul : inconnu")
    ]
    next_slot: AwareDatetime | None
    slots: list[Slot]
    slots_more: Annotated[int, Field(description="Créneaux au-delà des premiers de chaque jour")]
    slots_state: Annotated[
        Literal["known", "stored", "unknown"],
        Field(description="known : ce qui n'y est pas n'existe pas ; stored : lu plus tôt, non vérifié"),
    ]
    reasons: list[Reason]
    score: float


class CreatedCard(BaseModel):
    """A place that an agenda vendor alone knows: no rank, position or distance of its own."""

    id: UUID
    offer_id: Annotated[UUID, Field(description="Offre de la même personne, dans la page")]
    kind: Kind
    rpps: str | None
    name: str
    specialties: list[Named]
    address: str
    phone: str | None
    timezone: str
    flags: list[Literal["place-from-agenda"]]
    next_slot: AwareDatetime
    slots: list[Slot]


class PreferredCandidate(BaseModel):
    """Someone who may be the preferred doctor."""

    rpps: str | None
    name: str
    communes: list[str]


class PreferredAnswer(BaseModel):
    """Who was understood as the preferred doctor; pinned first when `found`."""

    state: Literal["found", "ambiguous", "not-found", "invalid", "missing"]
    code: Annotated[str | None, Field(description="sas_pf_001 : identifiant illisible ; sas_pf_002 : absent")]
    exact: bool
    people: list[PreferredCandidate]


class FacetValue(BaseModel):
    """A value of a filter, and how many offers it would give with the other filters as they are."""

    value: str
    label: str
    count: int
    chosen: bool


class Facet(BaseModel):
    """A filter and its values; the parameter of the same name chooses them."""

    name: str
    values: list[FacetValue]


class Group(BaseModel):
    """Practitioners who take part together; `group=<id>` gives its members."""

    id: str
    via: Literal["cpts", "msp", "sos"]
    name: str
    phone: str | None
    information: str
    members: int
    members_with_slots: int
    next_slot: AwareDatetime | None


class OffersAnswer(BaseModel):
    """The answer to a search."""

    query: UnderstoodQuery
    policy: PolicyUsed
    sources: Sources
    partial: bool
    preferred: PreferredAnswer | None
    notices: list[Notice]
    total: int
    facets: Annotated[list[Facet], Field(description="Première page seulement")]
    groups: Annotated[list[Group], Field(description="Première page seulement")]
    offers: list[Offer]
    created: list[CreatedCard]
    next_cursor: str | None


class SheetAnswer(Sheet):
    """One offer."""

    sources: Sources
