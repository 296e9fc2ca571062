"""Agenda vendors as a manager reads and writes them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from slots.editors import Editor

_EXAMPLE = {
    "name": "Agenda Exemple",
    "base_url": "https://agenda.example/fhir",
    "flows": ["agg-ps", "agg-cpts"],
    "certificate": "env:SAS_EDITOR_EXEMPLE_CERTIFICATE",
    "private_key": "env:SAS_EDITOR_EXEMPLE_KEY",
    "authority": "/etc/sas/igc-sante.pem",
    "expected_cn": "agenda.example",
}
_Reference = Annotated[
    str | None,
    Field(max_length=400, description="Chemin absolu, ou env:NOM d'une variable qui tient le chemin"),
]


class EditorRecord(BaseModel):
    """A vendor; certificates and keys are named, never sent."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    name: Annotated[str, Field(min_length=1, max_length=100)]
    base_url: Annotated[str, Field(max_length=400, description="Base FHIR, sans « / » final")]
    flows: list[Literal["agg-ps", "agg-cpts", "agg-sos"]] = ["agg-ps"]
    state: Literal["on", "off"] = "on"
    booking: bool = True
    booking_hosts: list[str] = []
    certificate: _Reference = None
    private_key: _Reference = None
    authority: _Reference = None
    revocations: _Reference = None
    expected_cn: Annotated[str | None, Field(max_length=200)] = None
    expected_ou: Annotated[str | None, Field(max_length=200)] = None
    max_concurrent: Annotated[int, Field(ge=1, le=256)] = 16
    rate_per_s: Annotated[float, Field(gt=0, le=10_000, allow_inf_nan=False)] = 20.0
    sandbox: bool = False

    def editor(self, slug: str) -> Editor:
        """The record, checked.

        Raises
        ------
        InvalidParameter   names the field
        """
        given: dict[str, Any] = self.model_dump()
        given["flows"] = tuple(given["flows"])
        given["booking_hosts"] = tuple(given["booking_hosts"])
        return Editor(slug=slug, **given)


class EditorAnswer(EditorRecord):
    """A vendor and its short name."""

    slug: str


class EditorsAnswer(BaseModel):
    """Every vendor."""

    editors: list[EditorAnswer]


def shown(editor: Editor) -> dict[str, object]:
    """A record as the answer tells it."""
    return asdict(editor)
