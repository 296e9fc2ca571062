"""The OpenAPI document: seen when it changes, an example on each route, held under hostile requests."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.app import create_app

SNAPSHOT = Path(__file__).with_name("openapi.json")


@pytest.fixture(scope="module")
def document() -> dict:
    """The document as served."""
    return create_app().openapi()


def test_the_document_is_the_one_committed(document):
    """After a wanted change: `python -m api.openapi > tests/api/openapi.json`."""
    assert json.loads(SNAPSHOT.read_text(encoding="utf-8")) == json.loads(json.dumps(document))


def test_every_route_shows_an_example(document):
    without = [
        f"{method.upper()} {path}"
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if not _has_example(document, _success(operation))
    ]
    assert without == []


def _success(operation: dict) -> dict:
    return next(answer for status, answer in operation["responses"].items() if status.startswith("2"))


def _has_example(document: dict, response: dict) -> bool:
    if not response.get("content"):
        return "content" not in response  # nothing to show: 204
    for media_type, content in response["content"].items():
        if media_type == "application/vnd.mapbox-vector-tile":
            return True  # bytes: nothing to read
        if "example" in content or "examples" in content:
            return True
        name = content.get("schema", {}).get("$ref", "").rsplit("/", 1)[-1]
        if "examples" in document["components"]["schemas"].get(name, {}):
            return True
    return False
