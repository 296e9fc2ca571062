"""Addresses drawn from the base in service, written as people and as the health directory write them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from core.db.queries import Queries
from geo.geocoding.normalise import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    import psycopg

_QUERIES = Queries.load(Path(__file__).with_name("sql"))
_TYPE_CODES = {
    "rue": "R",
    "avenue": "AV",
    "boulevard": "BD",
    "place": "PL",
    "route": "RTE",
    "chemin": "CHE",
    "allee": "ALL",
    "impasse": "IMP",
    "square": "SQ",
    "quai": "QU",
    "cours": "CRS",
    "residence": "RES",
    "lotissement": "LOT",
    "faubourg": "FG",
    "passage": "PAS",
}
_LOST_EVERY = 20
"""One provider address out of so many names a street that the base does not have."""


@dataclass(frozen=True, kw_only=True)
class Address:
    """An address of the base."""

    number: int
    suffix: str
    name: str
    street_type: str
    postal_code: str
    citycode: str
    town: str

    @property
    def text(self) -> str:
        """As one types it: "12bis Rue des Lilas 75011 Paris"."""
        return f"{self.number}{self.suffix} {self.name} {self.postal_code} {self.town}"

    def provider(self, place: int) -> tuple[str, ...]:
        """Fields of the health directory: split, upper case, type as a code, office with its postal code."""
        kind, _, rest = fold(self.name).partition(" ")
        code = _TYPE_CODES.get(kind)
        label = (rest if code else fold(self.name)).upper()
        if place % _LOST_EVERY == 0:
            label = f"{label} INTROUVABLE QUELQUE PART"
        office = f"{self.postal_code} {fold(self.town).upper()}"
        return (
            str(self.number), self.suffix.upper(), code or "", label, self.postal_code, office, self.citycode,
        )  # fmt: skip


def addresses(conn: psycopg.Connection[Any], count: int) -> list[Address]:
    """Addresses of as many streets, in a drawn order; the same on the same base.

    Raises
    ------
    SystemExit   the base in service is empty

    """
    row = conn.execute(_QUERIES["numbered_streets"]).fetchone()
    if row is None or not row[0]:
        raise SystemExit("bench: the address base in service is empty; load one first")
    part = max(1, row[0] // (count + count // 10))
    rows = conn.execute(_QUERIES["sample_addresses"], {"part": part, "count": count}).fetchall()
    return [
        Address(
            number=number,
            suffix=suffix,
            name=name,
            street_type=kind,
            postal_code=postal_code or "",
            citycode=citycode,
            town=town,
        )
        for number, suffix, name, kind, postal_code, citycode, town, _ in rows
    ]


def cpu_s(conn: psycopg.Connection[Any], processes: Iterable[psutil.Process]) -> float:
    """Processor time so far of processes, and of the sessions of readers in a database of this machine."""
    sessions = [psutil.Process(pid) for (pid,) in conn.execute(_QUERIES["reader_sessions"]).fetchall()]
    times = [process.cpu_times() for process in (*processes, *sessions)]
    return sum(time.user + time.system for time in times)


def base_size(conn: psycopg.Connection[Any]) -> int:
    """Numbers of the base in service."""
    row = conn.execute(_QUERIES["addresses_in_service"]).fetchone()
    return row[0] if row else 0
