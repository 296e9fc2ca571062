"""Dates, numbers and phones as French readers expect them (Imprimerie nationale's spaces)."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

_NARROW = "\u202f"
_NBSP = "\u00a0"
_MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)


def month(value: date) -> str:
    """A month with its year.

    >>> from datetime import date
    >>> month(date(2020, 11, 1))
    'novembre 2020'
    """
    return f"{_MONTHS[value.month - 1]} {value.year}"


def day(value: date) -> str:
    """A day in full, "1er" for the first.

    >>> from datetime import date
    >>> day(date(2024, 10, 1))
    '1er octobre 2024'
    """
    number = "1er" if value.day == 1 else str(value.day)
    return f"{number} {month(value)}"


def typeset(text: str) -> str:
    """A sentence with typographic apostrophes, for a page; answers for machines keep the plain one.

    >>> typeset("Pharmacie d'officine")
    'Pharmacie d’officine'
    """
    return text.replace("'", "\u2019")


def spaced(text: str) -> str:
    r"""Spaces that do not break before ":" and "»", narrow ones before ";", "?" and "!", after "«".

    >>> spaced("le 15 : « ici » !")
    'le 15\xa0: «\xa0ici\xa0»\u202f!'
    """
    text = re.sub(r"(?<=\S) (?=[:»])", _NBSP, text)
    text = re.sub(r"(?<=\S) (?=[;?!])", _NARROW, text)
    return text.replace("« ", f"«{_NBSP}")


def integer(value: float) -> str:
    """A whole number, thousands parted by a narrow space that does not break."""
    return f"{round(value):,}".replace(",", _NARROW)


def decimal(value: float, digits: int = 1) -> str:
    """A number with a decimal comma.

    >>> decimal(4.25)
    '4,2'
    """
    whole, _, rest = f"{value:,.{digits}f}".partition(".")
    return whole.replace(",", _NARROW) + (f",{rest}" if rest else "")


def percent(share: float) -> str:
    """A share (0 to 1) in whole percents; never "100 %" nor "0 %" for what is not quite so."""
    value = round(share * 100)
    value = min(value, 99) if share < 1 else 100
    value = max(value, 1) if share > 0 else 0
    return f"{value}{_NBSP}%"


def distance(metres: float) -> str:
    """A distance: tens of metres under a kilometre, then a tenth of a kilometre, then kilometres."""
    if metres < 995:
        return f"{round(metres / 10) * 10}{_NBSP}m"
    if metres < 9_950:
        return f"{decimal(metres / 1000).removesuffix(',0')}{_NBSP}km"
    return f"{integer(metres / 1000)}{_NBSP}km"


def phone(number: str) -> str:
    r"""A phone number in pairs; short codes and foreign numbers as they are spoken.

    >>> phone("+33123456789").replace("\u00a0", " ")
    '01 23 45 67 89'
    """
    digits = number.replace(" ", "").replace("\u00a0", "").replace(".", "")
    if digits.startswith("+33") and len(digits) == 12:
        digits = "0" + digits[3:]
    for prefix in ("+262", "+508", "+590", "+594", "+596", "+687", "+689", "+681"):
        if digits.startswith(prefix):
            rest = digits.removeprefix(prefix)
            digits = "0" + rest if len(rest) == 9 else rest
    if digits == "116117":
        return f"116{_NBSP}117"
    if digits.isdigit() and len(digits) in (4, 10):
        return _NBSP.join(digits[i : i + 2] for i in range(0, len(digits), 2))
    return number


def counted(number: int, singular: str, plural: str) -> str:
    r"""A number with its noun; French puts 0 and 1 in the singular.

    >>> [counted(number, "lieu", "lieux").replace("\u00a0", " ") for number in (0, 2)]
    ['0 lieu', '2 lieux']
    """
    return f"{integer(number)}{_NBSP}{singular if number < 2 else plural}"


def sort_key(text: str) -> str:
    """What a name is sorted by: no case, no accents, "œ" as "oe".

    >>> sorted(["Eure", "Hérault", "Ain", "Hauts-de-Seine"], key=sort_key)
    ['Ain', 'Eure', 'Hauts-de-Seine', 'Hérault']
    """
    parts = unicodedata.normalize("NFKD", text.lower().replace("œ", "oe"))
    return "".join(part for part in parts if not unicodedata.combining(part))
