"""Slots for the search: vendors asked live, joined to the places of the directory.

The only place where the search and the slots meet: `search` knows offers and knows no vendor, `slots` knows
vendors and knows no rank.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from search.ports import Availability, EditorLine, ExtraPlace, OfferedSlot, Reading
from slots.answers import states
from slots.attach import attach
from slots.booking import allowed_link, booking_link
from slots.editors import all_editors
from slots.sites import sites_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping, Sequence

    from psycopg import AsyncConnection

    from care.slot import FreeSlot, Place
    from search.ports import SlotsState
    from search.query import Modality
    from slots.aggregate import Aggregator
    from slots.answers import Asked, EditorAnswer
    from slots.attach import Created, Site
    from slots.editors import Editor

_RECORDS_S = 10.0
_READ = frozenset({"ok", "empty"})


class VendorSlots:
    """`search.ports.SlotFinder` on the vendors; `booking_origin` None gives no booking link to anybody."""

    def __init__(self, aggregator: Aggregator, *, booking_origin: str | None) -> None:
        self._aggregator = aggregator
        self._booking_origin = booking_origin
        self._read_at_s = float("-inf")
        self._reading = asyncio.Lock()

    async def inquire(
        self, conn: AsyncConnection[Any], offer_ids: Sequence[str], *, start: datetime, end: datetime
    ) -> VendorInquiry:
        """See the port. The vendors are asked from here on."""
        await self._refresh(conn)
        sites = await sites_of(conn, offer_ids) if offer_ids and self._aggregator.editors else []
        shown = set(offer_ids)
        asked_for = [site for site in sites if site.offer_id in shown]
        asked = self._aggregator.ask(
            practitioner_ids=[site.holder for site in asked_for if not site.is_structure],
            association_ids=[site.holder for site in asked_for if site.is_structure],
            start=start,
            end=end,
        )
        return VendorInquiry(
            asked=asked,
            sites=sites,
            shown=list(offer_ids),
            editors={editor.slug: editor for editor in self._aggregator.editors},
            booking_origin=self._booking_origin,
        )

    async def _refresh(self, conn: AsyncConnection[Any]) -> None:
        """Read the records again when they are more than a few seconds old."""
        now_s = asyncio.get_running_loop().time()
        if now_s - self._read_at_s < _RECORDS_S or self._reading.locked():
            return
        async with self._reading:
            await self._aggregator.use(await all_editors(conn))
            self._read_at_s = now_s

    def forget(self) -> None:
        """Read the records again at the next search: one was just changed."""
        self._read_at_s = float("-inf")


class VendorInquiry:
    """`search.ports.Inquiry`: the calls under way for one page."""

    def __init__(
        self,
        *,
        asked: Asked,
        sites: Sequence[Site],
        shown: Sequence[str],
        editors: Mapping[str, Editor],
        booking_origin: str | None,
    ) -> None:
        self._asked = asked
        self._sites = sites
        self._shown = shown
        self._editors = editors
        self._booking_origin = booking_origin

    def stored(self) -> Reading:
        """See the port."""
        return self._reading([], complete=not self._editors)

    async def readings(self, *, within_s: float) -> AsyncIterator[Reading]:
        """See the port."""
        answers: list[EditorAnswer] = []
        async for answer in self._asked.answers(within_s=within_s):
            answers.append(answer)
            yield self._reading(answers, complete=False)
        yield self._reading(answers, complete=True)

    def _reading(self, answers: Sequence[EditorAnswer], *, complete: bool) -> Reading:
        slots: dict[str, list[OfferedSlot]] = {}
        created: list[ExtraPlace] = []
        known: set[str] = set()
        for answer in answers:
            attached = attach(self._sites, answer.slots)
            for offer_id, found in attached.by_offer.items():
                slots.setdefault(offer_id, []).extend(
                    self._offered(item.slot, answer, flags=("place-guess",) if item.guessed else ())
                    for item in found
                )
            created.extend(self._extras(attached.created, answer))
            known |= {slot["practitioner_id"] or slot["organization_id"] or "" for slot in answer.slots}
        everybody = complete and all(answer.state in _READ and not answer.refused for answer in answers)
        holders = {site.offer_id: site.holder for site in self._sites}
        by_offer = {
            offer_id: Availability(state=state, slots=tuple(slots.get(offer_id, ())))
            for offer_id in self._shown
            if (state := _state(offer_id in slots, everybody and holders.get(offer_id) in known)) != "unknown"
        }
        return Reading(
            by_offer=by_offer,
            created=tuple(created),
            editors=tuple(_line(answer) for answer in states(answers)),
            complete=complete,
            waiting=() if complete else self._waiting(answers),
        )

    def _waiting(self, answers: Sequence[EditorAnswer]) -> tuple[str, ...]:
        """Vendors some of whose calls have not ended, by name of record."""
        calls = Counter(self._asked.tasks.values())
        calls.subtract(answer.editor for answer in answers if answer.reason != "certificate")
        return tuple(self._editors[slug].name for slug in sorted(calls) if calls[slug] > 0)

    def _offered(self, slot: FreeSlot, answer: EditorAnswer, *, flags: tuple[str, ...]) -> OfferedSlot:
        editor = self._editors[answer.editor]
        link = None
        if editor.booking and slot["appointment_type"] != "WALKIN":
            link = allowed_link(slot["booking_url"], hosts=editor.allowed_booking_hosts, plain=editor.sandbox)
        return OfferedSlot(
            start=datetime.fromisoformat(slot["start"]),
            end=datetime.fromisoformat(slot["end"]),
            modality=tuple(cast("list[Modality]", slot["consultation_types"])),
            source=answer.editor,
            as_of=cast("datetime", answer.as_of),
            bookable=link is not None,
            booking_url=self._given(link),
            flags=(*flags, "walk-in") if slot["appointment_type"] == "WALKIN" else flags,
        )

    def _given(self, link: str | None) -> str | None:
        """The link with our origin, for those who may have it."""
        if link is None or self._booking_origin is None:
            return None
        return booking_link(link, origin=self._booking_origin)

    def _extras(self, created: Iterable[Created], answer: EditorAnswer) -> Iterable[ExtraPlace]:
        """Cards of places unknown to the directory, each beside an offer of the same holder."""
        shown = set(self._shown)
        beside = {site.holder: site.offer_id for site in reversed(self._sites) if site.offer_id in shown}
        for made in created:
            offer_id = beside.get(made.holder)
            if offer_id is not None:
                yield ExtraPlace(
                    offer_id=offer_id,
                    address=_address(made.place),
                    phone=made.place["phone"],
                    slots=tuple(self._offered(slot, answer, flags=()) for slot in made.slots),
                )


def _state(has_slots: bool, known_to_have_none: bool) -> SlotsState:
    return "known" if has_slots or known_to_have_none else "unknown"


def _line(answer: EditorAnswer) -> EditorLine:
    return EditorLine(editor=answer.editor, name=answer.name, state=answer.state, as_of=answer.as_of)


def _address(place: Place) -> str:
    town = " ".join(filter(None, (place["postal_code"], place["city"])))
    return ", ".join(filter(None, (place["name"], place["line"], town)))
