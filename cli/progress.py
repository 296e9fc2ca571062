"""How a long piece of work is shown on stderr: bars with rate and time left, or plain lines off a terminal."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

_LINE_EVERY_S = 10.0


class Display:
    """Shows the stages of one or several loads; it is an `ingest.progress.Progress`.

    Used as a context. `heading` names the piece of work that follows.
    """

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True)
        self._live = self._console.is_terminal
        self._bars = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[rows]}"),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
            disable=not self._live,
        )
        self._task = self._bars.add_task("", total=None, rows="", visible=False)
        self._heading = ""
        self._rows = 0
        self._bytes = 0
        self._total: int | None = None
        self._stage_started = self._line_at = time.monotonic()

    def __enter__(self) -> Self:
        """Show the bars."""
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the bars away; notes stay."""
        self._bars.stop()

    def heading(self, text: str) -> None:
        """Name the piece of work that starts."""
        self._heading = text
        self._console.print(f"→ {text}", highlight=False)
        self._bars.update(self._task, visible=False)

    def stage(self, name: str, *, total_bytes: int | None = None) -> None:
        """A stage starts; `total_bytes` when its length is known."""
        self._rows, self._bytes, self._total = 0, 0, total_bytes
        self._stage_started = self._line_at = time.monotonic()
        self._bars.reset(self._task, total=total_bytes, rows="", visible=True, description=f"  {name}")

    def advance(self, *, bytes_done: int = 0, rows: int = 0) -> None:
        """Work done since the last call."""
        self._rows += rows
        self._bytes += bytes_done
        shown = f"{self._rows:,} lignes".replace(",", "\u202f") if self._rows else ""
        self._bars.update(self._task, advance=bytes_done, rows=shown)
        now = time.monotonic()
        if not self._live and now - self._line_at >= _LINE_EVERY_S:
            self._line_at = now
            self._console.print(f"  {self._heading} : {self._so_far(now)}", highlight=False)

    def note(self, text: str) -> None:
        """A French sentence worth a line."""
        self._console.print(f"  {text}", highlight=False)

    def _so_far(self, now: float) -> str:
        elapsed = now - self._stage_started
        parts = [f"{self._rows:,} lignes".replace(",", "\u202f")] if self._rows else []
        if self._total:
            share = min(1.0, self._bytes / self._total)
            parts.append(f"{share:.0%}")
            if share > 0.02:
                parts.append(f"encore {round(elapsed / share - elapsed)} s")
        parts.append(f"{round(self._bytes / max(elapsed, 0.1) / 1e6)} Mo/s")
        return ", ".join(parts)


@contextmanager
def shown_progress() -> Iterator[Display]:
    """A display for the time of a piece of work."""
    with Display() as display:
        yield display
