"""Logs: one JSON line per event on stderr, with a fixed name and fields, never a sentence with values in it.

What people search never reaches them. Fields that could hold a place or an address are blanked whoever logs
them, and an exception is told by its type and the lines it went through: its text may quote what was typed.
Libraries that log addresses asked (httpx, uvicorn's access log) are silenced.
"""

from __future__ import annotations

import logging
import sys
import traceback
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from structlog.typing import EventDict, Processor, WrappedLogger

PRIVATE_FIELDS = frozenset(
    {
        *("address", "body", "citycode", "lat", "latitude", "lon", "longitude", "params", "patient", "path"),
        *("phone", "place", "point", "q", "query", "query_string", "referer", "text", "url"),
    }
)
_BLANKED = "[retiré]"
_QUIET = ("httpcore", "httpx", "uvicorn.access", "yoyo", "psycopg.pool")
_DEEPEST_FRAMES = 12


def configure(*, level: int = logging.INFO) -> None:
    """Send every log, ours and the libraries', to stderr as JSON lines. Repeatable."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*_shared(), first_line],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    # A line that cannot be written is lost: the library would print it with the error under way and its text.
    logging.raiseExceptions = False
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error"):
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        exception_without_text,
        blank_private_fields,
    ]


def blank_private_fields(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Blank the fields that may hold a place, an address or a person."""
    for key in event:
        if key in PRIVATE_FIELDS:
            event[key] = _BLANKED
    return event


def first_line(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Keep the first line of a library's message: asyncio quotes a lost task's exception on the next ones."""
    event["event"] = str(event["event"]).partition("\n")[0]
    return event


def exception_without_text(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace an exception by its type, its SQLSTATE when it has one, and the lines it went through."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info if isinstance(info, BaseException) else info[1] if isinstance(info, tuple) else None
    if error is not None:
        event["error"] = type(error).__name__
        event["where"] = _lines(error)
        state: Any = getattr(error, "sqlstate", None)
        if state:
            event["sqlstate"] = state
    return event


def _lines(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)[-_DEEPEST_FRAMES:]
    return [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames]
