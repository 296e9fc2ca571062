"""What is asked: parameters as received, checked one by one, and the query they make once understood."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Literal

from core.errors import InvalidParameter
from geo.territory import is_citycode

if TYPE_CHECKING:
    from shapely import Polygon

    from geo.point import Point
    from search.place import Place
    from search.specialty_match import Understood

Modality = Literal["AMB", "VR", "HH"]
Kind = Literal["practitioner", "structure"]

SlotClass = Literal["0-4", "4-8", "8-12", "12-24", "24-48", "48-72"]
SLOT_CLASSES: dict[SlotClass, int] = {"0-4": 0, "4-8": 4, "8-12": 8, "12-24": 12, "24-48": 24, "48-72": 48}
"""Classes of time to a slot, and the hour each begins at."""

MAX_RADIUS_KM = 100.0
MAX_MINUTES = 180.0
MAX_LIMIT = 100
SLOTS_PER_DAY = 4
MAX_SLOTS_PER_DAY = 200
MAX_WINDOW = timedelta(days=31)


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """The stretch of time in which a slot is looked for; aware instants, `start` < `end`."""

    start: datetime
    end: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Filters:
    """What narrows the offers; None or empty = no filter.

    within_h     a slot in one of these classes of time, even in part
    place_kind   categories of the structure the offer stands in; `practice` for none
    en_sus       accepts to be contacted on top of published availability
    group        members of a CPTS, MSP or SOS association only: its `id` in the answer
    """

    modality: tuple[Modality, ...] = ()
    kind: Kind | None = None
    participating: bool | None = None
    with_slots: bool = True
    within_h: tuple[SlotClass, ...] = ()
    place_kind: tuple[str, ...] = ()
    en_sus: bool = False
    group: str | None = None


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """The parameters of the contract, typed but not yet understood.

    Raises
    ------
    InvalidParameter   out of range, unreadable, several places or none; names the parameter
    """

    specialty: str
    place: str | None = None
    point: Point | None = None
    citycode: str | None = None
    place_id: str | None = None
    department: str | None = None
    outline: Polygon | None = None
    radius_km: float | None = None
    max_minutes: float | None = None
    start: datetime | None = None
    end: datetime | None = None
    filters: Filters = field(default_factory=Filters)
    limit: int = 20
    cursor: str | None = None
    explain: bool = False
    facets: bool = True
    slots_per_day: int = SLOTS_PER_DAY
    seed: str | None = None
    preferred: str | None = None

    def __post_init__(self) -> None:
        _check_text("specialty", self.specialty, max_length=100)
        self._check_place()
        _check_range("radius_km", self.radius_km, MAX_RADIUS_KM)
        _check_range("max_minutes", self.max_minutes, MAX_MINUTES)
        if not 1 <= self.slots_per_day <= MAX_SLOTS_PER_DAY:
            raise InvalidParameter(
                f"« slots_per_day » va de 1 à {MAX_SLOTS_PER_DAY}.", parameter="slots_per_day"
            )
        if not 1 <= self.limit <= MAX_LIMIT:
            raise InvalidParameter(f"« limit » va de 1 à {MAX_LIMIT}.", parameter="limit")
        if self.seed is not None and not (
            1 <= len(self.seed) <= 64 and self.seed.isascii() and self.seed.replace("-", "").isalnum()
        ):
            raise InvalidParameter(
                "« seed » est faite de 1 à 64 lettres, chiffres et tirets.", parameter="seed"
            )
        for name, value in (("from", self.start), ("until", self.end)):
            if value is not None and value.tzinfo is None:
                raise InvalidParameter(f"« {name} » doit porter son décalage horaire.", parameter=name)

    def _check_place(self) -> None:
        given = {
            "place": self.place,
            "lon": self.point,
            "citycode": self.citycode,
            "place_id": self.place_id,
            "department": self.department,
        }
        names = [name for name, value in given.items() if value is not None]
        if len(names) > 1 or (not names and self.outline is None):
            raise InvalidParameter(
                "Donnez un lieu, et un seul : « place », « place_id », « lon » et « lat », « citycode », "
                "« department » ou « polygon ».",
                parameter=names[0] if names else "place",
            )
        if self.outline is not None and self.department is not None:
            raise InvalidParameter(
                "Une zone dessinée et un département ne se cherchent pas ensemble.", parameter="department"
            )
        if self.place is not None:
            _check_text("place", self.place, max_length=200)
        if self.citycode is not None and not is_citycode(self.citycode):
            raise InvalidParameter(
                "« citycode » est un code INSEE de commune : cinq caractères, comme 75104 ou 2A004.",
                parameter="citycode",
            )
        if self.place_id is not None:
            _check_text("place_id", self.place_id, max_length=60)
        if self.department is not None:
            _check_text("department", self.department, max_length=60)
        if self.preferred is not None:
            _check_text("preferred", self.preferred, max_length=100)
        territory = self.department is not None or self.outline is not None
        if self.radius_km is not None and territory:
            raise InvalidParameter(
                "Un territoire se cherche par ses limites, sans rayon.", parameter="radius_km"
            )
        if self.max_minutes is not None and territory and not (names and self.department is None):
            raise InvalidParameter(
                "Un temps de trajet se compte depuis un lieu : donnez-le avec la zone.",
                parameter="max_minutes",
            )


@dataclass(frozen=True, kw_only=True)
class SearchQuery:
    """A search understood: everything that decides which offers come, and in which order.

    now   when it is made: what is known of slots is fresh or not by it
    """

    specialty: Understood
    place: Place
    window: Window
    now: datetime
    radius_km: float | None
    max_minutes: float | None
    filters: Filters
    seed: str
    limit: int
    explain: bool
    facets: bool = True
    slots_per_day: int = SLOTS_PER_DAY
    preferred: str | None = None

    @property
    def specialty_ids(self) -> list[int]:
        """Groups searched: that of the specialty first, then the others the need means."""
        return [item.specialty_id for item in (self.specialty.specialty, *self.specialty.also)]

    @property
    def identity(self) -> str:
        """What two pages of one search share; the window counts only where it was asked for (see `page`)."""
        parts = (
            self.specialty.specialty.code,
            self.place.identity,
            self.radius_km,
            self.max_minutes,
            self.filters,
            self.preferred,
        )
        return repr(parts)


def window(start: datetime | None, end: datetime | None, *, now: datetime, place: Place) -> Window:
    """The window asked for; by default now to the end of the day after tomorrow, in the zone of the place.

    Raises
    ------
    InvalidParameter   already over, empty, or longer than a month
    """
    begins = (start or now).astimezone(place.zone)
    last_day = begins.date() + timedelta(days=2)
    ends = (end or datetime.combine(last_day, time(23, 59, 59), tzinfo=place.zone)).astimezone(place.zone)
    if ends <= begins:
        raise InvalidParameter("« until » doit venir après « from ».", parameter="until")
    if ends <= now:
        raise InvalidParameter("« until » est déjà passé.", parameter="until")
    if ends - begins > MAX_WINDOW:
        raise InvalidParameter(
            f"La fenêtre dépasse {MAX_WINDOW.days} jours.", parameter="until" if end else "from"
        )
    return Window(start=begins, end=ends)


def _check_text(name: str, value: str, *, max_length: int) -> None:
    if not value.strip() or len(value) > max_length or not value.isprintable():
        raise InvalidParameter(
            f"« {name} » doit être un texte de 1 à {max_length} caractères.", parameter=name
        )


def _check_range(name: str, value: float | None, maximum: float) -> None:
    if value is not None and not (math.isfinite(value) and 0 < value <= maximum):
        raise InvalidParameter(
            f"« {name} » doit être un nombre positif, au plus {maximum:.0f}.", parameter=name
        )
