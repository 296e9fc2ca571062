"""A real server on a real database, and Debian's Chromium in front of it."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
import uvicorn
from playwright.sync_api import sync_playwright

from api.app import create_app
from core.settings import DatabaseSettings, HomeSettings, ServerSettings
from tests.clones import Clones
from tests.conftest import clone
from tests.map_data import load_country, load_offers, load_search
from tests.rankings import publish_report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = Path("/usr/bin/chromium")
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 375, "height": 667}


@pytest.fixture(scope="session")
def map_database(test_cluster: Path, clones: Clones) -> Iterator[DatabaseSettings]:
    """A database with the invented country, for the whole session; the tests only read it."""
    with clone(test_cluster, clones) as found:
        assert found.database_url is not None
        dsn = found.database_url.get_secret_value()
        with psycopg.connect(dsn) as conn:
            load_country(conn)
            load_offers(conn, 400, unlocated=3)
            load_search(conn)
        publish_report(dsn)
        yield found


@pytest.fixture(scope="session")
def site(map_database: DatabaseSettings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the running server."""
    home = HomeSettings.model_validate({"home": tmp_path_factory.mktemp("home")})
    app = create_app(database=map_database, home=home, server=ServerSettings())
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=0, access_log=False, log_level="warning", ws="none")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for the module: its event loop would stand in the way of asynchronous tests after it."""
    if not CHROMIUM.exists():
        pytest.skip("no /usr/bin/chromium (Debian package chromium)")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield launched
        launched.close()


class Visit:
    """A page with a record of what it asked for and complained about."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.page: Page = context.new_page()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console",
            lambda message: (
                self.complaints.append(message.text) if message.type in ("error", "warning") else None
            ),
        )

    def axe(self) -> list[str]:
        """Violations found by axe-core, one line each."""
        found: dict[str, Any] = self.page.evaluate(
            AXE.read_text(encoding="utf-8") + ";axe.run(document, {resultTypes: ['violations']})"
        )
        return [
            f"{item['id']}: {node['target']} {node['failureSummary']}"
            for item in found["violations"]
            for node in item["nodes"]
        ]


@pytest.fixture
def visit(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """A fresh visit; parametrised indirectly with options of the browser context."""
    options: dict[str, Any] = {"viewport": DESKTOP, "locale": "fr-FR", **getattr(request, "param", {})}
    context = browser.new_context(**options)
    yield Visit(context)
    context.close()
