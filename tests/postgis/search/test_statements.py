"""The hot statements of the search walk their indexes."""

from __future__ import annotations

import json
import re

import psycopg
import pytest

from search.candidates import QUERIES

pytestmark = pytest.mark.postgis

PARAMETERS = {
    "lon": 2.35,
    "lat": 48.85,
    "specialty_id": 10054,
    "radius_m": 5000.0,
    "from_m": 0.0,
    "max_rows": 60,
    "department": "75",
    "seed": "s",
    "after_tie": "",
    "participating": True,
}


@pytest.fixture
def crowded(conn: psycopg.Connection) -> psycopg.Connection:
    """200,000 offers of four specialties over the country, analysed."""
    indexes = conn.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'offer_specialty'"
    ).fetchall()
    for name, _ in indexes:
        conn.execute(f"DROP INDEX directory.{name}")
    conn.execute("SELECT setseed(0.5)")
    conn.execute(
        "INSERT INTO directory.offer_specialty (specialty_id, offer_id, department_code, location)"
        " SELECT 10053 + n % 4, gen_random_uuid(), (n % 95)::text,"
        " ST_SetSRID(ST_MakePoint(-1 + 7 * random(), 43 + 7 * random()), 4326)"
        " FROM generate_series(1, 200000) AS n"
    )
    for _, definition in indexes:
        conn.execute(definition)
    conn.execute("ANALYZE directory.offer_specialty")
    return conn


def test_the_hot_road_walks_its_indexes_as_the_server_plans_it(crowded: psycopg.Connection):
    crowded.execute("SET plan_cache_mode = force_custom_plan")  # see api.wiring.reader_pool
    for name, index in (
        ("nearest_offers", "offer_specialty_location_gix"),
        ("nearest_holders", "offer_specialty_location_gix"),
        ("count_within", "offer_specialty_location_gix"),
        ("department_offers", "offer_specialty_department_idx"),
        ("count_in_department", "offer_specialty_department_idx"),
        ("declared_near", "offer_specialty_location_gix"),
        ("count_declared_within", "offer_specialty_location_gix"),
        ("declared_in_department", "offer_specialty_department_idx"),
        ("count_declared_in_department", "offer_specialty_department_idx"),
    ):
        given = {key: value for key, value in PARAMETERS.items() if f"%({key})s" in QUERIES[name]}
        numbered = QUERIES[name]
        for position, key in enumerate(given, start=1):
            numbered = numbered.replace(f"%({key})s", f"${position}")
        crowded.execute(f"PREPARE {name} AS {numbered}")
        values = ", ".join(repr(value) for value in given.values())
        (plan,) = crowded.execute(f"EXPLAIN (FORMAT JSON) EXECUTE {name}({values})").fetchone()
        text = json.dumps(plan)
        assert index in text, name
        assert not re.search(r'"Seq Scan"[^}]*"Relation Name": "offer_specialty"', text), name
