"""The report of the forfait as a table for the Assurance Maladie: CSV and XLSX, safe in a spreadsheet.

Some cells come from outside (names of the directory): none is ever taken for a formula.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, Final

import xlsxwriter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from participation.forfait import Line, Report

STATES: Final = {"met": "rempli", "not_met": "non rempli", "unknown": "inconnu"}
VIAS: Final = {
    None: "", "individual": "à titre individuel", "cpts": "CPTS", "msp": "MSP", "sos": "SOS Médecins",
    "cds": "CDS",
}  # fmt: skip
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_NOTICE: Final = (
    "Indication calculée par la plateforme d'après les déclarations et les disponibilités publiées : "
    "l'Assurance Maladie décide."
)


def header(report: Report) -> list[str]:
    """Names of the columns."""
    criteria = [name for item in report.text.criteria for name in (item.label, f"{item.label} : motif")]
    return [
        "Identifiant", "Nom", "Participation", "Organisation", "Départements", "Première déclaration",
        "Dernière déclaration", "Heures déclarées sur l'honneur", "Heures publiées par semaine (moyenne)",
        "Semaines comptées", "Semaines de la période", *criteria, "Ensemble",
    ]  # fmt: skip


def cells(line: Line) -> list[str | float | int]:
    """One line; a figure that is not known is empty."""
    mean = line.mean_week_min
    criteria = [text for item in line.judgement.verdicts for text in (STATES[item.state], item.reason)]
    return [
        line.number,
        line.name or "",
        VIAS[line.via],
        line.organisation or "",
        " ".join(line.departments),
        f"{line.first_declared_at:%Y-%m-%d}" if line.first_declared_at else "",
        f"{line.declared_at:%Y-%m-%d}",
        "oui" if line.hours_declared else "non",
        "" if mean is None else round(mean / 60, 2),
        line.weeks_counted,
        len(line.weeks),
        *criteria,
        STATES[line.judgement.state],
    ]


def _heading(report: Report) -> list[str]:
    return [f"{report.text.title}, du {report.first:%d/%m/%Y} au {report.last:%d/%m/%Y}", _NOTICE]


def as_csv(report: Report) -> bytes:
    """UTF-8 with a mark, semicolons, decimal commas: what a French spreadsheet opens without asking."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(header(report))
    writer.writerows([_csv_cell(value) for value in cells(line)] for line in report.lines)
    return text.getvalue().encode("utf-8-sig")


def _csv_cell(value: str | float) -> str:
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    return f"{value:g}".replace(".", ",")


def as_xlsx(report: Report) -> bytes:
    """A workbook: the table, and the text and notice on a second sheet."""
    content = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(content, options) as book:
        table = book.add_worksheet("Forfait")
        table.freeze_panes(1, 1)
        for number, values in enumerate(_table(report)):
            for column, value in enumerate(values):
                if isinstance(value, str):
                    table.write_string(number, column, value)
                else:
                    table.write_number(number, column, value)
        about = book.add_worksheet("À lire")
        for number, sentence in enumerate(_heading(report)):
            about.write_string(number, 0, sentence)
    return content.getvalue()


def _table(report: Report) -> Iterator[list[Any]]:
    yield list(header(report))
    for line in report.lines:
        yield cells(line)
