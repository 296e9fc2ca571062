"""From the bytes of an answer to its entries, or the reason why the whole answer fails (section 4.1).

The limits hold before memory is spent: a body is refused on its size, and one that holds far more brackets
than an answer can need is walked bracket by bracket, so that nesting and entries are counted while reading.
(Not with ijson: its C reader crashes the process on a number of thousands of digits.)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

from slots.fhir.profile import MAX_BODY_BYTES, MAX_BRACKETS, MAX_ENTRIES, MAX_NESTING
from slots.fhir.scan import Scan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from care.slot import FailureReason
    from slots.fhir.element import Json

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F]")
# Up to the next half of a surrogate pair left alone (2), or to what no JSON holds (3). Escapes are read in
# turn, so that an escaped backslash is never taken for the start of the next one.
_LONE_SURROGATE: Final = re.compile(
    rb"((?:[^\\]++|\\[^u]|\\u(?![dD][89a-fA-F])"
    rb"|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})*+)"
    rb"(?:(\\u[dD][89a-fA-F][0-9a-fA-F]{2})|([\s\S]++))?+"
)
# The next bracket outside a text; what stands before it is skipped without going back on any byte.
_NEXT_BRACKET: Final = re.compile(rb'(?:[^\[\]{}"]++|"(?:[^"\\]++|\\.)*+"?+)*+([\[\]{}])', re.DOTALL)
_ENTRY_NAME: Final = re.compile(rb'"entry"\s*:\s*\[\Z')

Page = bytes | bytearray | memoryview


class Answer(NamedTuple):
    """The pages of one answer, parsed; together they hold at most `MAX_ENTRIES` entries."""

    bundles: list[Json]
    entries: list[Any]


class Body:
    """The body of a page while it arrives: stop reading when `full` or `refused`.

    What was kept of a full body fails as too large. `refused` is the limit of nesting, brackets or entries
    that was passed (`slots.fhir.scan`): nothing needs to be parsed any more. The count begins where a body
    becomes large enough to hurt: below, the parser itself refuses what is nested too deep, at no cost.
    """

    def __init__(self) -> None:
        self._chunks: list[bytes] = []
        self._size = 0
        self._scan = Scan()
        self._counted = 0
        self.refused: FailureReason | None = None

    @property
    def full(self) -> bool:
        """More than `MAX_BODY_BYTES` have come."""
        return self._size > MAX_BODY_BYTES

    def add(self, chunk: bytes) -> None:
        """Keep a chunk; never more than one byte over the limit is held."""
        chunk = chunk[: MAX_BODY_BYTES + 1 - self._size]
        self._chunks.append(chunk)
        self._size += len(chunk)
        if self._size > 2 * MAX_BRACKETS and self.refused is None:
            waiting, self._counted = self._chunks[self._counted :], len(self._chunks)
            for part in waiting:
                self.refused = self.refused or self._scan.feed(part)

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
    """The JSON document of a page, in a tuple of one; a leading byte order mark is tolerated (2.2)."""
    body = bytes(page).removeprefix(_BYTE_ORDER_MARK)
    refused = _walk(body) if _suspicious(body) else None
    if refused is not None:
        return refused
    try:
        return (orjson.loads(body),)
    except orjson.JSONDecodeError:
        mended = _mend_surrogates(body) if _SURROGATE.search(body) else body
    if mended == body:
        return "invalid-json"
    try:
        return (orjson.loads(mended),)
    except orjson.JSONDecodeError:
        return "invalid-json"


def _suspicious(body: bytes) -> bool:
    """More opening brackets than an answer can need; each has its closing one, so a small body cannot."""
    return len(body) > 2 * MAX_BRACKETS and body.count(b"{") + body.count(b"[") > MAX_BRACKETS


def _walk(body: bytes) -> FailureReason | None:
    """Count nesting, entries and brackets, building nothing, up to the first limit passed.

    Whether the brackets match and what is between them is for the parser to judge.
    """
    depth = brackets = entries = 0
    in_entries = False
    found = _NEXT_BRACKET.match(body)
    while found is not None:
        if brackets and not depth:
            return "invalid-json"  # something follows the document
        if found[1] in b"]}":
            depth -= 1
            in_entries = in_entries and depth > 1
        else:
            entries += in_entries and depth == 2
            in_entries = in_entries or (depth == 1 and _ENTRY_NAME.search(found[0]) is not None)
            depth += 1
            brackets += 1
        if not 0 <= depth <= MAX_NESTING:
            return "invalid-json"
        if entries > MAX_ENTRIES or brackets > MAX_BRACKETS:
            return "response-too-large"
        found = _NEXT_BRACKET.match(body, found.end())  # a search would try again inside the texts
    return None


def _mend_surrogates(body: bytes) -> bytes:
    r"""Replace each `\ud83d` that has lost its other half by U+FFFD.

    It is JSON all the same (RFC 8259, 8.2), which agendas write when they cut a text in the middle of an
    emoji: one motif must not cost the whole answer.
    """
    return _LONE_SURROGATE.sub(lambda found: found[1] + (rb"\ufffd" if found[2] else found[3] or b""), body)
