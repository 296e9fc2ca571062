"""The departments, held beside the offers: by name, by code, and by the point their outline holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geo.geocoding.normalise import fold
from search.place import DEFAULT_TIMEZONE, Place
from search.statements import rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg import AsyncConnection

    from geo.point import Point
    from search.index.directory import Index


@dataclass(frozen=True, kw_only=True, slots=True)
class Department:
    """A department; `timezone` is an IANA zone."""

    department_code: str
    name: str
    timezone: str

    @property
    def place(self) -> Place:
        """The whole department, as a place to search."""
        return Place(
            id=self.department_code,
            label=f"{self.name} ({self.department_code})",
            type="department",
            point=None,
            department_code=self.department_code,
            timezone=self.timezone,
        )


class Departments:
    """Every department, by code."""

    def __init__(self, known: Sequence[Department]) -> None:
        self._by_code = {item.department_code: item for item in known}
        self._keys = [({item.department_code.lower(), fold(item.name)}, fold(item.name)) for item in known]

    def timezone(self, department_code: str | None) -> str:
        """The zone of a department; that of the capital where none is known."""
        known = self._by_code.get(department_code or "")
        return DEFAULT_TIMEZONE if known is None else known.timezone

    def coded(self, department_code: str) -> Place | None:
        """The department of a code, as a place to search."""
        known = self._by_code.get(department_code)
        return None if known is None else known.place

    def named(self, text: str, *, beginning: bool) -> list[Place]:
        """Departments of that code or name, or that begin so, by code."""
        key = fold(text)
        return [
            item.place
            for item, (keys, name) in zip(self._by_code.values(), self._keys, strict=True)
            if key and (key in keys or (beginning and name.startswith(key)))
        ]


class Outlines:
    """The outlines of departments (degrees, EPSG:4326), by code, ready for many questions."""

    def __init__(self, codes: list[str], outlines: list[shapely.Geometry]) -> None:
        self._codes = codes
        self._outlines = outlines
        self._box = shapely.bounds(outlines).reshape(-1, 4).T
        shapely.prepare(outlines)

    def under(self, point: Point) -> str | None:
        """Code of the department whose outline holds a point; None at sea, abroad, or without outlines."""
        west, south, east, north = self._box
        near = (west <= point.lon) & (point.lon <= east) & (south <= point.lat) & (point.lat <= north)
        for number in np.flatnonzero(near).tolist():
            if shapely.intersects_xy(self._outlines[number], point.lon, point.lat):
                return self._codes[number]
        return None


async def read_departments(conn: AsyncConnection[Any]) -> Departments:
    """Every department, from the database."""
    return Departments([Department(**row) for row in await rows(conn, "all_departments")])


async def departments(conn: AsyncConnection[Any], index: Index) -> Departments:
    """Every department; read once for each index."""
    if "departments" not in index.beside:
        index.beside["departments"] = await read_departments(conn)
    return index.beside["departments"]


async def outlines(conn: AsyncConnection[Any], index: Index) -> Outlines:
    """The outlines of departments; read once for each index."""
    if "outlines" not in index.beside:
        read = await rows(conn, "department_outlines")
        index.beside["outlines"] = Outlines(
            [row["department_code"] for row in read], [shapely.from_wkb(row["outline"]) for row in read]
        )
    return index.beside["outlines"]
