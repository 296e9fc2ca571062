"""The export for the Assurance Maladie: CSV and XLSX, no cell ever a formula."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from care.forfait import Facts, judge, text_for
from care.hours import Week
from participation.export import as_csv, as_xlsx, cells, header
from participation.forfait import Line, Report

FIRST, LAST = date(2026, 9, 1), date(2026, 9, 30)
TEXT = text_for("practitioner", FIRST, LAST)
_NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def report(*names: str, weeks: tuple = ()) -> Report:
    facts = Facts(participating=True, en_sus=True, via="individual", operating=True, weeks=weeks)
    lines = [
        Line(
            number="899900000018",
            name=name,
            via="individual",
            organisation=None,
            departments=("75", "93"),
            first_declared_at=datetime(2026, 1, 5, tzinfo=UTC),
            declared_at=datetime(2026, 3, 5, tzinfo=UTC),
            hours_declared=False,
            weeks=weeks,
            judgement=judge(TEXT, facts),
        )
        for name in names
    ]
    return Report(text=TEXT, first=FIRST, last=LAST, lines=tuple(lines))


def _csv_rows(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def _sheet(content: bytes) -> tuple[list[str], str]:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        assert book.testzip() is None
        shared = ET.fromstring(book.read("xl/sharedStrings.xml"))  # noqa: S314 - our own file
        texts = [
            "".join(part.text or "" for part in item.iter(f"{_NS}t")) for item in shared.iter(f"{_NS}si")
        ]
        return texts, book.read("xl/worksheets/sheet1.xml").decode()


def test_a_line_says_who_how_much_and_why():
    week = Week(monday=date(2026, 9, 7), sas_min=150, vendor_min=0, total_min=150)
    head, row = _csv_rows(as_csv(report("EXEMPLE Alice", weeks=(week, None))))
    found = dict(zip(head, row, strict=True))
    assert found["Nom"] == "EXEMPLE Alice"
    assert found["Départements"] == "75 93"
    assert found["Heures publiées par semaine (moyenne)"] == "2,5"
    assert (found["Semaines comptées"], found["Semaines de la période"]) == ("1", "2")
    assert found["Un SAS fonctionne dans le département d'exercice"] == "rempli"
    assert found["Ensemble"] == "rempli"


def test_a_figure_that_is_not_known_is_empty_not_zero():
    head, row = _csv_rows(as_csv(report("EXEMPLE Alice", weeks=(None, None))))
    found = dict(zip(head, row, strict=True))
    assert found["Heures publiées par semaine (moyenne)"] == ""
    assert found["Ensemble"] == "inconnu"


@settings(deadline=None)
@given(
    st.sampled_from(["=", "+", "-", "@", "\t=", "\r=", "'="]),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30),
)
def test_no_name_is_ever_a_formula_in_csv(sign, rest):
    content = as_csv(report(f"{sign}{rest}"))
    for row in _csv_rows(content):
        assert not [cell for cell in row if cell[:1] in {"=", "+", "-", "@", "\t", "\r"}]


def test_no_name_is_ever_a_formula_or_a_link_in_xlsx():
    names = ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("https://x.example")', "https://x.example", "12"]
    texts, sheet = _sheet(as_xlsx(report(*names)))
    assert set(names) <= set(texts)
    assert "<f>" not in sheet
    assert "<hyperlink" not in sheet


def test_the_workbook_holds_the_same_table_as_the_csv():
    one = report("EXEMPLE Alice", "EXEMPLE Bruno")
    texts, sheet = _sheet(as_xlsx(one))
    assert set(header(one)) <= set(texts)
    assert {value for value in cells(one.lines[1]) if isinstance(value, str)} <= set(texts)
    assert sheet.count("<row ") == 3
    assert any("l'Assurance Maladie décide" in text for text in texts)


def test_a_report_without_anybody_is_a_header():
    assert len(_csv_rows(as_csv(report()))) == 1
    assert _sheet(as_xlsx(report()))[1].count("<row ") == 1
