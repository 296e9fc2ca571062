"""What the search needs from others; `api.wiring` joins them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray
    from psycopg import AsyncConnection

    from geo.point import Point
    from geo.travel.times import Source
    from search.index.directory import Index
    from search.index.slots import SlotChanges
    from search.journey import Journeys, Range
    from search.place import Place
    from search.query import Modality

EditorState = Literal["ok", "empty", "timeout", "http-error", "invalid", "off"]
SlotsState = Literal["known", "stored", "unknown"]


class PlaceFinder(Protocol):
    """Places for a text, best first."""

    async def find(
        self, conn: AsyncConnection[Any], text: str, *, limit: int, autocomplete: bool
    ) -> list[Place]:
        """At most `limit` places; `department_code` and `timezone` may be left to the caller.

        The text is a secret: it is never logged, counted, nor put in an error.
        """
        ...

    async def identified(self, conn: AsyncConnection[Any], place_id: str) -> Place | None:
        """The place of an identifier that `find` gave; None when it is none, or no longer."""
        ...

    async def nearest(self, conn: AsyncConnection[Any], text: str, *, limit: int) -> list[Place]:
        """At most `limit` places whose name is near a text that was not understood, to suggest them."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class OfferedSlot:
    """A free slot of an offer; two are never equal, so that one is found again at once where it is kept.

    source       `sas` for our own calendar, else the vendor
    as_of        when it was read
    bookable     read live, and the vendor takes bookings: what was stored earlier is not, until verified
    booking_url  where it is booked; None when it may not be given, or is not known
    flags        `place-guess`: the place was told by its town only; `walk-in`: without appointment; `range`:
                 for several patients
    """

    start: datetime
    end: datetime
    modality: tuple[Modality, ...]
    source: str
    as_of: datetime
    bookable: bool
    booking_url: str | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Availability:
    """What is known of the slots of one offer in the window; an offer that is not told of is unknown.

    state      `known`: what is not there does not exist; `stored`: read earlier, not verified; `unknown`
    left_out   slots there are besides those given, when only the first of each day are
    as_held    slots are those of `Remembered`, and no other: of the period, as asked, in their order
    """

    state: SlotsState
    slots: tuple[OfferedSlot, ...] = ()
    left_out: int = 0
    as_held: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Remembered:
    """Slots of one offer in the period that the index holds, soonest first.

    slots     the first of each day, of the modalities asked
    total     how many there are in all
    sources   who gives them
    """

    slots: Sequence[OfferedSlot]
    total: int
    sources: frozenset[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class EditorLine:
    """What a vendor said to this search."""

    editor: str
    name: str
    state: EditorState
    as_of: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ExtraPlace:
    """A place known to a vendor only; `offer_id` is an offer of the same holder, shown on the page."""

    offer_id: str
    address: str
    phone: str | None
    slots: tuple[OfferedSlot, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """Everything read so far for one search.

    waiting    names of the vendors asked that have not answered yet
    complete   no vendor is waited for any more
    """

    by_offer: Mapping[str, Availability]
    created: tuple[ExtraPlace, ...]
    editors: tuple[EditorLine, ...]
    complete: bool
    waiting: tuple[str, ...] = ()


class Inquiry(Protocol):
    """The question about the offers of one page, put to all who hold agendas."""

    def stored(self) -> Reading:
        """What is known without asking: nobody is waited for."""
        ...

    def readings(self, *, within_s: float) -> AsyncIterator[Reading]:
        """What is known after each vendor, the last one being `complete`; at least one comes."""
        ...

    async def outcome(self, *, within_s: float) -> Reading:
        """The last of these readings alone."""
        ...


class TravelFinder(Protocol):
    """Travel from a place to many offers; `offers` are their numbers in the index."""

    @property
    def notices(self) -> Sequence[str]:
        """French sentences on what could not be used, for whoever reads the answer."""
        ...

    def source(self, index: Index, point: Point, offers: NDArray[np.int32]) -> Source:
        """Whether journeys to all of these would be by road, or estimated."""
        ...

    def journeys(
        self,
        index: Index,
        point: Point,
        offers: NDArray[np.int32],
        distance_m: NDArray[np.float64],
        *,
        estimated: bool,
    ) -> Journeys:
        """Minutes by car to each offer: all by road, or all estimated; `distance_m` over the ground.

        `estimated`: estimated whatever networks there are, as the first page of the search was.
        """
        ...

    def ranges(
        self, index: Index, point: Point, offers: NDArray[np.int32], journeys: Journeys
    ) -> list[Range]:
        """What cards say besides, for the few offers of a page; `journeys` are those they were ranked by."""
        ...


class SlotFeed(Protocol):
    """Free slots of every offer, as they become known; one for each process."""

    async def changes(self, conn: AsyncConnection[Any], *, everything: bool) -> SlotChanges | None:
        """What is newly known since the last call; all that is known when `everything` is asked.

        None when nothing changed. Slots of offers that their holder does not want shown are not there.
        """
        ...


class SlotFinder(Protocol):
    """Slots of offers, whoever holds them."""

    async def inquire(
        self,
        conn: AsyncConnection[Any],
        offer_ids: Sequence[str],
        *,
        start: datetime,
        end: datetime,
        remembered: Mapping[str, Remembered],
        structures: bool,
    ) -> Inquiry:
        """Make ready the question about these offers; `conn` is not used once this returns.

        Parameters
        ----------
        remembered   slots of these offers that the index holds, as read earlier
        structures   whether structures are among them
        """
        ...
