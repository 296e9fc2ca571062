"""Files of the country: codes, articles, postal codes, joined outlines, what is known of the SAS."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest
import shapely

from core.errors import InvalidParameter
from demo import centres, generate, geography, layout, outlines, sas
from demo.request import Request
from demo.street_names import with_de

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def written(country, shapes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("geography")
    places = {}
    for code in ("75", "976"):
        department = country.departments[code]
        outline_m = centres.project(shapes[code], department.srid)
        places[code] = (country.inhabited(code), centres.locate(country, department, outline_m, {}))
    geography.write(folder, country, shapes, places)
    return folder


def _rows(folder: Path, name: str, separator: str, encoding: str = "utf-8") -> list[dict[str, str]]:
    text = (folder / name).read_bytes().decode(encoding)
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=separator))


def test_communes_are_those_of_the_official_code(written: Path) -> None:
    rows = _rows(written, layout.COMMUNES, ",")
    kinds = [row["TYPECOM"] for row in rows]
    assert kinds.count("ARM") == 45
    assert kinds.count("COM") > 34_000
    first = next(row for row in rows if row["COM"] == "01001")
    assert (first["TNCC"], first["NCC"], first["NCCENR"]) == (
        "5",
        "ABERGEMENT CLEMENCIAT",
        "Abergement-Clémenciat",
    )
    assert all(row["DEP"] == "" and row["COMPARENT"] for row in rows if row["TYPECOM"] in {"COMD", "COMA"})


def test_postal_codes_are_in_latin_1_with_monaco_and_the_former_communes(written: Path) -> None:
    with pytest.raises(UnicodeDecodeError):
        (written / layout.POSTAL).read_bytes().decode()
    rows = _rows(written, layout.POSTAL, ";", "latin-1")
    assert rows[-1]["#Code_commune_INSEE"] == "99138"
    assert any(row["Ligne_5"] for row in rows)
    assert {row["Code_postal"] for row in rows if row["#Code_commune_INSEE"] == "75116"} == {"75016", "75116"}
    assert all(len(row["Code_postal"]) == 5 for row in rows)


def test_some_movements_map_a_code_to_itself_as_real_ones_do(written: Path) -> None:
    rows = _rows(written, layout.MOVEMENTS, ",")
    assert any(row["COM_AV"] == row["COM_AP"] for row in rows)
    assert any(row["COM_AV"] != row["COM_AP"] for row in rows)


def test_paris_has_its_arrondissements_and_the_mean_of_them(written: Path) -> None:
    rows = {row["code"]: row for row in json.loads((written / layout.CENTRES).read_bytes())}
    lon, lat = rows["75112"]["centre"]["coordinates"]
    assert 2.38 < lon < 2.42
    assert 48.82 < lat < 48.86
    assert "75056" in rows


def test_outlines_of_the_101_departments_stay_joined(shapes) -> None:
    assert len(shapes) == 101
    mainland = [geom for code, geom in shapes.items() if len(code) == 2]
    union = shapely.union_all(mainland)
    assert union.area == pytest.approx(sum(geom.area for geom in mainland), rel=1e-4)


def test_regions_are_their_departments_together(shapes, country) -> None:
    regions = outlines.regions(shapes, country.departments)
    assert len(regions) == 18
    assert regions["11"].area == pytest.approx(
        sum(shapes[c].area for c in ["75", "77", "78", "91", "92", "93", "94", "95"]), rel=1e-6
    )


def test_unknown_deployment_is_left_empty_and_joint_services_share_a_code(country) -> None:
    lines = [dict(zip(sas.DEPLOYMENT_COLUMNS, line, strict=True)) for line in sas.deployment(country)]
    by_department = {line["departement"]: line for line in lines}
    assert len(by_department) == 101
    assert by_department["21"]["sas"] == by_department["58"]["sas"] == "SAS-21-58"
    assert by_department["01"]["statut"] == ""
    assert by_department["76"]["partie"] == "Le Havre"
    assert all("démonstration" in line["note"] for line in lines)


def test_radius_of_every_department_is_given_zero_where_unknown(country) -> None:
    radii = {code: (radius, step) for code, radius, step in sas.radii(country)}
    assert len(radii) == 101
    assert radii["973"] == (0, 0)
    assert radii["75"] == (5, 3)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Le Havre", "du Havre"), ("Orléans", "d'Orléans"), ("Les Ulis", "des Ulis"), ("Évreux", "d'Évreux")],
)
def test_roads_lead_to_towns_in_french(name: str, expected: str) -> None:
    assert with_de(name) == expected


@pytest.mark.parametrize("wrong", [{"scale": "giant"}, {"what": ["weather"]}, {"seed": -1}])
def test_a_wrong_request_names_its_parameter(tmp_path: Path, wrong: dict) -> None:
    asked = {"scale": "small", "departments": [], "seed": 1, "output": tmp_path, "home": tmp_path} | wrong
    with pytest.raises(InvalidParameter) as raised:
        Request.checked(**asked)
    assert raised.value.details["parameter"] in wrong


def test_an_unknown_department_is_refused_before_any_work(facts_home: Path, tmp_path: Path) -> None:
    asked = Request.checked(scale="small", departments=["20"], seed=1, output=tmp_path, home=facts_home)
    with pytest.raises(InvalidParameter):
        generate.run(asked)
    assert list(tmp_path.iterdir()) == []
