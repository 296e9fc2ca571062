"""Suggestions while one types: specialties and places."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class SpecialtySuggestion(BaseModel):
    """A group of specialties, and the word of our tables it was found by."""

    code: str
    label: str
    kind: Literal["specialty", "profession", "structure"]
    matched: str
    score: float


class SpecialtiesAnswer(BaseModel):
    """Groups of specialties, best first."""

    specialties: list[SpecialtySuggestion]


class PlaceSuggestion(BaseModel):
    """A place; without a point for a whole department."""

    label: str
    type: str
    lon: float | None
    lat: float | None
    citycode: str | None
    department: str | None
    score: float


class PlacesRequest(BaseModel):
    """What was typed of a place."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"q": "12 rue de la rép"}]})

    q: str = Field(min_length=1, max_length=200, description="Début d'une adresse, d'un nom, d'un code")
    limit: int = Field(default=8, ge=1, le=50, description="Nombre de suggestions")


class PlacesAnswer(BaseModel):
    """Places, best first."""

    places: list[PlaceSuggestion]
