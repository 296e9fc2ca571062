"""A port that several processes share: each has its own queue, and it stays closed to others."""

from __future__ import annotations

import socket
from multiprocessing.reduction import ForkingPickler

import pytest

from cli.shared_port import SharedPort


def crossed(shared: SharedPort) -> SharedPort:
    """The socket as another process gets it."""
    return ForkingPickler.loads(ForkingPickler.dumps(shared))


def test_connections_go_to_those_that_listen_and_to_all_of_them(socket_enabled: None):
    with SharedPort("127.0.0.1", 0) as kept:
        first, second = crossed(kept), crossed(kept)
        address = kept.getsockname()
        assert first.getsockname() == second.getsockname() == address
        with first, second:
            for each in (first, second):
                each.listen(128)
                each.setblocking(False)
            callers = [socket.create_connection(address) for _ in range(100)]
            taken = [0, 0]
            for number, each in enumerate((first, second)):
                while True:
                    try:
                        each.accept()[0].close()
                    except BlockingIOError:
                        break
                    taken[number] += 1
            for caller in callers:
                caller.close()
    assert sum(taken) == 100
    assert min(taken) > 10  # by the system, from the address of the caller: about half each


def test_a_port_somebody_listens_on_is_not_shared_with_them(socket_enabled: None):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(OSError, match="in use"):
            SharedPort(*other.getsockname())
