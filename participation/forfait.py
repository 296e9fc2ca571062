"""Criteria of the forfait on everybody who declared, over a period: verdicts, reasons, figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from care.forfait import Audience, Facts, Judgement, Text, judge, text_for
from participation.declarations import rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from psycopg import AsyncConnection

    from care.hours import Week
    from participation.ports import HoursReader

# Between two pages the server answers others: judging one takes some tens of milliseconds.
_PAGE = 100


@dataclass(frozen=True, kw_only=True)
class Line:
    """One practitioner or centre, judged.

    number      IDNPS, or FINESS of a centre
    weeks       minutes published week by week; None: that week was not counted
    """

    number: str
    name: str | None
    via: str | None
    organisation: str | None
    departments: tuple[str, ...]
    first_declared_at: datetime | None
    declared_at: datetime
    hours_declared: bool
    weeks: tuple[Week | None, ...]
    judgement: Judgement

    @property
    def weeks_counted(self) -> int:
        """Weeks of the period that were counted."""
        return sum(1 for week in self.weeks if week is not None)

    @property
    def mean_week_min(self) -> int | None:
        """Minutes published in a week, on average over the weeks counted; None when none was."""
        counted = [week.total_min for week in self.weeks if week is not None]
        return sum(counted) // len(counted) if counted else None


@dataclass(frozen=True, kw_only=True)
class Report:
    """The lines of a period, under one text."""

    text: Text
    first: date
    last: date
    lines: tuple[Line, ...]


async def evaluate(
    conn: AsyncConnection[Any],
    audience: Audience,
    first: date,
    last: date,
    *,
    hours: HoursReader,
    idnps: Sequence[str] | None = None,
) -> Report:
    """Judge everybody who declared (or some), from one day to another.

    Raises
    ------
    InvalidParameter   the rules change within the period, or none is known
    """
    text = text_for(audience, first, last)
    if audience == "centre":
        lines = [_centre(text, row) for row in await rows(conn, "forfait_centres")]
        return Report(text=text, first=first, last=last, lines=tuple(lines))
    wanted, lines, after = None if idnps is None else list(idnps), [], ""
    while page := await rows(conn, "forfait_practitioners", idnps=wanted, after=after, max_rows=_PAGE):
        weeks = await hours(conn, [row["idnps"] for row in page], first, last)
        lines += [_practitioner(text, row, weeks[row["idnps"]], last=last) for row in page]
        after = page[-1]["idnps"]
    return Report(text=text, first=first, last=last, lines=tuple(lines))


def _practitioner(text: Text, row: Mapping[str, Any], weeks: Sequence[Week | None], *, last: date) -> Line:
    facts = Facts(
        participating=row["participating"],
        en_sus=row["en_sus"],
        via=row["via"],
        hours_declared=row["hours_declared"],
        vendor_shown=bool(row["has_software"]) and not row["vendor_refused"],
        organisation_known=row["organisation_known"],
        operating=_operating(row, last),
        weeks=weeks,
    )
    known = row["family_name"] is not None
    return Line(
        number=row["idnps"],
        name=f"{row['family_name']} {row['given_name']}" if known else None,
        via=row["via"],
        organisation=row["finess"] or row["siret"],
        departments=tuple(row["departments"]),
        first_declared_at=row["first_declared_at"],
        declared_at=row["declared_at"],
        hours_declared=row["hours_declared"],
        weeks=tuple(weeks),
        judgement=judge(text, facts),
    )


def _operating(row: Mapping[str, Any], last: date) -> bool | None:
    since = row["operating_since"]
    return False if row["operating"] and since is not None and since > last else row["operating"]


def _centre(text: Text, row: Mapping[str, Any]) -> Line:
    facts = Facts(
        participating=row["participating"], en_sus=row["participating"], hours_declared=row["hours_declared"]
    )
    return Line(
        number=row["number"],
        name=row["name"],
        via="cds",
        organisation=row["number"],
        departments=(),
        first_declared_at=None,
        declared_at=row["declared_at"],
        hours_declared=row["hours_declared"],
        weeks=(),
        judgement=judge(text, facts),
    )
