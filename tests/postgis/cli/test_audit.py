"""`sas audit`: verify, replay, report, export, purge, from the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from search.audit import log, reference
from search.audit.packing import START, chained, pack
from search.policy import policy
from tests.rankings import make_record

pytestmark = pytest.mark.postgis


@pytest.fixture
def sas(database, home, monkeypatch: pytest.MonkeyPatch):
    """Runs `sas audit …` on the database of the test."""
    monkeypatch.setenv("SAS_DATABASE_URL", database.database_url.get_secret_value())
    monkeypatch.setenv("SAS_HOME", str(home.path))

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["audit", *arguments])

    return run


@pytest.fixture
def add(conn: psycopg.Connection):
    """Adds rankings to the log, honest unless changed."""

    def added(count: int, *, day: date = date(2026, 11, 26), swapped: int | None = None) -> None:
        head = conn.execute(log.QUERIES["audit_head"]).fetchone() or (0, START)
        ranking_id, previous = head
        for _ in range(count):
            ranking_id += 1
            record = make_record(ranking_id)
            table = record.candidates
            if ranking_id == swapped:
                table = table.take(table.wait.argsort()[::-1])
            line = {
                **{name: getattr(record, name) for name in ("policy", "policy_digest", "seed", "specialty")},
                **{name: getattr(record, name) for name in ("area", "total", "page")},
                "ranking_id": ranking_id,
                "day": day,
                "candidates": pack(table),
                "previous": previous,
            }
            line["hash"] = previous = chained(previous, line)
            conn.execute(log.QUERIES["audit_add"], line)
        conn.commit()

    return added


def test_verify_gives_the_head_and_finds_it_again_later(sas, add):
    add(3)
    first = sas("verify")
    assert first.exit_code == 0
    assert "3 classement(s), la chaîne est intacte" in first.stdout
    head = first.stdout.split()[-1]
    add(2)
    assert sas("verify", "--head", head).exit_code == 0
    assert sas("verify", "--head", "0" * 63 + "1").exit_code == 1


def test_replay_tells_whether_a_ranking_is_identical(sas, add):
    add(3, swapped=2)
    assert "Identique" in sas("replay", "1").stdout
    changed = sas("replay", "2")
    assert changed.exit_code == 1
    assert "Différent à partir du rang" in changed.stderr


def test_the_report_is_written_as_json_and_as_a_page_that_fetches_nothing_and_is_published(
    sas, add, conn, tmp_path: Path
):
    add(5)
    page = tmp_path / "rapport.html"
    done = sas(
        "neutrality",
        "--since",
        "2026-11-26",
        "--until",
        "2026-11-26",
        "--json",
        "--html",
        str(page),
        "--publish",
    )
    assert done.exit_code == 0, done.output
    made = json.loads(done.stdout)
    assert (made["rankings"], made["verdict"]) == (5, "thin")
    text = page.read_text()
    assert made["chain"]["head"] in text
    assert "<script" not in text
    assert "http" not in text.replace("http-equiv", "")
    assert conn.execute("SELECT report->>'rankings' FROM audit.report").fetchone() == ("5",)


def test_an_anomaly_is_an_exit_status(sas, add):
    add(3, swapped=3)
    done = sas("neutrality", "--since", "2026-11-26", "--until", "2026-11-26")
    assert done.exit_code == 1
    assert "ne suivent pas la règle" in done.stdout


def test_an_export_is_checked_by_the_reference_alone_without_the_project(sas, add, tmp_path: Path):
    add(4)
    export, rule = tmp_path / "log.jsonl", tmp_path / "rule.toml"
    assert sas("export", "-o", str(export), "--policy", str(rule)).exit_code == 0
    alone = tmp_path / "reference.py"
    alone.write_text(Path(reference.__file__).read_text())
    done = subprocess.run(
        [sys.executable, "-I", str(alone), str(rule), str(export)],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("replayed: 4")


def test_a_purge_shows_what_it_would_remove_and_removes_it_when_told(sas, add, conn):
    add(2, day=date(2024, 1, 1))
    add(1)
    assert "2 classement(s)" in sas("purge").stdout
    assert conn.execute("SELECT count(*) FROM audit.ranking").fetchone() == (3,)
    conn.commit()
    assert "retiré(s)" in sas("purge", "--apply").stdout
    assert conn.execute("SELECT count(*) FROM audit.ranking").fetchone() == (1,)
    assert "1 classement(s), la chaîne est intacte" in sas("verify").stdout


def test_policies_are_listed_and_a_refused_one_is_an_exit_status(sas, tmp_path, monkeypatch):
    listed = sas("policies")
    assert listed.exit_code == 0
    assert policy().digest in listed.stdout
    (tmp_path / "paris.toml").write_text("version = 1")
    monkeypatch.setenv("SAS_POLICY_DIR", str(tmp_path))
    refused = sas("policies")
    assert refused.exit_code == 1
    assert "Aucune signature" in refused.stderr
