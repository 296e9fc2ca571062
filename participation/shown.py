"""What the directory shows of participation: for a search, through its port."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from participation.declarations import rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg import AsyncConnection


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """What is declared for a sheet (rules: the view `participation.offer`).

    via             individual, cpts, msp, cds, sos; None when the declaration says no
    en_sus          this sheet may be contacted on top of published availability
    vendor_refused  the vendor's agenda must not be shown, see `care.precedence`
    """

    participating: bool
    via: str | None
    en_sus: bool
    vendor_refused: bool
    fru: bool


async def of_offers(conn: AsyncConnection[Any], offer_ids: Sequence[str]) -> dict[str, Shown]:
    """Sheet → what is declared; a sheet that is not there has no declaration: unknown, not "no"."""
    found = await rows(conn, "participation_of_offers", offer_ids=list(offer_ids))
    return {
        row["offer_id"]: Shown(
            participating=row["participating"],
            via=row["via"],
            en_sus=row["en_sus"],
            vendor_refused=row["vendor_refused"],
            fru=row["fru"],
        )
        for row in found
    }
