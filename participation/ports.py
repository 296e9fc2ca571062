"""What this room needs of others; joined by `api.wiring`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from psycopg import AsyncConnection

    from care.hours import Week


class HoursReader(Protocol):
    """Hours published week by week."""

    async def __call__(
        self, conn: AsyncConnection[Any], idnps: Sequence[str], first: date, last: date, /
    ) -> dict[str, list[Week | None]]:
        """Each week from that of `first` to that of `last`; None where nobody counted."""
        ...
