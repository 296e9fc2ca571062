"""Declarations of practitioners and structures, written with their proof.

Each function takes a connection inside a transaction of the door and never commits.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from care.identifier import is_finess, is_siret
from care.participation import (
    CPTS_CATEGORY,
    MSP_CATEGORY,
    STATEMENT,
    Declaration,
    StructureDeclaration,
    StructureKind,
    check,
    check_structure,
)
from core.db.queries import Queries
from core.errors import InvalidParameter, NotFoundError
from participation.proof import START, proof

if TYPE_CHECKING:
    from collections.abc import Mapping

    from psycopg import AsyncConnection

    from care.hand import Hand

QUERIES = Queries.load(Path(__file__).with_name("sql"))
_PAGE = 1000


async def rows(conn: AsyncConnection[Any], name: str, **parameters: Any) -> list[dict[str, Any]]:
    """Rows of a statement of this room, as dictionaries."""
    async with conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(QUERIES[name], parameters)
        return await cursor.fetchall() if cursor.description is not None else []


async def declare_practitioner(
    conn: AsyncConnection[Any], idnps: str, declaration: Declaration, *, statement: str, hand: Hand
) -> dict[str, Any]:
    """Write what a practitioner declares, in place of what they declared before; the row, as kept.

    Raises
    ------
    NotFoundError      not in the directory
    InvalidParameter   see `care.participation.check`; a structure or a place that is not the right one;
                       another text than the present one was accepted
    """
    _check_statement(statement)
    check(declaration)
    places = await rows(conn, "declaration_places", idnps=idnps)
    if not places:
        raise NotFoundError("Ce professionnel n'est pas dans l'annuaire.", parameter="idnps")
    if not set(declaration.offer_ids) <= {place["offer_id"] for place in places}:
        raise InvalidParameter("Un des lieux n'est pas à ce professionnel.", parameter="offer_ids")
    await _check_organisation(conn, declaration)
    await rows(conn, "history_lock")
    before = await practitioner(conn, idnps)
    await rows(
        conn,
        "declare_practitioner",
        idnps=idnps,
        declared_at=hand.now,
        declared_by=hand.actor,
        **{
            **asdict(declaration),
            "offer_ids": list(declaration.offer_ids),
            "vendors": list(declaration.vendors),
        },
    )
    after = await practitioner(conn, idnps)
    assert after is not None  # noqa: S101 - just written
    await _record(conn, f"practitioner:{idnps}", before, after, statement=statement, hand=hand)
    return after


async def practitioner(conn: AsyncConnection[Any], idnps: str) -> dict[str, Any] | None:
    """What a practitioner declares now; None: nothing was ever declared."""
    found = await rows(conn, "declaration_practitioner", idnps=idnps)
    return found[0] if found else None


async def declare_structure(
    conn: AsyncConnection[Any],
    kind: StructureKind,
    number: str,
    declaration: StructureDeclaration,
    *,
    statement: str,
    hand: Hand,
) -> dict[str, Any]:
    """Write what a structure declares; the row, as kept.

    Raises
    ------
    NotFoundError      no such structure of that kind in the directory
    InvalidParameter   see `care.participation.check_structure`
    """
    _check_statement(statement)
    check_structure(kind, declaration)
    if not await _is_structure(conn, kind, number):
        raise NotFoundError("Cette structure n'est pas dans l'annuaire sous cette forme.", parameter="number")
    await rows(conn, "history_lock")
    before = await structure(conn, kind, number)
    await rows(
        conn,
        "declare_structure",
        kind=kind,
        number=number,
        declared_at=hand.now,
        declared_by=hand.actor,
        **asdict(declaration),
    )
    after = await structure(conn, kind, number)
    assert after is not None  # noqa: S101 - just written
    await _record(conn, f"{kind}:{number}", before, after, statement=statement, hand=hand)
    return after


async def structure(conn: AsyncConnection[Any], kind: StructureKind, number: str) -> dict[str, Any] | None:
    """What a structure declares now; None: nothing was ever declared."""
    found = await rows(conn, "declaration_structure", kind=kind, number=number)
    return found[0] if found else None


async def verify(conn: AsyncConnection[Any]) -> tuple[int, int | None]:
    """Walk the whole history: how many lines hold, and the identifier of the first that does not."""
    last, held, after_id = START, 0, 0
    while page := await rows(conn, "history_after", after_id=after_id, max_rows=_PAGE):
        for line in page:
            if line["proof"] != proof(last, line):
                return held, line["history_id"]
            last, held, after_id = line["proof"], held + 1, line["history_id"]
    return held, None


def _check_statement(statement: str) -> None:
    if statement != STATEMENT:
        raise InvalidParameter(
            f"Acceptez le texte en vigueur : « statement » = « {STATEMENT} ».", parameter="statement"
        )


async def _check_organisation(conn: AsyncConnection[Any], declaration: Declaration) -> None:
    wanted = {"cpts": CPTS_CATEGORY, "msp": MSP_CATEGORY}.get(declaration.via or "")
    if wanted is not None:
        found = await rows(conn, "declaration_structures", finess=declaration.finess, siret=None)
        if not any(row["category_code"] == wanted for row in found):
            raise InvalidParameter(
                "Ce numéro FINESS n'est pas celui d'une structure de cette forme.", parameter="finess"
            )
    if declaration.via == "sos" and not await _is_structure(conn, "sos", declaration.siret or ""):
        raise InvalidParameter("Ce SIRET n'est pas dans l'annuaire.", parameter="siret")


async def _is_structure(conn: AsyncConnection[Any], kind: StructureKind, number: str) -> bool:
    if kind == "sos":
        if not is_siret(number):
            return False
        return bool(await rows(conn, "declaration_structures", finess=None, siret=number))
    if not is_finess(number):
        return False
    found = await rows(conn, "declaration_structures", finess=number, siret=None)
    return any(row["centre"] if kind == "cds" else row["category_code"] == CPTS_CATEGORY for row in found)


async def _record(
    conn: AsyncConnection[Any],
    subject: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
    *,
    statement: str,
    hand: Hand,
) -> None:
    last = await rows(conn, "history_last")
    line: dict[str, Any] = {
        "recorded_at": hand.now,
        "actor": hand.actor,
        "subject": subject,
        "statement": statement,
        "before": None if before is None else _plain(before),
        "after": _plain(after),
    }
    line["proof"] = proof(last[0]["proof"] if last else START, line)
    json = {name: None if line[name] is None else Jsonb(line[name]) for name in ("before", "after")}
    await rows(conn, "history_add", **{**line, **json})


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """A declaration as JSON, without what the line says already."""
    return {name: value for name, value in row.items() if name not in {"declared_at", "declared_by"}}
