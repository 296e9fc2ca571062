"""OperationOutcome: how errors are told on FHIR routes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MEDIA_TYPE = "application/fhir+json; charset=utf-8"

ISSUE_CODES = {
    400: "structure",
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    406: "not-supported",
    409: "conflict",
    413: "too-long",
    415: "not-supported",
    422: "business-rule",
    500: "exception",
    503: "transient",
}


class Fhir(Response):
    """A FHIR resource."""

    media_type = MEDIA_TYPE

    def render(self, content: Any) -> bytes:
        """The body."""
        return orjson.dumps(content)

    def init_headers(self, headers: Mapping[str, str] | None = None) -> None:
        """The media type has its charset already."""
        super().init_headers({**(headers or {}), "content-type": MEDIA_TYPE})


def outcome(
    status: int, issues: Iterable[Mapping[str, Any]], *, headers: Mapping[str, str] | None = None
) -> Fhir:
    """An OperationOutcome; an issue has `code`, `diagnostics` and, when it has one, `expression`."""
    body = {
        "resourceType": "OperationOutcome",
        "issue": [
            {"severity": "error", **{name: value for name, value in issue.items() if value is not None}}
            for issue in issues
        ],
    }
    return Fhir(body, status_code=status, headers=dict(headers or {}))


def example(status: int, diagnostics: str, expression: str | None = None) -> dict[str, Any]:
    """An entry of `responses`: an OperationOutcome with its example."""
    issue = {"severity": "error", "code": ISSUE_CODES[status], "diagnostics": diagnostics}
    if expression is not None:
        issue["expression"] = [expression]  # type: ignore[assignment]
    return {
        "description": diagnostics,
        "content": {
            "application/fhir+json": {
                "schema": {"type": "object", "required": ["resourceType", "issue"]},
                "example": {"resourceType": "OperationOutcome", "issue": [issue]},
            }
        },
    }
