"""Facts of each department that no official file gives: its time zone and its legal projection.

Time zones: IANA names, by department. Projections: EPSG codes in metres (IGN's legal references).
"""

from __future__ import annotations

_MAINLAND_TIMEZONE = "Europe/Paris"
_MAINLAND_SRID = 2154

TIMEZONES: dict[str, str] = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "975": "America/Miquelon",
    "976": "Indian/Mayotte",
    "977": "America/St_Barthelemy",
    "978": "America/Marigot",
    "984": "Indian/Kerguelen",
    "986": "Pacific/Wallis",
    "987": "Pacific/Tahiti",
    "988": "Pacific/Noumea",
    "989": "Etc/GMT+8",
}
"""Time zone of the departments and collectivities that do not follow Paris; Clipperton has no IANA name."""

SRIDS: dict[str, int] = {
    "971": 5490,
    "972": 5490,
    "973": 2972,
    "974": 2975,
    "975": 4467,
    "976": 4471,
    "977": 5490,
    "978": 5490,
    "984": 7080,
    "986": 32701,
    "987": 3297,
    "988": 3163,
    "989": 32612,
}
"""EPSG code of the projection of the departments and collectivities outside Lambert-93."""


def timezone_of(department_code: str) -> str:
    """IANA zone of a department or collectivity.

    >>> timezone_of("2A"), timezone_of("974")
    ('Europe/Paris', 'Indian/Reunion')
    """
    return TIMEZONES.get(department_code, _MAINLAND_TIMEZONE)


def srid_of(department_code: str) -> int:
    """EPSG code of the legal projection of a department or collectivity, in metres.

    >>> srid_of("75"), srid_of("973")
    (2154, 2972)
    """
    return SRIDS.get(department_code, _MAINLAND_SRID)
