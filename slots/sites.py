"""Places of the directory that slots are attached to, read for the offers of one page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slots.attach import Site, street_of, town_of
from slots.editors import rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from psycopg import AsyncConnection


async def sites_of(conn: AsyncConnection[Any], offer_ids: Sequence[str]) -> list[Site]:
    """Every place of those who hold these offers; offers without national number are left out."""
    found = await rows(conn, "sites", offer_ids=list(offer_ids))
    return [made for row in found if (made := site(row)) is not None]


def site(row: Mapping[str, Any]) -> Site | None:
    """The place of a row of the statement `sites`."""
    siret = row["siret"] or row["structure_siret"]
    holder = row["idnps"] or (f"3{siret}" if siret else None)
    if holder is None:
        return None
    numbers = {f"1{number}" for number in (row["finess"], row["linked_finess"]) if number}
    numbers |= {f"3{number}" for number in (row["siret"], row["structure_siret"]) if number}
    line = f"{row['number']}{row['suffix']} {row['street_type']} {row['street_name']}"
    return Site(
        offer_id=row["offer_id"],
        holder=holder,
        is_structure=row["idnps"] is None,
        structure_ids=frozenset(numbers),
        postal_code=row["postal_code"],
        street=street_of(line.strip()),
        town=town_of(row["office"].removeprefix(row["postal_code"])),
    )
