"""The nomenclature in the database."""

from __future__ import annotations

import psycopg
import pytest

from care.specialty import nomenclature
from core.db.connect import connect
from core.settings import DatabaseSettings, HomeSettings
from ingest.load.specialty import load_specialties

pytestmark = pytest.mark.postgis


def test_the_loader_writes_every_code_and_removes_what_left_the_tables(
    database: DatabaseSettings, home: HomeSettings
):
    with connect(database, home, role="loader") as conn:
        conn.execute("INSERT INTO directory.specialty VALUES (99999, 'OLD', 'x', 'specialty', 99999)")
        load_specialties(conn)
        rows = conn.execute("SELECT code FROM directory.specialty").fetchall()
    assert {code for (code,) in rows} == {item.code for item in nomenclature()}


def test_loading_twice_rewrites_no_row(conn: psycopg.Connection):
    load_specialties(conn)
    before = conn.execute("SELECT code, xmin::text FROM directory.specialty ORDER BY code").fetchall()
    conn.commit()
    load_specialties(conn)
    assert conn.execute("SELECT code, xmin::text FROM directory.specialty ORDER BY code").fetchall() == before
