"""National identifiers in FHIR `Identifier` elements (section 2.4): the system decides, then the form.

A leading `3` is a SIRET for a structure and an establishment card for a person: the digit alone says nothing.
Values without their type digit are accepted where their length leaves no doubt, and said so.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from slots.fhir.element import codings, text
from slots.fhir.profile import IDENTIFIER_TYPES, IDNPS, IDNST, NATIONAL_SYSTEMS

if TYPE_CHECKING:
    from slots.fhir.element import Json

# The last form is `[1456].+/.+` of the guide, written so that a hostile value is read once.
_PERSON: Final = re.compile(r"8[0-9]{11}|0[0-9A-Z]{9}|3[0-9A-Z]{9}/.+|[1456].[^/\n]*+/.+")
_BARE_RPPS: Final = re.compile(r"[0-9]{11}")
_BARE_ADELI: Final = re.compile(r"[0-9A-Z]{9}")
_FINESS: Final = re.compile(r"1[0-9][0-9AB][0-9]{7}")
_SIRET: Final = re.compile(r"3[0-9]{14}")
_STRUCTURE: Final = re.compile(r"1[0-9][0-9AB][0-9]{7}|[34][0-9]{14}|0[0-9A-Z]{9,14}")
_BARE_FINESS: Final = re.compile(r"[0-9][0-9AB][0-9]{7}")
_BARE_SIRET: Final = re.compile(r"[0-9]{14}")


class NationalId(NamedTuple):
    """A national identifier, always written with its type digit."""

    value: str
    completed: bool
    """The vendor had left the type digit out."""


def person(identifier: Json) -> NationalId | None:
    """IDNPS of a person: the system must be its OID."""
    value = text(identifier.get("value"))
    if identifier.get("system") != IDNPS or value is None:
        return None
    if _PERSON.fullmatch(value):
        return NationalId(value, completed=False)
    if _BARE_RPPS.fullmatch(value):
        return NationalId(f"8{value}", completed=True)
    if _BARE_ADELI.fullmatch(value):
        return NationalId(f"0{value}", completed=True)
    return None


def structure(identifier: Json, *, system_required: bool = True) -> NationalId | None:
    """IDNST of a structure: FINESS, SIRET, rang. Fourteen bare digits could be either of two: not recognised.

    `system_required=False` for `PractitionerRole.organization`, where real answers carry the value alone.
    """
    value = _structure_value(identifier, system_required=system_required)
    if value is None:
        return None
    if _STRUCTURE.fullmatch(value):
        return NationalId(value, completed=False)
    return NationalId(f"1{value}", completed=True) if _BARE_FINESS.fullmatch(value) else None


def finess(identifier: Json) -> NationalId | None:
    """FINESS of a CPTS; Corsica has a letter."""
    found = structure(identifier)
    return found if found is not None and _FINESS.fullmatch(found.value) else None


def siret(identifier: Json) -> NationalId | None:
    """SIRET of a SOS Médecins association: there the flow fixes the kind, so fourteen bare digits are one."""
    value = _structure_value(identifier, system_required=True)
    if value is None:
        return None
    if _SIRET.fullmatch(value):
        return NationalId(value, completed=False)
    return NationalId(f"3{value}", completed=True) if _BARE_SIRET.fullmatch(value) else None


def claims_structure(identifier: Json) -> bool:
    """True when the identifier says it is an IDNST, whatever its value is worth."""
    system = identifier.get("system")
    if isinstance(system, str) and system in NATIONAL_SYSTEMS:
        return system == IDNST
    return _type_code(identifier) == "IDNST"


def _structure_value(identifier: Json, *, system_required: bool) -> str | None:
    value = text(identifier.get("value"))
    if value is None or claims_structure(identifier):
        return value
    alone = text(identifier.get("system")) is None and _type_code(identifier) is None
    return value if alone and not system_required else None


def _type_code(identifier: Json) -> str | None:
    """`IDNST` or `INTRN`, under any of the three generations of code systems."""
    for system, code in codings(identifier.get("type")):
        if system in IDENTIFIER_TYPES and code in {"IDNST", "INTRN"}:
            return code
    return None
