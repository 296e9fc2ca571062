"""Long work shown on stderr: bars with rate and time left, or plain lines off a terminal."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

_LINE_EVERY_S = 10.0
_FEW_SECONDS = 1.0


_STAGES = {
    "read": "lecture",
    "match": "rapprochement",
    "geocode": "géocodage",
    "check": "contrôles",
    "difference": "comparaison",
    "swap": "mise en service",
    "digest": "empreinte",
    "ways": "routes",
    "nodes": "points des routes",
    "build": "construction du réseau",
}
"""French words of the stages of a load; one without is shown as it is."""


class Display:
    """Shows the stages of one or several pieces of work. Used as a context.

    It is an `ingest.progress.Progress` (bytes and rows) and a `demo.generate.Progress` (units of work).
    """

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True)
        self._live = self._console.is_terminal
        self._bars = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
            disable=not self._live,
        )
        self._task = self._bars.add_task("", total=None, rate="", visible=False)
        self._heading = ""
        self._done = self._done_before = self._rows = 0
        self._total: int | None = None
        self._in_bytes = True
        self._by_rows = False
        self._started = self._line_at = time.monotonic()

    def __enter__(self) -> Self:
        """Show the bars."""
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the bars away; what was printed stays."""
        self._bars.stop()

    def heading(self, text: str) -> None:
        """Name the piece of work that starts."""
        self._heading = text
        self._console.print(f"→ {text}", highlight=False)
        self._bars.update(self._task, visible=False)

    def stage(
        self, name: str, *, total_bytes: int | None = None, done_bytes: int = 0, by_rows: bool = False
    ) -> None:
        """A stage of a load starts; `total_bytes` when its length is known.

        done_bytes   done by a former run
        by_rows      the rate is told in rows, not in bytes
        """
        self._begin(
            f"  {_STAGES.get(name, name)}", total_bytes, in_bytes=True, done=done_bytes, by_rows=by_rows
        )

    def start(self, total: int) -> None:
        """Work measured in units of its own starts."""
        self._begin("", total, in_bytes=False)

    def advance(self, done: int = 0, text: str = "", *, bytes_done: int = 0, rows: int = 0) -> None:
        """Work done since the last call; `text` names what was finished."""
        self._done += done + bytes_done
        self._rows += rows
        self._bars.update(self._task, advance=done + bytes_done, rate=self._rate())
        if text:
            self._bars.update(self._task, description=f"  {text}")
        now = time.monotonic()
        if not self._live and now - self._line_at >= _LINE_EVERY_S:
            self._line_at = now
            self._console.print(f"  {self._heading} : {self._so_far(now)}", highlight=False)

    def note(self, text: str) -> None:
        """A French sentence worth a line."""
        self._console.print(f"  {text}", highlight=False)

    def _begin(
        self, description: str, total: int | None, *, in_bytes: bool, done: int = 0, by_rows: bool = False
    ) -> None:
        self._done = self._done_before = done
        self._rows = 0
        self._total, self._in_bytes, self._by_rows = total, in_bytes, by_rows
        self._started = self._line_at = time.monotonic()
        self._bars.reset(
            self._task, total=total, completed=done, rate="", visible=True, description=description
        )

    def _rate(self) -> str:
        elapsed = time.monotonic() - self._started
        parts = [f"{thousands(self._rows)} lignes"] if self._rows else []
        if self._by_rows:
            if self._rows and elapsed > _FEW_SECONDS:
                parts.append(f"{thousands(round(self._rows / elapsed))} lignes/s")
        elif self._in_bytes and self._done and elapsed > _FEW_SECONDS:
            parts.append(f"{self._done / elapsed / 1e6:.0f} Mo/s")
        return ", ".join(parts)

    def _so_far(self, now: float) -> str:
        parts = [self._rate()]
        if self._total:
            done = min(self._total, self._done)
            parts.append(f"{done / self._total:.0%}")
            if done > self._done_before:
                each_s = (now - self._started) / (done - self._done_before)
                parts.append(f"encore {round((self._total - done) * each_s)} s")
        return ", ".join(filter(None, parts)) or "en cours"


def thousands(number: int) -> str:
    """A number as French readers expect it: groups of three, thin spaces."""
    return f"{number:,}".replace(",", "\u202f")


@contextmanager
def shown_progress() -> Iterator[Display]:
    """A display for the time of a piece of work."""
    with Display() as display:
        yield display
