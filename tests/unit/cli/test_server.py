"""The server as a process: ports, the file that names it."""

from __future__ import annotations

import json
import os
import socket

import pytest

from cli import server
from core.errors import SystemMissing
from core.settings import HomeSettings


def test_a_port_that_is_taken_is_told_with_a_way_out(socket_enabled: None):
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        with pytest.raises(SystemMissing, match=f"Le port {port} est pris .* PORT="):
            server.require_free_port("127.0.0.1", port)
    server.require_free_port("127.0.0.1", port)


def test_a_file_that_names_another_program_is_not_a_server_left_running(home: HomeSettings):
    home.path.mkdir()
    (home.path / "server.pid").write_text(json.dumps({"pid": os.getpid(), "host": "127.0.0.1", "port": 1}))
    assert server.left_running(home) is None
    assert server.stop(home) is False
    assert not (home.path / "server.pid").exists()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": 1}', '{"pid": "x", "host": "h", "port": 1}'])
def test_a_damaged_file_is_no_server(home: HomeSettings, content: str):
    home.path.mkdir()
    (home.path / "server.pid").write_text(content)
    assert server.left_running(home) is None


def test_nothing_to_stop_is_no_error(home: HomeSettings):
    assert server.stop(home) is False
