"""Every source that `sas ingest` knows. One explicit line each."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.road import Road


@cache
def roads() -> dict[str, Road]:
    """Roads by name of source. Imported on the first call: a door that loads nothing pays nothing."""
    from ingest.load import annuaire, ban, finess  # noqa: PLC0415
    from ingest.sources import (  # noqa: PLC0415
        cedex,
        cog,
        communes,
        contours,
        deployment,
        population,
        postal,
        radii,
    )

    every: tuple[Road, ...] = (
        cog.ROAD,
        population.ROAD,
        postal.ROAD,
        cedex.ROAD,
        contours.ROAD,
        communes.ROAD,
        radii.ROAD,
        deployment.ROAD,
        ban.ROAD,
        finess.ROAD,
        annuaire.ROAD,
    )
    return {road.source.name: road for road in every}
