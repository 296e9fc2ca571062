"""What a piece of work costs: seconds, CPU seconds, and how much of the machine others took meanwhile."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Self

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable


class Meter:
    """Measures from entry to exit, as a context.

    spent   CPU seconds of the work so far
    wall_s, cpu_s   seconds, CPU seconds of the work
    others  share of the machine, 0 to 1, that neither the work nor this process used: a rate measured while
            it is high says little, CPU time per address still does
    """

    def __init__(self, spent: Callable[[], float]) -> None:
        self._spent = spent
        self.wall_s = self.cpu_s = self.others = 0.0

    def __enter__(self) -> Self:
        """Start."""
        self._before = (_machine_s(), self._spent(), time.process_time(), time.perf_counter())
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        now = time.perf_counter()
        machine, spent, own, started = self._before
        self.wall_s = now - started
        self.cpu_s = self._spent() - spent
        others = _machine_s() - machine - self.cpu_s - (time.process_time() - own)
        self.others = min(1.0, max(0.0, others / (self.wall_s * (os.cpu_count() or 1))))


def _machine_s() -> float:
    """CPU seconds of all processes of the machine since it started."""
    times = psutil.cpu_times()
    return times.user + times.nice + times.system
