"""What vendors answered to one search: as it comes, then one line for each of them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Sequence

    from care.slot import Flow, FreeSlot
    from slots.editors import Editor

EditorState = Literal["ok", "empty", "timeout", "http-error", "invalid", "off"]


@dataclass(frozen=True, kw_only=True)
class EditorAnswer:
    """What one vendor answered to one batch.

    state     "off" when it was not asked: its circuit is open, or its record cannot be used
    as_of     when it answered; None when nothing was read
    reason    of a state that is neither ok nor empty: a `care.slot.FailureReason`, "slots-refused", "limit"
              (ours), "late", "circuit-open", "certificate"
    refused   slots that are at fault: what they would have said is unknown, so nobody asked for is known to
              have none
    """

    editor: str
    name: str
    flow: Flow
    state: EditorState
    as_of: datetime | None = None
    slots: Sequence[FreeSlot] = ()
    asked: frozenset[str] = frozenset()
    reason: str | None = None
    elapsed_s: float = 0.0
    refused: int = 0
    warnings: int = 0


@dataclass(kw_only=True)
class Asked:
    """Calls under way for one search."""

    tasks: dict[asyncio.Task[EditorAnswer], str]
    start: datetime
    editors: list[Editor]
    failed: list[EditorAnswer]

    async def answers(self, *, within_s: float) -> AsyncIterator[EditorAnswer]:
        """Each answer as it comes, for `within_s` seconds at most; then those who are late, as `timeout`.

        Leaving early gives nothing up: the calls go on to their own deadline.
        """
        for answer in self.failed:
            yield answer
        waiting = set(self.tasks)
        until_s = _now_s() + within_s
        while waiting:
            done, waiting = await asyncio.wait(
                waiting, timeout=max(0.0, until_s - _now_s()), return_when=asyncio.FIRST_COMPLETED
            )
            for task in sorted(done, key=lambda task: self.tasks[task]):
                if not task.cancelled():
                    yield self._within(task.result())
            if not done:
                break
        names = {editor.slug: editor for editor in self.editors}
        for task in sorted(waiting, key=lambda task: self.tasks[task]):
            editor = names[self.tasks[task]]
            yield EditorAnswer(
                editor=editor.slug, name=editor.name, flow=editor.flows[0], state="timeout", reason="late"
            )

    def _within(self, answer: EditorAnswer) -> EditorAnswer:
        """An answer read for a window that began a moment earlier, without what has begun since."""
        begins = f"{self.start.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        if all(slot["start"] >= begins for slot in answer.slots):
            return answer
        kept = [slot for slot in answer.slots if slot["start"] >= begins]
        return replace(answer, slots=kept, state="ok" if kept else "empty")


_WORST: dict[EditorState, int] = {"ok": 0, "empty": 1, "off": 2, "invalid": 3, "http-error": 4, "timeout": 5}


def states(answers: Iterable[EditorAnswer]) -> list[EditorAnswer]:
    """One line for each vendor: its worst state over the batches; ok goes before empty."""
    worst: dict[str, EditorAnswer] = {}
    for answer in answers:
        known = worst.get(answer.editor)
        if known is None or _worse(answer, known):
            worst[answer.editor] = answer
    return [worst[slug] for slug in sorted(worst)]


def _worse(answer: EditorAnswer, known: EditorAnswer) -> bool:
    if {answer.state, known.state} == {"ok", "empty"}:
        return answer.state == "ok"
    return _WORST[answer.state] > _WORST[known.state]


def _now_s() -> float:
    return asyncio.get_running_loop().time()
