"""A bucket of tokens: at most so many requests per second, a short burst allowed. Pure, told the time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(kw_only=True)
class Bucket:
    """Tokens come at `rate_per_s`; `burst` of them at most wait.

    >>> bucket = Bucket(rate_per_s=2.0, burst=1.0)
    >>> bucket.wait_s(0.0), bucket.wait_s(0.0), bucket.wait_s(0.0)
    (0.0, 0.5, 1.0)
    """

    rate_per_s: float
    burst: float
    _next_s: float = float("-inf")

    def wait_s(self, now_s: float) -> float:
        """Take a token; how long to wait before using it."""
        full_s = now_s - (self.burst - 1.0) / self.rate_per_s
        due_s = max(self._next_s, full_s)
        self._next_s = due_s + 1.0 / self.rate_per_s
        return max(0.0, due_s - now_s)

    def delay_s(self, now_s: float) -> float:
        """How long a token taken now would have to wait; takes none."""
        return max(0.0, self._next_s - now_s)
