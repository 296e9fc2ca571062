"""Asking every vendor at once, under one deadline (section 3.5 of the interoperability brief).

A batch is asked of all vendors together, with one request each. Whoever asks takes the answers as they come
and stops waiting when it wants; a call under way goes on to its own deadline, so that a late answer serves
the next search. One vendor's failure is its own: it is told, never raised, never an empty answer.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

import structlog

from core.clock import utc_now
from core.errors import SystemMissing
from slots.answers import Asked, EditorAnswer
from slots.breaker import Breaker, BreakerRule
from slots.cache import AnswerCache, Question
from slots.fhir.bundle import extract_slots, failed
from slots.fhir.client import EditorClient
from slots.fhir.request import ASSOCIATION_BATCH, BATCH, slot_search
from slots.rate import Bucket

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from care.slot import Extraction, FailureReason, Flow, RejectionReason
    from slots.answers import EditorState
    from slots.editors import Editor
    from slots.fhir.client import Fetched

LIVE_SHARE = 0.8
"""Share of a vendor's rate that searches may use; the rest is the sweep's."""
_BIG_BODY_BYTES = 256 * 1024
_HARMLESS: dict[Flow, frozenset[RejectionReason]] = {
    "agg-ps": frozenset(("status-not-free",)),
    "agg-cpts": frozenset(("status-not-free",)),
    # A standard answer brings every slot of a Schedule, busy or out of the window (section 3.4).
    "agg-sos": frozenset(("status-not-free", "out-of-window")),
}
_INVALID: frozenset[str] = frozenset(
    ("response-too-large", "invalid-json", "operation-outcome", "not-a-bundle", "bundle-type-invalid")
)


class Observer(Protocol):
    """Told of each call, to count them."""

    def answered(self, answer: EditorAnswer, *, circuit_open: bool) -> None:
        """A vendor answered, or failed to."""
        ...


class Silent:
    """Null twin of `Observer`."""

    def answered(self, answer: EditorAnswer, *, circuit_open: bool) -> None:
        """Count nothing."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Seconds and numbers that bound the calls; settings of the server.

    processes   those that ask the same vendors: each takes its part of what a vendor allows
    """

    deadline_s: float = 7.0
    connect_timeout_s: float = 1.0
    max_concurrent: int = 256
    processes: int = 1
    cache_s: float = 30.0
    breaker: BreakerRule = field(default_factory=BreakerRule)


@dataclass(kw_only=True)
class _Vendor:
    client: EditorClient
    breaker: Breaker
    bucket: Bucket
    places: asyncio.Semaphore

    @property
    def editor(self) -> Editor:
        return self.client.editor


class Aggregator:
    """The vendors of one process. Made in a running loop; `use` gives it the records, `close` ends it."""

    def __init__(self, limits: Limits, *, observer: Observer | None = None) -> None:
        self._limits = limits
        self._observer = observer or Silent()
        self._vendors: dict[str, _Vendor] = {}
        self._unusable: dict[str, Editor] = {}
        self._retiring: set[asyncio.Task[None]] = set()
        self._overall = asyncio.Semaphore(limits.max_concurrent)
        self._cache: AnswerCache[EditorAnswer] = AnswerCache(
            max_age_s=limits.cache_s, keeps=lambda answer: answer.state in {"ok", "empty"}
        )

    @property
    def editors(self) -> list[Editor]:
        """The vendors in service, by slug; one whose certificate cannot be read is among them."""
        known = [vendor.editor for vendor in self._vendors.values()] + list(self._unusable.values())
        return sorted(known, key=lambda editor: editor.slug)

    async def use(self, editors: Iterable[Editor]) -> None:
        """Take these records; connections and breakers of those that did not change are kept."""
        wanted = {editor.slug: editor for editor in editors if editor.state == "on"}
        for slug, vendor in list(self._vendors.items()):
            if wanted.get(slug) != vendor.editor:
                del self._vendors[slug]
                self._cache.forget(slug)
                self._retire(vendor.client)
        self._unusable = {}
        for slug, editor in wanted.items():
            if slug not in self._vendors:
                try:
                    self._vendors[slug] = self._vendor(editor)
                except SystemMissing:
                    structlog.get_logger("slots").error("editor-unusable", editor=slug)
                    self._unusable[slug] = editor

    async def close(self) -> None:
        """Give up the calls under way and close the connections."""
        await self._cache.close()
        for task in self._retiring:
            task.cancel()
        await asyncio.gather(*self._retiring, return_exceptions=True)
        for vendor in self._vendors.values():
            await vendor.client.close()
        self._vendors = {}

    def _retire(self, client: EditorClient) -> None:
        """Close the connections of a former record, once no call under way can hold them any more."""

        async def close_later() -> None:
            try:
                await asyncio.sleep(self._limits.deadline_s + 1)
            finally:
                await client.close()

        task = asyncio.create_task(close_later())
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)

    def _vendor(self, editor: Editor) -> _Vendor:
        rate = editor.rate_per_s * LIVE_SHARE / self._limits.processes
        return _Vendor(
            client=EditorClient(editor, connect_timeout_s=self._limits.connect_timeout_s),
            breaker=Breaker(rule=self._limits.breaker),
            bucket=Bucket(rate_per_s=rate, burst=max(1.0, rate)),
            places=asyncio.Semaphore(max(1, editor.max_concurrent // self._limits.processes)),
        )

    def ask(
        self,
        *,
        practitioner_ids: Iterable[str] = (),
        association_ids: Iterable[str] = (),
        start: datetime,
        end: datetime,
    ) -> Asked:
        """Ask every vendor for the free slots of these practitioners and SOS Médecins associations.

        Parameters
        ----------
        practitioner_ids   `8` + RPPS or `0` + ADELI; duplicates are asked once
        association_ids    `3` + SIRET
        start, end         window of `Slot.start`, aware, both ends included
        """
        start = start.replace(microsecond=0)
        people, associations = sorted(set(practitioner_ids)), sorted(set(association_ids))
        tasks: dict[asyncio.Task[EditorAnswer], str] = {}
        for slug, vendor in sorted(self._vendors.items()):
            for flow, ids in _requests(vendor.editor, people, associations):
                question = Question(slug, flow, ids, end)
                task = self._cache.ask(
                    question,
                    start=start,
                    now_s=_now_s(),
                    call=lambda vendor=vendor, flow=flow, ids=ids: self._call(vendor, flow, ids, start, end),
                )
                tasks[task] = slug
        asked_nothing = [
            EditorAnswer(editor=slug, name=editor.name, flow=flow, state="off", reason="certificate")
            for slug, editor in self._unusable.items()
            for flow, _ in _requests(editor, people, associations)
        ]
        return Asked(tasks=tasks, start=start, editors=self.editors, failed=asked_nothing)

    async def _call(
        self, vendor: _Vendor, flow: Flow, ids: tuple[str, ...], start: datetime, end: datetime
    ) -> EditorAnswer:
        started_s = _now_s()
        if not vendor.breaker.allows(started_s):
            return self._told(vendor, flow, ids, state="off", reason="circuit-open")
        try:
            answer = await self._bounded(vendor, flow, ids, start, end)
        except asyncio.CancelledError:
            vendor.breaker.left()
            raise
        if answer.state in {"ok", "empty"}:
            vendor.breaker.succeeded()
        elif answer.reason == "limit":
            vendor.breaker.left()
        else:
            vendor.breaker.failed(_now_s())
        self._observer.answered(answer, circuit_open=vendor.breaker.state(_now_s()) != "closed")
        return answer

    async def _bounded(
        self, vendor: _Vendor, flow: Flow, ids: tuple[str, ...], start: datetime, end: datetime
    ) -> EditorAnswer:
        """One request, within our limits and the deadline."""
        started_s = _now_s()
        reason = "limit"
        try:
            async with asyncio.timeout(self._limits.deadline_s):
                await asyncio.sleep(vendor.bucket.wait_s(started_s))
                async with vendor.places, self._overall:
                    reason = "timeout"
                    url = slot_search(vendor.editor.base_url, flow=flow, ids=ids, start=start, end=end)
                    fetched = await vendor.client.fetch(url)
        except TimeoutError:
            elapsed_s = _now_s() - started_s
            return self._told(vendor, flow, ids, state="timeout", reason=reason, elapsed_s=elapsed_s)
        read = await _read(fetched, flow=flow, ids=ids, start=start, end=end)
        elapsed_s = _now_s() - started_s
        failure = read["failure_reason"]
        if failure is not None:
            _log_failure(vendor.editor.slug, flow, failure, fetched)
            state = "invalid" if failure in _INVALID else "http-error"
            return self._told(vendor, flow, ids, state=state, reason=failure, elapsed_s=elapsed_s)
        if is_unreadable(read, flow):
            _log_failure(vendor.editor.slug, flow, "slots-refused", fetched)
            return self._told(vendor, flow, ids, state="invalid", reason="slots-refused", elapsed_s=elapsed_s)
        return EditorAnswer(
            editor=vendor.editor.slug,
            name=vendor.editor.name,
            flow=flow,
            state="ok" if read["slots"] else "empty",
            as_of=utc_now().replace(microsecond=0),
            slots=read["slots"],
            asked=frozenset(ids),
            elapsed_s=elapsed_s,
            refused=_at_fault(read, flow),
            warnings=len(read["warnings"]),
        )

    def _told(
        self,
        vendor: _Vendor,
        flow: Flow,
        ids: tuple[str, ...],
        *,
        state: EditorState,
        reason: str,
        elapsed_s: float = 0.0,
    ) -> EditorAnswer:
        return EditorAnswer(
            editor=vendor.editor.slug,
            name=vendor.editor.name,
            flow=flow,
            state=state,
            reason=reason,
            asked=frozenset(ids),
            elapsed_s=elapsed_s,
        )


def _requests(
    editor: Editor, people: list[str], associations: list[str]
) -> Iterator[tuple[Flow, tuple[str, ...]]]:
    """The requests that ask a vendor for everybody: batches of 25 people, of 10 associations."""
    flow = editor.practitioner_flow()
    if flow is not None:
        for first in range(0, len(people), BATCH):
            yield flow, tuple(people[first : first + BATCH])
    if "agg-sos" in editor.flows:
        for first in range(0, len(associations), ASSOCIATION_BATCH):
            yield "agg-sos", tuple(associations[first : first + ASSOCIATION_BATCH])


def is_unreadable(read: Extraction, flow: Flow) -> bool:
    """The vendor has slots, and none can be trusted: that is not "no slot"."""
    return not read["slots"] and _at_fault(read, flow) > 0


def _at_fault(read: Extraction, flow: Flow) -> int:
    return sum(item["reason"] not in _HARMLESS[flow] for item in read["rejected"])


async def _read(
    fetched: Fetched, *, flow: Flow, ids: tuple[str, ...], start: datetime, end: datetime
) -> Extraction:
    if fetched.failure is not None:
        return failed(fetched.failure)

    def work() -> Extraction:
        return extract_slots(
            fetched.pages,
            flow=flow,
            requested_ids=ids,
            window_start=start,
            window_end=end,
            http_status=fetched.http_status,
        )

    if sum(map(len, fetched.pages)) < _BIG_BODY_BYTES:
        return work()
    return await asyncio.to_thread(work)  # a big answer must not hold back the others


def _log_failure(
    editor: str, flow: Flow, reason: FailureReason | Literal["slots-refused"], fetched: Fetched
) -> None:
    structlog.get_logger("slots").warning(
        "editor-failed",
        editor=editor,
        flow=flow,
        reason=reason,
        status=fetched.http_status,
        told=fetched.told,
    )


def _now_s() -> float:
    return asyncio.get_running_loop().time()
