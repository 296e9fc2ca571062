"""Older and other editions of the same files, for the smallest department asked: what archives still hold.

Annuaire with 52 columns; FINESS in Latin-1 with positions in seven tokens, FINESS with a header, FINESS as
the new JSON flow; addresses with the identifiers of the BAN, addresses of the BAL format.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, Final

from demo import layout, output
from demo.annuaire_columns import ACTIVITY, OLD_ACTIVITY, header
from demo.editions_ban import bal_rows, with_ids
from demo.finess import LOCATION_FIELDS, OVERSEAS_CODES, STRUCTURE_FIELDS
from demo.finess_json import structures_json
from demo.scale import FILE_DAY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from demo.request import Request
    from demo.work import Task

ACTIVITY_52: Final = "editions/PS_LibreAcces_Personne_activite_202106010330.txt"
FINESS_LATIN_1: Final = "editions/etalab-cs1100507-stock-20210108-0427.csv"
FINESS_HEADER: Final = "editions/finess-etablissements-en-tete.csv"
_LINES: Final = 4_000
_OLD_CRS: Final = {"9A": "UTM_N20", "9B": "UTM_N20", "9C": "UTM_N22", "9D": "UTM_S40", "9F": "UTM_S38"}
_HEADER_VARIANT: Final = (
    "nofinesset", "nofinessej", "rs", "rslongue", "complrs", "compldistrib", "numvoie", "typvoie", "voie",
    "compvoie",
    "lieuditbp", "region", "libregion", "departement", "libdepartement", "cog", "codepostal",
    "libelle_routage",
    "ligneacheminement", "telephone", "telecopie", "categetab", "libcategetab", "liblongcategetab",
    "categretab",
    "libcategretab", "siret", "codeape", "libcodeape", "mft", "libmft", "liblongmft", "sph", "libsph",
    "numen", "coordx",
    "coordy", "sourcegeocod", "dategeocod", "dateautor", "dateouvert", "datemaj",
)  # fmt: skip


def write(asked: Request, tasks: list[Task]) -> None:
    """All the editions that the parts asked allow."""
    task = min(tasks, key=lambda task: task.share_of_country)
    folder = asked.output
    if "annuaire" in asked.what:
        output.write(folder / ACTIVITY_52, header(OLD_ACTIVITY) + _first_columns(task, len(OLD_ACTIVITY)))
    if "finess" in asked.what:
        structures, locations = (
            _rows(task, "structureet", len(STRUCTURE_FIELDS)),
            _rows(task, "geolocalisation", 6),
        )
        output.write(folder / FINESS_LATIN_1, _latin_1(structures, locations))
        output.write(folder / FINESS_HEADER, _with_header(task, structures, locations))
        output.write(
            folder / layout.FINESS_JSON, structures_json(structures, locations, srid=task.department.srid)
        )
    if "ban" in asked.what:
        addresses = folder / layout.addresses(task.department.code)
        code = task.department.code
        output.write(folder / f"editions/adresses-with-ids-{code}.csv", with_ids(addresses, _LINES))
        output.write(folder / f"editions/bal-{code}.csv", bal_rows(addresses, _LINES))


def _first_columns(task: Task, width: int) -> bytes:
    """Good lines of the activity file without their last columns (role, kind of activity)."""
    lines: list[str] = []
    with (task.part / "activity.txt").open(encoding="utf-8") as file:
        for line in file:
            fields = line.rstrip("\n").split("|")
            if len(fields) == len(ACTIVITY) + 1:
                lines.append("|".join(fields[:width]) + "|\n")
            if len(lines) >= _LINES:
                break
    return "".join(lines).encode()


def _rows(task: Task, name: str, width: int) -> list[dict[str, str]]:
    fields: tuple[str, ...] = STRUCTURE_FIELDS if name == "structureet" else LOCATION_FIELDS
    with (task.part / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        good = (row for row in csv.reader(file, delimiter=";") if len(row) == width and row[0] == name)
        rows: list[dict[str, str]] = [dict(zip(fields, row, strict=True)) for row in good]
    return rows[:_LINES]


def _table(rows: Iterable[Iterable[str]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator="\n").writerows(rows)
    return text.getvalue()


def _latin_1(structures: list[dict[str, str]], locations: list[dict[str, str]]) -> bytes:
    """The stock as it was until 2021: ISO-8859-1, seven tokens for the source of a position."""
    departments = {row["nofinesset"]: row["departement"] for row in structures}
    old: list[list[str]] = []
    for row in locations:
        crs = _OLD_CRS.get(departments.get(row["nofinesset"], ""), "LAMBERT_93")
        tokens = row["sourcecoordet"].split(",")
        source = f"1,ATLASANTE,{tokens[2]},IGN,BD_ADRESSE,V2.2,{crs}" if len(tokens) == 5 else ""
        old.append([row[name] if name != "sourcecoordet" else source for name in LOCATION_FIELDS])
    text = "finess;etalab;93;2021-01-08\n" + _table([*(row.values() for row in structures), *old])
    return text.encode("latin-1", errors="replace")


def _with_header(task: Task, structures: list[dict[str, str]], locations: list[dict[str, str]]) -> bytes:
    """The variant of 42 named columns."""
    places = {row["nofinesset"]: row for row in locations}
    overseas = {code: number for number, code in OVERSEAS_CODES.items()}
    rows: list[list[str]] = []
    for row in structures:
        place = places.get(row["nofinesset"], {})
        department = overseas.get(row["departement"], row["departement"])
        postal_code, _, town = row["ligneacheminement"].partition(" ")
        made: dict[str, Any] = {
            **row, "region": task.department.region, "departement": department,
            "cog": ("97" if department.startswith("97") else department) + row["commune"],
            "codepostal": postal_code,
            "libelle_routage": town, "liblongcategetab": row["libcategetab"],
            "categretab": row["categagretab"],
            "libcategretab": row["libcategagretab"], "mft": row["codemft"], "sph": row["codesph"],
            "numen": row["numuai"],
            "coordx": place.get("coordxet", ""), "coordy": place.get("coordyet", ""),
            "sourcegeocod": place.get("sourcecoordet", ""), "dategeocod": FILE_DAY,
            "dateouvert": row["dateouv"],
        }  # fmt: skip
        rows.append([str(made.get(name, "")) for name in _HEADER_VARIANT])
    return _table([_HEADER_VARIANT, *rows]).encode()
