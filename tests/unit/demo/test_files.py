"""The written files: layouts to the letter, no real person, truth beside, same seed same bytes."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from typing import TYPE_CHECKING

import polars as pl
import pytest

from care.identifier import is_finess, is_rpps
from demo import damage, editions, generate, layout, work
from demo.annuaire_columns import ACTIVITY, DIPLOMA, OLD_ACTIVITY, SKILL, header
from demo.finess import LOCATION_FIELDS, STRUCTURE_FIELDS
from demo.names import FAMILY
from demo.request import Request

if TYPE_CHECKING:
    from pathlib import Path


def _activity(folder: Path) -> list[list[str]]:
    with zipfile.ZipFile(folder / layout.ANNUAIRE_ZIP) as archive:
        name = next(name for name in archive.namelist() if "activite" in name)
        return [line.split("|") for line in archive.read(name).decode().splitlines()]


@pytest.fixture(scope="session")
def activity(invented: Path) -> list[list[str]]:
    return _activity(invented)


@pytest.fixture(scope="session")
def expected(invented: Path) -> dict:
    return json.loads((invented / layout.EXPECTED).read_bytes())


def _places(folder: Path) -> pl.DataFrame:
    with gzip.open(folder / layout.EXPECTED_PLACES) as file:
        return pl.read_csv(io.BytesIO(file.read()), separator=";", infer_schema=False)


@pytest.mark.real
def test_headers_are_the_official_ones_to_the_letter(official: Path) -> None:
    lines = (official / "headers" / "headers.tsv").read_text(encoding="utf-8").splitlines()
    literal = dict(line.split("\t", 1) for line in lines if "\t" in line)
    assert header(ACTIVITY).decode().strip() == literal["PS_LibreAcces_Personne_activite"]
    assert header(SKILL).decode().strip() == literal["PS_LibreAcces_SavoirFaire"]
    assert header(DIPLOMA).decode().strip() == literal["PS_LibreAcces_Dipl_AutExerc"]
    structure = next(value for key, value in literal.items() if "structureet" in key)
    location = next(value for key, value in literal.items() if "geolocalisation" in key)
    assert ";".join(STRUCTURE_FIELDS) == structure
    assert ";".join(LOCATION_FIELDS) == location


def test_every_activity_line_ends_with_a_bar_and_has_56_columns_but_those_broken_on_purpose(
    activity: list[list[str]], expected: dict
) -> None:
    assert activity[0] == [*ACTIVITY, ""]
    wrong = sum(len(fields) != 57 for fields in activity[1:])
    assert wrong == expected["rejected"]["annuaire"]["column-count"]
    assert len(activity) - 1 == expected["counts"]["activity_rows"]


def test_nobody_real_can_be_in_the_files(activity: list[list[str]]) -> None:
    names = set(FAMILY) | {""}
    people = [fields for fields in activity[1:] if len(fields) == 57]
    assert all(fields[1].startswith("999") for fields in people)
    assert {fields[7] for fields in people} <= names
    valid = sum(is_rpps(fields[1]) for fields in people)
    assert len(people) - valid <= len(people) // 500


def test_a_third_of_the_lines_has_no_place_and_half_of_the_places_no_commune_code(
    activity: list[list[str]],
) -> None:
    lines = [fields for fields in activity[1:] if len(fields) == 57]
    placed = [fields for fields in lines if fields[23]]
    assert 0.25 < 1 - len(placed) / len(lines) < 0.4
    assert 0.35 < sum(not fields[36] for fields in placed) / len(placed) < 0.65


def test_students_have_no_place_and_no_specialty(activity: list[list[str]]) -> None:
    students = [fields for fields in activity[1:] if len(fields) == 57 and fields[11] == "E"]
    assert students
    assert not any(fields[15] or fields[23] or fields[34] for fields in students)


def test_private_general_practitioners_are_as_many_as_the_department_has(
    activity: list[list[str]], country
) -> None:
    inhabitants = sum(commune.population for commune in country.inhabited("69"))
    found = {
        fields[1]
        for fields in activity[1:]
        if len(fields) == 57
        and fields[15] in {"SM26", "SM53", "SM54"}
        and fields[17] == "L"
        and fields[44] == "69"
    }
    per_100k = len(found) / inhabitants / 0.05 * 100_000
    assert 70 < per_100k < 140


def test_establishments_are_numbered_right_and_their_kinds_of_lines_are_not_mixed(
    invented: Path, expected: dict
) -> None:
    text = (invented / layout.FINESS).read_text(encoding="utf-8")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    assert rows[0][:3] == ["finess", "etalab", "98"]
    structures = [row for row in rows if row[0] == "structureet" and len(row) == 32]
    locations = [row for row in rows if row[0] == "geolocalisation"]
    assert all(len(row) == 6 for row in locations)
    wrong = [row[1] for row in structures if not is_finess(row[1])]
    assert len(wrong) == expected["rejected"]["finess"].get("finess-check-digit", 0)
    assert len({row[1] for row in structures} - set(wrong)) == expected["counts"]["structures"]
    assert [row[0] for row in rows[-len(locations) :]] == ["geolocalisation"] * len(locations)
    assert {row[13] for row in structures} >= {"69", "2A", "9F"}


def test_each_source_has_lines_to_refuse_and_says_which(expected: dict) -> None:
    assert sum(expected["rejected"]["annuaire"].values()) >= 5
    assert set(expected["rejected"]["annuaire"]) <= set(damage.REASONS)
    assert sum(expected["rejected"]["finess"].values()) >= 1


def test_truth_names_a_commune_and_a_position_for_every_sheet(
    invented: Path, expected: dict, country
) -> None:
    places = _places(invented)
    known = {commune.citycode for code in ("2A", "69", "976") for commune in country.inhabited(code)}
    assert set(places["citycode"]) <= known
    sheets = places.filter(pl.col("source") == "annuaire")
    assert sheets.height == expected["counts"]["sheets"]
    assert sheets.select("idnps", "structure", "mode", "sector").is_unique().all()
    assert set(sheets["level"]) <= {"housenumber", "street", "locality", "municipality"}
    assert places["lon"].cast(pl.Float64).is_between(8, 46).sum() > 0


def test_older_editions_are_written_beside(invented: Path) -> None:
    old = (invented / editions.ACTIVITY_52).read_text(encoding="utf-8").splitlines()
    assert old[0] == "|".join(OLD_ACTIVITY) + "|"
    assert {line.count("|") for line in old} == {52}
    latin = (invented / editions.FINESS_LATIN_1).read_bytes()
    with pytest.raises(UnicodeDecodeError):
        latin.decode()
    assert "LAMBERT_93" in latin.decode("latin-1") or "UTM_" in latin.decode("latin-1")
    flow = json.loads((invented / layout.FINESS_JSON).read_bytes())
    point = next(
        address["coordonneesGeographique"]
        for entity in flow["pmej"]
        for establishment in entity["ege"]
        for address in establishment["adresse"]
        if "coordonneesGeographique" in address
    )
    assert float(point["coordonneeX"]) > float(
        point["coordonneeY"]
    )  # the northing comes first, as in the real flow


def _request(home: Path, output: Path, **changes) -> Request:
    asked = {"scale": "small", "departments": ["48", "90"], "seed": 1, "what": ("ban", "annuaire", "finess")}
    return Request.checked(output=output, home=home, **(asked | {"processes": 1} | changes))


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_same_seed_gives_the_same_bytes_on_one_process_or_two_and_another_seed_others(
    facts_home: Path, tmp_path: Path
) -> None:
    generate.run(_request(facts_home, tmp_path / "one"))
    generate.run(_request(facts_home, tmp_path / "two", processes=2))
    generate.run(_request(facts_home, tmp_path / "other", seed=2))
    one, two, other = (_contents(tmp_path / name) for name in ("one", "two", "other"))
    assert one == two
    assert one["ban/adresses-48.csv.gz"] != other["ban/adresses-48.csv.gz"]


def test_a_department_is_the_same_alone_or_with_others(facts_home: Path, tmp_path: Path) -> None:
    generate.run(_request(facts_home, tmp_path / "both"))
    generate.run(_request(facts_home, tmp_path / "alone", departments=["90"]))
    both, alone = _contents(tmp_path / "both"), _contents(tmp_path / "alone")
    assert alone["ban/adresses-90.csv.gz"] == both["ban/adresses-90.csv.gz"]
    assert set(_activity(tmp_path / "alone")[1][1:3]) <= {
        f for row in _activity(tmp_path / "both") for f in row
    }


def test_interrupted_work_is_carried_on_not_begun_again(
    facts_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = _request(facts_home, tmp_path / "resumed")
    real, seen = work.run, []

    def interrupted(task: work.Task) -> dict:
        if seen:
            raise KeyboardInterrupt
        seen.append(task.department.code)
        return real(task)

    monkeypatch.setattr(work, "run", interrupted)
    with pytest.raises(KeyboardInterrupt):
        generate.run(asked)

    def counted(task: work.Task) -> dict:
        seen.append(task.department.code)
        return real(task)

    monkeypatch.setattr(work, "run", counted)
    generate.run(asked)
    assert sorted(seen) == ["48", "90"]
    monkeypatch.setattr(work, "run", real)
    generate.run(_request(facts_home, tmp_path / "at-once"))
    assert _contents(tmp_path / "resumed") == _contents(tmp_path / "at-once")


def test_files_already_there_are_left_alone(facts_home: Path, invented: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in invented.rglob("*")}
    generate.run(_request(facts_home, invented, departments=["2A", "69", "976"], seed=7))
    assert {path: path.stat().st_mtime_ns for path in invented.rglob("*")} == before
