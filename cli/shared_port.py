"""One port, several processes, each with its own queue of connections.

Processes that listen on one socket take what comes in turn of waking: the first to wake takes a whole burst,
and a program that keeps its connections open (a regulation software, a proxy) is then served by one process
while the others wait. With `SO_REUSEPORT` (Linux, socket(7)) the system shares connections out between them.
"""

from __future__ import annotations

import socket
from typing import Any


class SharedPort(socket.socket):
    """A socket bound to a port that other processes bind too: given to a process, it becomes one of its own.

    The first keeps the port and does not listen: connections go to those that do.

    Raises
    ------
    OSError   the address is taken by somebody who does not share it, or is not ours
    """

    def __init__(self, host: str, port: int) -> None:
        super().__init__(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
        self.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        try:
            self.bind((host, port))
        except OSError:
            self.close()
            raise

    def __reduce__(self) -> tuple[Any, ...]:
        """What crosses to another process: where to bind, not the queue of this one."""
        return SharedPort, self.getsockname()[:2]
