"""Candidates of a search that asks for a declared participation (`participating`).

What is declared decides. An offer that declares nothing is neither a yes nor a no: it is left out of both
searches, counted, and the answer says how many there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from search.candidates import rows
from search.rank import Candidate

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    from geo.point import Point
    from search.rank import RankKey


class Declared(NamedTuple):
    """Offers that declare what is asked, and those of the same area that declare nothing."""

    total: int
    unknown: int


async def near(
    conn: AsyncConnection[Any],
    *,
    specialty_id: int,
    point: Point,
    radius_m: float,
    after: RankKey | None,
    participating: bool,
) -> list[Candidate]:
    """Every offer within the radius, from a rank key on, that declares what is asked."""
    found = await rows(
        conn,
        "declared_near",
        lon=point.lon,
        lat=point.lat,
        specialty_id=specialty_id,
        radius_m=radius_m,
        from_m=0.0 if after is None else max(0.0, after.distance_m - 0.5),
        participating=participating,
    )
    return [Candidate(offer_id=row["offer_id"], distance_m=round(row["distance_m"])) for row in found]


async def count_near(
    conn: AsyncConnection[Any], *, specialty_id: int, point: Point, radius_m: float, participating: bool
) -> Declared:
    """How many within the radius."""
    (row,) = await rows(
        conn,
        "count_declared_within",
        lon=point.lon,
        lat=point.lat,
        specialty_id=specialty_id,
        radius_m=radius_m,
        participating=participating,
    )
    return Declared(**row)


async def in_department(
    conn: AsyncConnection[Any],
    *,
    specialty_id: int,
    department: str,
    seed: str,
    wanted: int,
    after: RankKey | None,
    participating: bool,
) -> list[Candidate]:
    """The next `wanted` offers of a department, in the seeded order, that declare what is asked."""
    found = await rows(
        conn,
        "declared_in_department",
        specialty_id=specialty_id,
        department=department,
        seed=seed,
        after_tie="" if after is None else after.tie,
        max_rows=wanted,
        participating=participating,
    )
    return [Candidate(offer_id=row["offer_id"], distance_m=None) for row in found]


async def count_in_department(
    conn: AsyncConnection[Any], *, specialty_id: int, department: str, participating: bool
) -> Declared:
    """How many in the department."""
    (row,) = await rows(
        conn,
        "count_declared_in_department",
        specialty_id=specialty_id,
        department=department,
        participating=participating,
    )
    return Declared(**row)
