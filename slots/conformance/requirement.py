"""A requirement, a verdict, and the vocabulary of the checks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from slots.conformance.exchange import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from care.slot import Flow

Verdict = Literal["passed", "failed", "warning", "skipped"]
_MOST_EXAMPLES = 3


class Finding(NamedTuple):
    """What a check found; `evidence` is a French sentence that quotes the answer."""

    verdict: Verdict
    evidence: str


Check = Callable[[Evidence], Finding]


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """What the guide, or its kit, asks of a vendor.

    number   of the official kit where it has one
    origin   IG (guide), KIT, or DEC (this platform)
    text     in French
    flows    where it applies
    advice   True when a failure is a warning
    """

    number: str
    origin: str
    text: str
    check: Check
    flows: tuple[Flow, ...] = ("agg-ps", "agg-cpts", "agg-sos")
    advice: bool = False

    def judge(self, seen: Evidence) -> Finding:
        """The verdict on what was seen."""
        found = self.check(seen)
        return Finding("warning", found.evidence) if self.advice and found.verdict == "failed" else found


def passed(text: str) -> Finding:
    """It is as asked."""
    return Finding("passed", text)


def skipped(text: str) -> Finding:
    """It could not be judged, and why."""
    return Finding("skipped", text)


def none_of(bad: Iterable[str], *, good: str, wrong: str) -> Finding:
    """Passed when nothing is at fault; else failed, with the first examples.

    >>> none_of([], good="12 créneaux", wrong="sans début")
    Finding(verdict='passed', evidence='12 créneaux')
    """
    found = list(bad)
    if not found:
        return passed(good)
    more = f" et {len(found) - _MOST_EXAMPLES} autres" if len(found) > _MOST_EXAMPLES else ""
    return Finding("failed", f"{wrong} : {', '.join(found[:_MOST_EXAMPLES])}{more}")


def holds(condition: bool, *, good: str, wrong: str) -> Finding:
    """Passed or failed, with a sentence for each."""
    return passed(good) if condition else Finding("failed", wrong)
