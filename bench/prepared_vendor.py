"""Simulated vendors that cost next to nothing: answers of the sandbox, written once, served bare.

The sandbox writes each answer anew, through a web framework: on the machine that is measured, that takes more
time of processor than reading it. Here a few agendas are written by the sandbox at the start; an answer puts
the numbers of those asked for into them, and leaves out the times before the window.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote

import orjson

from core.clock import utc_now
from slots.sandbox.agenda import times
from slots.sandbox.brand import share_of
from slots.sandbox.bundle import Writer
from slots.sandbox.people import invented

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slots.sandbox.brand import Brand

_AGENDAS: Final = 64
_DAYS: Final = timedelta(days=5)
_ASKED: Final = re.compile(rb"\|(8999\d{8})|%7C(8999\d{8})")
_BOUND: Final = re.compile(r"[?&]start=(ge|le)([^&\s]*)")
_HEAD: Final = "HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\nContent-Length: {}\r\n\r\n"
_HOLDER: Final = "8999876543{:02d}"
_knows = lru_cache(maxsize=200_000)(share_of)


class Agenda(NamedTuple):
    """An agenda written once: its slots in order of time, and what they refer to."""

    holder: str
    slots: list[tuple[datetime, bytes]]
    included: bytes

    def of(self, holder: str, start: datetime, end: datetime) -> bytes:
        """The entries for somebody else, in a window; nothing when it holds no slot."""
        kept = [entry for begins, entry in self.slots if start <= begins <= end]
        if not kept:
            return b""
        entries = b",".join([*kept, self.included])
        # The number of the holder, then what is made of its end: keys of places, telephone.
        entries = entries.replace(self.holder.encode(), holder.encode())
        return entries.replace(self.holder[-6:].encode(), holder[-6:].encode())


@dataclass(kw_only=True)
class Prepared:
    """The vendors of one process, with what they count, as `slots.sandbox.server.Sandbox` does."""

    brands: Sequence[Brand]
    faults: dict[str, str] = field(default_factory=dict)
    requests: dict[str, int] = field(default_factory=dict)
    under_way: dict[str, int] = field(default_factory=dict)
    most_at_once: dict[str, int] = field(default_factory=dict)
    agendas: dict[str, list[Agenda]] = field(default_factory=dict)

    def write(self, base: str) -> None:
        """Write the agendas of every vendor."""
        for brand in self.brands:
            self.agendas[brand.slug] = [_agenda(brand, base, number) for number in range(_AGENDAS)]

    def switch(self, slug: str, fault: str | None) -> None:
        """Hang a vendor (`hung`), or take it out."""
        self.faults = {**self.faults, slug: fault} if fault else {}


def _agenda(brand: Brand, base: str, number: int) -> Agenda:
    holder = invented(_HOLDER.format(number))
    office = holder.offices[0]
    now = utc_now()
    drawn = [time for time in times(brand.slug, holder, office, now, now + _DAYS) if time.free]
    writer = Writer(brand, base_url=f"{base}/{brand.slug}/fhir", booking_url=f"{base}/{brand.slug}/rdv")
    entries = writer.answer("agg-ps", [(holder, office, drawn)], link="").get("entry", [])
    written = [orjson.dumps(entry) for entry in entries]
    return Agenda(
        holder=holder.id,
        slots=[(time.start, entry) for time, entry in zip(drawn, written, strict=False)],
        included=b",".join(written[len(drawn) :]),
    )


class Connection(asyncio.Protocol):
    """HTTP/1.1, GET only, one request at a time: what the platform's client sends."""

    def __init__(self, vendors: Prepared) -> None:
        self._vendors = vendors
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self._transport = transport if isinstance(transport, asyncio.Transport) else None

    def data_received(self, data: bytes) -> None:
        """A whole request: answer it after the usual time of the vendor."""
        self._received += data
        if not self._received.endswith(b"\r\n\r\n"):
            return
        line = self._received.partition(b"\r\n")[0]
        self._received = b""
        vendors = self._vendors
        slug = line.split(b"/", 2)[1].decode()
        brand = next(brand for brand in vendors.brands if brand.slug == slug)
        vendors.requests[slug] = vendors.requests.get(slug, 0) + 1
        vendors.under_way[slug] = vendors.under_way.get(slug, 0) + 1
        vendors.most_at_once[slug] = max(vendors.most_at_once.get(slug, 0), vendors.under_way[slug])
        if vendors.faults.get(slug) != "hung":
            asyncio.get_running_loop().call_later(brand.latency_s, self._answer, brand, line)
        else:
            vendors.under_way[slug] -= 1

    def _answer(self, brand: Brand, line: bytes) -> None:
        self._vendors.under_way[brand.slug] -= 1
        body = answer(self._vendors.agendas[brand.slug], brand, line)
        if self._transport is not None and not self._transport.is_closing():
            head = _HEAD.format(len(body))
            self._transport.write(head.encode() + body)


def answer(agendas: Sequence[Agenda], brand: Brand, line: bytes) -> bytes:
    """The Bundle for a request line: the slots of those asked for whom this vendor knows."""
    bounds = {which: datetime.fromisoformat(unquote(text)) for which, text in _BOUND.findall(line.decode())}
    asked = [(bare or encoded).decode() for bare, encoded in _ASKED.findall(line)]
    blocks = [
        agendas[int(holder) % len(agendas)].of(holder, bounds["ge"], bounds["le"])
        for holder in asked
        if _knows(holder) in brand.parts
    ]
    entries = b",".join(block for block in blocks if block)
    return b'{"resourceType":"Bundle","type":"searchset","entry":[' + entries + b"]}"


async def serve(vendors: Prepared, *, host: str) -> asyncio.Server:
    """Serve on a free port."""
    server = await asyncio.get_running_loop().create_server(
        lambda: Connection(vendors), host, 0, backlog=1024
    )
    vendors.write(f"http://{host}:{server.sockets[0].getsockname()[1]}")
    return server
