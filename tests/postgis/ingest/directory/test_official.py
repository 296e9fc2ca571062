"""A folder of official files in one command, and our geocoding compared with the official positions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from cli.main import app
from ingest.placement import compare

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import psycopg
    from typer.testing import Result

    from core.settings import DatabaseSettings, HomeSettings

    Base = Callable[[tuple[float, float]], Path]
    Write = Callable[..., Path]

pytestmark = pytest.mark.postgis


def official_point(conn: psycopg.Connection) -> tuple[float, float]:
    row = conn.execute("SELECT lon, lat FROM directory.address WHERE position_level = 'given'").fetchone()
    assert row is not None
    conn.rollback()
    return row


@pytest.mark.usefixtures("placed")
@pytest.mark.parametrize(("shift", "near"), [(0.0, 1), (0.001, 1), (0.02, 0)])
def test_only_addresses_of_communes_with_a_base_are_judged_on_the_distance(
    load: Callable[..., object],
    stock: Write,
    base: Base,
    conn: psycopg.Connection,
    valid_finess: Callable[..., str],
    shift: float,
    near: int,
):
    load("finess", stock(({"number": valid_finess(1)}, {})))
    lon, lat = official_point(conn)
    before = compare(conn)
    assert (before.addresses, before.right_commune, before.covered) == (1, 1, 0)
    assert before.shares == {"right_commune": 1.0, "within_200_m": None, "within_200_m_of_numbers": None}
    conn.rollback()
    load("ban", base((lon + shift, lat)))
    after = compare(conn)
    assert (after.covered, after.located, after.numbers) == (1, 1, 1)
    assert (after.near, after.near_number) == (near, near)
    assert after.shares["within_200_m"] == near


@pytest.mark.usefixtures("placed")
def test_an_address_whose_text_names_another_commune_is_not_counted_as_right(
    load: Callable[..., object], stock: Write, conn: psycopg.Connection, valid_finess: Callable[..., str]
):
    load("finess", stock(({"number": valid_finess(1), "office": "97400 ST DENIS"}, {})))
    result = compare(conn)
    assert (result.addresses, result.right_commune) == (1, 0)


@pytest.fixture
def folder(
    tmp_path: Path,
    edition_2016: list[Path],
    put: Callable[[str, str | bytes], Path],
    stock: Write,
    activity: Write,
    base: Base,
    valid_finess: Callable[..., str],
) -> Path:
    """Official files of a few communes, one wrong line, one file that nobody knows."""
    assert edition_2016
    put(
        "019HexaSmal.csv",
        "#Code_commune_INSEE;Nom_de_la_commune;Code_postal;Libellé_d_acheminement;Ligne_5\n"
        "01053;BOURG EN BRESSE;01000;BOURG EN BRESSE;\n",
    )
    base((5.231, 46.204))
    stock(({"number": valid_finess(1)}, {}), ({"number": "010000013"}, {}))
    activity(
        {"finess": valid_finess(1)}, {"person": 2, "structure": "R9", "number": "4", "street": "DU MARCHE"}
    )
    put("notes.csv", "rien")
    return tmp_path


@pytest.fixture
def run(
    database: DatabaseSettings, home: HomeSettings, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    """`sas ingest official …` on the database of the test."""
    assert database.database_url is not None
    monkeypatch.setenv("SAS_DATABASE_URL", database.database_url.get_secret_value())
    monkeypatch.setenv("SAS_HOME", str(home.path))
    return lambda *arguments: CliRunner().invoke(app, ["ingest", "official", *arguments])


def test_without_apply_the_folder_is_told_and_nothing_is_loaded(
    run: Callable[..., Result], folder: Path, conn: psycopg.Connection
):
    done = run(str(folder))
    assert done.exit_code == 0, done.output
    assert "finess : etalab-cs1100507-stock-20210108-0427.csv" in done.stderr
    assert "Fichiers non reconnus, laissés de côté : 1" in done.stderr
    assert conn.execute("SELECT count(*) FROM ingest.run").fetchone() == (0,)


def test_a_folder_is_loaded_in_order_reported_and_not_read_twice(
    run: Callable[..., Result], folder: Path, conn: psycopg.Connection, tmp_path: Path
):
    report = tmp_path / "out" / "report.json"
    done = run(str(folder), "--apply", "--report", str(report))
    assert done.exit_code == 3, done.output
    assert "sas ingest report" in done.stderr
    facts: dict[str, Any] = json.loads(report.read_bytes())
    assert [load["source"] for load in facts["loads"]] == ["cog", "postal", "ban", "finess", "annuaire"]
    by_source = {load["source"]: load for load in facts["loads"]}
    assert by_source["finess"]["counts"]["rejected"] == {"finess-check-digit": 1}
    assert facts["positions"] == {"given": 1, "housenumber": 1, "none": 1}
    assert facts["placement"]["addresses"] == facts["placement"]["right_commune"] == 1
    assert "finess : lignes lues 2, gardées 1, rejetées 1 (finess-check-digit 1)" in done.stdout
    assert "bonne commune 100,00 %" in done.stdout
    assert conn.execute("SELECT count(*) FROM directory.offer").fetchone() == (3,)
    conn.rollback()
    again = run(str(folder), "--apply")
    assert again.stdout.count("déjà en service") == 5
