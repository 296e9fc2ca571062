"""What a generated map of offers draws, read from the database: points up to a limit, hexagons above.

Batch side (sync). Points are columns, repeated words are numbered, coordinates have 5 decimals (1 m); cells
are H3, at the finest resolution that keeps the file light.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h3
import shapely
from psycopg.rows import dict_row

from core.db.queries import Queries
from core.errors import InvalidParameter, UnknownSpecialty
from maps.french import phone
from maps.legend import FAMILIES
from maps.outlines import simplified
from search.card import address_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    import psycopg

MAX_POINTS = 10_000
"""Most points of one file: a weak PC reads them in about a second, ten times more in ten."""
MAX_CELLS = 6_000
_MAX_NAMES = 60
_FINEST, _COARSEST = 9, 5
_OUTLINE_TOLERANCE_DEG = 0.0005
_COORDINATE_DIGITS = 5

_QUERIES = Queries.load(Path(__file__).with_name("sql"))


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Which offers: departments (None: the country), specialty codes searched together (None: all)."""

    departments: tuple[str, ...] | None = None
    codes: tuple[str, ...] | None = None
    specialty: str = ""

    def parameters(self) -> dict[str, Any]:
        """The same, for SQL."""
        return {
            "departments": None if self.departments is None else list(self.departments),
            "codes": None if self.codes is None else list(self.codes),
        }


@dataclass(frozen=True, kw_only=True)
class Outline:
    """An outline in degrees, simplified together with its neighbours."""

    code: str
    name: str
    geometry: dict[str, Any]
    bounds: tuple[float, float, float, float]
    source: str


@dataclass(frozen=True, kw_only=True)
class OfferLayers:
    """Everything the map of offers needs; `columns` when the offers are points, `cells` when hexagons."""

    outlines: tuple[Outline, ...]
    families: dict[str, int]
    levels: dict[str, int]
    communes: tuple[tuple[str, int], ...]
    sources: dict[str, date | None]
    names: tuple[tuple[str, float, float], ...] = ()
    columns: dict[str, list[Any]] | None = None
    words: dict[str, list[str]] = field(default_factory=dict)
    cells: dict[str, Any] | None = None

    @property
    def located(self) -> int:
        """Offers drawn."""
        return sum(self.families.values())

    @property
    def unlocated(self) -> int:
        """Offers that have no position: counted, not drawn."""
        return self.levels.get("none", 0)


def choose(
    conn: psycopg.Connection[Any], *, departments: Sequence[str] | None, specialty: str | None
) -> Choice:
    """The choice for a specialty code and departments.

    Raises
    ------
    InvalidParameter   no such department
    UnknownSpecialty   no such code
    """
    chosen = tuple(departments) if departments else None
    known = {row[0] for row in conn.execute(_QUERIES["map_departments"])}
    for code in chosen or ():
        if code not in known:
            raise InvalidParameter(
                f"Le département « {code} » n’est pas dans la base (exemples : 75, 2A, 974).",
                parameter="department",
            )
    if specialty is None:
        return Choice(departments=chosen)
    rows = conn.execute(_QUERIES["map_specialty_group"], {"code": specialty.upper()}).fetchall()
    if not rows:
        raise UnknownSpecialty(
            f"Le code de spécialité « {specialty} » n’existe pas. Exemples : SM54 (médecine générale), "
            "70 (masseur-kinésithérapeute), 620 (pharmacie).",
            parameter="specialty",
        )
    return Choice(departments=chosen, codes=tuple(row[0] for row in rows), specialty=rows[0][1])


def offer_layers(
    conn: psycopg.Connection[Any], choice: Choice, *, max_points: int = MAX_POINTS
) -> OfferLayers:
    """The layers of a map of offers. Memory: the points of one file, or one counter per cell."""
    parameters = choice.parameters()
    families: Counter[str] = Counter()
    levels: Counter[str] = Counter()
    for family, level, n in conn.execute(_QUERIES["map_offer_counts"], parameters):
        levels[level] += n
        if level != "none":
            families[family] += n
    shared = {
        "outlines": tuple(outlines(conn, choice.departments)),
        "families": {item.key: families[item.key] for item in FAMILIES if families[item.key]},
        "levels": dict(levels),
        "communes": tuple(
            (name, n)
            for _, name, n in conn.execute(_QUERIES["map_offers_by_commune"], parameters | {"max_rows": 100})
        ),
        "sources": map_sources(conn),
        "names": names_in(conn, choice.departments),
    }
    if families.total() > max_points:
        return OfferLayers(**shared, cells=_cells(conn, parameters))
    columns, words = _columns(conn, parameters)
    return OfferLayers(**shared, columns=columns, words=words)


def map_sources(conn: psycopg.Connection[Any]) -> dict[str, date | None]:
    """The loads in service that a map rests on, with the date of each."""
    return dict(conn.execute(_QUERIES["map_sources"]).fetchall())


def names_in(
    conn: psycopg.Connection[Any], departments: Sequence[str] | None
) -> tuple[tuple[str, float, float], ...]:
    """Names to write on a map, the bigger towns first, with longitude and latitude; None: the country."""
    values = {"departments": None if departments is None else list(departments), "max_rows": _MAX_NAMES}
    return tuple(
        (name, round(lon, _COORDINATE_DIGITS), round(lat, _COORDINATE_DIGITS))
        for name, lon, lat in conn.execute(_QUERIES["map_names"], values)
    )


def deployment_facts(conn: psycopg.Connection[Any]) -> tuple[list[dict[str, Any]], date | None]:
    """Rows of the deployment of the SAS, and the date of the table they come from."""
    with conn.cursor(row_factory=dict_row) as cursor:
        latest = cursor.execute(_QUERIES["deployment_version"]).fetchone()
        rows = cursor.execute(_QUERIES["deployment_rows"]).fetchall()
    return rows, latest["source_date"] if latest else None


def outlines(conn: psycopg.Connection[Any], departments: Sequence[str] | None) -> list[Outline]:
    """Outlines of the departments, some 50 m of detail; None: of the whole country, with less."""
    wanted = None if departments is None else list(departments)
    rows = conn.execute(_QUERIES["department_outlines_geographic"], {"departments": wanted}).fetchall()
    if not rows:
        return []
    tolerance = _OUTLINE_TOLERANCE_DEG * (20 if departments is None else 1)
    shapes = simplified([shapely.from_wkb(bytes(row[2])) for row in rows], tolerance=tolerance)
    return [
        Outline(
            code=code,
            name=name,
            geometry=_rounded(shapely.geometry.mapping(shape)),
            bounds=_bounds(shape.bounds),
            source=source,
        )
        for (code, name, _, source), shape in zip(rows, shapes, strict=True)
    ]


def _columns(
    conn: psycopg.Connection[Any], parameters: Mapping[str, Any]
) -> tuple[dict[str, list[Any]], dict[str, list[str]]]:
    """Points as columns; family, specialty and level hold the number of a word."""
    worded = {"family": "family", "specialty": "specialties", "level": "level"}
    plain = {"name": "name", "structure": "structure_name"}
    columns: dict[str, list[Any]] = {key: [] for key in ("lon", "lat", "address", "phone", *worded, *plain)}
    numbers: dict[str, dict[str, int]] = {key: {} for key in worded}
    with conn.cursor(row_factory=dict_row) as cursor:
        for row in cursor.execute(_QUERIES["map_offers"], parameters):
            columns["lon"].append(round(row["lon"], _COORDINATE_DIGITS))
            columns["lat"].append(round(row["lat"], _COORDINATE_DIGITS))
            columns["address"].append(address_line(row))
            columns["phone"].append(phone(row["phone"]))
            for key, column in plain.items():
                columns[key].append(row[column])
            for key, column in worded.items():
                known = numbers[key]
                columns[key].append(known.setdefault(row[column], len(known)))
    return columns, {key: list(known) for key, known in numbers.items()}


def _cells(conn: psycopg.Connection[Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
    with conn.cursor(name="map_positions") as cursor:
        cursor.itersize = 20_000
        return hexagons(cursor.execute(_QUERIES["map_offer_positions"], parameters))


def hexagons(positions: Iterable[tuple[str, float, float]]) -> dict[str, Any]:
    """Hexagons with their counts by family, at the finest resolution that holds in `MAX_CELLS`.

    Parameters
    ----------
    positions   family, longitude, latitude (degrees) of each offer
    """
    counts: Counter[tuple[str, str]] = Counter()
    for family, lon, lat in positions:
        counts[h3.latlng_to_cell(lat, lon, _FINEST), family] += 1
    resolution = _FINEST
    while resolution > _COARSEST and len({cell for cell, _ in counts}) > MAX_CELLS:
        resolution -= 1
        coarser: Counter[tuple[str, str]] = Counter()
        for (cell, family), n in counts.items():
            coarser[h3.cell_to_parent(cell, resolution), family] += n
        counts = coarser
    cells = sorted({cell for cell, _ in counts})
    present = [item.key for item in FAMILIES if any(family == item.key for _, family in counts)]
    return {
        "resolution": resolution,
        "edge_km": round(h3.average_hexagon_edge_length(resolution, unit="km"), 2),
        "families": present,
        "rings": [
            [round(value, _COORDINATE_DIGITS) for point in h3.cell_to_boundary(cell) for value in point]
            for cell in cells
        ],
        "counts": [[counts[cell, key] for key in present] for cell in cells],
    }


def _bounds(values: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    west, south, east, north = (round(value, _COORDINATE_DIGITS) for value in values)
    return west, south, east, north


def _rounded(geometry: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": geometry["type"], "coordinates": _round_all(geometry["coordinates"])}


def _round_all(value: Iterable[Any]) -> list[Any]:
    return [
        round(item, _COORDINATE_DIGITS) if isinstance(item, float | int) else _round_all(item)
        for item in value
    ]
