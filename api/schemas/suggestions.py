"""Suggestions while one types: specialties and places."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel


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


class PlacesAnswer(BaseModel):
    """Places, best first."""

    places: list[PlaceSuggestion]
