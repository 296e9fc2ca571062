"""The calls that the check makes, and what they brought: nothing is judged here."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import aiohttp
from yarl import URL

from slots.fhir.answer import Body, parse
from slots.fhir.bundle import extract_slots, failed
from slots.fhir.profile import NOBODY
from slots.fhir.request import ACCEPT, slot_search

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable

    from care.slot import Extraction, Flow

_TIMEOUT_S: Final = 7.0


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One call. `problem` says why there is no answer; `resources` are those of the entries, by type."""

    url: str
    ids: tuple[str, ...] = ()
    start: datetime | None = None
    end: datetime | None = None
    status: int = 0
    content_type: str = ""
    body: bytes = b""
    elapsed_s: float = 0.0
    problem: str = ""
    document: Any = None
    read: Extraction | None = None

    @property
    def bundle(self) -> dict[str, Any]:
        """The answer when it is an object, else an empty one."""
        return self.document if isinstance(self.document, dict) else {}

    @property
    def resources(self) -> dict[str, list[dict[str, Any]]]:
        """Resources of the entries, by type, in order."""
        found: dict[str, list[dict[str, Any]]] = {}
        entries = self.bundle.get("entry")
        for entry in entries if isinstance(entries, list) else []:
            body = entry.get("resource") if isinstance(entry, dict) else None
            if isinstance(body, dict) and isinstance(body.get("resourceType"), str):
                found.setdefault(body["resourceType"], []).append(body)
        return found


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Every call of one flow.

    one, several   the search for one identifier, for all those given
    narrow         the same in a shorter window, that starts later
    nobody         the search for somebody the vendor cannot know
    wrong          a search with an unreadable date
    metadata       the capability statement
    stranger       the search without our certificate; None when the address is not https
    """

    flow: Flow
    base_url: str
    ids: tuple[str, ...]
    one: Exchange
    several: Exchange
    narrow: Exchange
    nobody: Exchange
    wrong: Exchange
    metadata: Exchange
    stranger: Exchange | None = None


@dataclass(kw_only=True)
class Caller:
    """Calls one server."""

    base_url: str
    tls: ssl.SSLContext | None = None
    stranger_tls: ssl.SSLContext | None = None
    timeout_s: float = _TIMEOUT_S
    _sessions: list[aiohttp.ClientSession] = field(default_factory=list)

    async def gather(self, flow: Flow, ids: Iterable[str], *, now: datetime) -> Evidence:
        """Make the calls of a flow, one after the other: a vendor is timed alone."""
        asked = tuple(ids)
        start, end = now.replace(microsecond=0), now.replace(microsecond=0) + timedelta(days=3)
        secured = self.base_url.startswith("https:")
        wrong = slot_search(self.base_url, flow=flow, ids=asked[:1], start=start, end=end)
        later = start + timedelta(hours=12)
        return Evidence(
            flow=flow,
            base_url=self.base_url,
            ids=asked,
            one=await self.search(flow, asked[:1], start, end),
            several=await self.search(flow, asked, start, end),
            narrow=await self.search(flow, asked, later, later + timedelta(hours=24)),
            nobody=await self.search(flow, (NOBODY[flow],), start, end),
            wrong=await self.call(wrong.replace(f"ge{start.year:04d}-", "ge9999-99-")),
            metadata=await self.call(f"{self.base_url}/metadata"),
            stranger=await self.search(flow, asked[:1], start, end, stranger=True) if secured else None,
        )

    async def search(
        self, flow: Flow, ids: tuple[str, ...], start: datetime, end: datetime, *, stranger: bool = False
    ) -> Exchange:
        """A search of slots, read as the platform reads it."""
        url = slot_search(self.base_url, flow=flow, ids=ids, start=start, end=end)
        made = await self.call(url, stranger=stranger)
        if made.problem:
            read = failed("transport")
        else:
            read = extract_slots(
                [made.body],
                flow=flow,
                requested_ids=ids,
                window_start=start,
                window_end=end,
                http_status=made.status,
            )
        return Exchange(**{**vars(made), "ids": ids, "start": start, "end": end, "read": read})

    async def call(self, url: str, *, stranger: bool = False) -> Exchange:
        """A bare call; never raises."""
        started = time.monotonic()
        tls = self.stranger_tls if stranger else self.tls
        body = Body()
        status, kind, problem = 0, "", ""
        try:
            async with (
                aiohttp.ClientSession(
                    connector=aiohttp.TCPConnector(ssl=tls if tls is not None else True),
                    cookie_jar=aiohttp.DummyCookieJar(),
                    headers={"Accept": ACCEPT, "User-Agent": "sas-platform"},
                    timeout=aiohttp.ClientTimeout(total=self.timeout_s),
                ) as session,
                session.get(URL(url, encoded=True), allow_redirects=False) as response,
            ):
                status, kind = response.status, response.headers.get("Content-Type", "")
                async for chunk in response.content.iter_chunked(64 * 1024):
                    body.add(chunk)
                    if body.full or body.refused:
                        break
        except (aiohttp.ClientError, OSError, ValueError) as error:
            problem = type(error).__name__
        page = body.page()
        parsed = parse(page) if not body.full and not body.refused else ""
        return Exchange(
            url=url,
            status=status,
            content_type=kind,
            body=page,
            elapsed_s=time.monotonic() - started,
            problem=problem,
            document=parsed[0] if isinstance(parsed, tuple) else None,
        )
