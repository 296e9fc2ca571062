"""The link a regulator follows to book: the vendor's address, with our `origin` (section 5)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit, urlunsplit

if TYPE_CHECKING:
    from collections.abc import Collection

_AFTER_HOST: Final = re.compile(r"[/?#]")


def booking_link(url: str, *, origin: str) -> str:
    """The address with the parameter `origin`; the bytes of the other parameters are left as they are.

    >>> booking_link("https://e.example/a?origin=x&ps=12", origin="sas")
    'https://e.example/a?ps=12&origin=sas'
    >>> booking_link("https://e.example/#/a/12", origin="sas")
    'https://e.example/?origin=sas#/a/12'
    """
    parts = urlsplit(url)
    kept = [pair for pair in parts.query.split("&") if pair and pair.partition("=")[0] != "origin"]
    return urlunsplit(parts._replace(query="&".join([*kept, f"origin={quote(origin, safe='')}"])))


def allowed_link(url: str | None, *, hosts: Collection[str], plain: bool) -> str | None:
    """The address when it leads to one of the vendor's hosts, over https; None otherwise.

    `url` is one that `slots.fhir.booking.web_address` gave. `plain` accepts http too: a simulated vendor. An
    account in the address is refused.
    """
    if url is None:
        return None
    scheme, _, rest = url.partition("://")
    if scheme.lower() != "https" and not (plain and scheme.lower() == "http"):
        return None
    return url if _AFTER_HOST.split(rest, 1)[0].lower() in hosts else None
