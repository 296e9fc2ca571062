"""How a slot is taken: with or without booking, and at which address (sections 2.5 and 4.4)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import urlsplit

from slots.fhir.element import absent, codings
from slots.fhir.profile import APPOINTMENT_REASON, APPOINTMENT_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from care.slot import WarningCode

# White space, control characters and the backslash are read differently from one URL parser to the next.
_UNSAFE: Final = re.compile(r"[\x00-\x20\x7f-\xa0\\\u2028\u2029]")

# What nearly every address looks like: it is one, without taking it apart.
_USUAL: Final = re.compile(r"https?://[A-Za-z0-9][A-Za-z0-9.-]*(?::[1-9][0-9]{0,3})?(?:[/?#][!-\[\]-~]*)?")

AppointmentType = Literal["ROUTINE", "WALKIN"]


def appointment_type(value: object, warnings: list[WarningCode]) -> AppointmentType | None:
    """ROUTINE when the element is absent (the default of HL7); None when it holds no known code."""
    if absent(value):
        warnings.append("appointment-type-missing")
        return "ROUTINE"
    for system, code in codings(value):
        if system == APPOINTMENT_REASON and code in APPOINTMENT_TYPES:
            return "ROUTINE" if code == "ROUTINE" else "WALKIN"
    warnings.append("appointment-type-unknown")
    return None


def booking_warnings(comment: object, kind: AppointmentType | None) -> Iterator[WarningCode]:
    """What to tell about a slot that ends up without link; it is shown all the same."""
    if not absent(comment):
        yield "booking-url-unsafe"
    if kind == "ROUTINE":
        yield "booking-url-missing"


def web_address(comment: str) -> str | None:
    """`Slot.comment` when it is an absolute http(s) address: spaces around it trimmed, else unchanged.

    >>> web_address(" https://agenda.example/p?ps=77 "), web_address("javascript:alert(1)")
    ('https://agenda.example/p?ps=77', None)
    """
    url = comment.strip()
    return url if is_web_address(url) else None


def is_web_address(url: str) -> bool:
    """Absolute, http or https, with a host."""
    if _USUAL.fullmatch(url):
        return True
    if _UNSAFE.search(url):
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets or port
        return False
