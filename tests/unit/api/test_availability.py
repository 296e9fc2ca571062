"""At one place: the vendor's slots go before ours, unless the holder does not want them shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from api.availability import VendorInquiry
from search.ports import OfferedSlot, Remembered
from slots.answers import Asked
from slots.attach import Site
from slots.editors import Editor
from slots.stored import Stored

HOLDER, OFFER = "899900000018", "11111111-1111-1111-1111-111111111111"
HERE = "12 rue des Lilas"
AT = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
OURS = OfferedSlot(start=AT, end=AT, modality=("AMB",), source="sas", as_of=AT, bookable=True)


def theirs(line: str) -> dict:
    return {
        "slot_ref": "Slot/1", "start": "2026-12-01T10:00:00Z", "end": "2026-12-01T10:15:00Z",
        "visibility": ["PUBLIC"], "consultation_types": ["AMB"], "reasons": [], "specialty_codes": [],
        "specialty_texts": [], "appointment_type": "ROUTINE", "booking_url": None, "practitioner_id": HOLDER,
        "structure_id": None, "organization_id": None, "organization_name": None, "cpts": [],
        "place": {
            "identifier_system": None, "identifier_value": None, "name": None, "line": line,
            "postal_code": "75011", "city": "Paris", "phone": None,
        },
    }  # fmt: skip


def reading(*, ours: bool, vendor: str | None, refused: bool):
    """What is known at once of one offer; `vendor` is the street of the vendor's slot."""
    slots = {"agenda-a": [theirs(vendor)]} if vendor and vendor != HERE else {}
    held = Remembered(
        slots=[replace(OURS, source="agenda-a", bookable=False)], total=1, sources=frozenset({"agenda-a"})
    )
    inquiry = VendorInquiry(
        asked=Asked(tasks={}, start=AT, editors=[], failed=[]),
        stored=Stored(slots=slots, asked_at={("agenda-a", HOLDER): AT}),  # pyright: ignore[reportArgumentType]
        remembered={OFFER: held} if vendor == HERE else {},
        own={OFFER: [OURS]} if ours else {},
        refused=frozenset({OFFER} if refused else ()),
        sites=[Site(offer_id=OFFER, holder=HOLDER, postal_code="75011", street="12 rue lilas", town="paris")],
        shown=[OFFER],
        editors={"agenda-a": Editor(slug="agenda-a", name="A", base_url="https://a.example")},
        booking_origin=None,
    )
    return inquiry.stored()


@pytest.mark.parametrize(
    ("ours", "vendor", "refused", "expected"),
    [
        (True, True, False, {"agenda-a"}),
        (True, False, False, {"sas"}),
        (False, True, False, {"agenda-a"}),
        (True, True, True, {"sas"}),
        (False, True, True, None),
        (False, False, False, None),
    ],
)
def test_the_vendor_goes_first_unless_its_holder_refuses(ours, vendor, refused, expected):
    found = reading(ours=ours, vendor=HERE if vendor else None, refused=refused)
    sources = {slot.source for item in found.by_offer.values() for slot in item.slots}
    extras = {slot.source for extra in found.created for slot in extra.slots}
    assert (sources | extras or None) == expected


def test_a_place_that_only_a_refused_vendor_knows_is_not_shown():
    assert reading(ours=False, vendor="99 boulevard inconnu", refused=True).created == ()
