"""Requests made from the OpenAPI document itself, right and wrong: never a 500, always what was announced."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from core.settings import DatabaseSettings, HomeSettings, ServerSettings
from ingest.load.specialty import load_specialties
from tests.api.served import served

pytestmark = pytest.mark.postgis

EXAMPLES = 12
LONGEST_URL = 65_000
"""Characters: the server reads no longer request line."""
TOKEN = "a-secret-of-the-tests"  # noqa: S105
SIGNED_IN = {"Authorization": f"Bearer {TOKEN}", "X-SAS-Actor": "hostile"}
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)


@pytest.fixture
def server(database: DatabaseSettings, home: HomeSettings, conn, add_offers) -> Iterator[str]:
    """The real application behind a real server on the loopback; its base address."""
    add_offers([{"lon": 2.35 + n / 500, "lat": 48.85} for n in range(12)])
    load_specialties(conn)
    conn.commit()
    server = ServerSettings.model_validate({"write_token": TOKEN})
    with served(database, home, server) as address:
        yield f"http://{address}"


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["right", "wrong"])
def test_no_request_breaks_what_the_document_announces(server: str, mode: GenerationMode):
    schema = schemathesis.openapi.from_url(f"{server}/openapi.json")
    for result in schema.get_all_operations():
        operation = result.ok()

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def hold(case: schemathesis.Case) -> None:
            response = case.call(base_url=server, headers=SIGNED_IN)
            if len(response.request.url or "") > LONGEST_URL:  # refused before the application sees it
                assert response.status_code == 400
                return
            case.validate_response(response, checks=CHECKS)

        with contextlib.suppress(Unsatisfiable):  # a route without parameters cannot be asked wrongly
            hold()
