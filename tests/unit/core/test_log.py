"""What is logged, and above all what is not."""

from __future__ import annotations

import asyncio
import gc
import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
import structlog

from core import log

TYPED = "12 rue du Canari"


@pytest.fixture(autouse=True)
def _configured() -> Iterator[None]:
    """Logs as the server sets them up; put back as they were."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def _events(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_an_event_is_one_line_of_json_with_its_fields(capsys: pytest.CaptureFixture[str]):
    log.configure()
    structlog.get_logger("api").info("request", route="/api/v1/offers", status=200, ms=3.2)
    (event,) = _events(capsys)
    assert event["event"] == "request"
    assert (event["route"], event["status"], event["level"]) == ("/api/v1/offers", 200, "info")
    assert event["at"].endswith("Z")


@pytest.mark.parametrize("field", sorted(log.PRIVATE_FIELDS))
def test_a_field_that_may_hold_a_place_is_blanked_whoever_logs_it(
    field: str, capsys: pytest.CaptureFixture[str]
):
    log.configure()
    structlog.get_logger("anyone").warning("odd", **{field: TYPED})
    assert TYPED not in json.dumps(_events(capsys))


def test_a_line_that_cannot_be_written_says_nothing_of_the_error_under_way(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    closed = io.StringIO()
    closed.close()
    with monkeypatch.context() as patch:
        patch.setattr("sys.stderr", closed)
        log.configure()
    try:
        int(TYPED)
    except ValueError:
        structlog.get_logger("api").error("unexpected", error="ValueError")
    out, err = capsys.readouterr()
    assert TYPED not in out + err


def test_an_exception_is_told_by_its_type_and_lines_not_by_its_text(capsys: pytest.CaptureFixture[str]):
    log.configure()
    try:
        int(TYPED)
    except ValueError:
        structlog.get_logger("api").exception("unexpected")
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
    ours, theirs = _events(capsys)
    for event in (ours, theirs):
        assert event["error"] == "ValueError"
        assert event["where"][-1].startswith("test_log.py:")
        assert TYPED not in json.dumps(event)


def test_an_error_of_the_database_keeps_its_state(capsys: pytest.CaptureFixture[str]):
    log.configure()
    structlog.get_logger("api").error("database", exc_info=psycopg.errors.UndefinedTable(TYPED))
    (event,) = _events(capsys)
    assert event["sqlstate"] == "42P01"
    assert TYPED not in json.dumps(event)


def test_a_library_that_logs_addresses_asked_is_silenced(capsys: pytest.CaptureFixture[str]):
    log.configure()
    logging.getLogger("httpx").info("HTTP Request: GET https://db.example/?q=%s", TYPED)
    logging.getLogger("uvicorn.access").info("GET /search?q=%s", TYPED)
    assert _events(capsys) == []


def test_a_task_lost_by_asyncio_does_not_tell_its_exception(capsys: pytest.CaptureFixture[str]):
    log.configure()

    async def fail() -> None:
        raise ValueError(TYPED)

    async def lose() -> None:
        task = asyncio.create_task(fail())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        del task
        gc.collect()

    asyncio.run(lose())
    events = [event for event in _events(capsys) if event["logger"] == "asyncio"]
    assert [event["error"] for event in events] == ["ValueError"]
    assert TYPED not in json.dumps(events)


def test_setting_up_twice_does_not_write_twice(capsys: pytest.CaptureFixture[str]):
    log.configure()
    log.configure()
    structlog.get_logger("api").info("once")
    assert len(_events(capsys)) == 1
