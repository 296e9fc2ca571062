"""The search page with its slots: drawn by the server, completed as vendors answer, without a fault."""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
import uvicorn

from api.app import create_app
from core.db.connect import conninfo
from core.settings import ServerSettings, SlotSettings
from slots import editors
from slots.editors import Editor
from slots.sandbox.brand import Brand
from slots.sandbox.people import InventedPeople
from slots.sandbox.server import Sandbox, address, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.browser.conftest import Visit

pytestmark = [pytest.mark.postgis, pytest.mark.browser]

QUICK = Brand(slug="vif", name="Agenda Vif", flows=("agg-ps",), parts=range(50), latency_s=0.0)
SLOW = Brand(slug="lent", name="Agenda Lent", flows=("agg-ps",), parts=range(50, 100), latency_s=3.0)


@pytest.fixture
def vendors() -> Iterator[str]:
    """Two simulated vendors in a thread, one of them slow."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    sandbox = Sandbox(people=InventedPeople(), brands=[QUICK, SLOW])
    runner = asyncio.run_coroutine_threadsafe(serve(sandbox, host="127.0.0.1", port=0), loop).result(30)
    host, port = address(runner)
    yield f"http://{host}:{port}"
    asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(30)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


@pytest.fixture
def searched(database, home, add_offers, vendors: str) -> Iterator[str]:
    """Address of a server whose offers have slots at these vendors."""
    add_offers([{"lon": 2.35 + n / 500, "lat": 48.85, "idnps": f"8999{n:08d}"} for n in range(12)])

    with psycopg.connect(conninfo(database, home, role="writer")) as conn:
        for brand in (QUICK, SLOW):
            base = f"{vendors}/{brand.slug}/fhir"
            record = asdict(Editor(slug=brand.slug, name=brand.name, base_url=base, sandbox=True))
            conn.execute(editors.QUERIES["put_editor"], record | {"flows": ["agg-ps"], "booking_hosts": []})
    given: dict[str, Any] = {"slots_answer_s": 1.0, "booking_links": True}
    app = create_app(
        database=database, home=home, server=ServerSettings(), slots=SlotSettings.model_validate(given)
    )
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=0, access_log=False, log_level="warning", ws="none")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=15)


def test_a_page_shows_the_slots_it_has_and_completes_itself_without_moving(visit: Visit, searched: str):
    page = visit.page
    page.goto(f"{searched}/recherche")
    page.fill("#place", "48.85, 2.35")
    page.press("#place", "Enter")
    page.wait_for_selector(".slots")
    order = page.eval_on_selector_all(
        ".offer", "rows => rows.map(row => row.dataset.rank + row.dataset.name)"
    )
    page.wait_for_selector("text=Tous les agendas ont répondu.")
    agendas = page.inner_text("[data-agendas]")
    assert "Agenda Vif a répondu" in agendas
    assert "Agenda Lent a répondu" in agendas
    assert order == page.eval_on_selector_all(
        ".offer", "rows => rows.map(row => row.dataset.rank + row.dataset.name)"
    )
    link = page.locator("a.slot").first
    assert link.get_attribute("rel") == "noopener noreferrer"
    assert (link.get_attribute("href") or "").endswith("origin=sas")
    assert visit.axe() == []
    assert visit.complaints == []
    assert [url for url in visit.requests if not url.startswith(searched)] == []
