"""The road of one source: from its files to its tables, in named steps.

A step fills staging tables (`job.staging("x")`) and never touches a table in service; the pipeline commits
after each, and an interrupted load starts again after the last complete one. `swap` alone writes to the
tables in service, inside one transaction that it does not commit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

    import psycopg
    from psycopg import sql

    from core.settings import DatabaseSettings, HomeSettings
    from ingest.files import InputFile
    from ingest.progress import Progress
    from ingest.run import Run
    from ingest.source import Source


@dataclass(frozen=True, kw_only=True)
class Job:
    """What a step is given.

    conn      working connection (role loader, in a transaction); the pipeline commits
    run       bookkeeping: counts, rejections
    geocode   whether addresses are to be located
    accept_shrink   whether far fewer rows than in service are accepted
    warnings  French sentences for who runs the load; steps and swap add theirs
    """

    conn: psycopg.Connection[Any]
    run: Run
    files: Sequence[InputFile]
    database: DatabaseSettings
    home: HomeSettings
    progress: Progress
    geocode: bool = True
    accept_shrink: bool = False
    warnings: list[str] = field(default_factory=list)

    def staging(self, name: str) -> sql.Identifier:
        """A staging table of this run."""
        return self.run.staging(name)


@dataclass(kw_only=True)
class TableDifference:
    """What a load changes in one table; `samples` are French lines for people, a few per kind."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    samples: dict[str, list[str]] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether nothing changes."""
        return not (self.added or self.changed or self.removed)


Difference = dict[str, TableDifference]
"""Differences by table (`territory.commune`), in the order they are shown."""


def difference_as_json(difference: Difference) -> dict[str, Any]:
    """Plain values of a difference, as kept in `ingest.run.counts`."""
    return {table: asdict(part) for table, part in difference.items()}


StepAction = Callable[[Job], None]
DifferenceAction = Callable[[Job], Difference]


@dataclass(frozen=True)
class Step:
    """A named, resumable part of a load."""

    name: str
    action: StepAction


@dataclass(frozen=True, kw_only=True)
class Road:
    """How a source is carried to its tables.

    members      which files are taken in archives and folders (on the name without folders)
    steps        fill staging: read, match, geocode…; must count `read` and `kept` in `job.run`
    check        raises a `SourceError` when the staged rows cannot be trusted (share without position…)
    difference   staging against the tables in service
    swap         writes to the tables in service; never commits
    """

    source: Source
    steps: tuple[Step, ...]
    difference: DifferenceAction
    swap: StepAction
    check: StepAction | None = None
    members: re.Pattern[str] | None = None
