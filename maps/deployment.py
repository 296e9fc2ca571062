"""The deployment of the SAS, department by department: the facts of the page /carte and of the generated map.

Rows come from `maps/sql/deployment.sql`. A department may be served by several SAS (a part each), a SAS may
serve several departments. What the source does not say is `unknown`, never "none".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any, cast, get_args

from maps.french import day, month, percent
from maps.legend import STATUSES, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

_BEST_FIRST: tuple[Status, ...] = ("operating", "preparing", "unknown")


@dataclass(frozen=True, kw_only=True)
class Sas:
    """One SAS, as it serves one department; `part` is empty for the whole department."""

    code: str
    name: str
    status: Status
    since: date | None
    since_precision: str | None
    phone: str | None
    contact: str | None
    source: str | None
    source_date: date | None
    note: str | None
    part: str

    @property
    def since_text(self) -> str:
        """Since when, as precise as the source: "novembre 2020", "2e trimestre 2023", "2021"; else ""."""
        if self.since is None:
            return ""
        match self.since_precision:
            case "year":
                return str(self.since.year)
            case "quarter":
                number = (self.since.month + 2) // 3
                return f"{number}{'er' if number == 1 else 'e'} trimestre {self.since.year}"
            case "month":
                return month(self.since)
            case _:
                return day(self.since)


@dataclass(frozen=True, kw_only=True)
class Department:
    """A department and the SAS that serve it."""

    code: str
    name: str
    region_code: str
    region_name: str
    population: int | None
    services: tuple[Sas, ...] = field(default=())

    @property
    def status(self) -> Status:
        """The furthest status among its SAS; unknown when the table has none."""
        return self.leading.status if self.leading else "unknown"

    @property
    def leading(self) -> Sas | None:
        """The SAS the status comes from: one for the whole department before one for a part."""
        ranked = sorted(
            self.services, key=lambda sas: (_BEST_FIRST.index(sas.status), sas.part != "", sas.code)
        )
        return ranked[0] if ranked else None

    @property
    def partial(self) -> bool:
        """Whether what operates covers only a part of the department."""
        operating = [sas for sas in self.services if sas.status == self.status]
        return bool(operating) and all(sas.part for sas in operating)


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """All departments, by code, with the date of the table they come from."""

    departments: tuple[Department, ...]
    source_date: date | None

    @property
    def counts(self) -> dict[Status, int]:
        """Number of departments by status."""
        return {
            mark.key: sum(department.status == mark.key for department in self.departments)
            for mark in STATUSES
        }

    @property
    def population_share(self) -> float | None:
        """Share (0 to 1) of the inhabitants living where a SAS operates; None without populations.

        A department served in part only is left out: how many of its people are served is not known.
        """
        total = sum(department.population or 0 for department in self.departments)
        if not total:
            return None
        served = sum(
            department.population or 0
            for department in self.departments
            if department.status == "operating" and not department.partial
        )
        return served / total

    @property
    def population_text(self) -> str:
        """The share as people read it: "87 %"; "" when it is not known."""
        share = self.population_share
        return "" if share is None else percent(share)

    @property
    def sources(self) -> list[str]:
        """The distinct sources named in the table, sorted."""
        return sorted({sas.source for item in self.departments for sas in item.services if sas.source})

    @property
    def regions(self) -> list[tuple[str, str]]:
        """Pairs (code, name) of the regions, by name."""
        return sorted(
            {(item.region_code, item.region_name) for item in self.departments}, key=lambda pair: pair[1]
        )


def deployment(rows: Iterable[Mapping[str, Any]], *, source_date: date | None) -> Deployment:
    """The deployment from the rows of the statement `deployment_rows` (ordered by department)."""
    departments: list[Department] = []
    for _, group in groupby(rows, key=lambda row: row["department_code"]):
        lines = list(group)
        first = lines[0]
        departments.append(
            Department(
                code=first["department_code"],
                name=first["department_name"],
                region_code=first["region_code"],
                region_name=first["region_name"],
                population=first["population"],
                services=tuple(_sas(line) for line in lines if line["sas_code"] is not None),
            )
        )
    return Deployment(departments=tuple(departments), source_date=source_date)


def _sas(row: Mapping[str, Any]) -> Sas:
    if row["status"] not in get_args(Status):
        raise ValueError(f"status {row['status']!r} of {row['sas_code']} is not one of the table's")
    return Sas(
        code=row["sas_code"],
        name=row["sas_name"],
        status=cast("Status", row["status"]),
        since=row["since"],
        since_precision=row["since_precision"],
        phone=row["phone"],
        contact=row["contact"],
        source=row["source"],
        source_date=row["source_date"],
        note=row["note"],
        part=row["part"] or "",
    )
