"""`sas geocode` from the command line, on the invented corner of France."""

from __future__ import annotations

import csv

import pytest
from typer.testing import CliRunner

from cli.main import app
from core.db.connect import connect
from core.errors import FileUnreadable, UsageError
from ingest.pipeline import ingest
from tests.geocoding_base import ban_csv, fill_territory

pytestmark = pytest.mark.postgis


@pytest.fixture
def environment(database, home, tmp_path, monkeypatch):
    with connect(database, home, role="owner") as conn:
        fill_territory(conn)
    path = tmp_path / "adresses.csv"
    path.write_bytes(ban_csv())
    ingest("ban", [path], apply=True, database=database, home=home)
    monkeypatch.setenv("SAS_DATABASE_URL", database.database_url.get_secret_value())
    monkeypatch.setenv("SAS_HOME", str(home.path))
    return tmp_path


def test_a_file_of_split_fields_comes_out_located_and_nothing_half_made_is_left(environment):
    source, target = environment / "in.csv", environment / "out.csv"
    source.write_text("n;voie;insee\n12 BIS;R OBERKAMPF;75111\n", encoding="utf-8")
    fields = ["--field", "numero=n", "--field", "libelle_voie=voie", "--field", "code_commune=insee"]
    done = CliRunner().invoke(app, ["geocode", str(source), str(target), *fields])
    assert done.exit_code == 0, done.output
    with target.open(encoding="utf-8", newline="") as stream:
        row = next(csv.DictReader(stream, delimiter=";"))
    assert (row["n"], row["result_type"], row["result_housenumber"]) == ("12 BIS", "housenumber", "12b")
    assert not list(environment.glob("*.part"))


def test_an_unknown_field_is_wrong_usage(environment):
    done = CliRunner().invoke(app, ["geocode", "in.csv", "out.csv", "--field", "planete=x"])
    assert isinstance(done.exception, UsageError)


def test_a_missing_file_is_said(environment):
    done = CliRunner().invoke(app, ["geocode", str(environment / "absent.csv"), str(environment / "out.csv")])
    assert isinstance(done.exception, FileUnreadable)
