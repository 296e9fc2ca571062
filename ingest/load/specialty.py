"""The nomenclature of `care.specialty` in the database, so that the loader joins codes to groups in SQL."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from care.specialty import nomenclature, specialty_id
from core.db.queries import Queries

if TYPE_CHECKING:
    import psycopg

_QUERIES = Queries.load(Path(__file__).parent.parent / "sql")


def load_specialties(conn: psycopg.Connection[Any]) -> None:
    """Fill `directory.specialty`. Repeatable; the caller commits. To be called before offers are loaded."""
    rows = list(nomenclature())
    conn.execute(
        _QUERIES["replace_specialties"],
        {
            "specialty_ids": [row.specialty_id for row in rows],
            "codes": [row.code for row in rows],
            "labels": [row.label for row in rows],
            "kinds": [row.kind for row in rows],
            "group_ids": [specialty_id(row.group_code) for row in rows],
        },
    )
