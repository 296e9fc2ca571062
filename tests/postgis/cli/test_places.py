"""`sas geocode doubtful`, `correct`, `corrections`, `uncorrect`, beside the file that `sas geocode` takes."""

from __future__ import annotations

import csv
import io
import json

import pytest
import typer.main
from typer.testing import CliRunner

from cli.main import app
from core.db.connect import connect
from core.errors import InvalidParameter
from ingest.load.specialty import load_specialties
from tests.geocoding_base import fill_territory

pytestmark = pytest.mark.postgis

FINESS = {"a": "750000018", "b": "750000026", "c": "930000013"}
_ADDRESS = """
INSERT INTO directory.address (address_id, number, street_type, street_name, postal_code, office, citycode,
  department_code, lon, lat, position_level, position_score, position_source, position_reason, other_lon,
  other_lat, other_source, other_level, other_score, apart_m)
VALUES
  ('00000000-0000-0000-0000-00000000000a', '4', 'R', 'ORDENER', '75011', '75011 PARIS', '75111', '75',
   2.38, 48.86, 'given', NULL, 'finess', NULL, 2.39, 48.85, 'ban', 'housenumber', 0.98, 1300),
  ('00000000-0000-0000-0000-00000000000b', '5', 'R', 'PERDUE', '75011', '75011 PARIS', '75111', '75',
   2.38, 48.859, 'municipality', 0.45, 'commune', 'commune code; street none; number not-asked',
   NULL, NULL, NULL, NULL, NULL, NULL),
  ('00000000-0000-0000-0000-00000000000c', '6', 'R', 'SURE', '93140', '93140 BONDY', '93010', '93',
   2.48, 48.9, 'given', NULL, 'finess', NULL, NULL, NULL, NULL, NULL, NULL, NULL)
"""
_STRUCTURES = """
INSERT INTO directory.structure (finess, name, address_id, source_file, source_line, content_hash, run_id)
SELECT finess, '=CENTRE ' || upper(letter), ('00000000-0000-0000-0000-00000000000' || letter)::uuid, 'f', 1,
  md5(letter)::uuid, 1
FROM unnest(%(finess)s::text[], %(letters)s::text[]) AS s (finess, letter);
"""
_OFFERS = """
INSERT INTO directory.offer (offer_id, kind, source, finess, name, specialty_codes, address_id,
  own_address_id, source_file, source_line, content_hash, run_id)
SELECT md5(finess)::uuid, 'structure', 'finess', finess, name, '{124}', address_id,
  address_id, 'f', 1, content_hash, 1
FROM directory.structure
"""


@pytest.fixture
def run(database, home, monkeypatch):
    with connect(database, home, role="owner") as conn:
        fill_territory(conn)
        load_specialties(conn)
        conn.execute(_ADDRESS)
        conn.execute(_STRUCTURES, {"finess": list(FINESS.values()), "letters": list(FINESS)})
        conn.execute(_OFFERS)
    monkeypatch.setenv("SAS_DATABASE_URL", database.database_url.get_secret_value())
    monkeypatch.setenv("SAS_HOME", str(home.path))
    return lambda *words: CliRunner().invoke(app, ["geocode", *words])


def listed(run, *words):
    done = run("doubtful", "--json", *words)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_the_worst_comes_first_with_its_reasons_and_both_positions(run):
    found = listed(run)
    assert found["total"] == 2
    assert [(kind["code"], kind["addresses"], kind["offers"]) for kind in found["kinds"]] == [
        ("official-far-from-ours", 1, 1),
        ("street-not-found", 1, 1),
    ]
    worst, second = found["places"]
    assert (worst["place"], worst["rank"], worst["name"]) == (FINESS["a"], 2, "=CENTRE A")
    assert worst["doubts"][0]["sentence"].startswith("Les coordonnées officielles contredisent")
    assert (worst["position"]["source"], worst["other_position"]["source"]) == ("finess", "ban")
    assert worst["other_position"]["apart_m"] == 1300
    assert (second["rank"], second["other_position"]) == (3, None)


@pytest.mark.parametrize(
    ("words", "places"),
    [
        (["--limit", "1"], ["a"]),
        (["--kind", "street-not-found"], ["b"]),
        (["--department", "93"], []),
        (["-d", "75", "--source", "finess"], ["a", "b"]),
        (["--source", "annuaire"], []),
    ],
)
def test_the_list_is_filtered(run, words, places):
    assert [place["place"] for place in listed(run, *words)["places"]] == [FINESS[name] for name in places]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--kind", "autre"], "street-not-found"),
        (["--department", "99"], "n'est pas dans la base"),
        (["--source", "ban"], "finess ou annuaire"),
        (["--json", "--csv"], "--output"),
    ],
)
def test_a_wrong_choice_is_said(run, words, said):
    done = run("doubtful", *words)
    assert isinstance(done.exception, InvalidParameter)
    assert said in done.exception.message


def test_the_table_says_the_doubts_in_french(run):
    done = run("doubtful")
    assert done.exit_code == 0, done.output
    assert "Deux sources se contredisent" in done.stdout
    assert "1,3 km" in done.stdout.replace("\u00a0", " ")
    assert "2 adresses montrées" in done.stderr.replace("\u00a0", " ")


def test_a_map_is_one_file(run, tmp_path):
    path = tmp_path / "cartes" / "douteux.html"
    done = run("doubtful", "-d", "75", "-o", str(path))
    assert done.exit_code == 0, done.output
    page = path.read_text(encoding="utf-8")
    assert "Positions douteuses" in page
    assert '"apart":["1,3' in page
    assert FINESS["c"] not in page


def test_the_list_as_a_csv_is_filled_in_and_goes_back_as_corrections(run, tmp_path):
    rows = list(csv.DictReader(io.StringIO(run("doubtful", "--csv").stdout), delimiter=";"))
    assert [row["place"] for row in rows] == [FINESS["a"], FINESS["b"]]
    assert rows[1]["name"] == "'=CENTRE B"  # no spreadsheet runs it
    rows[0] |= {"lon": "2,385", "lat": "48,86", "because": "vu sur place"}
    path = tmp_path / "corrections.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, rows[0], delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    done = run("correct", "--from", str(path), "--by", "régulation 75")
    assert done.exit_code == 0, done.output
    assert "Corrections écrites : 1 ; lignes non remplies : 1 ; refusées : 0" in done.stdout
    assert [place["place"] for place in listed(run)["places"]] == [FINESS["b"]]
    (state,) = json.loads(run("corrections", "--json").stdout)
    assert (state["finess"], state["author"], state["state"]) == (FINESS["a"], "régulation 75", "in-service")


def test_rows_that_cannot_be_kept_are_told_and_the_others_kept(run, tmp_path):
    path = tmp_path / "corrections.csv"
    path.write_text(
        "place;lon;lat;because;address_key\n"
        f"{FINESS['a']};2.385;48.86;vu;\n"
        f"{FINESS['a']};2.386;48.86;deux fois;\n"
        f"{FINESS['b']};ici;48.86;illisible;\n"
        f"{FINESS['b']};2.385;48.86;;\n"
        f"{FINESS['b']};5.4;43.3;trop loin;\n"
        f"{FINESS['c']};2.48;48.9;ailleurs;00000000-0000-0000-0000-000000000000\n"
        "999999999;2.385;48.86;personne;\n",
        encoding="utf-8",
    )
    done = run("correct", "--from", str(path))
    assert done.exit_code == 3, done.output
    assert "Corrections écrites : 1" in done.stdout
    assert str(tmp_path / "corrections.rejets.csv") in done.stderr
    with (tmp_path / "corrections.rejets.csv").open(encoding="utf-8", newline="") as stream:
        refused = [(row["line"], row["reason"]) for row in csv.DictReader(stream, delimiter=";")]
    assert refused == [
        ("3", "bad-place"),
        ("4", "bad-lon"),
        ("5", "bad-because"),
        ("6", "outside-commune"),
        ("7", "address-changed"),
        ("8", "unknown-place"),
    ]


def test_an_export_is_what_an_import_reads(run, tmp_path):
    assert run("correct", FINESS["a"], "--at", "5.4,43.3", "--because", "essai", "--force").exit_code == 0
    exported = run("corrections", "--csv").stdout
    assert run("uncorrect", FINESS["a"]).exit_code == 0
    assert json.loads(run("corrections", "--json").stdout) == []
    path = tmp_path / "export.csv"
    path.write_text(exported, encoding="utf-8")
    done = run("correct", "--from", str(path))
    assert done.exit_code == 0, done.output
    (state,) = json.loads(run("corrections", "--json").stdout)
    assert (state["lon"], state["lat"], state["reason"]) == (5.4, 43.3, "essai")


def test_one_place_is_corrected_listed_and_put_back(run):
    done = run("correct", FINESS["b"], "--at", "2.381,48.86", "--because", "plan du quartier")
    assert done.exit_code == 0, done.output
    assert "CENTRE B" in done.stdout
    assert "Fiches déplacées : 1" in done.stdout
    assert "en service" in run("corrections").stdout
    assert "0 correction" in run("corrections", "--set-aside").stderr.replace("\u00a0", " ")
    assert "Corrections retirées : 1" in run("uncorrect", FINESS["b"]).stdout
    assert listed(run)["total"] == 2


@pytest.mark.parametrize(
    "words",
    [
        ["correct"],
        ["correct", "750000018"],
        ["correct", "750000018", "--at", "2.38", "--because", "x"],
        ["correct", "750000018", "--from", "f.csv"],
        ["correct", "750000018", "--at", "2.38,48.86", "--because", "x", "--level", "given"],
    ],
)
def test_an_incomplete_correction_is_wrong_usage(run, words):
    assert isinstance(run(*words).exception, InvalidParameter)


def test_a_file_may_still_come_after_options_and_bear_any_name(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, words in (
        ("in.csv", ["--columns", "a", "in.csv", "out.csv"]),
        ("doubtful", ["./doubtful", "out.csv", "--columns", "a"]),
        ("in.csv", ["csv", "in.csv", "out.csv"]),
    ):
        (tmp_path / name).write_text("a\nBondy\n", encoding="utf-8")
        done = run(*words)
        assert done.exit_code == 0, done.output
        assert "Bondy" in (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()[1]
        (tmp_path / "out.csv").unlink()


def test_the_verbs_under_geocode_are_told_by_its_help():
    assert sorted(typer.main.get_command(app).commands["geocode"].commands) == [
        "correct",
        "corrections",
        "csv",
        "doubtful",
        "uncorrect",
    ]
    assert "doubtful" in CliRunner().invoke(app, ["geocode", "--help"]).stdout
