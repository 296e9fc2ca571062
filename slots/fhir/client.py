"""Asking one vendor: a pool of mutual-TLS connections, and a body read under its limits.

A vendor is another system: its address is resolved by us and never private (but for a simulated one), nothing
is redirected, a further page is asked on its own server only, and every limit holds while the body arrives.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from slots.fhir.answer import Body
from slots.fhir.outcome import outcome_messages
from slots.fhir.pagination import next_page
from slots.fhir.request import ACCEPT
from slots.tls import carries, client_context

if TYPE_CHECKING:
    from care.slot import FailureReason
    from slots.editors import Editor

_CHUNK_BYTES: Final = 64 * 1024
_ERROR_BODY_BYTES: Final = 64 * 1024
_KEEP_ALIVE_S: Final = 30.0


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """The bytes of an answer, or why there is none; `told` is what an OperationOutcome says, for the log."""

    pages: tuple[bytes, ...] = ()
    http_status: int = 200
    failure: FailureReason | None = None
    told: str = ""


class EditorClient:
    """The connections to one vendor. Open it in a running loop, close it with the server."""

    def __init__(self, editor: Editor, *, connect_timeout_s: float) -> None:
        """Raises `SystemMissing` when a certificate or a key cannot be read."""
        self.editor = editor
        secured = editor.base_url.startswith("https:")
        connector = aiohttp.TCPConnector(
            limit=editor.max_concurrent,
            ssl=client_context(editor) if secured else True,
            resolver=aiohttp.DefaultResolver() if editor.sandbox else PublicResolver(),
            keepalive_timeout=_KEEP_ALIVE_S,
        )
        self._secured = secured
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"Accept": ACCEPT, "User-Agent": "sas-platform"},
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=connect_timeout_s),
            trust_env=False,
            raise_for_status=False,
        )

        # aiohttp has no public switch for it. A vendor in trouble is not asked twice by one search; a pooled
        # connection that the vendor has closed is seen as such before it is used.
        self._session._retry_connection = False  # noqa: SLF001

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()

    async def fetch(self, url: str) -> Fetched:
        """The answer to a search, all its pages; the deadline is the caller's (`asyncio.timeout`).

        Never raises but `CancelledError`: what goes wrong is in `failure`.
        """
        pages: list[bytes] = []
        address: str | None = url
        try:
            while address is not None:
                page = await self._page(address)
                if isinstance(page, Fetched):
                    return page
                pages.append(page)
                asked = len(pages)
                address = None
                if b'"next"' in page:
                    address = next_page(page, base_url=self.editor.base_url, pages_read=asked)
        except (aiohttp.ClientError, OSError, ValueError):
            return Fetched(failure="transport")
        return Fetched(pages=tuple(pages))

    async def get(self, url: str) -> aiohttp.ClientResponse:
        """A bare answer, for the conformance check: the caller reads and releases it."""
        return await self._session.get(URL(url, encoded=True), allow_redirects=False)

    async def _page(self, url: str) -> bytes | Fetched:
        async with self._session.get(URL(url, encoded=True), allow_redirects=False) as response:
            if self._secured and not self._expected(response):
                return Fetched(failure="transport", told="certificate of another subject")
            if response.status != 200:
                return Fetched(
                    http_status=response.status, failure="http-error", told=await _error_text(response)
                )
            body = Body()
            async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
                body.add(chunk)
                if body.full or body.refused:
                    response.close()  # the rest is not read: the connection cannot be used again
                    return Fetched(failure=body.refused or "response-too-large")
            return body.page()

    def _expected(self, response: aiohttp.ClientResponse) -> bool:
        """The server carries the names its record expects."""
        editor = self.editor
        if editor.expected_cn is None and editor.expected_ou is None:
            return True
        connection = response.connection
        transport: Any = connection.transport if connection is not None else None
        certificate = transport.get_extra_info("peercert") if transport is not None else None
        return carries(certificate, cn=editor.expected_cn, ou=editor.expected_ou)


class PublicResolver(AbstractResolver):
    """Resolves names to public addresses only: a record must not open the inside of our network."""

    def __init__(self) -> None:
        self._inner = aiohttp.DefaultResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The public addresses of a host; OSError when it has none."""
        found = await self._inner.resolve(host, port, family)
        public = [item for item in found if ipaddress.ip_address(item["host"]).is_global]
        if not public:
            raise OSError("no public address")
        return public

    async def close(self) -> None:
        """Close the resolver."""
        await self._inner.close()


async def _error_text(response: aiohttp.ClientResponse) -> str:
    """What the OperationOutcome of an error says; nothing when it says none."""
    try:
        async with asyncio.timeout(1.0):
            messages = outcome_messages([await response.content.read(_ERROR_BODY_BYTES)])
    except (aiohttp.ClientError, OSError):
        return ""
    return messages[0] if messages else ""
