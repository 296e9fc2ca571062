"""Telephones of the flows: `+`, country, number (section 3.2); anything else is None (section 4.4).

Not `care.phone`: the directory repairs what people typed; here the contract says what becomes of each form.
"""

from __future__ import annotations

import re
from typing import Final

from slots.fhir.element import objects, text

_SEPARATOR: Final = re.compile(r"[\s.\-\u2010-\u2015/()]+")
_NATIONAL: Final = re.compile(r"0[1-9][0-9]{8}")
# France and the four overseas codes have nine digits; elsewhere E.164 allows fifteen digits in all.
_INTERNATIONAL: Final = re.compile(
    r"\+(?:33[1-9][0-9]{8}|(?:262|590|594|596)[0-9]{9}|(?!33|262|590|594|596)[1-9][0-9]{6,14})"
)


def normalise_phone(value: object) -> str | None:
    """The number in international form, or None.

    >>> normalise_phone("05 56 00 00 01"), normalise_phone("0033556000001"), normalise_phone("3624")
    ('+33556000001', '+33556000001', None)
    """
    written = text(value)
    if written is None:
        return None
    number = written.strip()
    if number.startswith(("+", "00")):
        number = number.replace("(0)", "", 1)  # "+33 (0)5…" is how business cards write it
    number = _SEPARATOR.sub("", number)
    if number.startswith("00"):
        number = f"+{number[2:]}"
    elif _NATIONAL.fullmatch(number):
        number = f"+33{number[1:]}"
    return number if _INTERNATIONAL.fullmatch(number) else None


def first_phone(telecom: object) -> str | None:
    """The first `system: phone` of an array of ContactPoints that can be normalised."""
    for contact in objects(telecom):
        if contact.get("system") == "phone":
            number = normalise_phone(contact.get("value"))
            if number is not None:
                return number
    return None
