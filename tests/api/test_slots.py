"""Slots in the search: on the cards, by vendor, as a stream; and what never changes."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import psycopg
import pytest

from api.app import create_app
from api.schemas.offers import OffersAnswer
from care.agenda import AgendaSlot
from care.hand import Hand
from core.clock import utc_now
from core.db.connect import conninfo
from core.settings import AdminSettings, ServerSettings, SlotSettings
from slots import editors
from slots.agenda_edit import add, open_calendar
from slots.editors import Editor
from slots.sandbox.brand import Brand
from slots.sandbox.server import Sandbox, address, serve
from slots.sweep import Sweep
from tests.api.at_home import PEOPLE, AtHome, brand

pytestmark = pytest.mark.postgis

NEAR = {"lon": 2.35, "lat": 48.85}


@pytest.fixture
async def vendors(database, home) -> AsyncIterator[Any]:
    """Serves these vendors and writes their records; gives the sandbox."""
    async with AsyncExitStack() as stack:

        async def opened(*brands: Brand) -> Sandbox:
            sandbox = Sandbox(people=AtHome(), brands=brands, slow_s=0.5)
            runner = await serve(sandbox, host="127.0.0.1", port=0)
            stack.push_async_callback(runner.cleanup)
            host, port = address(runner)
            dsn = conninfo(database, home, role="writer")
            async with await psycopg.AsyncConnection.connect(dsn) as conn:
                for item in brands:
                    await editors.put(
                        conn,
                        Editor(
                            slug=item.slug,
                            name=item.name,
                            base_url=f"http://{host}:{port}/{item.slug}/fhir",
                            flows=item.flows,
                            rate_per_s=1000,
                            sandbox=True,
                        ),
                    )
            return sandbox

        yield opened


@pytest.fixture
async def served(database, home) -> AsyncIterator[Any]:
    """Opens the application with these settings of slots; gives a client."""
    async with AsyncExitStack() as stack:

        async def opened(**given: Any) -> httpx.AsyncClient:
            settings = SlotSettings.model_validate({"slots_answer_s": 10, "slots_deadline_s": 10, **given})
            app = create_app(
                database=database,
                home=home,
                server=ServerSettings(),
                slots=settings,
                admin=AdminSettings.model_validate({"admin_secret": "sésame"}),
            )
            await stack.enter_async_context(app.router.lifespan_context(app))
            transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
            return await stack.enter_async_context(
                httpx.AsyncClient(transport=transport, base_url="http://sas.test", timeout=60)
            )

        yield opened


@pytest.fixture
def offers(add_offers) -> list[str]:
    """Twelve general practitioners, one after the other eastwards."""
    return add_offers([{"lon": 2.35 + n / 500, "lat": 48.85, "idnps": PEOPLE[n]} for n in range(12)])


async def search(client: httpx.AsyncClient, **asked: Any) -> dict[str, Any]:
    answer = await client.post(
        "/api/v1/offers/search", json={"specialty": "SM54", "seed": "s", **NEAR, **asked}
    )
    assert answer.status_code == 200, answer.text
    OffersAnswer.model_validate(answer.json())
    return answer.json()


def events(text: str) -> list[tuple[str, dict[str, Any]]]:
    found = []
    for part in text.strip().split("\n\n"):
        name, data = part.split("\n", 1)
        found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


async def test_cards_carry_the_slots_of_their_vendors(vendors, served, offers):
    await vendors(brand("a", range(50)), brand("b", range(50, 100)))
    body = await search(await served())
    assert [(line["editor"], line["state"]) for line in body["sources"]["editors"]] == [
        ("a", "ok"),
        ("b", "ok"),
    ]
    assert body["partial"] is False
    slots = [slot for offer in body["offers"] for slot in offer["slots"]]
    assert {slot["source"] for slot in slots} == {"a", "b"}
    for offer in body["offers"]:
        starts = [slot["start"] for slot in offer["slots"]]
        assert starts == sorted(starts)
        assert offer["next_slot"] == (starts[0] if starts else None)
        assert all(body["query"]["from"] <= start <= body["query"]["until"] for start in starts)
    assert all(slot["booking_url"] is None for slot in slots)  # nobody was given the right
    assert any(slot["bookable"] for slot in slots)


async def test_the_order_is_the_one_without_any_vendor(vendors, served, offers):
    client = await served()
    alone = await search(client, with_slots=False)
    sandbox = await vendors(brand("a", range(30)), brand("b", range(30, 60)), brand("c", range(60, 100)))
    client = await served()
    for fault in (None, "slow", "error-500"):
        sandbox.switch("b", fault)
        body = await search(client, with_slots=False)
        assert [offer["id"] for offer in body["offers"]] == [offer["id"] for offer in alone["offers"]]
        assert [offer["rank"] for offer in body["offers"]] == list(range(1, 13))


async def test_a_place_unknown_to_the_directory_is_a_card_of_its_own_beside_its_holder(
    vendors, served, offers
):
    await vendors(brand("a"))
    body = await search(await served(), with_slots=False)
    (card,) = body["created"]
    assert card["offer_id"] == offers[0]
    assert (card["address"], card["flags"]) == ("3 place du Marché, 94130 NOGENT", ["place-from-agenda"])
    assert "rank" not in card
    assert "distance_m" not in card


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        ("hung", "timeout"),
        ("error-500", "http-error"),
        ("truncated", "invalid"),
        ("wrong-offsets", "invalid"),
    ],
)
async def test_a_vendor_in_trouble_is_named_its_offers_stay_and_the_others_are_shown(
    vendors, served, offers, fault, state
):
    sandbox = await vendors(brand("well", range(50)), brand("ill", range(50, 100)))
    sandbox.switch("ill", fault)
    body = await search(await served(slots_answer_s=3))
    lines = {line["editor"]: line["state"] for line in body["sources"]["editors"]}
    assert lines == {"well": "ok", "ill": state}
    assert body["partial"] is True
    assert any("Agenda ill" in notice["text"] for notice in body["notices"])
    assert [offer["id"] for offer in body["offers"]] == offers
    assert {offer["slots_state"] for offer in body["offers"]} == {"known", "unknown"}
    unknown = [offer for offer in body["offers"] if offer["slots_state"] == "unknown"]
    assert all(offer["slots"] == [] and offer["next_slot"] is None for offer in unknown)


async def test_a_modality_keeps_the_slots_that_have_it_and_leaves_out_who_has_none(vendors, served, offers):
    await vendors(brand("a"))
    client = await served()
    everything = await search(client, with_slots=False)
    body = await search(client, modality=["HH"])
    kept = [offer["id"] for offer in body["offers"]]
    assert kept == [
        offer["id"]
        for offer in everything["offers"]
        if not offer["slots"] or any("HH" in slot["modality"] for slot in offer["slots"])
    ]
    assert all("HH" in slot["modality"] for offer in body["offers"] for slot in offer["slots"])


async def test_pages_complete_themselves_and_lose_nobody(vendors, served, offers):
    await vendors(brand("a"))
    client = await served()
    whole = await search(client, modality=["HH"])
    paged, cursor = [], None
    while True:
        body = await search(client, modality=["HH"], limit=2, **({"cursor": cursor} if cursor else {}))
        paged += [(offer["rank"], offer["id"]) for offer in body["offers"]]
        cursor = body["next_cursor"]
        if cursor is None:
            break
    assert paged == [(offer["rank"], offer["id"]) for offer in whole["offers"]]


async def test_the_window_is_the_one_asked(vendors, served, offers):
    await vendors(brand("a"))
    client = await served()
    whole = await search(client, with_slots=False)
    starts = sorted(slot["start"] for offer in whole["offers"] for slot in offer["slots"])
    middle = starts[len(starts) // 2]
    body = await search(client, **{"from": middle, "with_slots": False})
    later = sorted(slot["start"] for offer in body["offers"] for slot in offer["slots"])
    assert later
    assert later[0] == middle


async def test_the_stream_gives_the_cards_at_once_then_each_vendor_then_the_end(vendors, served, offers):
    sandbox = await vendors(brand("a", range(40)), brand("b", range(40, 70)), brand("c", range(70, 100)))
    sandbox.switch("c", "hung")
    client = await served(slots_deadline_s=3)
    answer = await client.post("/api/v1/offers/stream", json={"specialty": "SM54", "seed": "s", **NEAR})
    assert answer.headers["content-type"].startswith("text/event-stream")
    told = events(answer.text)
    assert (told[0][0], told[-1][0]) == ("offers", "end")
    first = told[0][1]
    OffersAnswer.model_validate(first)
    assert [offer["id"] for offer in first["offers"]] == offers
    assert {offer["slots_state"] for offer in first["offers"]} == {"unknown"}
    assert first["sources"]["editors"] == []
    assert all("Agenda c" in event["waiting"] for _, event in told[1:-3])
    last = told[-1][1]
    assert last["waiting"] == []
    assert {line["editor"]: line["state"] for line in last["editors"]} == {
        "a": "ok",
        "b": "ok",
        "c": "timeout",
    }
    assert last["partial"] is True
    filled = {offer["id"]: offer for _, event in told[1:] for offer in event["offers"]}
    body = await search(client, with_slots=False)
    assert {key: offer["slots"] for key, offer in filled.items()} == {
        offer["id"]: offer["slots"] for offer in body["offers"] if offer["slots"]
    }


@pytest.fixture
async def swept(database, home) -> Any:
    """Sweeps the vendors in service once."""

    async def done() -> None:
        dsn = conninfo(database, home, role="writer")

        @asynccontextmanager
        async def connect() -> AsyncIterator[psycopg.AsyncConnection[Any]]:
            async with await psycopg.AsyncConnection.connect(dsn) as conn:
                yield conn

        await Sweep(connect, deadline_s=10, connect_timeout_s=5).run()

    return done


async def test_stored_slots_come_at_once_with_their_age_and_are_not_bookable_until_verified(
    vendors, served, offers, swept
):
    sandbox = await vendors(brand("a"))
    await swept()
    sandbox.switch("a", "hung")
    client = await served(slots_answer_s=0.5, slots_deadline_s=1)
    answer = await client.post("/api/v1/offers/stream", json={"specialty": "SM54", **NEAR})
    first = events(answer.text)[0][1]
    stored = [offer for offer in first["offers"] if offer["slots_state"] == "stored"]
    assert len(stored) > 6
    slots = [slot for offer in stored for slot in offer["slots"]]
    assert not any(slot["bookable"] or slot["booking_url"] for slot in slots)
    body = await search(client)
    assert body["partial"] is True
    assert {offer["slots_state"] for offer in body["offers"]} <= {"stored", "unknown"}
    sandbox.switch("a", None)
    body = await search(await served(), with_slots=False)
    assert {offer["slots_state"] for offer in body["offers"]} == {"known"}
    assert any(slot["bookable"] for offer in body["offers"] for slot in offer["slots"])


async def test_what_a_sweep_learned_of_a_slot_is_said_on_its_card(vendors, served, offers, swept, conn):
    sandbox = await vendors(brand("a"))
    await swept()
    conn.execute("UPDATE editor.slot SET appointment_type = 'WALKIN', place_guess = true")
    conn.commit()
    sandbox.switch("a", "hung")
    client = await served(slots_answer_s=0.5, slots_deadline_s=1)
    answer = await client.post("/api/v1/offers/stream", json={"specialty": "SM54", **NEAR})
    slots = [slot for offer in events(answer.text)[0][1]["offers"] for slot in offer["slots"]]
    assert {tuple(slot["flags"]) for slot in slots} == {("place-guess", "walk-in")}


async def test_who_is_known_to_have_no_slot_is_left_out_and_who_is_unknown_stays(
    vendors, served, offers, swept
):
    sandbox = await vendors(brand("a", range(60)))
    await swept()
    sandbox.now = lambda: utc_now() + timedelta(days=30)  # the vendor has nothing in the window
    client = await served()
    body = await search(client)
    kept = {offer["rpps"] for offer in body["offers"]}
    keeps = {value for value in PEOPLE if sandbox.brand("a").knows(value)}
    assert kept == {value[1:] for value in PEOPLE} - {value[1:] for value in keeps}
    assert {offer["slots_state"] for offer in body["offers"]} == {"unknown"}
    everything = await search(client, with_slots=False)
    assert len(everything["offers"]) == len(PEOPLE)


@pytest.fixture
async def calendar(database, home) -> Any:
    """Writes a free range for tomorrow in the SAS calendar of a place."""

    async def fill(offer_id: str) -> None:
        tomorrow = utc_now().astimezone(ZoneInfo("Europe/Paris")).date() + timedelta(days=1)
        slot = AgendaSlot(
            starts_on=tomorrow, until=tomorrow, start=time(10), end=time(12), capacity=4, visibility=("SNP",)
        )
        async with await psycopg.AsyncConnection.connect(conninfo(database, home, role="writer")) as conn:
            await open_calendar(conn, offer_id)
            await add(conn, offer_id, slot, Hand(actor="token:test", now=utc_now()))

    return fill


async def test_slots_of_our_calendar_are_there_at_once_and_give_way_to_the_vendor_s(
    vendors, served, offers, calendar
):
    sandbox = await vendors(brand("a", range(50)))
    theirs = next(n for n, value in enumerate(PEOPLE) if sandbox.brand("a").knows(value))
    ours = next(n for n, value in enumerate(PEOPLE) if not sandbox.brand("a").knows(value))
    await calendar(offers[theirs])
    await calendar(offers[ours])
    sandbox.switch("a", "slow")
    client = await served()
    told = events((await client.post("/api/v1/offers/stream", json={"specialty": "SM54", **NEAR})).text)
    first = {offer["id"]: offer for offer in told[0][1]["offers"]}
    for offer_id in (offers[theirs], offers[ours]):
        (slot,) = first[offer_id]["slots"]
        assert (slot["source"], slot["modality"], slot["flags"]) == ("sas", ["AMB"], ["range"])
        assert first[offer_id]["slots_state"] == "known"
    body = await search(client, with_slots=False)
    last = {offer["id"]: {slot["source"] for slot in offer["slots"]} for offer in body["offers"]}
    assert last[offers[ours]] == {"sas"}
    assert last[offers[theirs]] in ({"a"}, {"sas"})  # a vendor without any time that week leaves ours
    # Those whose slots are known come first; the others as near as they are.
    order = [offer["id"] for offer in body["offers"]]
    assert set(order[:2]) == {offers[theirs], offers[ours]}
    assert order[2:] == [offer_id for offer_id in offers if offer_id not in order[:2]]


async def test_a_stream_refuses_bad_parameters_before_it_begins(served, offers):
    answer = await (await served()).post("/api/v1/offers/stream", json={"specialty": "zzzz", **NEAR})
    assert answer.status_code == 422
    assert answer.json()["parameter"] == "specialty"


async def test_booking_links_carry_the_origin_when_they_may_be_given(vendors, served, offers):
    await vendors(brand("a"))
    body = await search(await served(booking_links=True, booking_origin="sas-essai"), with_slots=False)
    slots = [slot for offer in body["offers"] for slot in offer["slots"]]
    assert all(slot["bookable"] is (slot["booking_url"] is not None) for slot in slots)
    assert all(url.endswith("&origin=sas-essai") for slot in slots if (url := slot["booking_url"]))
    assert any(slot["booking_url"] for slot in slots)


async def test_the_page_names_the_vendors_and_shows_their_slots(vendors, served, offers):
    sandbox = await vendors(brand("well", range(50)), brand("ill", range(50, 100)))
    sandbox.switch("ill", "hung")
    client = await served(slots_answer_s=3, slots_deadline_s=3)
    answer = await client.post("/recherche", data={"place": "48.85, 2.35", "specialty": "SM54"})
    assert answer.status_code == 200
    assert "Agenda well a répondu" in answer.text
    assert "Agenda ill n’a pas répondu à temps" in answer.text
    assert 'class="slot"' in answer.text
    assert "Créneaux inconnus" in answer.text
    sandbox.switch("ill", None)
    later = await client.post(
        "/recherche/creneaux", data={"place": "48.85, 2.35", "specialty": "SM54", "seed": "s"}
    )
    drawn = [json.loads(part.removeprefix("data: ")) for part in later.text.strip().split("\n\n")]
    assert drawn[-1]["end"] is True
    assert any("slot" in html for event in drawn for html in event["offers"].values())


async def test_metrics_tell_each_vendor_and_no_place(vendors, served, offers):
    sandbox = await vendors(brand("a"), brand("b"))
    sandbox.switch("b", "error-500")
    client = await served()
    await search(client)
    text = (await client.get("/metrics")).text
    assert 'sas_vendor_outcome_total{outcome="ok",vendor="a"} 1.0' in text
    assert 'sas_vendor_outcome_total{outcome="http-error",vendor="b"} 1.0' in text
    assert "sas_answer_partial_total 1.0" in text
    assert "48.85" not in text
