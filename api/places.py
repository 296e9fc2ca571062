"""Places for the search, by our own geocoder: no address ever leaves the platform."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    from search.place import Place


class GeocoderPlaces:
    """`search.ports.PlaceFinder` on `geo.geocoding`."""

    async def find(
        self, conn: AsyncConnection[Any], text: str, *, limit: int, autocomplete: bool
    ) -> list[Place]:
        """See the port."""
        return []
