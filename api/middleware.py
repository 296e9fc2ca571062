"""Around every request: identifier, body limit, security headers, one structured event, metrics.

Written on ASGI itself: no task and no buffer is added to a streamed answer. The event and the metrics hold
the route template, never the path nor the query string, because an address searched may stand in both.
"""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response

from api.errors import Problem, shaped, unexpected

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from api.metrics import Metrics

BODY_LIMIT_BYTES = 64 * 1024
UPLOAD_LIMIT_BYTES = 50 * 1024 * 1024
UPLOAD_PATHS = frozenset({"/geocodage/search/csv", "/geocodage/reverse/csv"})

CALENDAR_LIMIT_BYTES = 1024 * 1024
APPOINTMENT_LIMIT_BYTES = 256 * 1024

_HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # An answer may hold a place: nothing is kept by default; a route that is public says so itself.
    "Cache-Control": "no-store",
}
# The geocoder answers pages of any site, as addok and the national service do: what it gives is open data,
# and nothing in it depends on who asks.
OPEN_PREFIX = "/geocodage/"
_OPEN_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "X-Requested-With",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
_HSTS = "max-age=31536000; includeSubDomains"


def content_security_policy(nonce: str) -> str:
    """The policy of pages: everything from here, scripts by file or by nonce, framed by nobody."""
    return (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
        "img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    )


def body_limit_bytes(path: str) -> int:
    """The largest body a path takes."""
    if path in UPLOAD_PATHS:
        return UPLOAD_LIMIT_BYTES
    if path == "/fhir/r4/Appointment":
        return APPOINTMENT_LIMIT_BYTES
    return CALENDAR_LIMIT_BYTES if path.endswith("/calendar.ics") else BODY_LIMIT_BYTES


class RequestGuard:
    """Outermost layer of the application.

    Sets `request.state.request_id` and `request.state.csp_nonce` (for pages). A header that a route sets
    itself (`Cache-Control`, `Content-Security-Policy`) is kept.
    """

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state["request_id"] = secrets.token_hex(8)
        state["csp_nonce"] = secrets.token_urlsafe(16)
        started = time.perf_counter()
        answer = _Answer(scope, send)
        try:
            await self._limited(scope, receive, answer)
        finally:
            self._observe(scope, answer.status, time.perf_counter() - started)

    async def _limited(self, scope: Scope, receive: Receive, answer: _Answer) -> None:
        limit = body_limit_bytes(scope["path"].rstrip("/"))
        body = _Body(receive, limit)
        announced = Headers(scope=scope).get("content-length", "0")
        if announced.isdigit() and int(announced) > limit:
            await _too_large(limit, scope["path"])(scope, receive, answer.send)
            return
        answer.body = body
        if scope["method"] == "OPTIONS" and _is_open(scope):
            await Response(status_code=204, headers={"Access-Control-Allow-Methods": "GET, POST"})(
                scope, receive, answer.send
            )
            return
        try:
            await self._app(scope, body.receive, answer.send)
        except _BodyTooLarge:
            body.exceeded = True
        except Exception as error:  # noqa: BLE001 - outermost loop; the trace may hold a place
            answer.broken = answer.started
            await shaped(unexpected(error), scope["path"])(scope, receive, answer.send)
        if body.exceeded and not answer.started:
            answer.body = None
            await _too_large(limit, scope["path"])(scope, receive, answer.send)

    def _observe(self, scope: Scope, status: int, elapsed_s: float) -> None:
        route = getattr(scope.get("route"), "path", None) or "unmatched"
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._metrics.request_seconds.labels(method, route, f"{status // 100}xx").observe(elapsed_s)
        structlog.get_logger("api.access").info(
            "request",
            request_id=scope["state"]["request_id"],
            method=method,
            route=route,
            status=status,
            ms=round(elapsed_s * 1000, 1),
        )


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class _BodyTooLarge(Exception):
    """The body went past its limit while it was read."""


class _Body:
    """The body of a request, counted while it is read."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._left = limit
        self.exceeded = False

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                self.exceeded = True
                raise _BodyTooLarge
        return message


class _Answer:
    """The answer on its way out: security headers are added, the status is remembered."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope = scope
        self._send = send
        self.status = 500
        self.started = False
        self.broken = False
        self.body: _Body | None = None

    async def send(self, message: Message) -> None:
        if self.body is not None and self.body.exceeded and not self.started:
            return  # what a route made of a truncated body is dropped; the guard answers 413
        if self.broken:
            return  # too late for another answer: the server closes the connection
        if message["type"] == "http.response.start":
            self.started = True
            self.status = int(message["status"])
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault(
                "Content-Security-Policy", content_security_policy(self._scope["state"]["csp_nonce"])
            )
            headers.setdefault("X-Request-Id", self._scope["state"]["request_id"])
            if _is_open(self._scope):
                for name, value in _OPEN_HEADERS.items():
                    headers[name] = value
            if self._scope["scheme"] == "https":
                headers.setdefault("Strict-Transport-Security", _HSTS)
        await self._send(message)


def _is_open(scope: Scope) -> bool:
    return scope["path"].startswith(OPEN_PREFIX)


def _too_large(limit: int, path: str) -> Response:
    problem = Problem(
        413,
        code="content-too-large",
        detail=f"Le corps de la requête dépasse {limit // 1024} ko.",
        parameter="body",
    )
    return shaped(problem, path)
