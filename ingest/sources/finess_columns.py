"""Layouts of the FINESS files: the classic stock (no header), its variant with a header."""

from __future__ import annotations

from typing import Final

STRUCTURE: Final = (
    "tag", "finess", "finess_ej", "short_name", "long_name", "name_complement", "recipient", "number",
    "street_type", "street_name", "suffix", "locality", "commune", "department", "department_label",
    "office", "phone", "fax", "category_code", "category_label", "group_code", "group_label", "siret",
    "ape", "tariff", "tariff_label", "sph", "sph_label", "opened_on", "authorised_on", "updated_on",
    "uai",
)  # fmt: skip
"""The 32 fields of a `structureet` line."""

LOCATION: Final = ("tag", "finess", "x", "y", "origin", "updated_on")
"""The 6 fields of a `geolocalisation` line."""

KEPT: Final = (
    "finess", "finess_ej", "short_name", "long_name", "recipient", "number", "street_type",
    "street_name", "suffix", "locality", "commune", "department", "office", "phone", "category_code",
    "category_label", "siret", "opened_on",
)  # fmt: skip

HEADER_VARIANT: Final[dict[str, tuple[str, ...]]] = {
    "finess": ("nofinesset",),
    "finess_ej": ("nofinessej",),
    "short_name": ("rs",),
    "long_name": ("rslongue",),
    "recipient": ("compldistrib",),
    "number": ("numvoie",),
    "street_type": ("typvoie",),
    "street_name": ("voie",),
    "suffix": ("compvoie",),
    "locality": ("lieuditbp",),
    "department": ("departement",),
    "citycode": ("cog",),
    "office": ("ligneacheminement",),
    "phone": ("telephone",),
    "category_code": ("categetab",),
    "category_label": ("libcategetab",),
    "siret": ("siret",),
    "opened_on": ("dateouvert", "dateouv"),
    "x": ("coordx",),
    "y": ("coordy",),
    "origin": ("sourcegeocod",),
}
HEADER_MANDATORY: Final = frozenset({"finess", "short_name", "office", "category_code", "x", "y", "origin"})

DEPARTMENTS: Final[dict[str, str]] = {
    "9A": "971", "9B": "972", "9C": "973", "9D": "974", "9E": "975", "9F": "976", "9J": "986",
}  # fmt: skip
"""Overseas departments as FINESS codes them."""

MOVED_COMMUNES: Final = {"97123": "97701", "97127": "97801"}
"""Saint-Barthélemy and Saint-Martin, communes of Guadeloupe until 2007."""
