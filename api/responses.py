"""Ways of answering: JSON by orjson, GeoJSON, problems in the OpenAPI document."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
from starlette.responses import Response


class Json(Response):
    """An answer built as plain values: no second pass through a schema on the hot road."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """The body."""
        return self.encode(content)

    @staticmethod
    def encode(content: Any) -> bytes:
        """The bytes of a document, to be kept."""
        return orjson.dumps(content)


class GeoJson(Json):
    """A GeoJSON document (RFC 7946)."""

    media_type = "application/geo+json"


def features(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer of a search as a FeatureCollection; what is not an offer stands beside the features."""
    return {
        "type": "FeatureCollection",
        **{name: value for name, value in answer.items() if name != "offers"},
        "features": [
            {
                "type": "Feature",
                "id": offer["id"],
                "geometry": {"type": "Point", "coordinates": [offer["lon"], offer["lat"]]},
                "properties": offer,
            }
            for offer in answer["offers"]
        ],
    }


def problem(description: str, *, code: str, status: int, detail: str, **members: Any) -> dict[str, Any]:
    """An entry of `responses`: a problem with its example."""
    example = {
        "type": f"urn:sas:problem:{code}",
        "title": description,
        "status": status,
        "code": code,
        "detail": detail,
        **members,
    }
    return {
        "description": description,
        "content": {"application/problem+json": {"schema": _PROBLEM, "example": example}},
    }


_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "parameter": {"type": "string"},
        "suggestions": {"type": "array", "items": {"type": "object"}},
    },
}

GEOCODING: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "application/json": {
                "schema": {"type": "object"},
                "example": orjson.loads((Path(__file__).parent / "examples" / "geocoding.json").read_bytes()),
            }
        }
    },
    400: problem(
        "Requête incorrecte",
        code="usage",
        status=400,
        detail="« limit » doit être un entier de 1 à 100.",
        parameter="limit",
    ),
}
"""Answers of the geocoding routes, which refuse with 400 as addok does."""

GEOCODED_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "text/csv": {
                "schema": {"type": "string"},
                "example": "adresse,result_label,result_score\n12 r. des lilas,12 Rue des Lilas,0.98\n",
            }
        }
    },
    400: GEOCODING[400],
}
"""Answers of the routes that geocode a file."""

INVALID = problem(
    "Paramètre incorrect",
    code="unknown-specialty",
    status=422,
    detail="Cette spécialité n'est pas reconnue.",
    parameter="specialty",
    suggestions=[{"code": "SM54", "label": "Médecine générale"}],
)
NOT_FOUND = problem(
    "Introuvable", code="not-found", status=404, detail="Cette offre n'existe pas, ou n'existe plus."
)
FORBIDDEN = problem(
    "Accès refusé",
    code="not-allowed",
    status=403,
    detail="Secret d'administration absent ou faux.",
)
UNREADABLE = problem(
    "Requête incorrecte", code="bad-request", status=400, detail="Le corps de la requête est illisible."
)
UNAVAILABLE = problem(
    "Service momentanément indisponible",
    code="storage-unavailable",
    status=503,
    detail="La base de données ne répond pas.",
)
