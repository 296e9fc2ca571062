"""Offers: parameters asked, answer given."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.config import JsonDict
from shapely import Polygon

from core.errors import InvalidParameter
from geo.point import Point
from search.outline import box_from_text, outline_from_text
from search.query import MAX_LIMIT, MAX_MINUTES, MAX_RADIUS_KM, Filters, Kind, Modality, Parameters, SlotClass

_PARIS: JsonDict = {"specialty": "SM54", "lon": 2.3522, "lat": 48.8566, "limit": 5, "explain": True}
_TEXT: JsonDict = {"specialty": "kiné", "place": "12 rue des Lilas, Paris 11"}


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class OffersQuery(BaseModel):
    """Parameters of a search: the same in a URL and in a JSON body."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_PARIS, _TEXT]})

    specialty: Annotated[
        str, Field(max_length=100, description="Code (SM54, 60, 620…) ou texte (« kiné », « ORL »)")
    ]
    place: Annotated[
        str | None,
        Field(max_length=200, description="Adresse, commune, code postal ou département, en texte"),
    ] = None
    lon: Annotated[
        float | None, Field(ge=-180, le=180, allow_inf_nan=False, description="Longitude, degrés (EPSG:4326)")
    ] = None
    lat: Annotated[
        float | None, Field(ge=-90, le=90, allow_inf_nan=False, description="Latitude, degrés (EPSG:4326)")
    ] = None
    citycode: Annotated[str | None, Field(max_length=5, description="Code INSEE de la commune")] = None
    department: Annotated[
        str | None, Field(max_length=60, description="Département entier : code (75, 2A, 974) ou nom")
    ] = None
    polygon: Annotated[
        str | None,
        Field(
            max_length=20_000,
            description="Zone dessinée : « lon,lat;lon,lat;… » (EPSG:4326), 3 points ou plus",
        ),
    ] = None
    bbox: Annotated[
        str | None, Field(max_length=200, description="Vue d'une carte : « ouest,sud,est,nord » (EPSG:4326)")
    ] = None
    radius_km: Annotated[
        float | None,
        Field(
            gt=0, le=MAX_RADIUS_KM, allow_inf_nan=False, description="Rayon fixe ; par défaut, adapté au lieu"
        ),
    ] = None
    max_minutes: Annotated[
        float | None, Field(gt=0, le=MAX_MINUTES, allow_inf_nan=False, description="Temps de trajet maximal")
    ] = None
    from_: Annotated[
        AwareDatetime | None,
        Field(alias="from", description="Début de la fenêtre (RFC 3339) ; par défaut maintenant"),
    ] = None
    until: Annotated[
        AwareDatetime | None,
        Field(description="Fin de la fenêtre ; par défaut la fin du surlendemain, à l'heure du lieu"),
    ] = None
    modality: Annotated[
        list[Modality],
        BeforeValidator(_listed),
        Field(description="Au cabinet (AMB), à distance (VR), à domicile (HH) ; plusieurs possibles"),
    ] = []
    kind: Annotated[Kind | None, Field(description="Personnes ou structures seulement")] = None
    participating: Annotated[bool | None, Field(description="Participation au SAS")] = None
    with_slots: Annotated[bool, Field(description="Offres ayant un créneau dans la fenêtre")] = True
    within_h: Annotated[
        list[SlotClass],
        BeforeValidator(_listed),
        Field(description="Un créneau qui commence dans une de ces tranches d'heures ; plusieurs possibles"),
    ] = []
    place_kind: Annotated[
        list[str],
        BeforeValidator(_listed),
        Field(
            max_length=20,
            description="Genre de lieu : catégories FINESS (124, 603…) ou « practice » (cabinet)",
        ),
    ] = []
    en_sus: Annotated[bool, Field(description="Accepte d'être contacté en sus de ses disponibilités")] = False
    group: Annotated[
        str | None, Field(max_length=16, description="Membres d'un groupe (CPTS, MSP, SOS) : son « id »")
    ] = None
    facets: Annotated[bool, Field(description="Compter les offres de chaque valeur de filtre")] = True
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT, description="Offres par page")] = 20
    cursor: Annotated[str | None, Field(max_length=1000, description="Page suivante (next_cursor)")] = None
    explain: Annotated[bool, Field(description="Donner les raisons de chaque rang")] = False
    seed: Annotated[
        str | None,
        Field(max_length=64, pattern="^[A-Za-z0-9-]+$", description="Rejouer l'ordre d'une recherche passée"),
    ] = None
    f: Annotated[Literal["json", "geojson"], Field(description="Forme de la réponse")] = "json"

    def parameters(self) -> Parameters:
        """The parameters as the search takes them.

        Raises
        ------
        InvalidParameter   see `search.query.Parameters`
        """
        return Parameters(
            specialty=self.specialty,
            place=self.place,
            point=self._point(),
            citycode=self.citycode,
            department=self.department,
            outline=self._outline(),
            radius_km=self.radius_km,
            max_minutes=self.max_minutes,
            start=self.from_,
            end=self.until,
            filters=Filters(
                modality=tuple(sorted(set(self.modality))),
                kind=self.kind,
                participating=self.participating,
                with_slots=self.with_slots,
                within_h=tuple(sorted(set(self.within_h))),
                place_kind=tuple(sorted(set(self.place_kind))),
                en_sus=self.en_sus,
                group=self.group,
            ),
            limit=self.limit,
            cursor=self.cursor,
            explain=self.explain,
            facets=self.facets,
            seed=self.seed,
        )

    def _outline(self) -> Polygon | None:
        if self.polygon is not None and self.bbox is not None:
            raise InvalidParameter("Donnez « polygon » ou « bbox », pas les deux.", parameter="bbox")
        if self.polygon is not None:
            return outline_from_text(self.polygon)
        return box_from_text(self.bbox) if self.bbox is not None else None

    def _point(self) -> Point | None:
        if self.lon is None and self.lat is None:
            return None
        if self.lon is None or self.lat is None:
            missing = "lon" if self.lon is None else "lat"
            raise InvalidParameter("Donnez « lon » et « lat » ensemble.", parameter=missing)
        return Point(lon=self.lon, lat=self.lat)


class Named(BaseModel):
    """A code of the nomenclature and its label."""

    code: str
    label: str


class UnderstoodSpecialty(Named):
    """The group of specialties searched, and the word it was understood from."""

    understood_as: str
    also: Annotated[list[Named], Field(description="Répondent au même besoin, cherchées ensemble")]
    alternatives: list[Named]


class UnderstoodPlace(BaseModel):
    """The place searched from; without a point for a whole department."""

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


class Sources(BaseModel):
    """Where the answer comes from."""

    directory: DirectorySource
    editors: list[EditorState]


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
    seen_in_min: Annotated[
        float | None, Field(description="Minutes jusqu'au premier créneau accessible ; nul : inconnu")
    ]
    next_slot: AwareDatetime | None
    slots: list[Slot]
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
