"""Codes of the French territory: department of a commune, of a postal code, parents of arrondissements.

Codes are text: leading zeros, Corsica's letters. Facts: INSEE code officiel géographique; La Poste.
"""

from __future__ import annotations

import re

PARENTS: dict[str, str] = {
    **{f"751{n:02d}": "75056" for n in range(1, 21)},
    **{f"6938{n}": "69123" for n in range(1, 10)},
    **{f"132{n:02d}": "13055" for n in range(1, 17)},
}
"""Arrondissement code to the commune that holds it (Paris, Lyon, Marseille)."""

CHILDREN: dict[str, tuple[str, ...]] = {
    parent: tuple(sorted(code for code, above in PARENTS.items() if above == parent))
    for parent in sorted(set(PARENTS.values()))
}
"""Commune with arrondissements to the codes of these, in order."""

_CITYCODE = re.compile(r"[0-9][0-9AB][0-9]{3}")
_SAINT_MARTIN_AND_BARTHELEMY = {"97133": "977", "97150": "978"}


def is_citycode(text: str) -> bool:
    """Whether the text has the form of an INSEE code of a commune.

    >>> is_citycode("2A004"), is_citycode("1053")
    (True, False)
    """
    return _CITYCODE.fullmatch(text) is not None


def department_of(citycode: str) -> str:
    """Department (or collectivity) of an INSEE code.

    >>> department_of("2A004"), department_of("97411"), department_of("75104")
    ('2A', '974', '75')
    """
    return citycode[:3] if citycode[:2] in {"97", "98"} else citycode[:2]


def departments_of_postal_code(postal_code: str) -> tuple[str, ...]:
    """Departments a postal code speaks of by its first digits; 27 communes are served from another one.

    Never decides when an INSEE code is known. CEDEX codes 978xx belong to Réunion.

    >>> departments_of_postal_code("20167"), departments_of_postal_code("97150")
    (('2A',), ('978',))
    """
    if postal_code in _SAINT_MARTIN_AND_BARTHELEMY:
        return (_SAINT_MARTIN_AND_BARTHELEMY[postal_code],)
    if postal_code.startswith("20"):
        return {"0": ("2A",), "1": ("2A",), "2": ("2B",), "6": ("2B",)}.get(postal_code[2:3], ("2A", "2B"))
    if postal_code.startswith("978"):
        return ("974",)
    if postal_code.startswith(("97", "98")):
        return (postal_code[:3],)
    return (postal_code[:2],) if len(postal_code) >= 2 else ()


def arrondissement(parent: str, number: int) -> str | None:
    """Code of the n-th arrondissement of Paris, Lyon or Marseille; None out of range.

    >>> arrondissement("69123", 3), arrondissement("75056", 21)
    ('69383', None)
    """
    children = CHILDREN.get(parent, ())
    return children[number - 1] if 1 <= number <= len(children) else None
