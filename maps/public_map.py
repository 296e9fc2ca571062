"""The public map /carte: facts, drawing, table, kept in memory while the loads behind them stay the same."""

from __future__ import annotations

import asyncio
import csv
import io
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from psycopg.rows import dict_row

from core.db.queries import Queries
from maps.deployment import Department, Deployment, deployment
from maps.french import phone, sort_key
from maps.legend import STATUSES, status_mark
from maps.outlines import Frame, frames

if TYPE_CHECKING:
    from psycopg import AsyncConnection

QUERIES = Queries.load(Path(__file__).with_name("sql"))

_COLUMNS = (
    ("code", "Code"),
    ("nom", "Département"),
    ("region", "Région"),
    ("situation", "Situation"),
    ("depuis", "Depuis"),
)
_CSV_HEADER = (
    *("departement", "nom", "region", "nom_region", "population"),
    *("situation", "depuis", "precision", "sas", "nom_sas", "partie", "telephone", "contact"),
    *("source", "date_source", "note"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, kw_only=True)
class View:
    """How the reader asked for the table: filters ("" for all) and order."""

    region: str = ""
    status: str = ""
    sort: str = "code"
    descending: bool = False

    def query(self) -> str:
        """The same as the query of an address; holds no place searched."""
        values = {
            "region": self.region,
            "situation": self.status,
            "tri": self.sort,
            "ordre": "desc" if self.descending else "",
        }
        return urlencode({key: value for key, value in values.items() if value})


class PublicMap:
    """What /carte shows; `refresh` before each use, it costs one small query when nothing changed."""

    def __init__(self) -> None:
        self.deployment = Deployment(departments=(), source_date=None)
        self.frames: list[Frame] = []
        self.outline_source = ""
        self._version: str | None = None
        self._lock = asyncio.Lock()

    async def refresh(self, conn: AsyncConnection[Any]) -> None:
        """Read again when a load has been applied since; drawing takes a third of a second, in a thread."""
        async with conn.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(QUERIES["deployment_version"])
            latest = await cursor.fetchone()
            if latest is None or latest["version"] == self._version:
                return
            async with self._lock:
                if latest["version"] == self._version:
                    return
                await cursor.execute(QUERIES["deployment_rows"])
                read = deployment(await cursor.fetchall(), source_date=latest["source_date"])
                await cursor.execute(QUERIES["department_outlines"])
                outlines = await cursor.fetchall()
                names = {item.code: item.name for item in read.departments}
                known = [row for row in outlines if row["department_code"] in names]
                self.frames = await asyncio.to_thread(frames, known, names, detail=1.4)
                self.outline_source = ", ".join(sorted({row["source"] for row in known}))
                self.deployment = read
                self._version = latest["version"]

    def context(self, view: View) -> dict[str, Any]:
        """The values of the template `carte.html`."""
        ordered = sorted(
            self.deployment.departments,
            key=lambda item: (_sort_key(item, view.sort), item.code),
            reverse=view.descending,
        )
        shown = {
            item.code
            for item in ordered
            if view.region in ("", item.region_code) and view.status in ("", item.status)
        }
        return {
            "deployment": self.deployment,
            "frames": self.frames,
            "enlarged": {shape.code for frame in self.frames[1:] for shape in frame.shapes},
            "by_code": {item.code: item for item in self.deployment.departments},
            "rows": ordered,
            "shown": shown,
            "columns": _COLUMNS,
            "links": {key: _link(view, key) for key, _ in _COLUMNS},
            "sort": view.sort,
            "descending": view.descending,
            "region": view.region,
            "status": view.status,
            "outline_source": self.outline_source,
        }


def csv_rows(facts: Deployment) -> str:
    """The table as text for a spreadsheet, one line for each department and SAS."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(_CSV_HEADER)
    for item in facts.departments:
        area = (item.code, item.name, item.region_code, item.region_name, item.population)
        for sas in item.services or (None,):
            known = (
                (status_mark("unknown").label, *[None] * 10)
                if sas is None
                else (
                    status_mark(sas.status).label,
                    sas.since,
                    sas.since_precision,
                    sas.code,
                    sas.name,
                    sas.part,
                    sas.phone and phone(sas.phone).replace("\u00a0", " "),
                    sas.contact,
                    sas.source,
                    sas.source_date,
                    sas.note,
                )
            )
            writer.writerow([_cell(value) for value in (*area, *known)])
    return out.getvalue()


def _cell(value: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _sort_key(item: Department, column: str) -> Any:
    match column:
        case "nom":
            return sort_key(item.name)
        case "region":
            return sort_key(item.region_name)
        case "situation":
            return [mark.key for mark in STATUSES].index(item.status)
        case "depuis":
            return item.leading.since.isoformat() if item.leading and item.leading.since else "9999"
        case _:
            return item.code


def _link(view: View, column: str) -> str:
    return replace(view, sort=column, descending=view.sort == column and not view.descending).query()
