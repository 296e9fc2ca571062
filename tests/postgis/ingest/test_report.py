from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from cli.main import app
from core.errors import NotFoundError
from ingest.registry import roads
from ingest.report import report, report_html

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import psycopg

    from core.settings import DatabaseSettings, HomeSettings
    from ingest.pipeline import Outcome

    Load = Callable[..., Outcome]
    Put = Callable[[str, str | bytes], Path]

pytestmark = pytest.mark.postgis
_POSTAL = (
    "#Code_commune_INSEE;Nom_de_la_commune;Code_postal;Libellé_d_acheminement;Ligne_5\n"
    "01053;BOURG;01000;BOURG;\n99138;MONACO;98000;MONACO;\n01999;<b>X</b>;01000;X;\n"
)


@pytest.fixture
def run_cli(
    database: DatabaseSettings, home: HomeSettings, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str, str]]:
    """`sas ingest …` on the database of the test: (exit status, stdout, stderr)."""
    assert database.database_url is not None
    monkeypatch.setenv("SAS_DATABASE_URL", database.database_url.get_secret_value())
    monkeypatch.setenv("SAS_HOME", str(home.path))

    def run(*arguments: str) -> tuple[int, str, str]:
        result = CliRunner().invoke(app, ["ingest", *arguments])
        return result.exit_code, result.stdout, result.stderr

    return run


def test_a_report_tells_files_counts_rejections_and_difference(
    load: Load, country: object, put: Put, conn: psycopg.Connection
) -> None:
    load("postal", put("hexasmal-2026-06-15.csv", _POSTAL))
    facts = report(conn)
    assert (facts["source"], facts["state"], facts["publisher"]) == ("postal", "applied", "La Poste")
    assert str(facts["source_date"]) == "2026-06-15"
    assert facts["counts"]["read"] == 3
    assert facts["difference"]["territory.postal_code"]["added"] == 1
    assert [(r["reason"], r["rows"], r["samples"][0]["line"]) for r in facts["rejections"]] == [
        ("outside-france", 1, 3),
        ("unknown-commune", 1, 4),
    ]


def test_the_page_is_self_contained_and_escapes_what_files_hold(
    load: Load, country: object, put: Put, conn: psycopg.Connection
) -> None:
    load("postal", put("p.csv", _POSTAL))
    page = report_html(report(conn))
    assert '<html lang="fr">' in page
    assert "<b>X</b>" not in page
    assert "&lt;b&gt;X&lt;/b&gt;" in page
    assert re.search(r"(src|href)=|https?://|<script", page) is None


def test_a_report_of_no_run_says_so(conn: psycopg.Connection) -> None:
    with pytest.raises(NotFoundError, match="Aucun chargement"):
        report(conn)
    with pytest.raises(NotFoundError, match="n° 12"):
        report(conn, 12)


def test_rejected_rows_give_status_3_and_say_where_to_read_them(
    run_cli: Callable[..., tuple[int, str, str]], country: object, put: Put
) -> None:
    status, out, err = run_cli("postal", str(put("p.csv", _POSTAL)), "--apply")
    assert status == 3
    assert "Mis en service." in out
    assert re.search(r"2 lignes rejetées : « sas ingest report \d+ »", err)


def test_a_dry_run_says_so_and_a_second_load_has_nothing_to_do(
    run_cli: Callable[..., tuple[int, str, str]], edition_2016: list[Path]
) -> None:
    files = [str(path) for path in edition_2016]
    status, out, _ = run_cli("cog", *files)
    assert (status, "À blanc" in out, "+ 01015 Arboys en Bugey" in out) == (0, True, True)
    run_cli("cog", *files, "--apply")
    status, out, _ = run_cli("cog", *files, "--apply")
    assert (status, "rien à faire" in out) == (0, True)


def test_json_is_the_only_thing_on_stdout(
    run_cli: Callable[..., tuple[int, str, str]], edition_2016: list[Path]
) -> None:
    _, out, _ = run_cli("cog", *map(str, edition_2016), "--json")
    assert json.loads(out)["difference"]["territory.commune"]["added"] == 6


def test_the_report_is_written_as_html(
    run_cli: Callable[..., tuple[int, str, str]], country: object, tmp_path: Path
) -> None:
    status, _, _ = run_cli("report", "--html", str(tmp_path / "r" / "rapport.html"))
    assert status == 0
    assert "Code officiel géographique" in (tmp_path / "r" / "rapport.html").read_text(encoding="utf-8")


def test_sources_tell_what_is_loaded_and_how_old_it_is(
    run_cli: Callable[..., tuple[int, str, str]], load: Load, country: object, put: Put
) -> None:
    load("postal", put("hexasmal-20200115.csv", _POSTAL))
    rows = {row["name"]: row for row in json.loads(run_cli("sources", "--json")[1])}
    assert rows.keys() == roads().keys()
    assert (rows["postal"]["old"], rows["postal"]["source_date"]) == (True, "2020-01-15")
    assert (rows["cedex"]["run_id"], rows["cedex"]["age_days"], rows["cedex"]["old"]) == (None, None, False)
