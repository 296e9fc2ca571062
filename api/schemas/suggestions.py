"""Suggestions while one types: specialties and places."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class SpecialtyName(BaseModel):
    """A group of specialties, named."""

    code: str
    label: str


class SpecialtySuggestion(BaseModel):
    """A group of specialties, the word of our tables it was found by, and what kind of word that is.

    `also`: groups that answer the same need.
    """

    code: str
    label: str
    kind: Literal["specialty", "profession", "structure"]
    matched: str
    why: Literal["code", "label", "synonym", "need", "typing-error", "frequent"]
    score: float
    also: list[SpecialtyName]


class SpecialtiesRequest(BaseModel):
    """What was typed of a need: it may be the reason of a call."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"q": "sut"}]})

    q: str = Field(default="", max_length=100, description="Début d'un mot, sigle, code")
    limit: int = Field(default=10, ge=1, le=50, description="Nombre de suggestions")


class SpecialtiesAnswer(BaseModel):
    """Groups of specialties, best first, and the version of the words they were found by."""

    specialties: list[SpecialtySuggestion]
    version: str


class PlaceSuggestion(BaseModel):
    """A place; without a point for a whole department. `id` is what a search takes as `place_id`."""

    id: str
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
