"""`sas ingest roads` and `sas map isochrone` as typed."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from cli.main import app
from tests.road_network import ROAD, draw

LINE = {n: (7.0 + n / 100, 48.0) for n in range(6)}


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("SAS_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    draw(tmp_path / "alsace-latest.osm.pbf", LINE, [([n, n + 1], ROAD) for n in range(5)])

    def typed(*arguments: str):
        return CliRunner().invoke(app, list(arguments))

    return typed


def test_the_difference_is_shown_and_nothing_is_done_until_told(run, tmp_path):
    shown = run("ingest", "roads", "alsace-latest.osm.pbf")
    assert shown.exit_code == 0
    assert "6 points, 10 tronçons" in shown.stdout
    assert "À blanc" in shown.stdout
    assert "OpenStreetMap" in shown.stdout
    assert not (tmp_path / "home" / "roads").exists()
    assert "Mis en service" in run("ingest", "roads", "alsace-latest.osm.pbf", "--apply").stdout
    assert (tmp_path / "home" / "roads" / "alsace.npz").exists()
    assert "rien à faire" in run("ingest", "roads", "alsace-latest.osm.pbf", "--apply").stdout


def test_the_facts_come_as_json_too(run):
    first = json.loads(run("ingest", "roads", "alsace-latest.osm.pbf", "--apply", "--json").stdout)
    assert (first["applied"], first["in_service"], first["new"]["as_of"]) == (True, None, "2026-11-20")
    again = json.loads(run("ingest", "roads", "alsace-latest.osm.pbf", "--apply", "--json").stdout)
    assert (again["applied"], again["unchanged"]) == (False, True)
    assert again["in_service"] == again["new"]


@pytest.mark.parametrize(
    "typed",
    [
        ("ingest", "roads", "alsace-latest.osm.pbf", "--profile", "boat"),
        ("ingest", "roads", "alsace.zip"),
        ("map", "isochrone", "--at", "7.0", "-o", "x.html"),
        ("map", "isochrone", "--at", "7.0,48.0", "--minutes", "10,soon", "-o", "x.html"),
        ("map", "isochrone", "--at", "7.0,48.0", "--minutes", "90", "-o", "x.html"),
        ("map", "isochrone", "--at", "7.0,48.0", "--profile", "boat", "-o", "x.html"),
    ],
)
def test_what_is_typed_wrong_is_refused(run, typed, tmp_path):
    assert run(*typed).exit_code != 0
    assert not (tmp_path / "x.html").exists()


def test_the_map_is_made_without_a_database(run, tmp_path, monkeypatch):
    monkeypatch.setenv("SAS_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    run("ingest", "roads", "alsace-latest.osm.pbf", "--apply")
    made = run("map", "isochrone", "--at", "7.02,48.0", "--minutes", "5,10", "-o", "x.html")
    assert made.exit_code == 0, made.output
    page = (tmp_path / "x.html").read_text()
    assert "10 min par la route, hors trafic" in page
