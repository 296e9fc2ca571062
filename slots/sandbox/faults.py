"""Faults that a simulated vendor can be told to have; each is a way real ones fail."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slots.sandbox.bundle import Resource

SLOW_S: Final = 3.0
_HUGE_BYTES: Final = 17 * 1024 * 1024
_DEEP: Final = 200_000


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A fault, and what the page of the sandbox says of it (French)."""

    slug: str
    text: str


FAULTS: Final = {
    fault.slug: fault
    for fault in (
        Fault(slug="slow", text=f"répond après {SLOW_S:g} s"),
        Fault(slug="hung", text="ne répond jamais"),
        Fault(slug="reset", text="coupe la connexion"),
        Fault(slug="error-500", text="répond 500 avec un OperationOutcome"),
        Fault(slug="wrong-content-type", text="annonce text/html ; le contenu est juste"),
        Fault(slug="truncated", text="envoie la moitié du JSON"),
        Fault(slug="huge", text="envoie plus de 16 Mio"),
        Fault(slug="deep", text="imbrique 200 000 tableaux"),
        Fault(slug="stale", text="envoie les créneaux d’hier"),
        Fault(slug="busy", text="envoie aussi les créneaux pris (_revinclude)"),
        Fault(slug="wrong-offsets", text="écrit les heures sans décalage"),
        Fault(slug="duplicate-ids", text="envoie deux créneaux différents sous un même id"),
        Fault(slug="unknown-practitioners", text="envoie les créneaux de personnes non demandées"),
    )
}


def spoiled(fault: str | None, bundle: Resource) -> Resource:
    """The Bundle with the fault of content; unchanged for the others."""
    if fault == "stale":
        return _moved(bundle, days=-1)
    if fault == "wrong-offsets":
        return _each_slot(bundle, _without_offset)
    if fault == "duplicate-ids":
        return _doubled(bundle)
    if fault == "unknown-practitioners":
        return _other_people(bundle)
    return bundle


def body_of(fault: str | None, bundle: Resource) -> bytes:
    """The bytes sent."""
    body = orjson.dumps(bundle)
    if fault == "truncated":
        return body[: len(body) // 2]
    if fault == "huge":
        return body[:-1] + b',"text":{"div":"' + b"x" * _HUGE_BYTES + b'"}}'
    if fault == "deep":
        return body[:-1] + b',"x":' + b"[" * _DEEP + b"]" * _DEEP + b"}"
    return body


def _slots(bundle: Resource) -> Iterator[Resource]:
    for entry in bundle.get("entry", []):
        if entry["resource"]["resourceType"] == "Slot":
            yield entry["resource"]


def _each_slot(bundle: Resource, change: Any) -> Resource:
    made = copy.deepcopy(bundle)
    for slot in _slots(made):
        change(slot)
    return made


def _moved(bundle: Resource, *, days: int) -> Resource:
    """Every slot as many days later as `days`, its offset kept: surely out of the window."""

    def move(slot: Resource) -> None:
        for bound in ("start", "end"):
            moment = datetime.fromisoformat(slot[bound]) + timedelta(days=days * 3)
            slot[bound] = moment.isoformat(timespec="milliseconds")

    return _each_slot(bundle, move)


def _without_offset(slot: Resource) -> None:
    for bound in ("start", "end"):
        slot[bound] = slot[bound][:19]


def _doubled(bundle: Resource) -> Resource:
    made = copy.deepcopy(bundle)
    entries = made.get("entry", [])
    for entry in [entry for entry in entries if entry["resource"]["resourceType"] == "Slot"]:
        other = copy.deepcopy(entry)
        other["resource"]["comment"] = "https://ailleurs.example/"
        entries.append(other)
    return made


def _other_people(bundle: Resource) -> Resource:
    """Every person under another number, one that nobody asked for."""
    made = copy.deepcopy(bundle)
    for entry in made.get("entry", []):
        resource = entry["resource"]
        if resource["resourceType"] in {"Practitioner", "Organization"}:
            for identifier in resource["identifier"]:
                value = identifier["value"]
                identifier["value"] = value[:-4] + str((int(value[-4:]) + 5_000) % 10_000).zfill(4)
    return made
