"""A client of HTTP that costs next to nothing: it shares the cores of the machine with the server measured.

Only what both servers send is understood: HTTP/1.1 with a length, the connection kept or closed.
"""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.peer.judge import Feature

_TIMEOUT_S = 60.0
_BLOCK = 1 << 16


@dataclass(frozen=True, slots=True)
class Reply:
    """Status and body of an answer, and the milliseconds it took."""

    status: int
    body: bytes
    elapsed_ms: float

    @property
    def features(self) -> list[Feature]:
        """Features of a GeoJSON answer; none when the question was refused.

        Raises
        ------
        OSError   the server failed
        """
        if self.status >= 500:
            raise OSError(f"the server answered {self.status}")
        return orjson.loads(self.body)["features"] if self.status == 200 else []


class Connection:
    """One client; connects again when the server closed."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None

    def get(self, path: str, parameters: Mapping[str, str]) -> Reply:
        """Ask, and wait for the whole answer."""
        request = (
            f"GET {path}?{urlencode(parameters)} HTTP/1.1\r\nHost: bench\r\nAccept: */*\r\n\r\n".encode()
        )
        started = time.perf_counter()
        for attempt in (1, 2):
            try:
                status, body = self._exchange(request)
            except (ConnectionError, TimeoutError):
                # A server may close a connection it kept for a while: asked once more on a new one.
                self.close()
                if attempt == 2:
                    raise
                continue
            return Reply(status, body, (time.perf_counter() - started) * 1000)
        raise AssertionError  # the loop returns or raises

    def _exchange(self, request: bytes) -> tuple[int, bytes]:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=_TIMEOUT_S)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(request)
        received = b""
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._received()
        head, body = received[:end].lower(), received[end + 4 :]
        length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        while len(body) < length:
            body += self._received()
        if b"connection: close" in head:
            self.close()
        return int(head[9:12]), body

    def _received(self) -> bytes:
        assert self._socket is not None  # noqa: S101 - made by `_exchange`
        block = self._socket.recv(_BLOCK)
        if not block:
            raise ConnectionResetError
        return block

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


@dataclass(frozen=True, slots=True)
class Load:
    """Replies in the order of the questions, and the seconds from the first to the last."""

    replies: list[Reply]
    elapsed_s: float

    @property
    def per_s(self) -> float:
        """Answers each second."""
        return len(self.replies) / self.elapsed_s


def ask_all(port: int, path: str, asked: Sequence[Mapping[str, str]], *, clients: int) -> Load:
    """Every question once, shared among clients that each wait for their answer before they ask again.

    Raises
    ------
    OSError   the server went away
    """
    replies: list[Reply | None] = [None] * len(asked)
    failures: list[OSError] = []

    def run(first: int) -> None:
        connection = Connection(port)
        try:
            for at in range(first, len(asked), clients):
                replies[at] = connection.get(path, asked[at])
        except OSError as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(first,)) for first in range(clients)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed_s = time.perf_counter() - started
    if failures:
        raise failures[0]
    return Load([reply for reply in replies if reply is not None], elapsed_s)
