"""Limits of nesting, brackets and entries, held while the bytes of an answer arrive (section 4.1).

Nothing is built and hardly anything is kept: a flood is refused at the chunk that passes the limit, before
the parser sees it. What is counted is counted exactly; `slots.fhir.answer` judges the rest once parsed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from slots.fhir.profile import MAX_BRACKETS, MAX_ENTRIES, MAX_NESTING

if TYPE_CHECKING:
    from care.slot import FailureReason

# Everything up to the first text that is not closed yet.
_CLOSED: Final = re.compile(rb'(?:[^"]++|"(?:[^"\\]++|\\.)*+")*+', re.DOTALL)
_TEXT_REST: Final = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
# Texts go, but for the name that opens the entries: it stays as two quotes.
_TEXTS: Final = re.compile(rb'("entry")(?=\s*+:\s*+\[)|"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_NAME_AT_END: Final = re.compile(rb'"entry"[\s:]{0,64}\Z')
_NOT_MARKS: Final = bytes(code for code in range(256) if code not in b'[]{}"')
_SHORT_TAIL: Final = 4_096


class Scan:
    """Counts brackets outside of texts, chunk by chunk."""

    def __init__(self) -> None:
        self._kept = b""
        self._in_text = False
        self._depth = self._brackets = self._entries = 0
        self._in_entries = False

    def feed(self, chunk: bytes) -> FailureReason | None:
        """Count a chunk; the reason of the refusal once a limit is passed."""
        data = self._kept + chunk
        self._kept = b""
        if self._in_text:
            end = self._skip_text(data, 0)
            if end is None:
                return None
            data = data[end:]
        closed = _CLOSED.match(data)
        end = closed.end() if closed is not None else 0
        self._keep(data[end:])
        whole = data[:end]
        if not self._kept and not self._in_text:
            name = _NAME_AT_END.search(whole, max(0, end - 80))
            if name is not None:
                self._kept, whole = name[0], whole[: name.start()]
        return self._count(_TEXTS.sub(rb"\1", whole).translate(None, _NOT_MARKS))

    def _keep(self, tail: bytes) -> None:
        """`tail` begins with a quote whose text is not closed: read it again with what comes, or skip it."""
        if len(tail) <= _SHORT_TAIL:
            self._kept = tail
        else:
            self._in_text = True
            self._skip_text(tail, 1)

    def _skip_text(self, data: bytes, start: int) -> int | None:
        """Where the text under way ends, or None when it goes on; a lone backslash waits."""
        rest = _TEXT_REST.match(data, start)
        end = rest.end() if rest is not None else start
        if data[end : end + 1] == b'"':
            self._in_text = False
            return end + 1
        self._kept = data[end:]
        return None

    def _count(self, marks: bytes) -> FailureReason | None:
        """`marks` holds brackets, and two quotes where the entries are announced."""
        depth, previous = self._depth, 0
        for mark in marks:
            if mark in b"[{":
                self._entries += self._in_entries and depth == 2
                if depth == 1 and previous == 34:  # a quote: `"entry": [`
                    self._in_entries = True
                depth += 1
                self._brackets += 1
                if depth > MAX_NESTING:
                    return "invalid-json"
            elif mark in b"]}":
                depth -= 1
                if depth < 0:
                    return "invalid-json"
                self._in_entries = self._in_entries and depth > 1
            previous = mark
        self._depth = depth
        if self._entries > MAX_ENTRIES or self._brackets > MAX_BRACKETS:
            return "response-too-large"
        return None
