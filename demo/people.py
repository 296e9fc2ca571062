"""The invented people of one department: professions, places of practice, activities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from demo.chance import choose, stream, whole
from demo.professions import CATEGORIES_OF_SECTOR, GP_PER_100K, PROFESSIONS, SECTORS, UNIVERSITY
from demo.scale import PEOPLE_WITHOUT_PLACE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from demo.land import Land
    from demo.structures import Structures

SECTOR_CODES: Final = tuple(SECTORS)
_SECTOR_RANK: Final = {code: rank for rank, code in enumerate(SECTOR_CODES)}
_NATIONAL_GP: Final = 90.0  # private general practitioners per 100,000 inhabitants
_PLACES_OF_A_PERSON: Final = (82.0, 14.0, 4.0)  # one, two, three
_GROUP_SIZE: Final = 3.2
_SHOP_SIZE: Final = 2.0
MODES: Final = ("L", "S", "B", "I")


@dataclass(frozen=True)
class Places:
    """Where people practise: first the establishments of FINESS, then the others.

    finess_count   how many are establishments (same ranks as `Structures`)
    sector         rank in `SECTOR_CODES` of the places that are not establishments
    owner          rank of the person of an individual cabinet, -1 for a shared place
    """

    street: NDArray[np.int64]
    rank: NDArray[np.int64]
    sector: NDArray[np.int64]
    owner: NDArray[np.int64]
    finess_count: int


@dataclass(frozen=True)
class People:
    """People and their activities.

    profession       rank in `PROFESSIONS`, of each person; skill: rank among its skills, -1 for none
    student          True for category E; placed: True for those with at least one activity
    activity_*       one value per activity: person, place (rank in `Places`), sector, mode (ranks)
    """

    profession: NDArray[np.int64]
    skill: NDArray[np.int64]
    student: NDArray[np.bool_]
    placed: NDArray[np.bool_]
    activity_person: NDArray[np.int64]
    activity_place: NDArray[np.int64]
    activity_sector: NDArray[np.int64]
    activity_mode: NDArray[np.int64]
    places: Places


def density(department: str, rank: int) -> float:
    """How the number of people of a profession in a department compares with its share of the inhabitants."""
    general = GP_PER_100K[department] / _NATIONAL_GP
    if rank == 0:
        return general
    hospital_seat = 1.18 if department in UNIVERSITY else 0.8
    return float(general**0.5 * (hospital_seat if PROFESSIONS[rank].pull > 1.05 else 1.0))


def plan(land: Land, structures: Structures, *, share_of_country: float) -> People:
    """People of a department that holds `share_of_country` of the inhabitants."""
    rng = stream(land.seed, "people", land.department.code)
    scale = share_of_country * land.ratio * 1000
    code = land.department.code
    placed = whole(rng, np.array([p.thousands * scale * density(code, i) for i, p in enumerate(PROFESSIONS)]))
    total = sum(p.thousands for p in PROFESSIONS)
    away = PEOPLE_WITHOUT_PLACE / 1000 * scale
    without = whole(rng, np.array([p.thousands / total * away for p in PROFESSIONS]))
    profession = np.concatenate(
        [np.repeat(np.arange(len(PROFESSIONS)), placed), np.repeat(np.arange(len(PROFESSIONS)), without)]
    )
    has_place = np.arange(len(profession)) < placed.sum()
    # People come in no order of profession, as in the real file.
    order = rng.permutation(len(profession))
    profession, has_place = profession[order], has_place[order]
    student = ~has_place & (rng.random(len(profession)) < 0.35)
    return _with_activities(land, structures, rng, profession, has_place, student)


def _skills(
    rng: np.random.Generator, profession: NDArray[np.int64], student: NDArray[np.bool_]
) -> NDArray[np.int64]:
    skill = np.full(len(profession), -1)
    for rank, known in enumerate(PROFESSIONS):
        if known.skills:
            at = np.flatnonzero((profession == rank) & ~student)
            drawn = choose(rng, [weight for _, weight in known.skills], len(at))
            named = np.array([bool(code) for code, _ in known.skills])
            skill[at] = np.where(named[drawn], drawn, -1)
    return skill


def _with_activities(
    land: Land,
    structures: Structures,
    rng: np.random.Generator,
    profession: NDArray[np.int64],
    placed: NDArray[np.bool_],
    student: NDArray[np.bool_],
) -> People:
    with_place = np.flatnonzero(placed)
    person = np.repeat(with_place, 1 + choose(rng, _PLACES_OF_A_PERSON, len(with_place)))
    kind = profession[person]
    private = rng.random(len(person)) < np.array([p.private for p in PROFESSIONS])[kind]
    sector = np.zeros(len(person), dtype=np.int64)
    for rank, known in enumerate(PROFESSIONS):
        for is_private, table in ((True, known.private_sectors), (False, known.sectors)):
            at = np.flatnonzero((kind == rank) & (private == is_private))
            codes = np.array([_SECTOR_RANK[code] for code, _ in table])
            sector[at] = codes[choose(rng, [weight for _, weight in table], len(at))]
    mode = np.where(private, 0, 1)
    mode = np.where(private & (rng.random(len(person)) < 0.01), 3, mode)
    mode = np.where(~private & (rng.random(len(person)) < 0.003), 2, mode)
    # A few private doctors have a line for the billing of out-of-hours duty: not a place of practice.
    duty = private & (kind <= 1) & (rng.random(len(person)) < 0.04)
    sector = np.where(duty, _SECTOR_RANK["SA50"], sector)
    place, places = _assign(land, structures, rng, person, kind, sector)
    return People(
        profession=profession, skill=_skills(rng, profession, student), student=student, placed=placed,
        activity_person=person, activity_place=place, activity_sector=sector, activity_mode=mode,
        places=places,
    )  # fmt: skip


def _assign(
    land: Land,
    structures: Structures,
    rng: np.random.Generator,
    person: NDArray[np.int64],
    kind: NDArray[np.int64],
    sector: NDArray[np.int64],
) -> tuple[NDArray[np.int64], Places]:
    """A place for each activity: an establishment of the sector, an individual cabinet, or a shared place."""
    place = np.full(len(person), -1)
    code_of = structures.frame["code"].to_numpy()
    for code, categories in CATEGORIES_OF_SECTOR.items():
        at = np.flatnonzero(sector == _SECTOR_RANK[code])
        ranks = np.flatnonzero(np.isin(code_of, categories))
        if len(ranks) and len(at):
            place[at] = ranks[rng.integers(0, len(ranks), len(at))]
    pulls = np.array([p.pull for p in PROFESSIONS])
    parts = [
        (
            structures.street,
            structures.rank,
            np.zeros(len(structures), np.int64),
            np.full(len(structures), -1),
        )
    ]
    made = len(structures)
    alone_sectors = [_SECTOR_RANK["SA07"], _SECTOR_RANK["SA50"]]
    shared_street = shared_rank = np.zeros(0, dtype=np.int64)
    for sector_rank in np.unique(sector[place < 0]):
        at = np.flatnonzero((place < 0) & (sector == sector_rank))
        alone = sector_rank in alone_sectors
        size = (
            len(at)
            if alone
            else max(1, round(len(at) / (_GROUP_SIZE if sector_rank < _SECTOR_RANK["SA15"] else _SHOP_SIZE)))
        )
        street, rank = _cabinets(land, rng, size, pulls[kind[at]] if alone else None)
        if alone and len(shared_street):
            # One individual cabinet in five stands at the address of a shared one.
            moved = np.flatnonzero(rng.random(size) < 0.2)
            chosen = rng.integers(0, len(shared_street), len(moved))
            street[moved], rank[moved] = shared_street[chosen], shared_rank[chosen]
        if not alone:
            shared_street = np.concatenate([shared_street, street])
            shared_rank = np.concatenate([shared_rank, rank])
        place[at] = made + (np.arange(size) if alone else rng.integers(0, size, len(at)))
        owner = person[at] if alone else np.full(size, -1)
        parts.append((street, rank, np.full(size, sector_rank), owner))
        made += size
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    return place, Places(columns[0], columns[1], columns[2], columns[3], len(structures))


def _cabinets(
    land: Land, rng: np.random.Generator, size: int, pulls: NDArray[np.float64] | None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    if pulls is None:
        return land.choose_addresses(rng, size, pull=1.0)
    street, rank = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    for pull in np.unique(pulls):
        at = np.flatnonzero(pulls == pull)
        street[at], rank[at] = land.choose_addresses(rng, len(at), pull=float(pull))
    return street, rank
