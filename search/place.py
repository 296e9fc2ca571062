"""Where one looks: a point, or a whole department."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from shapely import Polygon

    from geo.point import Point

PlaceType = Literal[
    "housenumber", "street", "locality", "municipality", "department", "coordinates", "polygon"
]
DEFAULT_TIMEZONE = "Europe/Paris"


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A place understood.

    id               identifier of the national base, code of a department; "" for coordinates and drawings
    point            where distances are measured from; None for a department, and for a zone that is looked
                     at from nowhere
    department_code  department it stands in; None outside of those we know
    timezone         IANA zone of the place
    score            how sure we are of it, 0 to 1
    outline          drawn by the user, degrees (EPSG:4326); None unless `type` is polygon
    """

    label: str
    type: PlaceType
    point: Point | None
    id: str = ""
    citycode: str | None = None
    department_code: str | None = None
    timezone: str = DEFAULT_TIMEZONE
    score: float = 1.0
    outline: Polygon | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the place, to compute days in."""
        return ZoneInfo(self.timezone)

    @property
    def is_territory(self) -> bool:
        """Whether it is searched by its limits."""
        return self.outline is not None or self.point is None

    @property
    def identity(self) -> str:
        """What makes two searches look from the same place; goes into the keyed digest of a cursor only."""
        if self.outline is not None:
            return f"{self.outline.wkt} {self.point}"
        return str(self.point) if self.point is not None else f"department:{self.department_code}"
