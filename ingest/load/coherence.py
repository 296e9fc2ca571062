"""Official positions judged: by the commune, by the text of the address, by our geocoding, by one another.

An official position is kept when it is coherent with its commune. Otherwise it is refused, kept beside, and
our geocoding stands for it; the reason says by how many metres. A position that is kept and that something
contradicts is said to be doubtful (`directory.position_doubts`). The distances were chosen on half of FINESS
(docs/geocoding.md tells the counts).
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from psycopg import sql

from geo.geocoding.many import FIELDS
from geo.geocoding.parse import AddressFields
from ingest.load.directory import QUERIES, composed, run
from ingest.normalise.shared_point import point_use

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from geo.geocoding.many import Texts
    from ingest.road import Job

    Geocode = Callable[[Iterable[tuple[str, Texts]], sql.Composable], None]

BESIDE_M: Final = 100.0
"""So far from its commune, a point makes the code of the commune suspect: the text is asked."""
NEAR_COMMUNE_M: Final = 500.0
FAR_FROM_COMMUNE_M: Final = 3_000.0
"""Farther, a point is refused. Closer, what would replace it is on the average no nearer to the truth."""
DEPARTMENT_MARGIN_M: Final = 2_000.0
NEAR_OURS_M: Final = 200.0
"""Between two positions of one address: 99 in 100 that agree are closer than 110 m."""
SURE: Final = 0.7
SAME_POINT_M: Final = 10.0
SHARED_PLACES: Final = 3


def judge_official(job: Job, geocode: Geocode) -> None:
    """Refuse, downgrade or annotate the staged official positions. `located` must exist.

    `geocode` writes what it finds for some addresses to a table in the shape of `located`.
    """
    run(job, "create_official_points")
    job.conn.execute(QUERIES["analyse_official_points"])
    if job.geocode:
        _ask_the_text(job, geocode)
    refused = _count(job, "refuse_outside_commune", far_m=FAR_FROM_COMMUNE_M)
    job.run.count("positions.outside-commune", refused)
    outside = _count(job, "refuse_outside_department", margin_m=DEPARTMENT_MARGIN_M)
    job.run.count("positions.outside-department", outside)
    _count(job, "name_communes", far_m=FAR_FROM_COMMUNE_M, near_m=NEAR_COMMUNE_M)
    job.conn.execute(QUERIES["measure_to_ours"], {"sure": SURE})
    _look_at_shared_points(job)
    contradicted = _count(job, "keep_ours_beside", near_m=NEAR_OURS_M)
    job.run.count("positions.far-from-ours", contradicted)
    confirmed = job.conn.execute(QUERIES["count_confirmed"], {"near_m": NEAR_OURS_M}).fetchone()
    job.run.count("positions.confirmed", confirmed[0] if confirmed else 0)


def _count(job: Job, name: str, **values: object) -> int:
    return job.conn.execute(composed(name, job), values).rowcount


def _ask_the_text(job: Job, geocode: Geocode) -> None:
    """Read again, without the code of the commune, the addresses whose point is outside of it."""
    beside = {"beside_m": BESIDE_M}
    rows = job.conn.execute(composed("addresses_beside_their_commune", job), beside).fetchall()
    if not rows:
        return
    job.conn.execute(QUERIES["create_located_by_text"])
    geocode(((key, tuple(texts)) for key, *texts in rows), sql.Identifier("located_by_text"))
    believed = job.conn.execute(QUERIES["believe_text"], beside).rowcount
    job.conn.execute(QUERIES["forget_wrong_commune"])
    job.conn.execute(QUERIES["take_right_commune"])
    job.run.count("positions.commune-by-text", believed)


def _look_at_shared_points(job: Job) -> None:
    """Points under several places are the middle of a commune or of a street; told apart from spellings."""
    levels: dict[str, str] = {}
    at_town_hall: list[str] = []
    for keys, addresses in _points(job):
        use = point_use(addresses)
        if use.places >= SHARED_PLACES:
            levels |= dict.fromkeys(keys, "street" if use.streets == 1 else "municipality")
        else:
            at_town_hall += [keys[index] for index in use.town_hall]
    shared = _count(
        job,
        "downgrade_shared_points",
        address_ids=list(levels),
        levels=list(levels.values()),
        near_m=NEAR_OURS_M,
    )
    job.run.count("positions.shared-point", shared)
    of_commune = _count(
        job, "tell_commune_points", at_town_hall=at_town_hall, same_m=SAME_POINT_M, near_m=NEAR_OURS_M
    )
    job.run.count("positions.commune-point", of_commune)


def _points(job: Job) -> Iterator[tuple[list[str], list[AddressFields]]]:
    """Addresses of each shared point, with their keys."""
    rows = job.conn.execute(composed("shared_points", job))
    for _, group in groupby(rows, key=lambda row: row[:2]):
        members = list(group)
        yield (
            [row[2] for row in members],
            [AddressFields(**dict(zip(FIELDS, row[3:], strict=False))) for row in members],
        )
