"""What the audit sets beside the rankings when it is made: labels of offers, directory, published slots."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

import numpy as np

from search.audit.coarse import QUARTER, centre, is_cell
from search.audit.evidence import Labels, Rows, labels
from search.audit.log import rows
from search.policy import HUNDREDTHS
from search.rank import KNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from psycopg import AsyncConnection

    from search.audit.sample import Sample

NO_VENDOR, OWN_CALENDAR, SEVERAL, GONE = "aucun connu", "agenda SAS", "plusieurs", "hors annuaire"
_BATCH = 5000
_MOST_AREAS = 300
_LEAST_EXPLAINED = 0.5


async def factors(conn: AsyncConnection[Any], ids: Sequence[str]) -> list[Labels]:
    """The labels of each factor, for some offers."""
    known: dict[str, dict[str, Any]] = {}
    for start in range(0, len(ids), _BATCH):
        for row in await rows(conn, "audit_facts", offer_ids=ids[start : start + _BATCH]):
            known[row["offer_id"]] = row
    gone = {"kind": GONE, "sector_code": GONE, "vendors": [GONE], "own_calendar": False}
    facts = [known.get(offer_id, gone) for offer_id in ids]
    return [
        labels("vendor", [vendor(row) for row in facts]),
        labels("kind", [row["kind"] for row in facts]),
        labels("sector", [row["sector_code"] for row in facts]),
    ]


def vendor(row: Mapping[str, Any]) -> str:
    """The one who keeps the agenda of an offer, as far as is known."""
    vendors = row["vendors"]
    if len(vendors) > 1:
        return SEVERAL
    return vendors[0] if vendors else OWN_CALENDAR if row["own_calendar"] else NO_VENDOR


async def presence(conn: AsyncConnection[Any], sample: Sample) -> tuple[list[str], Rows]:
    """Offers that some rankings had to hold, by the directory, and whether they do (1) or not (0).

    Only rankings kept whole, the first of each area and specialty. The identifiers come with the rows: some
    of these offers stand in no ranking.
    """
    ids = sample.offer_ids
    expected: dict[int, set[str]] = {}
    for index in [index for index in sample.firsts() if _is_whole(sample, index)][:_MOST_AREAS]:
        line = sample.lines[index]
        held = {ids[at] for at in sample.offer[sample.ranking == index]}
        expected[index] = await _expected(conn, line["area"], line["specialty"], sorted(held))
    return missing(sample, expected)


def missing(sample: Sample, expected: Mapping[int, set[str]]) -> tuple[list[str], Rows]:
    """The same, from the offers that each ranking had to hold."""
    ids = sample.offer_ids
    number = {offer_id: at for at, offer_id in enumerate(ids)}
    unit: list[int] = []
    offer: list[int] = []
    present: list[float] = []
    for index, offers in expected.items():
        held = {ids[at] for at in sample.offer[sample.ranking == index]}
        for offer_id in sorted(offers):
            unit.append(index)
            offer.append(number.setdefault(offer_id, len(number)))
            present.append(float(offer_id in held))
    units = np.array(unit, dtype=np.int64)
    made = Rows(
        group=units,
        value=np.array(present, dtype=np.float64),
        unit=units,
        offer=np.array(offer, dtype=np.int64),
    )
    return list(number), made


async def waits(conn: AsyncConnection[Any], sample: Sample) -> Rows:
    """Candidates with a known slot: 1 where their practitioner publishes no slot then, else 0.

    Vendors publish the starts; the log holds the waits, counted from one of a few instants: the one that
    explains most waits of a ranking is taken. Where it does not explain half of them, agendas have moved
    since: the ranking is left out.
    """
    ids = sample.offer_ids
    holder: dict[str, str] = {}
    for start in range(0, len(ids), _BATCH):
        for row in await rows(conn, "audit_facts", offer_ids=ids[start : start + _BATCH]):
            if row["vendors"] and not row["own_calendar"]:
                holder[row["offer_id"]] = row["idnps"]
    published: dict[str, set[datetime]] = defaultdict(set)
    people = sorted(set(holder.values()))
    for start in range(0, len(people), _BATCH):
        for row in await rows(conn, "audit_public_slots", idnps=people[start : start + _BATCH]):
            published[row["practitioner_id"]].add(row["start_at"].astimezone(UTC))
    starts = [published[holder[offer_id]] if offer_id in holder else set() for offer_id in ids]
    return unexplained(sample, starts)


def unexplained(sample: Sample, starts: Sequence[set[datetime]]) -> Rows:
    """The same, from the starts published for each offer; no start: nothing to compare with."""
    published = [{_hundredths(start) for start in known} for known in starts]
    group = np.full(len(sample.ranking), -1, dtype=np.int64)
    value = np.zeros(len(sample.ranking), dtype=np.float64)
    bounds = np.searchsorted(sample.ranking, np.arange(len(sample) + 1))
    compared = np.array([bool(known) for known in published], dtype=np.bool_)
    judged = (sample.candidates.slots == KNOWN) & compared[sample.offer]
    for index, line in enumerate(sample.lines):
        rows = np.flatnonzero(judged[bounds[index] : bounds[index + 1]]) + bounds[index]
        if len(rows) < 2:
            continue
        best = _best_instant(
            sample.candidates.wait[rows].tolist(),
            [published[offer] for offer in sample.offer[rows].tolist()],
            line["day"],
        )
        if best.count(True) >= _LEAST_EXPLAINED * len(rows):
            group[rows] = index
            value[rows] = [float(not explained) for explained in best]
    return Rows(group=group, value=value, unit=sample.ranking, offer=sample.offer)


def _best_instant(waits: Sequence[int], starts: Sequence[set[int]], day: date) -> list[bool]:
    """Which waits lead to a published start, from the instant that explains most of them."""
    midnight = datetime.combine(day, time(0), tzinfo=UTC)
    tried = []
    for turn in range(-2, 7):  # a local day begins and ends within twelve hours of the one of UTC
        instant = _hundredths(midnight + turn * QUARTER)
        tried.append([instant + wait in known for wait, known in zip(waits, starts, strict=True)])
    return max(tried, key=lambda explained: explained.count(True))


def _hundredths(instant: datetime) -> int:
    """Whole hundredths of a minute since 1970, of a whole minute."""
    return int(instant.timestamp()) // 60 * HUNDREDTHS


def _is_whole(sample: Sample, index: int) -> bool:
    size: NDArray[np.bool_] = sample.ranking == index
    return int(size.sum()) == sample.lines[index]["total"] > 0


async def _expected(conn: AsyncConnection[Any], area: str, specialty: str, held: Sequence[str]) -> set[str]:
    kind, _, name = area.partition(":")
    if kind == "department":
        found = await rows(conn, "audit_within", specialty=specialty, department=name)
    elif not is_cell(name):
        return set()
    else:
        point = centre(name)
        found = await rows(
            conn, "audit_around", specialty=specialty, lon=point.lon, lat=point.lat, offer_ids=list(held)
        )
    return {row["offer_id"] for row in found}
