"""The simulated vendors as one HTTP server: `/<vendor>/fhir` for the platform, pages for people.

Every vendor has its base address, its habits and its faults, switched while it runs. With TLS, the
certificate of the caller is required and its names are checked, as a vendor has to (section 2.1).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson
from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from core.clock import utc_now
from slots.sandbox.agenda import times
from slots.sandbox.brand import BRANDS, Brand
from slots.sandbox.bundle import Writer
from slots.sandbox.faults import FAULTS, SLOW_S, body_of, spoiled
from slots.sandbox.query import BadQuery, SlotQuery, read
from slots.tls import carries

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from slots.sandbox.agenda import Time
    from slots.sandbox.people import Holder, Office, People

_FHIR: Final = "application/fhir+json"
_HUNG_S: Final = 3_600.0
_PAGES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(kw_only=True)
class Sandbox:
    """The vendors of one process. `now` is theirs: a clock that can be put forward or back.

    slow_s                     how late the fault `slow` answers
    expected_cn, expected_ou   names the platform's certificate must carry, with TLS
    """

    people: People
    brands: Sequence[Brand] = BRANDS
    now: Callable[[], datetime] = utc_now
    slow_s: float = SLOW_S
    expected_cn: str | None = None
    expected_ou: str | None = None
    faults: dict[str, str] = field(default_factory=dict)
    requests: dict[str, int] = field(default_factory=dict)
    under_way: dict[str, int] = field(default_factory=dict)
    most_at_once: dict[str, int] = field(default_factory=dict)

    def brand(self, slug: str) -> Brand:
        """A vendor of this sandbox; KeyError when there is none."""
        return next(brand for brand in self.brands if brand.slug == slug)

    def switch(self, slug: str, fault: str | None) -> None:
        """Give a vendor a fault, or take it away. KeyError for an unknown vendor or fault."""
        if slug not in {brand.slug for brand in self.brands}:
            raise KeyError(slug)
        if fault is None:
            self.faults.pop(slug, None)
        else:
            self.faults[slug] = FAULTS[fault].slug


_SANDBOX: web.AppKey[Sandbox] = web.AppKey("sandbox", Sandbox)


def application(sandbox: Sandbox) -> web.Application:
    """The server of these vendors."""
    app = web.Application(middlewares=[_certified], client_max_size=64 * 1024)
    app[_SANDBOX] = sandbox
    app.add_routes(
        [
            web.get("/", _page),
            web.post("/faults", _switch),
            web.get("/{vendor}/fhir/metadata", _metadata),
            web.get("/{vendor}/fhir/{resource:Slot|Schedule}", _search),
            web.get("/{vendor}/rdv", _booking),
        ]
    )
    return app


async def serve(
    sandbox: Sandbox, *, host: str, port: int, tls: ssl.SSLContext | None = None
) -> web.AppRunner:
    """Start serving in the running loop; `cleanup` of what is returned stops it. Port 0 takes a free one."""
    runner = web.AppRunner(application(sandbox), access_log=None, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, host, port, ssl_context=tls, backlog=1024).start()
    return runner


def address(runner: web.AppRunner) -> tuple[str, int]:
    """Host and port that a started server listens on."""
    host, port = runner.addresses[0][:2]
    return host, port


@web.middleware
async def _certified(request: web.Request, handler: Any) -> web.StreamResponse:
    """With TLS, the caller carries the expected names; chain and dates were checked by the handshake."""
    sandbox = request.app[_SANDBOX]
    if request.secure and request.transport is not None:
        certificate = request.transport.get_extra_info("peercert")
        if not carries(certificate, cn=sandbox.expected_cn, ou=sandbox.expected_ou):
            return _outcome(403, "forbidden", "The certificate of the caller has another CN or OU")
    return await handler(request)


async def _search(request: web.Request) -> web.StreamResponse:
    sandbox = request.app[_SANDBOX]
    brand = _brand(request)
    slug = brand.slug
    sandbox.requests[slug] = sandbox.requests.get(slug, 0) + 1
    sandbox.under_way[slug] = sandbox.under_way.get(slug, 0) + 1
    sandbox.most_at_once[slug] = max(sandbox.most_at_once.get(slug, 0), sandbox.under_way[slug])
    try:
        return await _answer(request, sandbox, brand)
    finally:
        sandbox.under_way[slug] -= 1


async def _answer(request: web.Request, sandbox: Sandbox, brand: Brand) -> web.StreamResponse:
    fault = sandbox.faults.get(brand.slug)
    await asyncio.sleep({"slow": sandbox.slow_s, "hung": _HUNG_S}.get(fault or "", brand.latency_s))
    if fault == "reset" and request.transport is not None:
        request.transport.abort()
        return web.Response()
    if fault == "error-500":
        return _outcome(500, "exception", "The simulated vendor has failed, as it was told to")
    try:
        asked = read(request.match_info["resource"], request.rel_url.raw_query_string)
    except BadQuery as bad:
        return _outcome(400, "invalid", str(bad))
    if asked.flow not in brand.flows and not (asked.flow == "agg-ps" and "agg-cpts" in brand.flows):
        return _outcome(400, "not-supported", "This vendor does not serve this flow")
    bundle = await _bundle(request, sandbox, brand, asked, fault)
    return web.Response(
        body=body_of(fault, bundle),
        content_type="text/html" if fault == "wrong-content-type" else _FHIR,
        charset="utf-8",
    )


async def _bundle(
    request: web.Request, sandbox: Sandbox, brand: Brand, asked: SlotQuery, fault: str | None
) -> dict[str, Any]:
    known = [holder for holder in asked.ids if asked.flow == "agg-sos" or brand.knows(holder)]
    start = max(asked.start, sandbox.now())
    agendas: list[tuple[Holder, Office, list[Time]]] = []
    for holder in await sandbox.people.find(known) if known else []:
        for office in holder.offices:
            drawn = times(brand.slug, holder, office, start, asked.end)
            agendas.append((holder, office, [time for time in drawn if time.free or fault == "busy"]))
    base = f"{request.scheme}://{request.host}/{brand.slug}"
    writer = Writer(brand, base_url=f"{base}/fhir", booking_url=f"{base}/rdv")
    link = f"{request.scheme}://{request.host}{request.rel_url.raw_path}?{request.rel_url.raw_query_string}"
    return spoiled(fault, writer.answer(asked.flow, agendas, link=link))


async def _metadata(request: web.Request) -> web.Response:
    brand = _brand(request)
    resource = "Schedule" if brand.flows == ("agg-sos",) else "Slot"
    statement = {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2026-01-01",
        "kind": "instance",
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json"],
        "implementation": {"description": f"{brand.name} (éditeur simulé)"},
        "rest": [{"mode": "server", "security": {"cors": False}, "resource": [{"type": resource}]}],
    }
    return web.Response(body=orjson.dumps(statement), content_type=_FHIR, charset="utf-8")


async def _page(request: web.Request) -> web.Response:
    """How a vendor connects, and the switches of the faults."""
    sandbox = request.app[_SANDBOX]
    text = _PAGES.get_template("bac-a-sable.html").render(
        brands=sandbox.brands,
        faults=FAULTS.values(),
        switched=sandbox.faults,
        requests=sandbox.requests,
        base=f"{request.scheme}://{request.host}",
        examples=await sandbox.people.some(3),
    )
    return web.Response(text=text, content_type="text/html", headers=_PAGE_HEADERS)


async def _switch(request: web.Request) -> web.Response:
    form = await request.post()
    try:
        request.app[_SANDBOX].switch(str(form.get("vendor", "")), str(form.get("fault", "")) or None)
    except KeyError:
        return _outcome(400, "invalid", "Unknown vendor or fault")
    raise web.HTTPSeeOther("/")


async def _booking(request: web.Request) -> web.Response:
    """Where a regulator lands; without `origin` the rights of a regulator are not open (section 5)."""
    brand = _brand(request)
    text = _PAGES.get_template("rendez-vous.html").render(
        brand=brand,
        origin=request.query.get("origin", ""),
        slot=request.query.get("creneau", ""),
        practitioner=request.query.get("ps", ""),
    )
    return web.Response(text=text, content_type="text/html", headers=_PAGE_HEADERS)


_PAGE_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def _brand(request: web.Request) -> Brand:
    try:
        return request.app[_SANDBOX].brand(request.match_info["vendor"])
    except StopIteration:
        raise web.HTTPNotFound(text="no such vendor") from None


def _outcome(status: int, code: str, text: str) -> web.Response:
    body = {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "code": code, "diagnostics": text}],
    }
    return web.Response(status=status, body=orjson.dumps(body), content_type=_FHIR, charset="utf-8")
