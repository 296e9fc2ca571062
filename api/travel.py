"""Travel times of this process: networks of `SAS_HOME/roads` and the land under the estimates, followed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely
from starlette.concurrency import run_in_threadpool

from core.db.queries import Queries
from geo.travel.folder import RoadFolder
from geo.travel.land import Land

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    from core.settings import HomeSettings
    from geo.travel.choice import RoadOrEstimate

_QUERIES = Queries.load(Path(__file__).with_name("sql"))


class Travel:
    """What requests ask for travel times: `choice`, replaced as a whole when something changes.

    Take `choice` once for each request: a list ranked half before and half after a change would mix two
    sources.
    """

    def __init__(self, home: HomeSettings) -> None:
        self._roads = RoadFolder(home.path / "roads")
        self._land: Land | None = None
        self._land_of: int | None = None

    @property
    def choice(self) -> RoadOrEstimate:
        """The networks at hand and the estimate."""
        return self._roads.choice

    async def refresh(self) -> None:
        """Look again at the files. By one task at a time; reading a network takes seconds, in another
        thread.
        """
        await run_in_threadpool(self._roads.refresh, land=self._land)

    async def follow_land(self, conn: AsyncConnection[Any]) -> None:
        """Look whether the outlines of the departments changed; what is found serves after the next
        refresh.
        """
        found = await (await conn.execute(_QUERIES["outlines_in_service"])).fetchone()
        latest = found[0] if found else None
        if latest is None or latest == self._land_of:
            return
        rows = await (await conn.execute(_QUERIES["department_land"])).fetchall()
        self._land = await run_in_threadpool(_join, [bytes(row[0]) for row in rows])
        self._land_of = latest


def _join(outlines: list[bytes]) -> Land | None:
    return Land.of([shapely.from_wkb(outline) for outline in outlines])
