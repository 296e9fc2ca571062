"""Places for the search, by our own geocoder: no address ever leaves the platform."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from geo.geocoding.search import Geocoder, Query
from geo.point import Point
from search.place import Place, PlaceType

if TYPE_CHECKING:
    from psycopg import AsyncConnection


class GeocoderPlaces:
    """`search.ports.PlaceFinder` on `geo.geocoding`; `geocoder` may be shared with the geocoding routes."""

    def __init__(self, geocoder: Geocoder | None = None) -> None:
        self.geocoder = geocoder or Geocoder()

    async def find(
        self, conn: AsyncConnection[Any], text: str, *, limit: int, autocomplete: bool
    ) -> list[Place]:
        """See the port."""
        results = await self.geocoder.search(conn, Query(text=text, limit=limit, autocomplete=autocomplete))
        return [
            Place(
                label=result.label.label,
                type=cast("PlaceType", result.located.level),
                point=Point(lon=result.located.lon, lat=result.located.lat),
                citycode=result.located.citycode,
                score=result.located.score,
            )
            for result in results
            if result.located.lon is not None and result.located.lat is not None
        ]
