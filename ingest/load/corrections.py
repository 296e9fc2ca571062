"""Corrections made by hand, laid over what the loads found: in the swap of each load, and at once.

A correction belongs to a place and to the address it was made for (`directory.position_correction`). Who it
moves stands at an address of its own, beside the one that loads write and place, and goes back there with the
correction's end. All this happens in the transaction of the caller, which never commits here.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from ingest.load.directory import QUERIES

if TYPE_CHECKING:
    import psycopg

    from ingest.road import Job


def lock_corrections(conn: psycopg.Connection[Any]) -> None:
    """Keep everybody else from correcting, until the end of the transaction."""
    conn.execute(QUERIES["lock_corrections"])


def apply_corrections(conn: psycopg.Connection[Any]) -> None:
    """Lay the corrections over the directory in service; the offers that move are noted in `touched`.

    Corrections must be locked, and the temporary table `touched` be there.
    """
    conn.execute(QUERIES["find_corrected_addresses"])
    conn.execute(QUERIES["create_moved_structures"])
    conn.execute(QUERIES["leave_ended_corrections"])
    conn.execute(QUERIES["write_corrected_addresses"])
    conn.execute(QUERIES["go_to_corrected_addresses"])


def correct_load(job: Job, *, of_people: bool) -> None:
    """Part of a swap: the corrections over what has just been loaded; those set aside are told.

    `of_people`: the people of the directory have just been loaded, corrections of those who left go too.
    """
    if of_people:
        gone = job.conn.execute(QUERIES["forget_gone_people"]).rowcount
        if gone:
            job.run.count("corrections.forgotten", gone)
            job.warnings.append(
                f"Corrections de position retirées avec les personnes parties du fichier : {gone}."
            )
    apply_corrections(job.conn)
    states = Counter(state["state"] for state in correction_states(job.conn))
    for state, number in states.items():
        job.run.count(f"corrections.{state}", number)
    aside = states["address-changed"] + states["place-gone"]
    if aside:
        job.warnings.append(
            f"Corrections de position mises de côté : {aside} (l'adresse du lieu a changé, ou le lieu n'est "
            "plus dans les fichiers). Voyez « sas geocode corrections --set-aside »."
        )


def correction_states(
    conn: psycopg.Connection[Any], correction_ids: list[int] | None = None
) -> list[dict[str, Any]]:
    """The corrections, oldest first, each with its state: `in-service`, `replaced`, or set aside."""
    cursor = conn.execute(QUERIES["correction_states"], {"correction_ids": correction_ids})
    assert cursor.description is not None  # noqa: S101 - a SELECT
    names = [column.name for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]
