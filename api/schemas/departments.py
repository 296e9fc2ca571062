"""Departments and the deployment of the SAS in them."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel

Status = Literal["operating", "preparing", "unknown"]


class SasService(BaseModel):
    """One SAS, as it serves a department; `part` is empty for the whole department."""

    code: str
    name: str
    status: Status
    since: date | None
    since_precision: Literal["day", "month", "quarter", "year"] | None
    phone: str | None
    contact: str | None
    part: str
    source: str | None
    source_date: date | None
    note: str | None


class DepartmentStatus(BaseModel):
    """A department; `unknown` means that the source says nothing, not that there is no SAS."""

    department: str
    name: str
    region: str
    status: Status
    partial: bool
    since: date | None
    since_precision: Literal["day", "month", "quarter", "year"] | None
    contact: str | None
    phone: str | None
    source: str | None
    source_date: date | None
    services: list[SasService]


class DepartmentsAnswer(BaseModel):
    """Every department."""

    source_date: date | None
    departments: list[DepartmentStatus]
