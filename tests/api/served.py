"""The real application behind a real server on the loopback, for clients that open sockets."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from api.app import create_app
from core.settings import DatabaseSettings, HomeSettings, ServerSettings


@contextmanager
def served(
    database: DatabaseSettings, home: HomeSettings, server: ServerSettings | None = None
) -> Iterator[str]:
    """Host and port of the application, served for the time of a test."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    app = create_app(database=database, home=home, server=server or ServerSettings())
    running = uvicorn.Server(uvicorn.Config(app, access_log=False, log_config=None, lifespan="on"))
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        while not running.started:
            time.sleep(0.01)
        host, port = listener.getsockname()
        yield f"{host}:{port}"
    finally:
        running.should_exit = True
        thread.join()
        listener.close()
