"""What the search needs from others; `api.wiring` joins them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    from search.place import Place


class PlaceFinder(Protocol):
    """Places for a text, best first."""

    async def find(
        self, conn: AsyncConnection[Any], text: str, *, limit: int, autocomplete: bool
    ) -> list[Place]:
        """At most `limit` places; `department_code` and `timezone` may be left to the caller.

        The text is a secret: it is never logged, counted, nor put in an error.
        """
        ...

    async def nearest(self, conn: AsyncConnection[Any], text: str, *, limit: int) -> list[Place]:
        """At most `limit` places whose name is near a text that was not understood, to suggest them."""
        ...
