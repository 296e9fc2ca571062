"""Candidates from PostGIS: enough of the nearest offers to cut a page out of the order, and their count."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from psycopg.rows import dict_row

from core.db.queries import Queries
from search.rank import Candidate

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    from geo.point import Point
    from search.rank import RankKey

QUERIES = Queries.load(Path(__file__).with_name("sql"))

# The index walks distances on a sphere, the order is on the spheroid: at most 0.56 % apart.
_SPHERE_MARGIN = 0.994
_FIRST_MARGIN_ROWS = 40


async def rows(conn: AsyncConnection[Any], name: str, **parameters: Any) -> list[dict[str, Any]]:
    """Rows of a statement of this room, as dictionaries."""
    async with conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(QUERIES[name], parameters)
        return await cursor.fetchall()


async def near(
    conn: AsyncConnection[Any],
    *,
    specialty_id: int,
    point: Point,
    radius_m: float,
    wanted: int,
    after: RankKey | None,
) -> list[Candidate]:
    """Candidates that hold the next `wanted` offers after a rank key, within the radius.

    Every offer that could come among them is there: the walk goes on until what it has not seen lies surely
    further than the last one wanted, however many share one address.
    """
    max_rows = wanted + _FIRST_MARGIN_ROWS
    from_m = 0.0 if after is None else max(0.0, after.distance_m - 0.5)
    while True:
        found = await rows(
            conn,
            "nearest_offers",
            lon=point.lon,
            lat=point.lat,
            specialty_id=specialty_id,
            from_m=from_m,
            max_rows=max_rows,
        )
        exhausted = len(found) < max_rows
        sure_m = radius_m if exhausted else found[-1]["sphere_m"] * _SPHERE_MARGIN - 1.0
        within = [
            Candidate(offer_id=row["offer_id"], distance_m=round(row["distance_m"]))
            for row in found
            if row["distance_m"] <= radius_m
        ]
        settled = sum(
            1
            for item in within
            if item.distance_m is not None
            and item.distance_m < sure_m
            and (after is None or item.distance_m > after.distance_m)
        )
        if exhausted or settled >= wanted or sure_m > radius_m:
            return within
        max_rows *= 4


async def count_near(conn: AsyncConnection[Any], *, specialty_id: int, point: Point, radius_m: float) -> int:
    """Number of offers within the radius."""
    (row,) = await rows(
        conn,
        "count_within",
        lon=point.lon,
        lat=point.lat,
        specialty_id=specialty_id,
        radius_m=radius_m,
    )
    return int(row["total"])


async def in_department(
    conn: AsyncConnection[Any],
    *,
    specialty_id: int,
    department: str,
    seed: str,
    wanted: int,
    after: RankKey | None,
) -> list[Candidate]:
    """The next `wanted` offers of a department in the seeded order."""
    found = await rows(
        conn,
        "department_offers",
        specialty_id=specialty_id,
        department=department,
        seed=seed,
        after_tie="" if after is None else after.tie,
        max_rows=wanted,
    )
    return [Candidate(offer_id=row["offer_id"], distance_m=None) for row in found]


async def count_in_department(conn: AsyncConnection[Any], *, specialty_id: int, department: str) -> int:
    """Number of offers in the department."""
    (row,) = await rows(conn, "count_in_department", specialty_id=specialty_id, department=department)
    return int(row["total"])
