"""What is known of the opening of the SAS, and the starting radii of a search: facts, in tables of ours.

There is no official list by department. The facts are those made public: ministry statement of 23 November
2020 (pilots), regional agencies and press. Where nothing is established the status is left empty: unknown,
never "no".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from demo.scale import FILE_DAY

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from demo.france import France

DEPLOYMENT_COLUMNS: Final = (
    "sas", "nom", "departement", "partie", "statut", "depuis", "telephone", "contact", "source",
    "date_source", "note",
)  # fmt: skip
RADIUS_COLUMNS: Final = ("department_code", "default_radius_km", "enlargement_km")

_MINISTRY: Final = "Ministère chargé de la santé, annonce des sites pilotes"
_MINISTRY_DAY: Final = "2020-11-23"
_PILOTS: Final = frozenset(
    [
        "16",
        "29",
        "31",
        "33",
        "35",
        "36",
        "37",
        "38",
        "44",
        "50",
        "57",
        "59",
        "69",
        "73",
        "78",
        "80",
        "86",
        "972",
        "974",
    ]
)
_JOINT: Final = (("21", "58"), ("75", "92", "93", "94"))
_OTHERS: Final = {
    "60": ("en service", "2023-T2", "Presse régionale", "printemps 2023"),
    "62": ("en service", "2023-09", "Presse régionale", "mi-septembre 2023"),
    "02": ("en préparation", "2023-12", "Presse régionale", "annoncé pour la fin de 2023"),
    "77": ("en service", "2025", "ARS Île-de-France", "en service au plus tard en 2025"),
    "91": ("en service", "2025", "ARS Île-de-France", "en service au plus tard en 2025"),
    "95": ("en service", "2025", "ARS Île-de-France", "en service au plus tard en 2025"),
}
_LABEL: Final = "Table de démonstration, faits publics connus"

# Departments by starting radius and enlargement (km), as published by the ANS in 2025; the others: 20, 10.
_RADII: Final = {
    (0, 0): "973 976",
    (5, 3): "69 75 92 93 94 95",
    (10, 5): "06 13 14 29 30 31 33 34 35 38 42 44 54 57 59 62 66 67 68 74 76 77 78 83 84 90 91 971 972 974",
    (30, 15): "02 03 07 08 16 28 2A 39 40 41 43 47 53 65 71 79 88 11",
    (40, 20): "05 09 10 18 19 24 2B 32 46 61 70 89",
    (50, 25): "04 12 15 23 36 48 52 55 58",
}


def deployment(country: France) -> Iterable[Sequence[Any]]:
    """One line per SAS and department (and part of it)."""
    for code, department in country.departments.items():
        joint = next((group for group in _JOINT if code in group), None)
        group = joint or (code,)
        name = "SAS " + ", ".join(country.departments[member].name for member in group)
        identifier = "SAS-" + "-".join(group)
        if joint or code in _PILOTS:
            note = f"{_LABEL} ; projet commun" if joint else f"{_LABEL} ; site pilote"
            yield _line(identifier, name, code, "", "en service", "2021-01", _MINISTRY, _MINISTRY_DAY, note)
        elif code == "76":
            note = f"{_LABEL} ; site pilote limité à une partie du département"
            yield _line(
                "SAS-76-LE-HAVRE",
                "SAS Le Havre",
                code,
                "Le Havre",
                "en service",
                "2021-01",
                _MINISTRY,
                _MINISTRY_DAY,
                note,
            )
        elif code in _OTHERS:
            status, since, source, note = _OTHERS[code]
            yield _line(identifier, name, code, "", status, since, source, FILE_DAY, f"{_LABEL} ; {note}")
        else:
            yield _line(
                identifier, f"SAS {department.name}", code, "", "", "", "", "", f"{_LABEL} ; état non établi"
            )


def _line(
    identifier: str,
    name: str,
    code: str,
    part: str,
    status: str,
    since: str,
    source: str,
    source_day: str,
    note: str,
) -> Sequence[str]:
    return (identifier, name, code, part, status, since, "", "", source, source_day, note)


def radii(country: France) -> Iterable[Sequence[Any]]:
    """Starting radius and enlargement of each department; zero means unknown."""
    by_code = {code: pair for pair, codes in _RADII.items() for code in codes.split()}
    for code in country.departments:
        yield (code, *by_code.get(code, (20, 10)))
