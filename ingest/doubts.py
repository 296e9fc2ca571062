"""The work list of doubtful positions, read from the directory in service: counts, then the worst first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from psycopg import sql
from psycopg.rows import dict_row

from core.errors import InvalidParameter
from geo.doubt import DOUBTS
from ingest.load.directory import QUERIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psycopg

Source = Literal["finess", "annuaire"]
SOURCES: Final = ("finess", "annuaire")
KINDS: Final = tuple(doubt.code for doubt in DOUBTS)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Which doubts: departments, kinds (any of them), source; None for all.

    Raises
    ------
    InvalidParameter   no such kind or source
    """

    departments: tuple[str, ...] | None = None
    kinds: tuple[str, ...] | None = None
    source: str | None = None

    def __post_init__(self) -> None:
        for kind in self.kinds or ():
            if kind not in KINDS:
                raise InvalidParameter(
                    f"« {kind} » n'est pas un genre de doute : {', '.join(KINDS)}.",
                    parameter="kind",
                    suggestions=list(KINDS),
                )
        if self.source is not None and self.source not in SOURCES:
            raise InvalidParameter(f"La source est {' ou '.join(SOURCES)}.", parameter="source")

    def parameters(self) -> dict[str, Any]:
        """The same, for SQL."""
        return {
            "departments": None if self.departments is None else list(self.departments),
            "kinds": None if self.kinds is None else list(self.kinds),
        }


@dataclass(frozen=True, kw_only=True)
class Doubtful:
    """The list asked.

    total    addresses of the choice, each counted once
    counts   by kind, worst first: addresses and sheets shown there
    places   the worst, at most as many as asked: rows of the statement `doubtful_addresses`
    """

    total: int
    counts: dict[str, tuple[int, int]] = field(default_factory=dict)
    places: tuple[dict[str, Any], ...] = ()


def doubtful(conn: psycopg.Connection[Any], choice: Choice, *, limit: int) -> Doubtful:
    """The doubtful positions of a choice, the worst `limit` of them one by one.

    Raises
    ------
    InvalidParameter   no such department
    """
    _check_departments(conn, choice.departments)
    values = choice.parameters()
    total = 0
    counts = dict.fromkeys(KINDS, (0, 0))
    for kinds, addresses, offers in conn.execute(_composed("doubt_counts", choice), values):
        total += addresses
        for kind in kinds:
            counts[kind] = (counts[kind][0] + addresses, counts[kind][1] + offers)
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            _composed("doubtful_addresses", choice), {**values, "max_rows": limit}
        ).fetchall()
    return Doubtful(
        total=total,
        counts={kind: both for kind, both in counts.items() if both[0]},
        places=tuple(rows),
    )


def _composed(name: str, choice: Choice) -> sql.Composed:
    shown = "shown_everywhere" if choice.departments is None else "shown_here"
    source = {None: "from_anywhere", "finess": "from_finess", "annuaire": "from_annuaire"}[choice.source]
    return sql.SQL(QUERIES[name]).format(
        shown=sql.SQL(QUERIES[shown]),
        from_source=sql.SQL(QUERIES[source]),
        somebody_stands=sql.SQL(QUERIES["somebody_stands"]),
    )


def _check_departments(conn: psycopg.Connection[Any], departments: Sequence[str] | None) -> None:
    if departments is None:
        return
    known = {row[0] for row in conn.execute(QUERIES["departments"])}
    for code in departments:
        if code not in known:
            raise InvalidParameter(
                f"Le département « {code} » n'est pas dans la base (exemples : 75, 2A, 974).",
                parameter="department",
            )
