"""From the bytes of an answer to its entries, or the reason why the whole answer fails (section 4.1).

The limits hold before memory is spent: a body is refused on its size, and one that holds far more brackets
than an answer can need is walked event by event, so that nesting and entries are counted while reading.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import ijson
import orjson

from slots.fhir.profile import MAX_BODY_BYTES, MAX_ENTRIES, MAX_NESTING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from care.slot import FailureReason
    from slots.fhir.element import Json

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
# An answer at both limits has some 600,000 objects and arrays; orjson would spend 230 bytes on each.
_SUSPICIOUS_BRACKETS: Final = 1_000_000

Page = bytes | bytearray | memoryview


class Answer(NamedTuple):
    """The pages of one answer, parsed; together they hold at most `MAX_ENTRIES` entries."""

    bundles: list[Json]
    entries: list[Any]


class Body:
    """The body of a page while it arrives. When `full`, stop reading: what was kept fails as too large."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []
        self._size = 0

    @property
    def full(self) -> bool:
        """More than `MAX_BODY_BYTES` have come."""
        return self._size > MAX_BODY_BYTES

    def add(self, chunk: bytes) -> None:
        """Keep a chunk; never more than one byte over the limit is held."""
        chunk = chunk[: MAX_BODY_BYTES + 1 - self._size]
        self._chunks.append(chunk)
        self._size += len(chunk)

    def page(self) -> bytes:
        """What has come so far."""
        return b"".join(self._chunks)


def read_answer(pages: Sequence[Page], http_status: int) -> Answer | FailureReason:
    """Parsed pages, or the first reason that makes the answer fail, in the order of the table of 4.1.

    `timeout` and `transport` are seen by the client only: there is no answer to read then.
    """
    if http_status != 200:
        return "http-error"
    if any(memoryview(page).nbytes > MAX_BODY_BYTES for page in pages):
        return "response-too-large"
    documents: list[object] = []
    for page in pages:
        parsed = parse(page)
        if isinstance(parsed, str):
            return parsed
        documents.append(parsed[0])
    return _bundles(documents)


def _bundles(documents: list[object]) -> Answer | FailureReason:
    if not documents:
        return "invalid-json"  # no body at all is no JSON
    bundles: list[Json] = []
    for document in documents:
        kind = document.get("resourceType") if isinstance(document, dict) else None
        if kind == "OperationOutcome":
            return "operation-outcome"
        if not isinstance(document, dict) or kind != "Bundle":
            return "not-a-bundle"
        bundles.append(document)
    entries = [entry for bundle in bundles for entry in _entries(bundle)]
    if len(entries) > MAX_ENTRIES:
        return "response-too-large"
    if any(bundle.get("type") != "searchset" for bundle in bundles):
        return "bundle-type-invalid"
    return Answer(bundles, entries)


def _entries(bundle: Json) -> list[Any]:
    entries = bundle.get("entry")
    return entries if isinstance(entries, list) else []


def parse(page: Page) -> tuple[object] | FailureReason:
    """The JSON document of a page, in a tuple of one. A leading byte order mark is tolerated (2.2)."""
    body = bytes(page).removeprefix(_BYTE_ORDER_MARK)
    if body.count(b"{") + body.count(b"[") > _SUSPICIOUS_BRACKETS:
        refused = _walk(body)
        if refused is not None:
            return refused
    try:
        return (orjson.loads(body),)
    except orjson.JSONDecodeError:
        return "invalid-json"


def _walk(body: bytes) -> FailureReason | None:
    """Count nesting, entries and brackets event by event, in constant memory, up to the first limit."""
    depth = brackets = entries = 0
    path: list[str] = ["", ""]  # names being read at depths 0 and 1: only `entry` of the Bundle itself counts
    try:
        for event, value in ijson.basic_parse(body):
            if event == "map_key" and depth == 1:
                path[1] = value
            elif event in {"start_map", "start_array"}:
                entries += depth == 2 and path[1] == "entry"
                depth += 1
                brackets += 1
            elif event in {"end_map", "end_array"}:
                depth -= 1
            if depth > MAX_NESTING:
                return "invalid-json"
            if entries > MAX_ENTRIES or brackets > _SUSPICIOUS_BRACKETS:
                return "response-too-large"
    except ijson.JSONError:
        return "invalid-json"
    return None
