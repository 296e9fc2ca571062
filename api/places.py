"""Places for the search, by our own geocoder: no address ever leaves the platform."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from geo.geocoding.identifier import identifier_of
from geo.geocoding.search import Query
from geo.point import Point
from geo.territory import department_of
from search.place import Place

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    from geo.geocoding.search import Geocoder, Result
    from search.place import PlaceType


class GeocoderPlaces:
    """`search.ports.PlaceFinder` on `geo.geocoding`."""

    def __init__(self, geocoder: Geocoder) -> None:
        self._geocoder = geocoder

    async def find(
        self, conn: AsyncConnection[Any], text: str, *, limit: int, autocomplete: bool
    ) -> list[Place]:
        """See the port."""
        query = Query(text=text, limit=limit, autocomplete=autocomplete)
        return [place_of(result) for result in await self._geocoder.search(conn, query)]

    async def identified(self, conn: AsyncConnection[Any], place_id: str) -> Place | None:
        """See the port."""
        result = await self._geocoder.identified(conn, place_id)
        return None if result is None else place_of(result)

    async def nearest(self, conn: AsyncConnection[Any], text: str, *, limit: int) -> list[Place]:
        """See the port."""
        return [place_of(result) for result in await self._geocoder.nearest_towns(conn, text, limit=limit)]


def place_of(result: Result) -> Place:
    """The place of an answer of the geocoder; its time zone is left to the search."""
    located = result.located
    point = (
        Point(lon=located.lon, lat=located.lat)
        if located.lon is not None and located.lat is not None
        else None
    )
    return Place(
        id=identifier_of(located),
        label=result.label.label,
        type=cast("PlaceType", located.level),
        point=point,
        citycode=located.citycode or None,
        department_code=department_of(located.citycode) if located.citycode else None,
        score=located.score,
    )
