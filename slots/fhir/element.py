"""Reading FHIR elements out of JSON of any shape: what is not of the expected type is absent.

The guide forbids empty strings, arrays, objects and nulls; a reader takes them as absent (section 2.2).
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def absent(value: object) -> bool:
    """True for null and for an empty string, array or object; a number or a boolean is something."""
    return value is None or (not value and isinstance(value, str | list | dict))


def text(value: object) -> str | None:
    """The string as received, or None when it is no string or holds nothing but white space."""
    return value if isinstance(value, str) and value and not value.isspace() else None


def objects(value: object) -> list[Json]:
    """The non-empty objects of an array (the array itself when it holds nothing else: never change it)."""
    if not isinstance(value, list):
        return []
    for item in value:
        if not item or not isinstance(item, dict):
            return [item for item in value if item and isinstance(item, dict)]
    return value


def child(value: object, name: str) -> object:
    """The member `name` of an object, or None."""
    return value.get(name) if isinstance(value, dict) else None


def codings(concept: object) -> list[tuple[str, str]]:
    """(system, code) of every complete coding of a CodeableConcept, in order."""
    found: list[tuple[str, str]] = []
    for coding in objects(concept.get("coding") if isinstance(concept, dict) else None):
        system, code = coding.get("system"), coding.get("code")
        if isinstance(system, str) and isinstance(code, str):
            found.append((system, code))
    return found


def unique(values: list[str]) -> list[str]:
    """The values in order of appearance, each once."""
    return list(dict.fromkeys(values)) if len(values) > 1 else values
