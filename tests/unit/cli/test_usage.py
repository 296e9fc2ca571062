"""What `sas` says when it is badly called: French, one line, status 2."""

from __future__ import annotations

import sys

import pytest

from cli.main import main


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["zorglub"], "cette commande n'existe pas. « sas --help »"),
        (["map", "zorglub"], "cette commande n'existe pas. « sas map --help »"),
        (["search"], "il manque « --specialty ». « sas search --help »"),
        (["map", "offer"], "il manque « --output »."),
        (["geocode", "in.csv"], "il manque « SORTIE.csv »."),
        (["bench", "--list"], "l'option « --list » n'existe pas."),
        (["serve", "--port", "abc"], "la valeur de « --port » n'est pas acceptée."),
        (["serve", "--port"], "l'option « --port » est mal employée"),
        (["stop", "now"], "un mot de trop"),
        (["ingest", "zorglub", "x.csv"], "Source inconnue"),
        (["ingest", "finess", "/absent.csv"], "Fichier introuvable : /absent.csv."),
    ],
)
def test_wrong_usage_is_one_french_line_and_status_2(typed, said, home, monkeypatch, capsys):
    monkeypatch.setenv("SAS_HOME", str(home.path))
    monkeypatch.setattr(sys, "argv", ["sas", *typed])
    with pytest.raises(SystemExit) as stopped:
        main()
    shown = capsys.readouterr()
    assert stopped.value.code == 2
    assert shown.out == ""
    assert said in shown.err
    assert shown.err.count("\n") == 1


def test_help_is_no_failure(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["sas", "--help"])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 0
    assert "recherche" in capsys.readouterr().out
