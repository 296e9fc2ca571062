"""National files made of what each department added."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from demo import layout, output, work
from demo.annuaire_columns import ACTIVITY, DIPLOMA, MAILBOX, SKILL, header
from demo.scale import FILE_DAY

if TYPE_CHECKING:
    from demo.france import France
    from demo.request import Request
    from demo.work import Task

_HEADERS = {"activity": ACTIVITY, "skill": SKILL, "diploma": DIPLOMA, "mailbox": MAILBOX}


def assemble(
    asked: Request, country: France, tasks: list[Task], counts: dict[str, dict[str, Any]]
) -> dict[str, int]:
    """Join the parts in the order of the departments; totals of the counts."""
    if "annuaire" in asked.what:
        _annuaire(asked, tasks)
    if "finess" in asked.what:
        _finess(asked, tasks)
    totals: dict[str, int] = {"communes": sum(commune.kind == "COM" for commune in country.communes)}
    for of_department in counts.values():
        for name, value in of_department.items():
            if isinstance(value, int):
                totals[name] = totals.get(name, 0) + value
    return totals


def _annuaire(asked: Request, tasks: list[Task]) -> None:
    files = []
    for name in work.ACTIVITY_PARTS:
        path = asked.output / layout.ANNUAIRE[name]
        output.join(path, header(_HEADERS[name]), [task.part / f"{name}.txt" for task in tasks])
        files.append(path)
    if asked.scale.zipped:
        # The daily archive holds the three files; the mail addresses are published apart.
        output.pack(asked.output / layout.ANNUAIRE_ZIP, files[:3])
        for path in files[:3]:
            path.unlink()


def _finess(asked: Request, tasks: list[Task]) -> None:
    """First all `structureet` lines, then all `geolocalisation` lines, as in the official stock."""
    parts = [task.part / f"{name}.csv" for name in work.FINESS_PARTS for task in tasks]
    output.join(asked.output / layout.FINESS, f"finess;etalab;98;{FILE_DAY}\n".encode(), parts)
