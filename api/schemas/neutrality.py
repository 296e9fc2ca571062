"""The rule of ranking and its audit, for programs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class PolicyVersion(BaseModel):
    """A published policy of ranking."""

    version: str
    title: str
    published_on: date
    sha256: Annotated[
        str, Field(description="Empreinte du fichier, donné par /neutrality/policies/{version}")
    ]


class TerritoryVersion(PolicyVersion):
    """The signed policy of one department."""

    department: str
    valid_from: date
    signed_by: Annotated[str, Field(description="Nom de la clé publique qui le prouve")]


class RefusedPolicy(BaseModel):
    """A file that is not followed."""

    file: str
    reason: str


class NeutralityReport(BaseModel):
    """The report published last; figures beside these are described in docs/neutrality.md."""

    model_config = ConfigDict(extra="allow")

    made_at: datetime
    since: date
    until: date
    rankings: int
    verdict: Literal["clean", "look", "biased", "thin"]
    title: str
    sentences: list[str]
    chain: dict[str, Any]
    replay: dict[str, Any]
    tests: list[dict[str, Any]]


class NeutralityAnswer(BaseModel):
    """The rule in force, its versions, and what the last audit found."""

    policy: PolicyVersion
    versions: list[PolicyVersion]
    territories: list[TerritoryVersion]
    refused: list[RefusedPolicy]
    report: Annotated[NeutralityReport | None, Field(description="Nul tant qu'aucun n'est publié")]
