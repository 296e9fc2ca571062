"""Further pages of an answer (section 4.1): followed on the vendor's own server only, and never far.

Profiles leave room for the self link only, so one page is the norm.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, urljoin, urlsplit

from slots.fhir.answer import parse
from slots.fhir.booking import is_web_address
from slots.fhir.element import objects, text
from slots.fhir.profile import MAX_PAGES

if TYPE_CHECKING:
    from slots.fhir.answer import Page
    from slots.fhir.element import Json

_PORTS: Final = {"http": 80, "https": 443}


def next_link(bundle: Json) -> str | None:
    """Address of the page after this one, as the Bundle gives it."""
    for link in objects(bundle.get("link")):
        if link.get("relation") == "next":
            url = text(link.get("url"))
            if url is not None:
                return url
    return None


def next_page(page: Page, *, base_url: str, pages_read: int) -> str | None:
    """Absolute address to ask next, or None when there is none or it must not be followed.

    Followed only when scheme, host and port are those of `base_url`, and never past `MAX_PAGES` pages in all.
    `extract_slots` says `next-link-ignored` when the last page it was given still has one.
    """
    if pages_read >= MAX_PAGES:
        return None
    parsed = parse(page)
    document = parsed[0] if isinstance(parsed, tuple) else None
    link = next_link(document) if isinstance(document, dict) else None
    return None if link is None else _on_same_server(link.strip(), base_url)


def _on_same_server(link: str, base_url: str) -> str | None:
    try:
        url = urljoin(f"{base_url.rstrip('/')}/", link)
        if is_web_address(url) and _server(urlsplit(url)) == _server(urlsplit(base_url)):
            return url
    except ValueError:
        pass
    return None


def _server(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)
