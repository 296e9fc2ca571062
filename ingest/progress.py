"""How a long load tells where it is; the door decides how it is shown."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Receives the advance of a load. Every method is called from one thread."""

    def stage(self, name: str, *, total_bytes: int | None = None) -> None:
        """A stage starts; `total_bytes` when its length is known."""
        ...

    def advance(self, *, bytes_done: int = 0, rows: int = 0) -> None:
        """Work done since the last call."""
        ...

    def note(self, text: str) -> None:
        """A French sentence worth a line."""
        ...


class Silent:
    """Null twin of `Progress`."""

    def stage(self, name: str, *, total_bytes: int | None = None) -> None:
        """Say nothing."""

    def advance(self, *, bytes_done: int = 0, rows: int = 0) -> None:
        """Say nothing."""

    def note(self, text: str) -> None:
        """Say nothing."""
