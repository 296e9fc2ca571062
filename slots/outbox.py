"""The outbox: messages of appointments leave for the regulation software in order, and none is lost.

A message is written with its appointment, in one transaction. `deliver` sends what is due, each message in
a transaction of its own: when the hub does not confirm, or the process dies, it stays queued and leaves
again under the same identifier, so that who receives it twice can tell. `receive` follows the answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from slots.agenda import rows
from slots.hub_message import HubAnswer, Practitioner, message, read_answer
from slots.ports import HubDown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from psycopg import AsyncConnection

    from slots.ports import Hub, Regulator, Regulators

_FIRST_WAIT: Final = timedelta(seconds=5)
_LONGEST_WAIT: Final = timedelta(minutes=15)
_REGULATOR_WAIT: Final = timedelta(hours=1)
_KNOWN_ALREADY: Final = 409
_LOST_ON_THE_WAY: Final = frozenset({400, 500})
_MOST_RESENDS: Final = 1


@dataclass(kw_only=True)
class Delivered:
    """What a run did: messages confirmed by the hub, messages whose regulator has no account yet."""

    confirmed: int = 0
    without_regulator: int = 0
    hub_down: bool = False


async def deliver(
    conn: AsyncConnection[Any],
    hub: Hub,
    regulators: Regulators,
    *,
    sender: str,
    now: datetime,
    most: int = 500,
) -> Delivered:
    """Send what is due, oldest first, until nothing is, or the hub is down.

    conn     in autocommit: each message has its own transaction
    sender   identifier of the platform at the hub
    """
    done = Delivered()
    for _ in range(most):
        async with conn.transaction():
            due = await rows(conn, "outbox_due", now=now)
            if not due:
                break
            regulator = await regulators.find(
                conn, due[0]["content"]["regulator_kind"], due[0]["content"]["regulator"]
            )
            if regulator is None:
                await _postpone(conn, due[0], "regulator", now + _REGULATOR_WAIT)
                done.without_regulator += 1
                continue
            if not await _send(conn, hub, due[0], regulator, sender=sender, now=now):
                done.hub_down = True
                break
            done.confirmed += 1
    return done


async def _send(
    conn: AsyncConnection[Any],
    hub: Hub,
    due: Mapping[str, Any],
    regulator: Regulator,
    *,
    sender: str,
    now: datetime,
) -> bool:
    distribution_id = _distribution_id(sender, due)
    document = message(
        due["content"],
        appointment_id=due["appointment_id"],
        method=due["method"],
        distribution_id=distribution_id,
        sender=sender,
        regulator=regulator,
        practitioner=await _practitioner(conn, due["content"]["idnps"]),
        now=now,
    )
    try:
        await hub.publish(document, recipient=regulator.hub_client)
    except HubDown:
        wait = min(_FIRST_WAIT * 2 ** min(due["attempts"], 10), _LONGEST_WAIT)
        await _postpone(conn, due, "hub", now + wait)
        return False
    await rows(
        conn, "outbox_sent", message_id=due["message_id"], distribution_id=distribution_id, sent_at=now
    )
    await rows(conn, "outbox_resolved", appointment_id=due["appointment_id"])
    return True


async def receive(
    conn: AsyncConnection[Any], documents: Sequence[Mapping[str, Any]], *, now: datetime
) -> int:
    """Follow the answers of the hub; returns how many spoke of a message of ours.

    Acknowledged: closed. Known already (409) to a creation: sent again as an update. Expired or
    undeliverable (400, 500): sent again once, under another identifier; neither when a newer message was
    queued since, which tells more. Anything else: failed, for somebody to look at.
    """
    followed = 0
    for document in documents:
        answer = read_answer(document)
        if answer is None:
            continue
        async with conn.transaction():
            known = await rows(conn, "outbox_answered", distribution_id=answer.distribution_id)
            if known and known[0]["state"] == "confirmed":
                await _follow(conn, known[0], answer, now)
                followed += 1
    return followed


async def _follow(
    conn: AsyncConnection[Any], known: Mapping[str, Any], answer: HubAnswer, now: datetime
) -> None:
    message_id, code = known["message_id"], answer.code
    if answer.kind == "ack":
        await rows(conn, "outbox_close", message_id=message_id, state="acknowledged", error_code=None)
        return
    as_update = code == _KNOWN_ALREADY and known["method"] == "CreateAppointment"
    once_more = code in _LOST_ON_THE_WAY and known["resends"] < _MOST_RESENDS
    # Each message holds the whole appointment: an old one sent after a newer one would undo it.
    if (as_update or once_more) and not known["followed"]:
        method = "UpdateAppointment" if as_update else known["method"]
        await rows(
            conn, "outbox_again", message_id=message_id, method=method, error_code=code, next_attempt_at=now
        )
    else:
        await rows(conn, "outbox_close", message_id=message_id, state="failed", error_code=code)


async def _postpone(
    conn: AsyncConnection[Any], due: Mapping[str, Any], waits_for: str, until: datetime
) -> None:
    await rows(
        conn, "outbox_postpone", message_id=due["message_id"], waits_for=waits_for, next_attempt_at=until
    )


def _distribution_id(sender: str, due: Mapping[str, Any]) -> str:
    return f"{sender}_{due['appointment_id']}-{due['message_id']}-{due['resends']}"


async def _practitioner(conn: AsyncConnection[Any], idnps: str | None) -> Practitioner | None:
    if idnps is None:
        return None
    found = await rows(conn, "outbox_practitioner", idnps=idnps)
    return Practitioner(idnps=idnps, **found[0]) if found else None
