"""Identifiers of people and places: their form and their check digit.

Forms and controls are those of the ANS terminologies (RPPS, ADELI, IDNPS), of the FINESS register, of INSEE
(SIREN, SIRET). Every function is pure and total: it answers, it never raises.
"""

from __future__ import annotations

import re
from typing import Final

_RPPS: Final = re.compile(r"[0-9]{11}")
_ADELI: Final = re.compile(r"[0-9][0-9AB][0-9A-Z]{7}")
_FINESS: Final = re.compile(r"[0-9][0-9AB][0-9]{7}")
_LA_POSTE: Final = "356000000"


def luhn_sum(digits: str) -> int:
    """Sum of Luhn (ISO/IEC 7812): every second digit from the right is doubled, nines cast out.

    >>> luhn_sum("99000000010") % 10
    0
    """
    total = 0
    for rank, character in enumerate(reversed(digits)):
        digit = int(character)
        if rank % 2:
            digit *= 2
            if digit > 9:
                digit -= 9
        total += digit
    return total


def luhn_digit(digits: str) -> str:
    """The check digit that makes `digits` + it valid.

    >>> luhn_digit("9900000001")
    '0'
    """
    return str(-luhn_sum(digits + "0") % 10)


def _luhn(digits: str) -> bool:
    return luhn_sum(digits) % 10 == 0


def is_rpps(text: str) -> bool:
    """Eleven digits with a right check digit (real numbers start with 10, invented ones with 899 or 99)."""
    return _RPPS.fullmatch(text) is not None and _luhn(text)


def is_adeli(text: str) -> bool:
    """Nine characters, department first. No longer issued: accepted in old rows only."""
    return _ADELI.fullmatch(text) is not None


def is_idnps(text: str) -> bool:
    """`8` + RPPS or `0` + ADELI; the whole has no check digit of its own."""
    return (text[:1] == "8" and is_rpps(text[1:])) or (text[:1] == "0" and is_adeli(text[1:]))


def is_finess(text: str) -> bool:
    """Nine characters, check digit over all; Corsica counts `2A` as 21 and `2B` as 22.

    >>> is_finess("010780195"), is_finess("010780196")
    (True, False)
    """
    if _FINESS.fullmatch(text) is None:
        return False
    return _luhn(text.replace("A", "1").replace("B", "2"))


def is_siren(text: str) -> bool:
    """Nine digits with a right check digit."""
    return len(text) == 9 and text.isascii() and text.isdigit() and _luhn(text)


def is_siret(text: str) -> bool:
    """Fourteen digits, check digit over all; those of La Poste have a digit sum multiple of five.

    >>> is_siret("35600000000048"), is_siret("35600000049837")
    (True, True)
    """
    if len(text) != 14 or not (text.isascii() and text.isdigit()):
        return False
    if text.startswith(_LA_POSTE):
        return sum(map(int, text)) % 5 == 0 or _luhn(text)
    return _luhn(text)
