"""Telephone numbers of France: one written form, E.164, or the short code as it is."""

from __future__ import annotations

import re
from typing import Final

# First four digits of the national number -> country code. Numbering plan of Arcep; the rest is +33.
OVERSEAS_PREFIXES: Final[dict[str, str]] = {
    "0262": "+262", "0263": "+262", "0269": "+262", "0639": "+262", "0692": "+262", "0693": "+262",
    "0508": "+508",
    "0590": "+590", "0690": "+590", "0691": "+590",
    "0594": "+594", "0694": "+594",
    "0596": "+596", "0696": "+596", "0697": "+596",
}  # fmt: skip
SHORT_CODE: Final = r"^(?:1[578]|11[2459]|116[0-9]{3}|118[0-9]{3}|3[0-9]{3}|10[0-9]{2})$"
COUNTRY_CODES: Final = ("33", "262", "508", "590", "594", "596")

_NOT_DIGIT: Final = re.compile(r"[^0-9+]")
_NATIONAL: Final = re.compile(r"0[1-9][0-9]{8}")
_SHORT: Final = re.compile(SHORT_CODE)
_INTERNATIONAL: Final = re.compile(r"\+?(?:00)?(33|262|508|590|594|596)0?([1-9][0-9]{8})")


def e164(text: str) -> str | None:
    """The number in E.164, a short code unchanged, or None when no number can be read.

    Text around the number is dropped; of two numbers in one field the first is kept.

    >>> e164("01 99 00 12 34 SUR RDV"), e164("0262990000"), e164("+33 (0)1.99.00.12.34"), e164("116117")
    ('+33199001234', '+262262990000', '+33199001234', '116117')
    >>> e164("SUR RDV") is None
    True
    """
    digits = _NOT_DIGIT.sub("", text)
    if _SHORT.match(digits):
        return digits
    if digits.startswith(("+", "00")) or len(digits) in {11, 12, 13}:
        known = _INTERNATIONAL.match(digits)
        if known is not None:
            country, number = known.groups()
            return _national(f"0{number}") if country == "33" else f"+{country}{number}"
    if len(digits) == 9 and digits[0] != "0":  # the zero was lost on the way
        digits = f"0{digits}"
    national = digits[:10]
    return _national(national) if _NATIONAL.fullmatch(national) else None


def _national(number: str) -> str:
    return OVERSEAS_PREFIXES.get(number[:4], "+33") + number[1:]
