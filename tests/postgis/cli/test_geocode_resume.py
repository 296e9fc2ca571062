"""`sas geocode` cut in the middle: the same command ends with the file of an unbroken run."""

from __future__ import annotations

import csv
import gzip
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from typer.testing import CliRunner

from cli.draft import Draft
from cli.main import app
from core.errors import UsageError
from geo.geocoding import table
from tests.postgis.cli.test_geocode import environment  # noqa: F401 - a fixture

pytestmark = pytest.mark.postgis

KILLED = Path(__file__).with_name("killed_geocode.py")


@pytest.fixture
def folder(environment: Path, monkeypatch: pytest.MonkeyPatch) -> Path:  # noqa: F811 - the fixture
    monkeypatch.setattr(table, "CHUNK_ROWS", 10)
    rows = [f"{n};{n % 9} rue Oberkampf 75011 Paris" for n in range(95)]
    rows[12] = '12;"12 rue'
    rows[61] = "61;a;b"
    (environment / "in.csv").write_text("\n".join(["id;adresse", *rows]), encoding="utf-8")
    return environment


def _geocode(folder: Path, *more: str):
    arguments = [str(folder / "in.csv"), str(folder / "out.csv"), "--columns", "adresse", *more]
    return CliRunner().invoke(app, ["geocode", *arguments])


def _killed(folder: Path, *, after_parts: int, jobs: int) -> int:
    """Exit status of a command that dies after so many parts."""
    arguments = [str(folder / "in.csv"), str(folder / "out.csv"), "--columns", "adresse", "--jobs", str(jobs)]
    # Not a pipe: processes left behind would hold it, and be waited for.
    with (folder / "killed.log").open("wb") as log:
        return subprocess.run(
            [sys.executable, str(KILLED), str(after_parts), *arguments],
            env={**os.environ, "PYTHONPATH": str(Path.cwd()), "SAS_TEST_RUN": str(folder)},
            stdout=log,
            stderr=log,
            check=False,
        ).returncode


def test_killed_in_the_middle_the_same_command_ends_with_the_same_file(folder: Path):
    unbroken = _geocode(folder, "--jobs", "1")
    assert unbroken.exit_code == 3, unbroken.output
    expected = (folder / "out.csv").read_bytes()
    rejects = (folder / "out.rejets.csv").read_bytes()
    (folder / "out.csv").unlink()

    status = _killed(folder, after_parts=7, jobs=2)
    assert status == -signal.SIGKILL, (folder / "killed.log").read_text(encoding="utf-8")
    assert not (folder / "out.csv").exists()
    assert b"half a row" in (folder / "out.csv.part").read_bytes()

    resumed = _geocode(folder, "--jobs", "1")
    assert resumed.exit_code == 3
    assert "reprise après 60 lignes" in resumed.output
    assert (folder / "out.csv").read_bytes() == expected
    assert (folder / "out.rejets.csv").read_bytes() == rejects
    assert not list(folder.glob("*.part*"))
    _no_process_is_left(folder)


def _no_process_is_left(folder: Path) -> None:
    """The processes of a killed command end with it."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        left = [process for process in psutil.process_iter() if _environment(process) == str(folder)]
        if not left:
            return
        time.sleep(0.1)
    pytest.fail(f"still there: {left}")


def _environment(process: psutil.Process) -> str | None:
    try:
        return process.environ().get("SAS_TEST_RUN")
    except psutil.Error:
        return None


def test_rejected_rows_are_told_with_where_to_read_them(folder: Path):
    done = _geocode(folder)
    assert done.exit_code == 3
    assert f"2 lignes illisibles : {folder / 'out.rejets.csv'}" in done.output.replace("\n", "")
    with (folder / "out.rejets.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter=";"))
    assert [(row["ligne"], row["motif"], row["texte"]) for row in rows] == [
        ("14", "unclosed-quote", '12;"12 rue'),
        ("63", "too-many-cells", "61;a;b"),
    ]


@pytest.mark.parametrize("what", ["input", "options"])
def test_a_change_starts_again_and_says_so(folder: Path, what: str):
    _killed(folder, after_parts=3, jobs=1)
    if what == "input":
        text = (folder / "in.csv").read_text(encoding="utf-8")
        (folder / "in.csv").write_text(text.replace("Oberkampf", "Voltaire"), encoding="utf-8")
        done = _geocode(folder)
        said = "ceci a changé : le fichier d'entrée"
    else:
        done = _geocode(folder, "--min-score", "0.9")
        said = "ceci a changé : les options"
    assert "abandonné" in done.output
    assert said in done.output
    with (folder / "out.csv").open(encoding="utf-8", newline="") as stream:
        assert len(list(csv.DictReader(stream, delimiter=";"))) == 95


def test_a_compressed_file_comes_out_compressed(folder: Path):
    plain = _geocode(folder)
    assert plain.exit_code == 3
    with gzip.open(folder / "in.csv.gz", "wb") as stream:
        stream.write((folder / "in.csv").read_bytes())
    arguments = [str(folder / "in.csv.gz"), str(folder / "out2.csv.gz"), "--columns", "adresse"]
    assert CliRunner().invoke(app, ["geocode", *arguments]).exit_code == 3
    assert gzip.decompress((folder / "out2.csv.gz").read_bytes()) == (folder / "out.csv").read_bytes()
    assert (folder / "out2.rejets.csv").exists()


def test_a_command_that_could_do_nothing_leaves_nothing(folder: Path):
    assert isinstance(_geocode(folder, "--columns", "absente").exception, UsageError)
    assert not list(folder.glob("out.*"))


def test_a_target_is_written_by_one_command_at_a_time(tmp_path: Path):
    with Draft(tmp_path / "out.csv", {"input": "1"}), pytest.raises(UsageError, match="en cours"):
        Draft(tmp_path / "out.csv", {"input": "1"}).__enter__()
