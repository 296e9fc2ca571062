"""Answers kept for seconds, and one call for simultaneous demands (section 3.5, point 9).

Slots are live data: an answer is kept for the identical question (vendor, flow, identifiers, end of the
window) for at most `max_age_s`. A window that begins "now" moves with the clock: an answer asked for a window
that began no more than `max_age_s` earlier holds every slot of the later one. No key holds a place.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from datetime import datetime
    from typing import Any

_MOST_KEPT = 4_096

Answer = TypeVar("Answer")


class Question(NamedTuple):
    """What makes two questions to vendors the same, but for the beginning of their windows."""

    editor: str
    flow: str
    ids: tuple[str, ...]
    end: datetime


@dataclass(frozen=True, slots=True)
class _Kept(Generic[Answer]):
    task: asyncio.Task[Answer]
    start: datetime
    asked_at_s: float


class AnswerCache(Generic[Answer]):
    """Tasks under way and answers just read, the newest last; what is old is dropped as others come."""

    def __init__(self, *, max_age_s: float, keeps: Callable[[Answer], bool]) -> None:
        self._max_age_s = max_age_s
        self._keeps = keeps
        self._kept: OrderedDict[Question, _Kept[Answer]] = OrderedDict()

    def ask(
        self,
        question: Question,
        *,
        start: datetime,
        now_s: float,
        call: Callable[[], Coroutine[Any, Any, Answer]],
    ) -> asyncio.Task[Answer]:
        """The task that answers the question: one under way, one ended a moment ago, or a new one."""
        known = self._kept.get(question)
        if known is not None and self._fits(known, start, now_s):
            return known.task
        task = asyncio.create_task(call())
        self._kept[question] = _Kept(task, start, now_s)
        self._kept.move_to_end(question)
        self._drop(now_s)
        return task

    def forget(self, editor: str) -> None:
        """Drop what a vendor answered; its calls under way go on for those who wait."""
        for question in [question for question in self._kept if question.editor == editor]:
            del self._kept[question]

    async def close(self) -> None:
        """Give up the calls under way."""
        tasks = [kept.task for kept in self._kept.values() if not kept.task.done()]
        for task in tasks:
            task.cancel()
        self._kept.clear()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _fits(self, known: _Kept[Answer], start: datetime, now_s: float) -> bool:
        if known.task.cancelled():
            return False
        if known.task.done() and (known.task.exception() is not None or not self._keeps(known.task.result())):
            return False
        earlier_s = (start - known.start).total_seconds()
        return now_s - known.asked_at_s <= self._max_age_s and 0 <= earlier_s <= self._max_age_s

    def _drop(self, now_s: float) -> None:
        while self._kept:
            question, kept = next(iter(self._kept.items()))
            old = now_s - kept.asked_at_s > self._max_age_s and kept.task.done()
            if not old and len(self._kept) <= _MOST_KEPT:
                return
            del self._kept[question]
