"""Every named statement of every room is understood by the migrated database."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from core.db.queries import Queries

pytestmark = pytest.mark.postgis

ROOT = Path(__file__).resolve().parents[3]
ROOMS = (
    "core",
    "geo",
    "care",
    "ingest",
    "search",
    "slots",
    "participation",
    "demo",
    "maps",
    "api",
    "bench",
    "cli",
)
FOLDERS = [folder for room in ROOMS for folder in sorted((ROOT / room).rglob("sql")) if folder.is_dir()]

_PLACEHOLDER = re.compile(r"%\((\w+)\)[sbt]")
_COMMENT = re.compile(r"--[^\n]*")
# PREPARE takes these only; the others (DDL, COPY, SET, ANALYZE…) are run by the tests of their callers.
_PREPARED = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "VALUES")
# What a COPY reads is a statement like another.
_COPIED = re.compile(r"COPY \((.*)\) TO STDOUT \(FORMAT binary\)", re.DOTALL)
# Names that a caller composes with psycopg.sql (`{staging}`) do not exist before it runs.
_COMPOSED = re.compile(r"\{\w*\}")
# Statements on temporary tables that the caller makes in the same transaction.
TEMPORARY = re.compile(
    r"\b(touched|located|official_point|located_by_text|corrected_address|moved_structure|invented)\b"
)


def _cases() -> list[tuple[str, str]]:
    return [
        (f"{folder.relative_to(ROOT)}:{name}", body)
        for folder in FOLDERS
        for name, body in Queries.load(folder).items()
    ]


def _prepared_form(body: str) -> str | None:
    """The statement with `$n` for psycopg's placeholders; None when PREPARE does not apply to it."""
    bare = _COMMENT.sub("", body).strip().rstrip(";")
    if copied := _COPIED.fullmatch(bare):
        bare = copied[1].strip()
    if not bare.upper().startswith(_PREPARED) or _COMPOSED.search(bare) or TEMPORARY.search(bare):
        return None
    names = list(dict.fromkeys(_PLACEHOLDER.findall(bare)))
    if not names:
        return bare
    numbered = _PLACEHOLDER.sub(lambda found: f"${names.index(found[1]) + 1}", bare)
    return numbered.replace("%%", "%")


def test_named_statements_pass_prepare_on_the_migrated_database(conn: psycopg.Connection):
    refused: list[str] = []
    prepared = 0
    conn.autocommit = True
    for name, body in _cases():
        statement = _prepared_form(body)
        if statement is None:
            continue
        try:
            conn.execute(sql.SQL("PREPARE checked AS {}").format(sql.SQL(statement)))  # pyright: ignore[reportArgumentType]
        except psycopg.errors.IndeterminateDatatype:
            pass  # psycopg sends the type with the value
        except psycopg.Error as error:
            refused.append(f"{name}: {error.diag.message_primary}")
            continue
        else:
            conn.execute("DEALLOCATE checked")
        prepared += 1
    assert prepared > len(FOLDERS)
    assert not refused, "\n".join(refused)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("SELECT %(a)s + %(b)s - %(a)s;", "SELECT $1 + $2 - $1"),
        ("-- a comment\nSELECT '%%' || %(a)s", "SELECT '%' || $1"),
        ("SELECT '100 %'", "SELECT '100 %'"),
        ("SELECT * FROM {staging}", None),
        ("CREATE TABLE t (n integer)", None),
    ],
)
def test_placeholders_become_numbers(body: str, expected: str | None):
    assert _prepared_form(body) == expected
