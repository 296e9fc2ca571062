"""Whom the simulated vendors know: people of the demonstration, or people invented on the spot."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from slots.editors import rows
from slots.fhir.profile import NOBODY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from psycopg import AsyncConnection
    from psycopg_pool import AsyncConnectionPool


class Office(NamedTuple):
    """A place of consultation as a vendor keeps it.

    structure_id   national number with its type digit (`1` + FINESS, `3` + SIRET), or None
    timezone       IANA zone of the place
    """

    key: str
    structure_id: str | None
    name: str
    line: str
    postal_code: str
    city: str
    phone: str | None
    timezone: str


class Holder(NamedTuple):
    """A practitioner (`8` + RPPS), or an association (`3` + SIRET, no given name)."""

    id: str
    family: str
    given: str
    specialty: str
    offices: tuple[Office, ...]


class People(Protocol):
    """Where the simulated vendors look people up."""

    async def find(self, ids: Sequence[str]) -> list[Holder]:
        """Those who exist among these identifiers, in the order asked."""
        ...

    async def some(self, count: int) -> list[str]:
        """A few identifiers of practitioners, to try with."""
        ...


class DirectoryPeople:
    """People of the directory in service."""

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection[Any]]) -> None:
        self._pool = pool

    async def find(self, ids: Sequence[str]) -> list[Holder]:
        """See the protocol."""
        async with self._pool.connection() as conn:
            found = await rows(
                conn,
                "sandbox_offices",
                idnps=[value for value in ids if value[0] in "08"],
                siret=[value[1:] for value in ids if value[0] == "3"],
            )
        held: dict[str, list[Mapping[str, Any]]] = {}
        for row in found:
            held.setdefault(row["holder"], []).append(row)
        return [_holder(value, held[value]) for value in ids if value in held]

    async def some(self, count: int) -> list[str]:
        """See the protocol."""
        async with self._pool.connection() as conn:
            return [row["idnps"] for row in await rows(conn, "sandbox_people", max_rows=count)]


class InventedPeople:
    """Anybody who is asked for exists, at one place or two, invented from the number alone."""

    async def find(self, ids: Sequence[str]) -> list[Holder]:
        """See the protocol."""
        return [invented(value) for value in ids if value not in NOBODY.values()]

    async def some(self, count: int) -> list[str]:
        """See the protocol."""
        return [f"8999{number:08d}" for number in range(count)]


def invented(holder: str) -> Holder:
    """A holder invented from the number: the same number, the same person."""
    dice = hashlib.blake2b(holder.encode(), digest_size=8).digest()
    offices = tuple(
        Office(
            key=f"cab-{holder[-6:]}-{rank}",
            structure_id=f"1{33_0700_000 + int(holder[-6:]) * 2 + rank:09d}",
            name="Point de consultation",
            line=f"{dice[rank] % 99 + 1} rue des Tilleuls",
            postal_code="33000",
            city="Bordeaux",
            phone=f"+33556{int(holder[-6:]):06d}",
            timezone="Europe/Paris",
        )
        for rank in range(2 if dice[7] < 40 else 1)
    )
    if holder.startswith("3"):
        return Holder(holder, "SOS Médecins (exemple)", "", "", offices)
    return Holder(holder, f"EXEMPLE-{holder[-4:]}", "Camille", "SM54", offices)


def _holder(value: str, held: list[Mapping[str, Any]]) -> Holder:
    first = held[0]
    offices = tuple(
        Office(
            key=row["offer_id"],
            structure_id=_structure(row),
            name=row["structure_name"] or row["name"],
            line=" ".join(
                filter(None, (f"{row['number']}{row['suffix']}", row["street_type"], row["street_name"]))
            ),
            postal_code=row["postal_code"],
            city=row["office"].removeprefix(row["postal_code"]).strip(),
            phone=row["phone"] if (row["phone"] or "").startswith("+") else None,
            timezone=row["timezone"] or "Europe/Paris",
        )
        for row in held
    )
    return Holder(
        value, first["family_name"] or first["name"], first["given_name"] or "", first["specialty"], offices
    )


def _structure(row: Mapping[str, Any]) -> str | None:
    if row["finess"]:
        return f"1{row['finess']}"
    return f"3{row['siret']}" if row["siret"] else None
