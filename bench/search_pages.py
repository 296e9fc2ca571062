"""Ten thousand searches drawn at random over an invented country: asked twice, and page after page.

Each must give the same order the second time, and its pages must lose nothing and repeat nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psycopg
import structlog

from api.slot_feed import SlotNews
from bench.country import SIZES, country
from bench.harness import RESULTS, record
from bench.order import Asker
from core.clock import utc_now
from core.db.connect import conninfo
from core.db.queries import Queries
from core.settings import HomeSettings
from geo.point import Point
from search.index.directory import DirectoryIndex
from search.query import Filters

if TYPE_CHECKING:
    from core.settings import DatabaseSettings

SEARCHES: Final = 10_000
_SEED: Final = 20_261_126
_QUERIES = Queries.load(Path(__file__).with_name("sql"))
_FILTERS: Final = (
    Filters(),
    Filters(with_slots=False),
    Filters(participating=True),
    Filters(modality=("AMB",)),
    Filters(within_h=("0-4", "4-8")),
)


def drawn(points: list[tuple[str, float, float]], count: int) -> list[dict[str, Any]]:
    """Searches near these points, with radii, filters and seeds of all kinds."""
    dice = random.Random(_SEED)
    return [
        {
            "point": Point(lon=lon + dice.gauss(0, 0.02), lat=lat + dice.gauss(0, 0.02)),
            "radius_km": dice.choice([None, None, 1.0, 3.0, 10.0]),
            "filters": dice.choice(_FILTERS),
            "seed": f"s{number}",
        }
        for number in range(count)
        for _, lon, lat in [dice.choice(points)]
    ]


async def _asker(database: DatabaseSettings, home: HomeSettings) -> Asker:
    dsn = conninfo(database, home, role="reader")
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as conn:
        return Asker(await DirectoryIndex(SlotNews(), max_age_s=60.0).current(conn))


def main(scale: str = "demo", count: int = SEARCHES, folder: Path = RESULTS) -> None:
    """Run the check and record it."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    home = HomeSettings()
    with country(home, scale) as database:
        with psycopg.connect(conninfo(database, home, role="reader")) as conn:
            points = conn.execute(_QUERIES["sample_offers"], {"count": 2_000}).fetchall()
        asker = asyncio.run(_asker(database, home))
    dice, now, started = random.Random(_SEED), utc_now(), time.perf_counter()
    differing = lost = offers = 0
    for asked in drawn(points, count):
        whole = asker.order(now=now, **asked)
        offers += len(whole)
        differing += asker.order(now=now, **asked) != whole
        size = max(dice.choice([7, 20, 100]), len(whole) // 12)
        lost += asker.paged(now=now, size=size, **asked) != whole or len(set(whole)) != len(whole)
    record(
        "search_pages",
        {
            "scale": scale,
            "offers": SIZES[scale].offers,
            "searches": count,
            "offers_ordered": offers,
            "ordered_differently_the_second_time": differing,
            "pages_that_do_not_make_the_whole": lost,
            "elapsed_s": time.perf_counter() - started,
        },
        {},
        {"ordered_differently_the_second_time": 0.0, "pages_that_do_not_make_the_whole": 0.0},
        folder=folder,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", default="demo", choices=sorted(SIZES))
    main(scale=parser.parse_args().scale)
