"""The lines of relevance: what is asked, what is expected, and what is missing of it in an answer.

`expect` holds properties, separated by ";": `first=x`, `before=x>y`, `present=x`, `absent=x`, `total=n` or
`total>=n`, `widened>=n`, `department=d`, `zone=z`, `label=text` (of the place), `place_refused`,
`place_suggested=text`; for the specialty alone `also=code`, `refused`, `suggested=code`.
"""

from __future__ import annotations

import operator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.availability import VendorSlots
from api.places import GeocoderPlaces
from api.slot_feed import SlotNews
from api.wiring import limits_of
from core.errors import UnknownPlace, UnknownSpecialty
from core.settings import SlotSettings
from geo.geocoding.search import Geocoder
from geo.point import Point
from geo.travel.choice import RoadOrEstimate
from search.audit.record import NoLog
from search.index.directory import DirectoryIndex
from search.journey import RoadsOrEstimates
from search.live import Search, search_with_slots
from search.offers import Timings
from search.policy import policy
from search.query import Parameters
from search.specialty_match import understand
from search.territory_policy import Policies
from slots.aggregate import Aggregator
from tests.relevance.ground import NOW, offers, places, rows

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from psycopg import AsyncConnection

_COMPARED = {">=": operator.ge, "=": operator.eq}
_SEED = "relevance"


@dataclass(frozen=True)
class Line:
    """A line of `search.csv`.

    ranking   `care` when a ranking by distance alone cannot satisfy it
    place     empty when only the specialty matters; `@code` for the centre of a commune
    """

    number: int
    family: str
    ranking: str
    query: str
    place: str
    specialty: str
    expect: tuple[str, ...]

    @property
    def name(self) -> str:
        """As a report names it."""
        return f"{self.number} {self.family}: {self.query} / {self.place}"


def lines() -> list[Line]:
    """Every line, in the order of the file."""
    return [
        Line(
            number=number,
            family=row["family"],
            ranking=row["ranking"],
            query=row["query"],
            place=row["place"],
            specialty=row["specialty"],
            expect=tuple(filter(None, row["expect"].split(";"))),
        )
        for number, row in enumerate(rows("search.csv"), start=2)
    ]


def missing_of_specialty(line: Line) -> list[str]:
    """What the understanding of the specialty lacks of what the line expects."""
    try:
        understood = understand(line.query)
    except UnknownSpecialty as refused:
        suggested = {item["code"] for item in refused.details["suggestions"]}
        wanted = {item.partition("=")[2] for item in line.expect if item.startswith("suggested=")}
        found = [f"suggested={code}" for code in sorted(wanted - suggested)]
        return found if "refused" in line.expect else [f"understood: {line.specialty} (refused)"]
    if "refused" in line.expect:
        return [f"refused (taken for {understood.specialty.code})"]
    also = {item.code for item in understood.also}
    failed = [item for item in line.expect if item.startswith("also=") and item.partition("=")[2] not in also]
    if understood.specialty.code != line.specialty:
        failed.append(f"understood: {line.specialty} (was {understood.specialty.code})")
    return failed


@asynccontextmanager
async def searching(conn: AsyncConnection[Any]) -> AsyncIterator[Search]:
    """The public search on a reading connection, as the command line makes it; no vendor is interfaced."""
    settings = SlotSettings()
    aggregator = Aggregator(limits_of(settings))

    @asynccontextmanager
    async def connect() -> AsyncIterator[AsyncConnection[Any]]:
        yield conn

    try:
        yield Search(
            connect=connect,
            finder=GeocoderPlaces(Geocoder()),
            index=DirectoryIndex(SlotNews(), max_age_s=1e9),
            travel=RoadsOrEstimates(RoadOrEstimate),
            slots=VendorSlots(aggregator, booking_origin=None),
            log=NoLog(),
            policies=Policies(default=policy()),
            key=b"relevance" * 4,
            timings=Timings(),
        )
    finally:
        await aggregator.close()


async def missing_of_search(line: Line, search: Search) -> list[str] | None:
    """What the answer lacks of what the line expects; None when the ranking in use is not asked for it."""
    try:
        answer = await search_with_slots(search, _asked(line), now=NOW, within_s=1.0)
    except UnknownPlace as refused:
        return (
            []
            if "place_refused" in line.expect and refused.details.get("suggestions") is not None
            else ["place"]
        )
    except UnknownSpecialty:
        return [f"understood: {line.specialty} (refused)"]
    if line.ranking == "care" and answer["policy"]["version"].startswith("distance"):
        return None
    failed = [item for item in line.expect if item.startswith("place_") or not _holds(item, answer)]
    code = answer["query"]["specialty"]["code"]
    return failed if code == line.specialty else [*failed, f"understood: {line.specialty} (was {code})"]


def _asked(line: Line) -> Parameters:
    place: dict[str, Any] = {"place": line.place}
    if line.place.startswith("@"):
        row = places()[line.place[1:]]
        place = {"point": Point(lon=float(row["lon"]), lat=float(row["lat"]))}
    return Parameters(specialty=line.query, limit=100, seed=_SEED, **place)


def _holds(item: str, answer: dict[str, Any]) -> bool:
    name, sign, value = _parted(item)
    keys = [card["name"] for card in answer["offers"]]
    place = answer["query"]["place"]
    one, _, other = value.partition(">")
    held = {
        "first": lambda: keys[:1] == [value],
        "before": lambda: one in keys and (other not in keys or keys.index(one) < keys.index(other)),
        "present": lambda: value in keys,
        "absent": lambda: value not in keys,
        "total": lambda: _COMPARED[sign](len(keys), int(value)),
        "widened": lambda: _COMPARED[sign](len(answer["query"]["widened"]), int(value)),
        "department": lambda: (
            {place["department"], *(card["department"] for card in answer["offers"])} == {value}
        ),
        "zone": lambda: place["timezone"] == value,
        "label": lambda: value in place["label"],
    }
    return held[name]()


def _parted(item: str) -> tuple[str, str, str]:
    for sign in (">=", "="):
        name, found, value = item.partition(sign)
        if found and name.isidentifier():
            return name, sign, value
    raise ValueError(f"unreadable expectation: {item}")


def known_keys() -> frozenset[str]:
    """Names of the offers that a line may expect."""
    return frozenset(offer.key for offer in offers())
