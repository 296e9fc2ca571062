"""Slots for the search: vendors asked live and our own calendar, joined to the places of the directory.

The only place where the search and the slots meet: `search` knows offers and knows no vendor, `slots` knows
vendors and knows no rank.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from care.precedence import preferred
from core.clock import utc_now
from participation.shown import of_offers
from search.ports import Availability, EditorLine, ExtraPlace, OfferedSlot, Reading
from slots.agenda import free_slots
from slots.answers import states
from slots.attach import attach, holder_of
from slots.booking import allowed_link, booking_link
from slots.editors import all_editors
from slots.sites import sites_of
from slots.stored import stored

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping, Sequence

    from psycopg import AsyncConnection

    from care.slot import FreeSlot, Place
    from search.ports import Remembered
    from search.query import Modality
    from slots.agenda import CalendarSlot
    from slots.aggregate import Aggregator
    from slots.answers import Asked, EditorAnswer
    from slots.attach import Created, Site
    from slots.editors import Editor
    from slots.stored import Stored

OURS = "sas"
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
        self,
        conn: AsyncConnection[Any],
        offer_ids: Sequence[str],
        *,
        start: datetime,
        end: datetime,
        remembered: Mapping[str, Remembered],
        structures: bool,
    ) -> VendorInquiry:
        """See the port. The vendors are asked from here on."""
        await self._refresh(conn)
        asking = bool(offer_ids) and any(
            editor.practitioner_flow() or (structures and "agg-sos" in editor.flows)
            for editor in self._aggregator.editors
        )
        sites = await sites_of(conn, offer_ids) if asking else []
        shown = set(offer_ids)
        people = sorted({site.holder for site in sites if site.offer_id in shown and not site.is_structure})
        known = await stored(conn, people, start=start, end=end, now=utc_now(), unplaced=True)
        ours = asking or any(OURS in held.sources for held in remembered.values())
        own = await free_slots(conn, offer_ids, start=start, until=end) if ours else {}
        declared = await of_offers(conn, offer_ids) if ours else {}
        asked = self._aggregator.ask(
            practitioner_ids=people,
            association_ids=[site.holder for site in sites if site.offer_id in shown and site.is_structure],
            start=start,
            end=end,
        )
        return VendorInquiry(
            asked=asked,
            stored=known,
            remembered=remembered,
            own={offer_id: [_of_ours(slot) for slot in slots] for offer_id, slots in own.items()},
            refused=frozenset(offer_id for offer_id, said in declared.items() if said.vendor_refused),
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


@dataclass(frozen=True, kw_only=True)
class _Placed:
    """The slots of one vendor on the offers, the places it alone knows, and whom it told about."""

    by_offer: Mapping[str, Sequence[OfferedSlot]]
    extras: list[ExtraPlace]
    holders: frozenset[str]


class VendorInquiry:
    """`search.ports.Inquiry`: the calls under way for one page."""

    def __init__(
        self,
        *,
        asked: Asked,
        stored: Stored,
        remembered: Mapping[str, Remembered],
        own: Mapping[str, Sequence[OfferedSlot]],
        refused: frozenset[str],
        sites: Sequence[Site],
        shown: Sequence[str],
        editors: Mapping[str, Editor],
        booking_origin: str | None,
    ) -> None:
        self._asked = asked
        self._stored = stored
        self._remembered = remembered
        self._own = own
        self._refused = refused
        self._sites = sites
        self._shown = shown
        self._editors = editors
        self._booking_origin = booking_origin
        self._hosts = {slug: editor.allowed_booking_hosts for slug, editor in editors.items()}
        self._holders = {site.offer_id: site.holder for site in sites}
        held = _by_source(remembered)
        self._earlier = {slug: self._before(slug, held.get(slug, {})) for slug in editors}

    def stored(self) -> Reading:
        """See the port."""
        return self._reading([], complete=not self._editors)

    async def readings(self, *, within_s: float) -> AsyncIterator[Reading]:
        """See the port."""
        answers: list[EditorAnswer] = []
        placed: list[_Placed] = []
        async for answer in self._asked.answers(within_s=within_s):
            answers.append(answer)
            placed.append(self._place(answer.slots, answer.editor, answer.as_of))
            yield self._reading(answers, placed, complete=False)
        yield self._reading(answers, placed, complete=True)

    async def outcome(self, *, within_s: float) -> Reading:
        """See the port."""
        answers = [answer async for answer in self._asked.answers(within_s=within_s)]
        placed = [self._place(answer.slots, answer.editor, answer.as_of) for answer in answers]
        return self._reading(answers, placed, complete=True)

    def _reading(
        self, answers: Sequence[EditorAnswer], placed: Sequence[_Placed] = (), *, complete: bool
    ) -> Reading:
        """What is known after these answers; `placed` are their slots, in the same order."""
        answered = {answer.editor for answer in answers if answer.state in _READ}
        earlier = [found for slug, found in self._earlier.items() if slug not in answered]
        read = _by_offer(placed)
        unverified = _by_offer(earlier)
        known = self._stored.known.union(*(found.holders for found in placed))
        everybody = complete and all(answer.state in _READ and not answer.refused for answer in answers)
        by_offer: dict[str, Availability] = {}
        for offer_id in self._shown:
            theirs = (*read.get(offer_id, ()), *unverified.get(offer_id, ()))
            refused = offer_id in self._refused
            source, chosen = preferred(theirs, self._own.get(offer_id, ()), vendor_refused=refused)
            slots = tuple(chosen)
            if source == "sas" and slots:
                by_offer[offer_id] = Availability(state="known", slots=slots)
            elif refused:
                continue  # the holder does not want the vendor's shown, and wrote none: unknown
            elif offer_id in read or (everybody and self._holders.get(offer_id) in known):
                by_offer[offer_id] = Availability(state="known", slots=slots)
            elif slots:
                held = self._remembered.get(offer_id)
                left_out = 0 if held is None else held.total - len(held.slots)
                by_offer[offer_id] = Availability(
                    state="stored", slots=slots, left_out=left_out, as_held=_are_those(slots, held)
                )
        return Reading(
            by_offer=by_offer,
            created=tuple(
                extra
                for found in (*placed, *earlier)
                for extra in found.extras
                if extra.offer_id not in self._refused
            ),
            editors=tuple(_line(answer) for answer in states(answers)),
            complete=complete,
            waiting=() if complete else self._waiting(answers),
        )

    def _place(self, slots: Sequence[FreeSlot], slug: str, as_of: datetime | None) -> _Placed:
        """The slots of a vendor on the offers; `as_of` None: stored ones."""
        attached = attach(self._sites, slots)
        return _Placed(
            by_offer={
                offer_id: [
                    self._offered(item.slot, slug, as_of, flags=("place-guess",) if item.guessed else ())
                    for item in found
                ]
                for offer_id, found in attached.by_offer.items()
            },
            extras=list(self._extras(attached.created, slug, as_of)),
            holders=frozenset(map(holder_of, slots)),
        )

    def _before(self, slug: str, held: Mapping[str, Sequence[OfferedSlot]]) -> _Placed:
        """What a vendor said before this search: `held` at the places of the directory, and elsewhere."""
        elsewhere = self._place(self._stored.slots.get(slug, ()), slug, None)
        by_offer = {**elsewhere.by_offer, **held}  # placed since, where the sweep knew no place
        return _Placed(by_offer=by_offer, extras=elsewhere.extras, holders=elsewhere.holders)

    def _waiting(self, answers: Sequence[EditorAnswer]) -> tuple[str, ...]:
        """Vendors some of whose calls have not ended, by name of record."""
        calls = Counter(self._asked.tasks.values())
        calls.subtract(answer.editor for answer in answers if answer.reason != "certificate")
        return tuple(self._editors[slug].name for slug in sorted(calls) if calls[slug] > 0)

    def _offered(
        self, slot: FreeSlot, slug: str, as_of: datetime | None, *, flags: tuple[str, ...]
    ) -> OfferedSlot:
        editor = self._editors[slug]
        link = None
        # What was stored earlier is verified by a live answer before anybody books it.
        if as_of is not None and editor.booking and slot["appointment_type"] != "WALKIN":
            link = allowed_link(slot["booking_url"], hosts=self._hosts[slug], plain=editor.sandbox)
        return OfferedSlot(
            start=datetime.fromisoformat(slot["start"]),
            end=datetime.fromisoformat(slot["end"]),
            modality=tuple(cast("list[Modality]", slot["consultation_types"])),
            source=slug,
            as_of=as_of or self._stored.asked_at[slug, holder_of(slot)],
            bookable=link is not None,
            booking_url=self._given(link),
            flags=(*flags, "walk-in") if slot["appointment_type"] == "WALKIN" else flags,
        )

    def _given(self, link: str | None) -> str | None:
        """The link with our origin, for those who may have it."""
        if link is None or self._booking_origin is None:
            return None
        return booking_link(link, origin=self._booking_origin)

    def _extras(self, created: Iterable[Created], slug: str, as_of: datetime | None) -> Iterable[ExtraPlace]:
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
                    slots=tuple(self._offered(slot, slug, as_of, flags=()) for slot in made.slots),
                )


def _of_ours(slot: CalendarSlot) -> OfferedSlot:
    """A slot of the SAS calendar: read from our own tables, as sure as can be, booked on the platform."""
    return OfferedSlot(
        start=slot.start,
        end=slot.end,
        modality=tuple(cast("tuple[Modality, ...]", slot.slot.modalities)),
        source="sas",
        as_of=utc_now(),
        bookable=True,
        flags=("range",) if slot.slot.form == "range" else (),
    )


def _by_source(remembered: Mapping[str, Remembered]) -> dict[str, dict[str, Sequence[OfferedSlot]]]:
    """Slots held in memory by who gives them, then by offer."""
    found: dict[str, dict[str, Sequence[OfferedSlot]]] = {}
    for offer_id, held in remembered.items():
        for source in held.sources:
            alone = len(held.sources) == 1
            slots = held.slots if alone else [slot for slot in held.slots if slot.source == source]
            found.setdefault(source, {})[offer_id] = slots
    return found


def _are_those(slots: Sequence[OfferedSlot], held: Remembered | None) -> bool:
    """Whether slots are those held in memory: all of them, of one vendor, and no other."""
    return (
        held is not None
        and len(held.sources) == 1
        and len(slots) == len(held.slots)
        and slots[0] is held.slots[0]
    )


def _by_offer(placed: Iterable[_Placed]) -> dict[str, list[OfferedSlot]]:
    found: dict[str, list[OfferedSlot]] = {}
    for item in placed:
        for offer_id, slots in item.by_offer.items():
            found.setdefault(offer_id, []).extend(slots)
    return found


def _line(answer: EditorAnswer) -> EditorLine:
    return EditorLine(editor=answer.editor, name=answer.name, state=answer.state, as_of=answer.as_of)


def _address(place: Place) -> str:
    town = " ".join(filter(None, (place["postal_code"], place["city"])))
    return ", ".join(filter(None, (place["name"], place["line"], town)))
