"""The simulated vendors as a process of this machine: in the foreground, or left running by the server."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
import sys
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli import server
from cli.server import Running
from core.errors import SystemMissing

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

    from psycopg import AsyncConnection
    from psycopg_pool import AsyncConnectionPool

    from core.settings import DatabaseSettings, HomeSettings
    from slots.editors import Editor

FIRST_PORT = 8090
_READY_TIMEOUT_S = 20.0
_PORTS_TRIED = 50


async def serve(
    *,
    host: str,
    port: int,
    invented: bool,
    faults: Mapping[str, str],
    database: DatabaseSettings,
    home: HomeSettings,
    tls: ssl.SSLContext | None = None,
    expected_cn: str | None = None,
    expected_ou: str | None = None,
) -> None:
    """Serve until told to stop.

    Raises
    ------
    SystemMissing   the port is taken
    """
    from slots.sandbox.people import DirectoryPeople, InventedPeople
    from slots.sandbox.server import Sandbox
    from slots.sandbox.server import serve as start_serving

    server.require_free_port(host, port)
    stopped = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sign, stopped.set)
    async with AsyncExitStack() as stack:
        if invented:
            people: Any = InventedPeople()
        else:
            pool = await stack.enter_async_context(_pool(database, home))
            people = DirectoryPeople(pool)
        sandbox = Sandbox(people=people, expected_cn=expected_cn, expected_ou=expected_ou)
        for vendor, fault in faults.items():
            sandbox.switch(vendor, fault)
        runner = await start_serving(sandbox, host=host, port=port, tls=tls)
        stack.push_async_callback(runner.cleanup)
        await stopped.wait()


def _pool(database: DatabaseSettings, home: HomeSettings) -> AsyncConnectionPool[AsyncConnection[Any]]:
    from psycopg_pool import AsyncConnectionPool

    from core.db.connect import conninfo

    return AsyncConnectionPool(
        conninfo(database, home, role="reader", statement_timeout_s=10),
        min_size=1,
        max_size=4,
        open=False,
        kwargs={"autocommit": True},
        name="sandbox",
    )


def start(home: HomeSettings, *, host: str = "127.0.0.1") -> Running:
    """Leave the simulated vendors running beside the server, on the first free port from 8090 on.

    Raises
    ------
    SystemMissing   no free port, or they do not start; their journal says why
    """
    port = _free_port(host)
    journal = home.path / "sandbox.log"
    command = [str(Path(sys.executable).with_name("sas")), "sandbox", "--host", host, "--port", str(port)]
    with journal.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603
            command, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True
        )
    running = Running(pid=process.pid, host=host, port=port)
    _pid_file(home).write_text(json.dumps(running.__dict__), encoding="utf-8")
    deadline = time.monotonic() + _READY_TIMEOUT_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex((host, port)) == 0:
                return running
        time.sleep(0.1)
    stop(home)
    raise SystemMissing(f"Les éditeurs simulés ne démarrent pas (journal : {journal}).")


def stop(home: HomeSettings) -> bool:
    """Stop the simulated vendors left running under this home; tells whether there were some."""
    return server.stop_process(_pid_file(home), word=b"sandbox")


def left_running(home: HomeSettings) -> Running | None:
    """The simulated vendors left running under this home."""
    return server.process_of(_pid_file(home), word=b"sandbox")


def records(running: Running) -> list[Editor]:
    """The records by which the platform reaches the simulated vendors."""
    from slots.editors import Editor
    from slots.sandbox.brand import BRANDS

    return [
        Editor(
            slug=brand.slug,
            name=brand.name,
            base_url=f"http://{running.host}:{running.port}/{brand.slug}/fhir",
            flows=brand.flows,
            rate_per_s=200,
            max_concurrent=32,
            sandbox=True,
        )
        for brand in BRANDS
    ]


def interface(running: Running, database: DatabaseSettings, home: HomeSettings) -> None:
    """Write the records of the simulated vendors; a real vendor of the same short name is left alone."""
    import psycopg

    from core.db.connect import conninfo
    from slots import editors

    async def write() -> None:
        dsn = conninfo(database, home, role="writer")
        async with await psycopg.AsyncConnection.connect(dsn) as conn:
            known = {editor.slug: editor for editor in await editors.all_editors(conn)}
            for editor in records(running):
                former = known.get(editor.slug)
                if former is None or (former.sandbox and former != editor):
                    await editors.put(conn, editor)

    asyncio.run(write())


def _free_port(host: str) -> int:
    for port in range(FIRST_PORT, FIRST_PORT + _PORTS_TRIED):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise SystemMissing(f"Aucun port libre de {FIRST_PORT} à {FIRST_PORT + _PORTS_TRIED - 1} sur {host}.")


def _pid_file(home: HomeSettings) -> Path:
    return home.path / "sandbox.pid"
