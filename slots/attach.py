"""From the slots of vendors to the places of the directory (section 3.6). Pure.

A slot goes to a place of the practitioner it belongs to, by the number of the structure, else by the
address, else, when there is no choice, by the town: then it is flagged. A place that the directory does not
know makes a card of its own, flagged too: never hidden, never put at the address of another.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from geo.geocoding.normalise import fold, street_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from care.slot import FreeSlot, Place

SHOWN = frozenset({"PUBLIC", "PRO", "SNP"})
"""Visibilities shown as ordinary availability; a slot kept for a CPTS alone is not (7.3)."""

# A letter stuck to the number, an index in words, or one of the first letters apart: "R" is a street,
# "D 920" a road.
_NUMBER = re.compile(
    r"\s*(\d+)(?:([a-z])(?![a-z])|\s*(bis|ter|quater)\b|\s+([a-f])\s+(?=[a-z]))?[\s,]*(.*)",
    re.IGNORECASE | re.DOTALL,
)
_CEDEX = re.compile(r"\bcedex\b.*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Site:
    """A place of the directory: an offer, who holds it, and what a vendor may know it by.

    holder          `8` + RPPS of the practitioner, or `3` + SIRET of the structure
    structure_ids   national numbers of the structure, with their type digit
    street          as `street_of` gives it; "" when unknown
    town            folded name, without CEDEX
    """

    offer_id: str
    holder: str
    is_structure: bool = False
    structure_ids: frozenset[str] = frozenset()
    postal_code: str = ""
    street: str = ""
    town: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Attached:
    """A slot on an offer; `guessed` when only the town said so."""

    slot: FreeSlot
    guessed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Created:
    """A place that the directory does not know, as the vendor names it, and its slots."""

    holder: str
    place: Place
    structure_id: str | None
    slots: list[FreeSlot] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """Slots by offer, and the places that make a card of their own, in order of appearance."""

    by_offer: dict[str, list[Attached]]
    created: list[Created]


def attach(sites: Sequence[Site], slots: Iterable[FreeSlot]) -> Attachment:
    """Put the slots of one vendor on the places of their holders.

    `sites` holds every place of each holder, shown or not, or a place would be taken for a new one.
    """
    of_holder: dict[str, list[Site]] = {}
    for site in sites:
        of_holder.setdefault(site.holder, []).append(site)
    kept = [slot for slot in slots if SHOWN & set(slot["visibility"]) and holder_of(slot) in of_holder]
    places: dict[str, set[tuple[str | None, ...]]] = {}
    for slot in kept:
        places.setdefault(holder_of(slot), set()).add(_place_key(slot))
    by_offer: dict[str, list[Attached]] = {}
    created: dict[tuple[str, tuple[str | None, ...]], Created] = {}
    found: dict[tuple[str, tuple[str | None, ...]], tuple[Site, bool] | None] = {}
    for slot in kept:
        holder, key = holder_of(slot), _place_key(slot)
        if (holder, key) not in found:
            alone = len(places[holder]) == 1
            found[holder, key] = _recognise(of_holder[holder], slot, alone=alone)
        match = found[holder, key]
        if match is not None:
            site, guessed = match
            by_offer.setdefault(site.offer_id, []).append(Attached(slot=slot, guessed=guessed))
        else:
            made = created.setdefault(
                (holder, key),
                Created(holder=holder, place=slot["place"], structure_id=slot["structure_id"]),
            )
            made.slots.append(slot)
    return Attachment(by_offer=by_offer, created=list(created.values()))


def holder_of(slot: FreeSlot) -> str:
    """Who the slot belongs to: the practitioner, else the association."""
    return slot["practitioner_id"] or slot["organization_id"] or ""


@lru_cache(maxsize=65_536)
def street_of(line: str) -> str:
    """A street line brought to one spelling: number, index, type, name; "" when there is no street in it.

    >>> street_of("4 RUE DES TILLEULS") == street_of("4, r. des tilleuls")
    True
    """
    found = _NUMBER.fullmatch(line)
    number, suffix, name = "", "", line
    if found is not None:
        number, suffix, name = found[1], found[2] or found[3] or found[4] or "", found[5]
    key = street_key(name)
    if not key.core:
        return ""
    return f"{number}{suffix.lower()[:1]} {key.type} {key.core}".strip()


@lru_cache(maxsize=65_536)
def town_of(office: str) -> str:
    """The folded name of a town, without postal code or CEDEX.

    >>> town_of("75011 PARIS CEDEX 11"), town_of("Saint-Étienne")
    ('paris', 'saint etienne')
    """
    words = _CEDEX.sub("", fold(office)).split()
    kept = [word for word in words if not word.isdigit()]
    return " ".join({"st": "saint", "ste": "sainte"}.get(word, word) for word in kept)


def _recognise(sites: list[Site], slot: FreeSlot, *, alone: bool) -> tuple[Site, bool] | None:
    """The place of the directory a slot stands at, and whether it is a guess; the rules in their order."""
    place, structure_id = slot["place"], slot["structure_id"]
    if structure_id is not None:
        same = [site for site in sites if structure_id in site.structure_ids]
        if same:
            return same[0], False
    if place["postal_code"] and place["line"] and (street := street_of(place["line"])):
        same = [site for site in sites if site.postal_code == place["postal_code"] and site.street == street]
        if same:
            return same[0], False
    if alone and len(sites) == 1 and place["city"] and sites[0].town == town_of(place["city"]):
        return sites[0], True
    return None


def _place_key(slot: FreeSlot) -> tuple[str | None, ...]:
    """What makes two slots of one holder stand at one place."""
    place = slot["place"]
    line = street_of(place["line"]) if place["line"] else None
    return slot["structure_id"], place["postal_code"], line, town_of(place["city"] or "")
