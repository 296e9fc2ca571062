"""Parameters of a search of offers: the same in a URL and in a JSON body."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.config import JsonDict
from shapely import Polygon

from core.errors import InvalidParameter
from geo.point import Point
from search.outline import box_from_text, outline_from_text
from search.query import (
    MAX_LIMIT,
    MAX_MINUTES,
    MAX_RADIUS_KM,
    MAX_SLOTS_PER_DAY,
    SLOTS_PER_DAY,
    Filters,
    Kind,
    Modality,
    Parameters,
    SlotClass,
)

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
    place_id: Annotated[
        str | None,
        Field(max_length=60, description="Lieu choisi parmi les suggestions : son « id » (/api/v1/places)"),
    ] = None
    department: Annotated[
        str | None, Field(max_length=60, description="Département entier : code (75, 2A, 974) ou nom")
    ] = None
    polygon: Annotated[
        str | None,
        Field(
            max_length=20_000,
            description="Zone dessinée : « lon,lat;lon,lat;… » (EPSG:4326), 3 points ou plus ; avec un lieu, "
            "les trajets se comptent depuis lui",
        ),
    ] = None
    bbox: Annotated[
        str | None,
        Field(max_length=200, description="Vue d'une carte : « ouest,sud,est,nord » (EPSG:4326), de même"),
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
        Field(
            description="Un créneau dans une de ces tranches d'heures, même en partie ; plusieurs possibles"
        ),
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
    preferred: Annotated[
        str | None,
        Field(
            max_length=100,
            description="Médecin traitant : RPPS, identifiant national ou nom ; en tête, où qu'il soit",
        ),
    ] = None
    facets: Annotated[bool, Field(description="Compter les offres de chaque valeur de filtre")] = True
    slots_per_day: Annotated[
        int,
        Field(ge=1, le=MAX_SLOTS_PER_DAY, description="Créneaux donnés par offre et par jour, les premiers"),
    ] = SLOTS_PER_DAY
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
            place_id=self.place_id,
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
            preferred=self.preferred,
            slots_per_day=self.slots_per_day,
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
