"""The preferred doctor: what is asked, and whom it may be."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class PreferredRequest(BaseModel):
    """What was typed, or sent by the regulation software; empty when nothing was."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"q": "dr martin paul"}]})

    q: str = Field(default="", max_length=200, description="RPPS, IDNPS, urn:oid:…|8…, ou nom")


class PreferredSpecialty(BaseModel):
    """A specialty of a practitioner."""

    code: str
    label: str


class PreferredCandidate(BaseModel):
    """Somebody who may be meant, told apart by specialty and communes; `offers` are the sheets to pin."""

    id: str
    rpps: str | None
    name: str
    specialties: list[PreferredSpecialty]
    communes: list[str]
    offers: list[str]


class PreferredAnswer(BaseModel):
    """Who was found.

    `code`: sas_pf_001 for an identifier that is none, sas_pf_002 when nothing was asked. `exact` is false
    when a typing error was put right. `truncated`: there are more than those twenty.
    """

    state: Literal["found", "ambiguous", "not-found", "invalid", "missing"]
    code: Literal["sas_pf_001", "sas_pf_002"] | None
    text: str
    exact: bool
    truncated: bool
    candidates: list[PreferredCandidate]
