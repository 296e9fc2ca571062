"""One page says the whole schema, and says the same as the migrations."""

from __future__ import annotations

import uuid
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from core.db import cluster, schema

pytestmark = pytest.mark.postgis


def test_the_page_builds_the_same_database_as_the_migrations(test_cluster: Path, template_database: str):
    name = f"page_{uuid.uuid4().hex[:12]}"
    built = cluster.conninfo(test_cluster, database=name)
    with psycopg.connect(cluster.conninfo(test_cluster, database="postgres"), autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            with psycopg.connect(built) as conn:
                conn.execute(schema.SCHEMA.read_bytes())
            migrated = schema.dump(cluster.conninfo(test_cluster, database=template_database))
            assert schema.dump(built) == migrated, "run: sas schema"
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def test_every_table_and_every_schema_has_its_place_on_the_page(conn: psycopg.Connection):
    page = schema.SCHEMA.read_text()
    found = conn.execute(
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN "
        "('territory', 'ingest', 'geocoding', 'directory', 'map')"
    ).fetchall()
    assert found
    assert not [name for name in found if f"CREATE TABLE {name[0]}.{name[1]} (" not in page]
