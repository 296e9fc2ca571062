"""The outbox on a real database: nothing lost when the hub is down, order kept, answers followed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from care.hand import Hand
from core.db.connect import conninfo
from slots import appointments, outbox
from slots.appointments import Sender
from slots.fhir.appointment import Reported
from slots.ports import HubDown, Regulator

pytestmark = pytest.mark.postgis

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
SENDER = "fr.health.test.ptfsas"
INES = Regulator(
    family_name="PRIGENT",
    given_name="Maël",
    email="mael.prigent@samu.example",
    idnps="3330799990/000123",
    hub_client="fr.health.samu330",
)
BY = Sender(editor="agenda-a", identifier_system="https://agenda.example")
BOOKED = Reported(
    system=BY.identifier_system,
    value="rdv-77",
    category="PS",
    status="booked",
    start="2026-12-01T08:30:00Z",
    end="2026-12-01T08:45:00Z",
    booked="2026-11-25T08:12:40Z",
    idnps="899900000000",
    participant_status="accepted",
    regulator_kind="IDNPS",
    regulator="3330799990/000123",
)


class MemoryHub:
    """A hub in memory: what it received, whether it is down, what it answers."""

    def __init__(self) -> None:
        self.received: list[dict] = []
        self.down = False
        self.lost = False  # received, but the confirmation never came back
        self.queue: list[dict] = []

    async def publish(self, message, *, recipient):
        if self.down:
            raise HubDown
        self.received.append({**message, "to": recipient})
        if self.lost:
            raise HubDown

    async def answers(self):
        given, self.queue = self.queue, []
        return given


class Accounts:
    """Accounts of regulators, in memory."""

    def __init__(self, *known: Regulator) -> None:
        self.known = {item.idnps: item for item in known}

    async def find(self, conn, kind, value):  # noqa: ARG002 - of the port
        return self.known.get(value)


@pytest.fixture
async def queue(database, home, add_offers) -> AsyncIterator[psycopg.AsyncConnection]:
    """The role that writes, in autocommit as a worker has it; one vendor, one practitioner."""
    add_offers([{"lon": 2.35, "lat": 48.85}])
    async with await psycopg.AsyncConnection.connect(
        conninfo(database, home, role="writer"), autocommit=True
    ) as conn:
        await appointments.write_sender(
            conn, BY.editor, certificate_cn="a", certificate_ou="b", identifier_system=BY.identifier_system,
            active=True, hand=Hand(actor="test", now=NOW),
        )  # fmt: skip
        yield conn


async def report(conn, *reported: Reported, now: datetime = NOW) -> str:
    kept = None
    for item in reported:
        async with conn.transaction():
            kept = await appointments.put(conn, BY, item, regulators=Accounts(), now=now)
    assert kept is not None
    return kept.appointment_id


async def states(conn) -> list[tuple]:
    found = await conn.execute(
        "SELECT state, waits_for, method, error_code FROM appointment.outbox ORDER BY message_id"
    )
    return await found.fetchall()


def told(message: dict) -> dict:
    return message["content"][0]["jsonContent"]["embeddedJsonContent"]["message"]["appointment"]


def error(message: dict, code: int) -> dict:
    found = {"errorCode": {"statusCode": code}, "referencedDistributionID": message["distributionID"]}
    embedded = {"message": {"error": found}}
    return {"distributionKind": "Error", "content": [{"jsonContent": {"embeddedJsonContent": embedded}}]}


def ack(message: dict) -> dict:
    embedded = {"message": {"reference": {"distributionID": message["distributionID"]}}}
    return {"distributionKind": "Ack", "content": [{"JsonContent": {"embeddedJsonContent": embedded}}]}


async def test_each_change_leaves_in_order_with_the_state_of_its_time(queue):
    hub = MemoryHub()
    appointment_id = await report(queue, BOOKED, replace(BOOKED, status="fulfilled"))
    done = await outbox.deliver(queue, hub, Accounts(INES), sender=SENDER, now=NOW)
    assert (done.confirmed, done.hub_down) == (2, False)
    assert [(told(item)["method"], told(item)["status"]) for item in hub.received] == [
        ("CreateAppointment", "booked"),
        ("UpdateAppointment", "fulfilled"),
    ]
    assert {told(item)["appointmentId"] for item in hub.received} == {appointment_id}
    assert {item["to"] for item in hub.received} == {"fr.health.samu330"}
    assert told(hub.received[0])["practitioner"] == {
        "rppsId": "899900000000",
        "lastName": "EXEMPLE",
        "firstName": "Alice",
        "specialityCode": "SM54",
        "specialityUrl": "https://mos.esante.gouv.fr/NOS/TRE_R38-SpecialiteOrdinale/FHIR/"
        "TRE-R38-SpecialiteOrdinale",
        "professionCode": "10",
        "professionUrl": "https://mos.esante.gouv.fr/NOS/TRE_G15-ProfessionSante/FHIR/TRE-G15-ProfessionSante",
    }
    assert (await outbox.deliver(queue, hub, Accounts(INES), sender=SENDER, now=NOW)).confirmed == 0


async def test_nothing_is_lost_while_the_hub_is_down(queue):
    hub = MemoryHub()
    hub.down = True
    await report(queue, BOOKED, replace(BOOKED, status="cancelled"))
    await report(queue, replace(BOOKED, value="rdv-78"))
    moment = NOW
    for _ in range(20):
        done = await outbox.deliver(queue, hub, Accounts(INES), sender=SENDER, now=moment)
        assert done.confirmed == 0
        moment += timedelta(minutes=15)
    assert {(state, waits) for state, waits, *_ in await states(queue)} == {("queued", "hub")} | {
        ("queued", None)
    }
    hub.down = False
    done = await outbox.deliver(queue, hub, Accounts(INES), sender=SENDER, now=moment)
    assert done.confirmed == 3
    told_in_order: dict[str, list[str]] = {}
    for item in hub.received:
        told_in_order.setdefault(told(item)["appointmentId"], []).append(told(item)["status"])
    assert sorted(told_in_order.values()) == [["booked"], ["booked", "cancelled"]]
    assert {state for state, *_ in await states(queue)} == {"confirmed"}


async def test_a_hub_that_is_down_is_not_asked_again_at_once(queue):
    hub = MemoryHub()
    hub.down = True
    await report(queue, BOOKED)
    assert (await outbox.deliver(queue, hub, Accounts(INES), sender=SENDER, now=NOW)).hub_down
    hub.down = False
    soon = NOW + timedelta(seconds=4)
    assert (await outbox.deliver(queue, hub, Accounts(INES), sender=SENDER, now=soon)).confirmed == 0
    later = NOW + timedelta(seconds=6)
    assert (await outbox.deliver(queue, hub, Accounts(INES), sender=SENDER, now=later)).confirmed == 1


async def test_a_message_whose_confirmation_was_lost_leaves_again_under_the_same_identifier(queue):
    hub = MemoryHub()
    hub.lost = True
    await report(queue, BOOKED)
    await outbox.deliver(queue, hub, Accounts(INES), sender=SENDER, now=NOW)
    hub.lost = False
    await outbox.deliver(queue, hub, Accounts(INES), sender=SENDER, now=NOW + timedelta(hours=1))
    assert len(hub.received) == 2
    assert len({item["distributionID"] for item in hub.received}) == 1


async def test_a_worker_that_dies_while_sending_loses_nothing(queue):
    class DyingHub(MemoryHub):
        async def publish(self, message, *, recipient):  # noqa: ARG002 - of the port
            self.received.append(message)
            raise RuntimeError("the process is gone")

    await report(queue, BOOKED)
    hub = DyingHub()
    with pytest.raises(RuntimeError):
        await outbox.deliver(queue, hub, Accounts(INES), sender=SENDER, now=NOW)
    assert await states(queue) == [("queued", None, "CreateAppointment", None)]
    sound = MemoryHub()
    assert (await outbox.deliver(queue, sound, Accounts(INES), sender=SENDER, now=NOW)).confirmed == 1
    assert sound.received[0]["distributionID"] == hub.received[0]["distributionID"]


async def test_a_message_waits_until_its_regulator_has_an_account(queue):
    hub = MemoryHub()
    await report(queue, BOOKED, replace(BOOKED, status="cancelled"))
    done = await outbox.deliver(queue, hub, Accounts(), sender=SENDER, now=NOW)
    assert (done.confirmed, done.without_regulator) == (0, 1)
    assert (await states(queue))[0][:2] == ("queued", "regulator")
    done = await outbox.deliver(queue, hub, Accounts(INES), sender=SENDER, now=NOW + timedelta(hours=2))
    assert done.confirmed == 2
    unresolved = await queue.execute("SELECT regulator_unresolved FROM appointment.appointment")
    assert await unresolved.fetchone() == (False,)


async def test_the_technical_identifier_of_a_regulator_never_leaves(queue):
    hub = MemoryHub()
    uuid = "5f0f5f7e-4f0e-4f57-9a55-0a9a3f6d2b11"
    accounts = Accounts(INES)
    accounts.known[uuid] = replace(INES, idnps=None)
    await report(queue, replace(BOOKED, regulator_kind="INTRN", regulator=uuid))
    await outbox.deliver(queue, hub, accounts, sender=SENDER, now=NOW)
    assert uuid not in repr(hub.received)
    assert "regulatorId" not in told(hub.received[0])["regulator"]


@pytest.mark.parametrize(
    ("code", "state", "method", "messages"),
    [
        (409, "queued", "UpdateAppointment", 2),
        (400, "queued", "CreateAppointment", 2),
        (500, "queued", "CreateAppointment", 2),
        (300, "failed", "CreateAppointment", 1),
        (102, "failed", "CreateAppointment", 1),
    ],
)
async def test_each_error_of_the_hub_has_its_rule(queue, code, state, method, messages):
    hub = MemoryHub()
    await report(queue, BOOKED)
    await outbox.deliver(queue, hub, Accounts(INES), sender=SENDER, now=NOW)
    assert await outbox.receive(queue, [error(hub.received[0], code)], now=NOW) == 1
    assert await states(queue) == [(state, None, method, code)]
    await outbox.deliver(queue, hub, Accounts(INES), sender=SENDER, now=NOW)
    assert len(hub.received) == messages
    assert len({item["distributionID"] for item in hub.received}) == messages
    if messages == 2:
        assert told(hub.received[1])["method"] == method
        await outbox.receive(queue, [error(hub.received[1], code)], now=NOW)
        assert (await states(queue))[0][0] == "failed"


async def test_an_acknowledgement_closes_its_message_and_strangers_are_left(queue):
    hub = MemoryHub()
    await report(queue, BOOKED)
    await outbox.deliver(queue, hub, Accounts(INES), sender=SENDER, now=NOW)
    strangers = [
        {},
        {"distributionKind": "Ack", "content": "x"},
        ack({"distributionID": "other"}),
        error({"distributionID": 3}, 300),
    ]  # type: ignore[dict-item]
    hub.queue = [*strangers, ack(hub.received[0]), ack(hub.received[0])]
    assert await outbox.receive(queue, await hub.answers(), now=NOW) == 1
    assert await states(queue) == [("acknowledged", None, "CreateAppointment", None)]


async def test_an_old_state_is_never_sent_after_a_newer_one(queue):
    hub = MemoryHub()
    await report(queue, BOOKED, replace(BOOKED, status="cancelled"))
    await outbox.deliver(queue, hub, Accounts(INES), sender=SENDER, now=NOW)
    await outbox.receive(queue, [error(hub.received[0], 500)], now=NOW)
    assert (await outbox.deliver(queue, hub, Accounts(INES), sender=SENDER, now=NOW)).confirmed == 0
    assert (await states(queue))[0] == ("failed", None, "CreateAppointment", 500)


async def test_two_workers_at_once_send_each_message_once(database, home, queue):
    hub = MemoryHub()
    for number in range(8):
        await report(queue, replace(BOOKED, value=f"rdv-{number}"))
    async with await psycopg.AsyncConnection.connect(
        conninfo(database, home, role="writer"), autocommit=True
    ) as other:
        done = [
            await outbox.deliver(conn, hub, Accounts(INES), sender=SENDER, now=NOW, most=4)
            for conn in (queue, other, queue)
        ]
    assert [item.confirmed for item in done] == [4, 4, 0]
    assert len({item["distributionID"] for item in hub.received}) == 8
