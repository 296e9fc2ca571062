"""Official geographic code (INSEE): regions, departments, communes, overseas collectivities, movements.

Files are told apart by their header, whatever their names: `communes.csv`, `departements.csv`, `regions.csv`,
`mouvements-communes.csv`, `collectivites-outremer.csv` (or INSEE's `v_commune_comer_*.csv`);
`arrondissements.csv` is accepted and not used.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import polars as pl
from psycopg import sql

from core.db.queries import Queries
from core.errors import ColumnsChanged
from geo.geocoding.normalise import fold
from geo.territory import PARENTS
from ingest.blocks import read_header, read_table
from ingest.header import header_key
from ingest.load.keyed import keyed_difference
from ingest.load.tables import COMMUNE, DEPARTMENT, FORMER_COMMUNE, REGION
from ingest.rejection import Rejection
from ingest.road import Difference, Job, Road, Step
from ingest.source import Source
from ingest.sources.department_facts import srid_of, timezone_of
from ingest.sources.movements import Former, Movement, Movements, Unit

if TYPE_CHECKING:
    from ingest.files import InputFile

SOURCE = Source(
    name="cog",
    title="Code officiel géographique",
    publisher="INSEE",
    licence="Licence Ouverte 2.0",
    page="https://www.insee.fr/fr/information/2560452",
    rhythm="annuel (1er janvier)",
    expected_rows=range(45_000, 65_000),
    max_age_days=460,
)
KEY = ("TYPECOM", "COM")

Part = Literal["communes", "movements", "collectivities", "departments", "regions", "arrondissements"]
_COLUMNS: dict[Part, dict[str, tuple[str, ...]]] = {
    "communes": {
        "kind": ("TYPECOM",),
        "citycode": ("COM",),
        "department_code": ("DEP",),
        "name": ("LIBELLE",),
        "parent": ("COMPARENT",),
    },
    "movements": {
        "mod": ("MOD",),
        "on": ("DATE_EFF",),
        "kind_before": ("TYPECOM_AV",),
        "code_before": ("COM_AV",),
        "name_before": ("LIBELLE_AV",),
        "kind_after": ("TYPECOM_AP",),
        "code_after": ("COM_AP",),
        "name_after": ("LIBELLE_AP",),
    },
    "collectivities": {
        "citycode": ("code_commune", "COM_COMER"),
        "name": ("nom_commune", "LIBELLE"),
        "department_code": ("code_collectivite", "COMER"),
        "department_name": ("nom_collectivite", "LIBELLE_COMER"),
    },
    "departments": {"department_code": ("DEP",), "region_code": ("REG",), "name": ("LIBELLE",)},
    "regions": {"region_code": ("REG",), "name": ("LIBELLE",)},
    "arrondissements": {"code": ("ARR",)},
}
_OPTIONAL = {"mod", "name_before", "name_after"}
_REQUIRED: tuple[Part, ...] = ("communes", "departments", "regions")
_CODE = re.compile(r"^[0-9][0-9AB][0-9]{3}$")
_QUERIES = Queries.load(Path(__file__).parent.with_name("sql"))
_TABLES = (REGION, DEPARTMENT, COMMUNE, FORMER_COMMUNE)


def part_of(labels: list[str]) -> Part | None:
    """Which file of the geographic code bears this header.

    >>> part_of(["DEP", "REG", "CHEFLIEU", "LIBELLE"])
    'departments'
    """
    keys = {header_key(label) for label in labels}
    marks: tuple[tuple[Part, set[str]], ...] = (
        ("communes", {"typecom", "com"}),
        ("movements", {"mod", "com av"}),
        ("collectivities", {"code commune", "code collectivite"}),
        ("collectivities", {"com comer", "comer"}),
        ("arrondissements", {"arr", "cheflieu"}),
        ("departments", {"dep", "cheflieu"}),
        ("regions", {"reg", "cheflieu"}),
    )
    return next((part for part, mark in marks if mark <= keys), None)


def read(file: InputFile, part: Part, job: Job) -> pl.DataFrame:
    """Every row of one file, as text, with its line; refused rows go to the run."""
    frames: list[pl.DataFrame] = []
    for frame, rejections in read_table(
        file,
        separator=",;",
        quoted=True,
        columns=_COLUMNS[part],
        mandatory=_COLUMNS[part].keys() - _OPTIONAL,
    ):
        job.run.reject(rejections)
        job.run.count("read", len(frame) + len(rejections))
        frames.append(frame)
    return pl.concat(frames)


def normalise_communes(frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Present communes (COM, ARM); parts of communes (COMD, COMA); rows that are neither, or a wrong code."""
    wrong = ~pl.col("citycode").str.contains(_CODE.pattern) | ~pl.col("kind").is_in(
        ["COM", "ARM", "COMD", "COMA"]
    )
    # An absent code or type makes the test null: such a row is refused too.
    refused = frame.filter(wrong.fill_null(value=True) | pl.col("name").is_null())
    good = frame.join(refused.select("line"), on="line", how="anti")
    communes = good.filter(pl.col("kind").is_in(["COM", "ARM"])).with_columns(
        pl.col("citycode")
        .replace_strict(PARENTS, default=None, return_dtype=pl.String)
        .alias("parent_citycode"),
    )
    return communes, good.filter(pl.col("kind").is_in(["COMD", "COMA"])), refused


def normalise_movements(frame: pl.DataFrame) -> tuple[list[Movement], list[tuple[int, str]]]:
    """Movements, and the (line, text) of rows whose date or codes cannot be read.

    Creations from nothing (no code before), suppressions without heir (no code after) and the drawing of
    arrondissements inside a commune are not movements.
    """
    movements: list[Movement] = []
    wrong: list[tuple[int, str]] = []
    for row in frame.iter_rows(named=True):
        before, after = row["code_before"], row["code_after"]
        drawn_inside = row["kind_after"] == "ARM" and row["kind_before"] == "COM"
        if not before or not after or drawn_inside:
            continue
        try:
            on = date.fromisoformat(row["on"] or "")
        except ValueError:
            on = None
        if on is None or not _CODE.match(before) or not _CODE.match(after):
            wrong.append((row["line"], " | ".join(str(value or "") for value in row.values())))
            continue
        movements.append(
            Movement(
                on,
                row["mod"] or "",
                Unit(row["kind_before"] or "COM", before),
                row["name_before"] or "",
                Unit(row["kind_after"] or "COM", after),
                row["name_after"] or "",
                row["line"],
            )
        )
    return movements, wrong


def former_communes(
    communes: pl.DataFrame, parts: pl.DataFrame, movements: list[Movement]
) -> tuple[list[Former], list[Movement]]:
    """Former codes and names with their present commune; and the movements that lead to none."""
    present: dict[Unit, str] = {
        Unit(kind, code): code for kind, code in communes.select("kind", "citycode").iter_rows()
    }
    known = set(present.values())
    for kind, code, parent in parts.select("kind", "citycode", "parent").iter_rows():
        if parent in known:
            present[Unit(kind, code)] = parent
    formers, lost = Movements(movements, present).formers()
    formers += [
        Former(code, name, parent, None)
        for code, name, parent in parts.select("citycode", "name", "parent").iter_rows()
        if parent in known
    ]
    return formers, lost


def _stage(job: Job) -> None:
    frames, files = _read_all(job)
    regions, departments = frames["regions"], frames["departments"]
    overseas = frames.get("collectivities")
    communes, parts, refused = normalise_communes(frames["communes"])
    job.run.reject(_refusals(refused, files["communes"], "bad-commune", "type, code ou nom illisible"))
    unknown = communes.join(departments, on="department_code", how="anti")
    job.run.reject(_refusals(unknown, files["communes"], "unknown-department", "département inconnu"))
    communes = communes.join(departments.select("department_code"), on="department_code", how="semi")
    lone = parts.join(communes, left_on="parent", right_on="citycode", how="anti")
    job.run.reject(_refusals(lone, files["communes"], "unknown-parent", "commune parente inconnue"))
    if overseas is not None:
        departments, communes = _with_overseas(departments, communes, overseas)
    movements, wrong = normalise_movements(frames["movements"]) if "movements" in frames else ([], [])
    origin = files.get("movements", files["communes"])
    job.run.reject(
        [Rejection(origin, line, "bad-movement", "date ou code illisible", raw) for line, raw in wrong]
    )
    formers, lost = former_communes(communes, parts, movements)
    job.run.reject(
        [
            Rejection(
                origin,
                movement.line,
                "movement-without-successor",
                f"{movement.before.code} {movement.before_name} ne mène à aucune commune actuelle",
                f"{movement.on} {movement.before} {movement.after}",
            )
            for movement in lost
        ]
    )
    _stage_tables(
        job,
        regions=regions,
        departments=departments,
        communes=communes,
        formers=former_rows(formers, communes),
        files=files,
    )
    job.run.count(
        "kept", sum(len(frame) for frame in frames.values()) - len(lost) - len(wrong) - len(refused)
    )


def _read_all(job: Job) -> tuple[dict[Part, pl.DataFrame], dict[Part, str]]:
    frames: dict[Part, pl.DataFrame] = {}
    names: dict[Part, str] = {}
    for file in job.files:
        part = part_of(read_header(file, separator=",;"))
        if part is None:
            raise ColumnsChanged(f"{file.name} : ce n'est pas un fichier du code officiel géographique.")
        if part != "arrondissements":
            frames[part] = read(file, part, job)
            names[part] = file.name
    missing = [part for part in _REQUIRED if part not in frames]
    if missing:
        labels = {"communes": "communes.csv", "departments": "departements.csv", "regions": "regions.csv"}
        raise ColumnsChanged(
            f"Fichiers du code géographique absents : {', '.join(labels[part] for part in missing)}.",
            missing=missing,
        )
    return frames, names


def _with_overseas(
    departments: pl.DataFrame, communes: pl.DataFrame, overseas: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    collectivities = overseas.select(
        "line",
        "department_code",
        pl.lit(None, pl.String).alias("region_code"),
        pl.col("department_name").alias("name"),
    ).unique("department_code", keep="first", maintain_order=True)
    rows = overseas.select(
        "line",
        pl.lit("COLL").alias("kind"),
        "citycode",
        "department_code",
        "name",
        pl.lit(None, pl.String).alias("parent"),
        pl.lit(None, pl.String).alias("parent_citycode"),
    )
    return (
        pl.concat([departments, collectivities.select(departments.columns)]),
        pl.concat([communes, rows.select(communes.columns)]),
    )


def former_rows(formers: list[Former], communes: pl.DataFrame) -> pl.DataFrame:
    """Rows of `territory.former_commune`: one per (code, folded name, present commune), the latest date kept.

    A code and name that are those of the present commune itself teach nothing, and are left out.
    """
    current = dict(communes.select("citycode", "name").iter_rows())
    best: dict[tuple[str, str, str], Former] = {}
    for former in formers:
        folded = fold(former.former_name)
        same = former.former_citycode == former.citycode and folded == fold(current.get(former.citycode, ""))
        key = (former.former_citycode, folded, former.citycode)
        kept = best.get(key)
        if same or (kept is not None and (kept.ended_on or date.min) >= (former.ended_on or date.min)):
            continue
        best[key] = former
    rows: list[dict[str, Any]] = [
        {
            "former_citycode": code,
            "former_name_folded": folded,
            "citycode": citycode,
            "former_name": former.former_name,
            "ended_on": former.ended_on,
        }
        for (code, folded, citycode), former in sorted(best.items())
    ]
    return pl.DataFrame(
        rows,
        schema={
            "former_citycode": pl.String,
            "former_name_folded": pl.String,
            "citycode": pl.String,
            "former_name": pl.String,
            "ended_on": pl.Date,
        },
    )


def _stage_tables(
    job: Job,
    *,
    regions: pl.DataFrame,
    departments: pl.DataFrame,
    communes: pl.DataFrame,
    formers: pl.DataFrame,
    files: dict[Part, str],
) -> None:
    def origin(part: Part) -> list[pl.Expr]:
        return [pl.lit(files.get(part)).alias("source_file"), pl.col("line").alias("source_line")]

    REGION.stage(job, regions.with_columns(origin("regions")))
    DEPARTMENT.stage(
        job,
        departments.with_columns(
            pl.col("department_code").map_elements(timezone_of, return_dtype=pl.String).alias("timezone"),
            pl.col("department_code").map_elements(srid_of, return_dtype=pl.Int64).alias("srid"),
            *origin("departments"),
        ),
    )
    COMMUNE.stage(
        job,
        communes.with_columns(
            pl.col("name").map_elements(fold, return_dtype=pl.String).alias("name_folded"),
            *origin("communes"),
        ),
    )
    FORMER_COMMUNE.stage(
        job,
        formers.with_columns(
            pl.lit(files.get("movements")).alias("source_file"), pl.lit(None, pl.Int64).alias("source_line")
        ),
    )
    for table in _TABLES:
        table.close_stage(job)


def _difference(job: Job) -> Difference:
    return keyed_difference(job, _TABLES)


def _swap(job: Job) -> None:
    """New rows first; then what hung on vanished communes and departments moves or goes; then removals."""
    for table in _TABLES:
        table.write(job)
    names = {
        "communes": job.staging(COMMUNE.table),
        "departments": job.staging(DEPARTMENT.table),
        "formers": job.staging(FORMER_COMMUNE.table),
    }
    for statement in (
        "move_postal_codes",
        "drop_orphan_postal_codes",
        "move_cedex",
        "drop_orphan_cedex",
        "drop_orphan_sas_departments",
        "drop_orphan_radii",
    ):
        job.conn.execute(sql.SQL(_QUERIES[statement]).format(**names))
    for table in reversed(_TABLES):
        table.remove(job)


def _refusals(frame: pl.DataFrame, file: str, reason: str, detail: str) -> list[Rejection]:
    return [
        Rejection(file, row["line"], reason, detail, " | ".join(str(value or "") for value in row.values()))
        for row in frame.iter_rows(named=True)
    ]


ROAD = Road(
    source=SOURCE,
    steps=(Step("read", _stage),),
    difference=_difference,
    swap=_swap,
    members=re.compile(
        r"(commune|mouvement|mvt|departement|region|arrondissement|comer|outremer).*\.csv", re.IGNORECASE
    ),
)
