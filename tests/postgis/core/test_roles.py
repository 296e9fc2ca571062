"""Least right: what each role may do."""

from __future__ import annotations

import psycopg
import pytest

from core.db.connect import connect
from core.settings import DatabaseSettings, HomeSettings


def test_reader_cannot_write_the_directory(database: DatabaseSettings, home: HomeSettings):
    with (
        connect(database, home, role="reader") as conn,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        conn.execute("DELETE FROM directory.offer")


def test_reader_cannot_see_rejected_rows(database: DatabaseSettings, home: HomeSettings):
    with (
        connect(database, home, role="reader") as conn,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        conn.execute("SELECT * FROM ingest.rejection")


def test_reader_counts_places_taken_without_seeing_who_took_them(
    database: DatabaseSettings, home: HomeSettings
):
    with connect(database, home, role="reader") as conn:
        assert conn.execute("SELECT count(*) FROM agenda.booking WHERE state = 'booked'").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute("SELECT made_by FROM agenda.booking")
