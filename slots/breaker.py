"""A circuit breaker for one vendor: pure, told the time.

    closed      every call goes; too many failures open it
    open        no call goes, until the rest is over
    half-open   one probe at a time: success closes, failure opens again

Ours rather than a library's: those for asyncio count failures in a row only, let any number of calls through
while half-open, or share their state outside the process.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Literal

BreakerState = Literal["closed", "open", "half-open"]


@dataclass(frozen=True, kw_only=True, slots=True)
class BreakerRule:
    """When a breaker opens and when it probes.

    in_a_row       failures one after the other that open it
    window         last calls looked at for the share
    share          share of failures among them, once there are `window`, that opens it
    rest_s         seconds without any call before a probe
    """

    in_a_row: int = 5
    window: int = 20
    share: float = 0.5
    rest_s: float = 5.0


@dataclass(kw_only=True, slots=True)
class Breaker:
    """The state for one vendor. After an `allows` that answers True comes `succeeded`, `failed` or `left`."""

    rule: BreakerRule
    _last: deque[bool] = field(default_factory=deque)
    _failures: int = 0
    _opened_at: float | None = None
    _probing: bool = False

    def state(self, now_s: float) -> BreakerState:
        """What it would do with a call now."""
        if self._opened_at is None:
            return "closed"
        return "open" if now_s - self._opened_at < self.rule.rest_s else "half-open"

    def allows(self, now_s: float) -> bool:
        """Whether a call may go; in the half-open state the first one only, until its end is told."""
        state = self.state(now_s)
        if state == "closed":
            return True
        if state == "open" or self._probing:
            return False
        self._probing = True
        return True

    def succeeded(self) -> None:
        """A call was answered."""
        if self._opened_at is not None:
            if self._probing:
                self._close()
            return  # a call from before the opening: the probe decides
        self._note(failed=False)

    def failed(self, now_s: float) -> None:
        """A call was not answered as agreed."""
        if self._opened_at is not None:
            if self._probing:
                self._open(now_s)
            return
        self._note(failed=True)
        enough = len(self._last) >= self.rule.window
        share = sum(self._last) / len(self._last)
        if self._failures >= self.rule.in_a_row or (enough and share >= self.rule.share):
            self._open(now_s)

    def left(self) -> None:
        """A call was given up by us: it says nothing about the vendor."""
        self._probing = False

    def _note(self, *, failed: bool) -> None:
        self._failures = self._failures + 1 if failed else 0
        self._last.append(failed)
        if len(self._last) > self.rule.window:
            self._last.popleft()

    def _open(self, now_s: float) -> None:
        self._opened_at = now_s
        self._probing = False

    def _close(self) -> None:
        self._opened_at = None
        self._probing = False
        self._failures = 0
        self._last.clear()
