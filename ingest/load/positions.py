"""Positions of the staged addresses: known ones taken over, new ones geocoded, the rest at their commune.

Each address keeps how it was found (`given`, `housenumber`, `street`, `locality`, `municipality`, `none`),
the score, the source and the reason. Distinct addresses are geocoded, once: not rows. Official positions are
compared with ours, and judged (`ingest.load.coherence`).
"""

from __future__ import annotations

from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Final

from psycopg import sql

from core.db.connect import connect
from core.errors import TooManyRejections
from geo.geocoding.many import geocode_many
from geo.geocoding.parallel import Machine
from ingest.load.coherence import judge_official
from ingest.load.directory import QUERIES, bulk_session, composed, run
from ingest.source import PLACES

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from geo.geocoding.many import Texts
    from geo.geocoding.parallel import Spread
    from ingest.road import Job

_FETCH_ROWS: Final = 5000
_MAX_SHARE_UNPLACED: Final = 0.05
_FEW: Final = 50


def locate(job: Job) -> None:
    """Step of a road: fill the positions of the staging table `address`."""
    bulk_session(job)
    base_run = _base_run(job)
    run(
        job,
        "take_known_positions",
        geocode=sql.Literal(job.geocode),
        base_run=sql.Literal(base_run),
    )
    # The staged rows must be visible to the reading connections.
    job.conn.commit()
    job.conn.execute(QUERIES["create_located"])
    if job.geocode:
        # Closed whatever happens: a reader left open on a staging table would keep it from being dropped.
        with (
            Machine(job.database, job.home, role="loader") as machine,
            closing(_addresses(job)) as addresses,
        ):
            _geocode(job, machine, addresses, sql.Identifier("located"))
            job.conn.execute(QUERIES["analyse_located"])
            judge_official(job, partial(_geocode, job, machine))
        job.conn.execute(composed("apply_located", job), {"geocoded_with": base_run})
    else:
        judge_official(job, _not_asked)
    run(job, "locate_by_commune")
    run(job, "measure_refused")
    run(job, "analyse_any", table=job.staging("address"))
    for level, addresses in job.conn.execute(composed("position_counts", job)).fetchall():
        job.run.count(f"level.{level}", addresses)
    moved = job.conn.execute(composed("moved_addresses", job)).fetchone()
    job.run.count("positions.moved", moved[0] if moved else 0)


def _base_run(job: Job) -> int:
    """The newest load of what places addresses: positions found with an older one are not kept."""
    row = job.conn.execute(QUERIES["base_run"], {"sources": list(PLACES)}).fetchone()
    return row[0] if row else 0


def _geocode(job: Job, spread: Spread, addresses: Iterable[tuple[str, Texts]], table: sql.Composable) -> None:
    """Geocode addresses, block by block: memory does not grow with them.

    What is found goes to `table`, in the shape of `located`.
    """
    found = geocode_many(spread, addresses)
    with job.conn.cursor().copy(composed("copy_located", job, table=table)) as copy:
        for place in found:
            copy.write_row(
                (
                    place.key,
                    place.level,
                    place.score,
                    place.lon,
                    place.lat,
                    place.citycode or None,
                    place.ban_id,
                    place.reason,
                )
            )
            job.progress.advance(rows=1)


def _not_asked(_: Iterable[tuple[str, Texts]], __: sql.Composable) -> None:
    """A load that does not geocode asks nobody."""


def _addresses(job: Job) -> Generator[tuple[str, Texts], None, None]:
    """Identifier of each address, and its fields in the order of `geo.geocoding.many.FIELDS`."""
    with connect(job.database, job.home, role="loader") as conn, conn.cursor(name="addresses") as cursor:
        cursor.itersize = _FETCH_ROWS
        cursor.execute(composed("new_addresses", job))
        for key, *fields, citycode in cursor:
            yield key, (*fields, citycode or "")


def check_positions(job: Job) -> None:
    """Refuse a load that would leave too many addresses without any position, when communes are loaded.

    Raises
    ------
    TooManyRejections   more than 5 % of the addresses have none: the communes or the file are wrong

    """
    if not job.geocode:
        return
    known = job.conn.execute(QUERIES["communes_known"]).fetchone()
    levels: dict[str, int] = dict(job.conn.execute(composed("position_counts", job)).fetchall())
    total, none = sum(levels.values()), levels.get("none", 0)
    if known and known[0] and none > _FEW and none > total * _MAX_SHARE_UNPLACED:
        raise TooManyRejections(
            f"{none} adresses sur {total} restent sans position : plus de {_MAX_SHARE_UNPLACED:.0%}. "
            "Les communes et les codes postaux sont-ils chargés ?",
            unplaced=none,
            total=total,
        )
