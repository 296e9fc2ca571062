"""Starting radius of a search in each department, and its enlargement step, in kilometres.

Two layouts of the same published table (ANS, 2025): as published (`code` without leading zero, Corsica
written 20A and 20B) and normalised (`department_code`). A zero means "unknown".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from ingest.load.keyed import keyed_road, with_source
from ingest.load.tables import SEARCH_RADIUS
from ingest.source import Source
from ingest.sources.reading import Sieve, whole_table
from ingest.territories import QUERIES

if TYPE_CHECKING:
    from ingest.road import Job

SOURCE = Source(
    name="radii",
    title="Rayons des zones de recherche du SAS (2025)",
    publisher="Agence du Numérique en Santé",
    licence="MIT (dépôt SAS-moteur-recherche)",
    page="https://github.com/ansforge/SAS-moteur-recherche",
    rhythm="irrégulier",
    expected_rows=range(96, 115),
)
KEY = ("department_code",)

_COLUMNS = {
    "department_code": ("department_code", "code", "dep"),
    "default_radius_km": ("default_radius_km", "cityDefaultRadius"),
    "enlargement_km": ("enlargement_km", "enlargementValue"),
}


def department_code(published: str) -> str:
    """Code of a department as the other files write it.

    >>> department_code("1"), department_code("20B"), department_code("974")
    ('01', '2B', '974')
    """
    code = published.upper().replace("20A", "2A").replace("20B", "2B")
    return code.zfill(2)


def normalise(frame: pl.DataFrame, departments: set[str], *, file: str) -> Sieve:
    """Rows (department_code, default_radius_km, enlargement_km); 0 becomes null: unknown."""
    sieve = Sieve(frame, file=file)
    sieve.frame = sieve.frame.with_columns(
        pl.col("department_code").map_elements(department_code, return_dtype=pl.String)
    )
    sieve.refuse(
        ~pl.col("department_code").is_in(list(departments)),
        reason="unknown-department",
        detail="département {department_code} inconnu du code géographique",
    )
    numbers = [
        pl.col(name).str.replace(",", ".").cast(pl.Float64, strict=False).alias(f"{name}_number")
        for name in ("default_radius_km", "enlargement_km")
    ]
    sieve.frame = sieve.frame.with_columns(numbers)
    for name in ("default_radius_km", "enlargement_km"):
        value = pl.col(f"{name}_number")
        sieve.refuse(
            pl.col(name).is_not_null() & (value.is_null() | ~value.is_between(0, 500)),
            reason="bad-radius",
            detail="rayon illisible : {" + name + "}",
        )
    sieve.frame = sieve.frame.select(
        "line",
        "department_code",
        *(
            pl.when(pl.col(f"{name}_number") > 0).then(pl.col(f"{name}_number")).alias(name)
            for name in ("default_radius_km", "enlargement_km")
        ),
    )
    return sieve


def _stage(job: Job) -> None:
    departments = {code for code, _ in job.conn.execute(QUERIES["departments"])}
    for file in job.files:
        frame = whole_table(
            file,
            job,
            separator=",;",
            columns=_COLUMNS,
            mandatory={"department_code", "default_radius_km"},
        )
        sieve = normalise(frame, departments, file=file.name)
        job.run.reject(sieve.rejections)
        job.run.count("unknown-radius", sieve.frame["default_radius_km"].null_count())
        SEARCH_RADIUS.stage(job, with_source(sieve.frame, file.name))
    SEARCH_RADIUS.close_stage(job)
    job.run.count("kept", job.run.counts["read"] - job.run.rejected)


ROAD = keyed_road(
    SOURCE, _stage, [SEARCH_RADIUS], members=re.compile(r"(rayon|radius|radii).*\.csv", re.IGNORECASE)
)
