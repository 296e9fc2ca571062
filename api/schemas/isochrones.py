"""Isochrones: from where and how far asked, areas given."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from geo.point import Point

MOST_MINUTES = 60.0
MOST_AREAS = 6

_PORTO = {"lon": -8.611, "lat": 41.149, "minutes": [10, 20, 30]}
_Minutes = Annotated[float, Field(gt=0, le=MOST_MINUTES, allow_inf_nan=False)]


class IsochronesQuery(BaseModel):
    """A place, and one or several numbers of minutes; in the body only, so that no URL holds a place."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_PORTO]})

    lon: Annotated[
        float, Field(ge=-180, le=180, allow_inf_nan=False, description="Longitude, degrés (EPSG:4326)")
    ]
    lat: Annotated[
        float, Field(ge=-90, le=90, allow_inf_nan=False, description="Latitude, degrés (EPSG:4326)")
    ]
    minutes: Annotated[
        list[_Minutes],
        Field(min_length=1, max_length=MOST_AREAS, description="Temps de trajet, en minutes ; au plus 60"),
    ] = [10, 20, 30]
    profile: Annotated[Literal["car", "foot"], Field(description="En voiture ou à pied")] = "car"

    def point(self) -> Point:
        """Where from."""
        return Point(lon=self.lon, lat=self.lat)


class AreaProperties(BaseModel):
    """One area."""

    minutes: float
    label: str
    cut: Annotated[
        bool, Field(description="L'aire atteint le bord du réseau chargé : elle peut continuer au-delà")
    ]


class Geometry(BaseModel):
    """A polygon or several, RFC 7946; without coordinates when nothing is reached."""

    type: Literal["Polygon", "MultiPolygon"]
    coordinates: list


class Area(BaseModel):
    """A feature: where one gets within that time."""

    type: Literal["Feature"]
    geometry: Geometry
    properties: AreaProperties


class IsochronesAnswer(BaseModel):
    """Areas from the shortest time to the longest, one inside another, all of one source."""

    type: Literal["FeatureCollection"]
    source: Annotated[
        Literal["road", "estimate"],
        Field(description="Par la route, ou cercles estimés à vol d'oiseau"),
    ]
    as_of: Annotated[str | None, Field(description="Date du réseau routier (AAAA-MM-JJ)")]
    profile: Literal["car", "foot"]
    attribution: str | None
    notices: list[str]
    features: list[Area]
