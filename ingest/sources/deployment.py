"""Deployment of the SAS: an editable table, one line per SAS × department (no official dataset is open).

Our layout, described in `docs/sources.md`:

    sas;nom;departement;partie;statut;depuis;telephone;contact;source;date_source;note

A second layout is accepted, one line per department: `dep`, `nom`, `territory_name`, `etat_connu`,
`date_connue`, `source`, `note`; a note "projet commun A + B" joins departments into one SAS, "limité au
territoire du X" keeps a part. An empty status means "not established", never "no SAS".
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from geo.geocoding.normalise import fold
from ingest.blocks import read_header
from ingest.header import header_key
from ingest.load.keyed import keyed_road
from ingest.load.tables import SAS, SAS_DEPARTMENT
from ingest.rejection import Rejection
from ingest.source import Source
from ingest.sources.radii import department_code
from ingest.sources.reading import whole_table
from ingest.territories import QUERIES

if TYPE_CHECKING:
    from ingest.files import InputFile
    from ingest.road import Job

SOURCE = Source(
    name="deployment",
    title="Déploiement des services d'accès aux soins",
    publisher="Table tenue par les administrateurs (ministère, agences régionales, presse)",
    licence="Licence Ouverte 2.0",
    page="https://sante.gouv.fr/",
    rhythm="à chaque changement connu",
    expected_rows=range(90, 140),
    depends=("cog",),
    max_age_days=365,
)
KEY = ("sas_code", "department_code", "part")

COLUMNS = {
    "sas_code": ("sas", "code_sas", "territoire"),
    "name": ("nom",),
    "department_code": ("departement", "dep"),
    "part": ("partie",),
    "status": ("statut",),
    "since": ("depuis",),
    "phone": ("telephone",),
    "contact": ("contact",),
    "source": ("source",),
    "source_date": ("date_source",),
    "note": ("note",),
}
_BY_DEPARTMENT = {
    "sas_code": ("territory_name",),
    "name": ("nom",),
    "department_code": ("dep",),
    "status": ("etat_connu",),
    "since": ("date_connue",),
    "precision": ("precision_date",),
    "source": ("source",),
    "note": ("note",),
}
_STATUS = {
    "": "unknown",
    "inconnu": "unknown",
    "unknown": "unknown",
    "en service": "operating",
    "operationnel": "operating",
    "operating": "operating",
    "ouvert": "operating",
    "pilote": "operating",
    "pilote partiel": "operating",
    "en preparation": "preparing",
    "preparing": "preparing",
    "ouverture prevue": "preparing",
}
_SINCE = re.compile(r"^(\d{4})(?:-(?:[TtQq]([1-4])|(\d{2})(?:-(\d{2}))?))?$")
_DAY_IN_TEXT = re.compile(r"\b(\d{2})/(\d{2})/(\d{4})\b")
_JOINT = re.compile(r"projet commun (.+)", re.IGNORECASE)
_PART = re.compile(r"limité au territoire (du|de la|des|de l['’]|de) ?(.+)", re.IGNORECASE)
_ARTICLE = {"du": "Le ", "de la": "La ", "des": "Les ", "de l'": "L'", "de l’": "L'", "de": ""}
_SAS_FIELDS = SAS.columns


def parse_since(text: str) -> tuple[date, str] | None:
    """First day of a date known to the day, month, quarter or year, and that precision; None when unreadable.

    >>> parse_since("2023-T2"), parse_since("2021-01")
    ((datetime.date(2023, 4, 1), 'quarter'), (datetime.date(2021, 1, 1), 'month'))
    """
    match = _SINCE.match(text)
    if match is None:
        return None
    year, quarter, month, day = (int(group) if group else None for group in match.groups())
    if year is None:
        return None
    if quarter is not None:
        return date(year, 3 * quarter - 2, 1), "quarter"
    if month is None:
        return date(year, 1, 1), "year"
    if not 1 <= month <= 12 or (day is not None and not 1 <= day <= monthrange(year, month)[1]):
        return None
    return (date(year, month, day), "day") if day is not None else (date(year, month, 1), "month")


def normalise(
    frame: pl.DataFrame, departments: dict[str, str], *, file: str
) -> tuple[list[dict[str, Any]], list[Rejection]]:
    """Rows ready for the tables (one per SAS × department × part), and the lines refused."""
    rows: list[dict[str, Any]] = []
    rejections: list[Rejection] = []
    for raw in frame.iter_rows(named=True):
        row = {name: ("" if value is None else value) for name, value in raw.items()}
        problem = _mend(row, departments)
        if problem is not None:
            text = " | ".join(str(value) for value in raw.values() if value is not None)
            rejections.append(Rejection(file, raw["line"], *problem, text))
        else:
            rows.append(row)
    return rows, rejections


def _mend(row: dict[str, Any], departments: dict[str, str]) -> tuple[str, str] | None:
    """Types the values of a line in place; or says (reason, detail) why it is refused."""
    row["department_code"] = department_code(row["department_code"])
    if row["department_code"] not in departments:
        return "unknown-department", f"département {row['department_code']} inconnu du code géographique"
    row["sas_code"] = row["sas_code"] or f"SAS-{row['department_code']}"
    status = _STATUS.get(fold(row["status"]))
    if status is None:
        return "bad-status", f"statut inconnu : {row['status']}"
    row["status"] = status
    since = parse_since(row["since"]) if row["since"] else None
    if row["since"] and since is None:
        return "bad-date", f"date illisible : {row['since']}"
    row["since"], row["since_precision"] = since or (None, None)
    told = row.get("source_date") or ""
    dated = parse_since(told) if told else None
    if told and (dated is None or dated[1] != "day"):
        return "bad-date", f"date de la source illisible : {told}"
    row["source_date"] = dated[0] if dated else _day_in(row["source"])
    return None


def _day_in(text: str) -> date | None:
    match = _DAY_IN_TEXT.search(text)
    try:
        return date(int(match[3]), int(match[2]), int(match[1])) if match else None
    except ValueError:
        return None


def join_projects(rows: list[dict[str, Any]], departments: dict[str, str]) -> None:
    """In the layout by department: name each SAS, join departments of one project, keep the part covered."""
    codes = {fold(name): code for code, name in departments.items()}
    for row in rows:
        row["name"] = f"SAS {departments[row['department_code']]}"
        part = _PART.search(row["note"])
        row["part"] = (_ARTICLE[part[1].lower()] + part[2].strip()) if part else ""
        joint = _JOINT.search(row["note"])
        if joint is None:
            continue
        named = [name.strip() for name in joint[1].split("+")]
        members = sorted(
            {codes.get(fold(name), department_code(name)) for name in named} & departments.keys()
        )
        if row["department_code"] in members and len(members) > 1:
            row["sas_code"] = "SAS-" + "-".join(members)
            row["name"] = "SAS " + ", ".join(departments[code] for code in members)


def _read(file: InputFile, job: Job, departments: dict[str, str]) -> list[dict[str, Any]]:
    labels = {header_key(label) for label in read_header(file, separator=";,")}
    by_department = "etat connu" in labels
    columns = _BY_DEPARTMENT if by_department else COLUMNS
    mandatory = {"department_code", "status"} | (set() if by_department else {"sas_code", "name"})
    frame = whole_table(file, job, separator=";,", columns=columns, mandatory=mandatory)
    absent = [pl.lit(None, pl.String).alias(name) for name in COLUMNS if name not in frame.columns]
    rows, rejections = normalise(frame.with_columns(absent), departments, file=file.name)
    job.run.reject(rejections)
    if by_department:
        join_projects(rows, departments)
    return [{**row, "source_file": file.name, "source_line": row["line"]} for row in rows]


def services(rows: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """One row per SAS, and the lines that contradict an earlier line of the same SAS (status or date)."""
    kept: dict[str, dict[str, Any]] = {}
    conflicts: list[dict[str, Any]] = []
    for row in rows:
        first = kept.setdefault(row["sas_code"], dict(row))
        if first is not row and (first["status"], first["since"]) != (row["status"], row["since"]):
            conflicts.append(row)
            continue
        for name in _SAS_FIELDS:
            first[name] = first[name] if first[name] not in {None, ""} else row[name]
    return list(kept.values()), conflicts


def _stage(job: Job) -> None:
    departments: dict[str, str] = dict(job.conn.execute(QUERIES["departments"]).fetchall())
    rows = [row for file in job.files for row in _read(file, job, departments)]
    sas, conflicts = services(rows)
    job.run.reject(
        [
            Rejection(
                row["source_file"],
                row["line"],
                "conflicting-lines",
                f"{row['sas_code']} : statut ou date différents d'une ligne précédente",
                f"{row['sas_code']} | {row['department_code']} | {row['status']}",
            )
            for row in conflicts
        ]
    )
    text = dict.fromkeys(("sas_code", *_SAS_FIELDS, "source_file"), pl.String)
    schema = text | {"since": pl.Date, "source_date": pl.Date, "source_line": pl.Int64}
    frame = pl.DataFrame([{name: row[name] for name in schema} for row in sas], schema=schema)
    optional = pl.col("phone", "contact", "source", "note").replace({"": None})
    SAS.stage(job, frame.with_columns(optional))
    covered = [row for row in rows if row not in conflicts]
    places = {"sas_code": pl.String, "department_code": pl.String, "part": pl.String}
    schema = places | {"source_file": pl.String, "source_line": pl.Int64}
    SAS_DEPARTMENT.stage(
        job, pl.DataFrame([{name: row[name] for name in schema} for row in covered], schema=schema)
    )
    SAS.close_stage(job)
    SAS_DEPARTMENT.close_stage(job)
    for row in sas:
        job.run.count(f"status.{row['status']}", 1)
    job.run.count("kept", job.run.counts.get("read", 0) - job.run.rejected)


ROAD = keyed_road(
    SOURCE,
    _stage,
    [SAS, SAS_DEPARTMENT],
    members=re.compile(r"(sas|deploiement|deployment).*\.csv", re.IGNORECASE),
)
