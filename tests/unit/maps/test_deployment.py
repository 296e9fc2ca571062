"""The deployment of the SAS: what a department is said to have."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest

from maps.deployment import Sas, deployment
from maps.public_map import View, csv_rows


def _row(code: str, **values: Any) -> dict[str, Any]:
    return {
        "department_code": code,
        "department_name": f"Département {code}",
        "region_code": "84",
        "region_name": "Région",
        "population": 1000,
        "sas_code": None,
        "sas_name": "SAS",
        "status": None,
        "since": None,
        "since_precision": None,
        "phone": None,
        "contact": None,
        "source": None,
        "source_date": None,
        "note": None,
        "part": None,
        **values,
    }


def test_a_department_the_table_does_not_name_is_unknown_not_without():
    facts = deployment([_row("01")], source_date=None)
    assert facts.departments[0].status == "unknown"
    assert facts.departments[0].services == ()
    assert facts.counts == {"operating": 0, "preparing": 0, "unknown": 1}


def test_the_furthest_of_two_services_gives_the_status_and_the_whole_comes_before_a_part():
    rows = [
        _row("76", sas_code="A", status="operating", part="Le Havre"),
        _row("76", sas_code="B", status="operating", part=""),
        _row("76", sas_code="C", status="preparing", part=""),
    ]
    (department,) = deployment(rows, source_date=None).departments
    assert department.status == "operating"
    assert department.leading is not None
    assert department.leading.code == "B"
    assert not department.partial


def test_people_of_a_department_served_in_part_are_not_counted_as_served():
    rows = [
        _row("75", sas_code="A", status="operating", part="", population=3000),
        _row("76", sas_code="B", status="operating", part="Le Havre", population=1000),
    ]
    facts = deployment(rows, source_date=None)
    assert facts.departments[1].partial
    assert facts.counts["operating"] == 2
    assert facts.population_share == pytest.approx(0.75)


def test_without_populations_the_share_is_not_known():
    facts = deployment([_row("01", population=None)], source_date=None)
    assert facts.population_share is None
    assert facts.population_text == ""


@pytest.mark.parametrize(
    ("precision", "text"),
    [
        ("day", "1er mars 2021"),
        ("month", "mars 2021"),
        ("quarter", "1er trimestre 2021"),
        ("year", "2021"),
    ],
)
def test_since_when_is_no_more_precise_than_the_source(precision: str, text: str):
    rows = [_row("01", sas_code="A", status="operating", since=date(2021, 3, 1), since_precision=precision)]
    sas = deployment(rows, source_date=None).departments[0].services[0]
    assert isinstance(sas, Sas)
    assert sas.since_text == text


def test_a_status_the_schema_does_not_have_is_an_error():
    with pytest.raises(ValueError, match="ouvert"):
        deployment([_row("01", sas_code="A", status="ouvert")], source_date=None)


def test_the_table_for_spreadsheets_holds_no_formula_and_one_line_for_each_service():
    rows = [
        _row("01"),
        _row("21", sas_code="A", status="operating", contact="=HYPERLINK(1)", phone="+33123456789"),
        _row("21", sas_code="B", status="preparing"),
    ]
    lines = list(csv.DictReader(io.StringIO(csv_rows(deployment(rows, source_date=None))), delimiter=";"))
    assert [(line["departement"], line["situation"]) for line in lines] == [
        ("01", "Non établi"),
        ("21", "En service"),
        ("21", "En préparation"),
    ]
    assert lines[1]["contact"] == "'=HYPERLINK(1)"
    assert lines[1]["telephone"] == "01 23 45 67 89"


def test_a_view_becomes_a_query_without_empty_values():
    assert View().query() == "tri=code"
    assert View(region="11", sort="nom", descending=True).query() == "region=11&tri=nom&ordre=desc"
