"""The real extracts, whole: counts that their publishers give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import psycopg

    from ingest.pipeline import Outcome

pytestmark = [pytest.mark.postgis, pytest.mark.real]


def one(conn: psycopg.Connection, query: Any) -> Any:
    conn.rollback()
    row = conn.execute(query).fetchone()
    assert row is not None
    return row[0] if len(row) == 1 else row


def test_the_real_extracts_fill_the_territory(
    official: Path, load: Callable[..., Outcome], conn: psycopg.Connection
) -> None:
    cog = official / "cog"
    load(
        "cog",
        [
            cog / "communes.csv.gz",
            cog / "mouvements-communes.csv.gz",
            cog / "departements.csv",
            cog / "regions.csv",
            cog / "arrondissements.csv",
            cog / "collectivites-outremer.csv",
        ],
    )
    kinds = dict(conn.execute("SELECT kind, count(*) FROM territory.commune GROUP BY 1").fetchall())
    assert kinds == {"COM": 34_875, "ARM": 45, "COLL": 94}
    assert one(conn, "SELECT count(*) FROM territory.region") == 18
    assert one(conn, "SELECT count(*) FROM territory.department WHERE region_code IS NOT NULL") == 101
    assert one(conn, "SELECT count(DISTINCT former_citycode) > 6500 FROM territory.former_commune")

    population = load("population", [cog / "donnees_communes.csv.gz", cog / "donnees_communes_mayotte.csv"])
    assert population.counts["inhabitants"] == 68_350_798
    assert population.rejected == 0

    postal = load("postal", official / "postal" / "laposte-hexasmal-20250619.csv.gz")
    assert postal.counts["read"] == 39_201
    assert postal.counts["rejected"] == {"outside-france": 1}

    cedex = load("cedex", official / "postal" / "cedex_to_insee.csv.gz")
    assert cedex.counts["rejected"] == {"outside-france": 24, "unknown-commune": 1}

    contours = official / "contours"
    outlines = load(
        "contours",
        [
            contours / "departements-avec-outre-mer-2018.geojson.gz",
            contours / "regions-version-simplifiee-2018.geojson.gz",
        ],
    )
    assert (outlines.counts["kept"], outlines.rejected) == (114, 0)
    inside = "SELECT bool_and(ST_IsValid(geom)), count(*) FROM territory.outline WHERE level = 'department'"
    assert one(conn, inside) == (True, 101)

    communes = load("communes", official / "communes" / "communes-centre-bbox.json.gz")
    assert communes.rejected == 0
    assert one(conn, "SELECT count(*) FROM territory.commune WHERE lon IS NULL") == 0
    # Outlines of 2018 are simplified: a handful of coastal centres fall just outside.
    strays = """
        SELECT count(*) FROM territory.commune AS c
        JOIN territory.outline AS o ON o.level = 'department' AND o.code = c.department_code
        WHERE NOT ST_DWithin(o.geom, ST_SetSRID(ST_MakePoint(c.lon, c.lat), 4326), 0.02)
    """
    assert one(conn, strays) < 60

    assert load("radii", official / "sas" / "rayons-zones-recherche-2025.csv").counts["unknown-radius"] == 2
    deployment = load("deployment", official / "sas" / "sas-deploiement.csv")
    assert deployment.counts["status"] == {"operating": 27, "preparing": 1, "unknown": 69}
    assert one(conn, "SELECT count(DISTINCT department_code) FROM territory.sas_department") == 101
