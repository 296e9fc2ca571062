"""A CSV file of any size and of any make: encoding, delimiter and header found out, one row for each record.

Nothing stops the file: a quote that is never closed, a line without an end, a row with too many cells each
cost one row, which says why. Memory is that of one record, whatever the file holds. Bytes that the encoding
does not know come back as they were.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, TextIO

from core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

_SNIFFED_BYTES = 1 << 20
_LONGEST_LINE = 1 << 20
_LONGEST_RECORD = 1 << 21
_DELIMITERS = (";", ",", "\t", "|")
_RARE = (*_DELIMITERS, "~", "^")
_QUOTED = re.compile(r'"[^"]*"')
_BYTE_ORDERS = {"utf-16": "utf-16-le", "utf-32": "utf-32-le"}
_AFTER = "x"
FAULTS = {
    "unclosed-quote": "guillemet ouvert et jamais refermé",
    "line-too-long": "ligne trop longue",
    "too-many-cells": "plus de cellules que l'en-tête n'a de colonnes",
}
"""Why a record could not be read, by its stable code."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record of the file.

    line    physical line it starts at, from 1
    cells   as many as the header has columns
    fault   key of `FAULTS`; empty for a sound record
    text    what stood there, cut at 2,000 characters, when there is a fault
    """

    line: int
    cells: list[str]
    fault: str = ""
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Writing:
    """How rows are written: as the file they come from. `mark`: the bytes that begin it."""

    encoding: str
    delimiter: str
    quote: str
    mark: bytes = b""

    def encode(self, rows: list[list[str]]) -> bytes:
        """Rows as bytes."""
        buffer = io.StringIO(newline="")
        csv.writer(
            buffer, delimiter=self.delimiter, quotechar=self.quote, lineterminator="\r\n"
        ).writerows(rows)  # fmt: skip
        text = buffer.getvalue()
        try:
            return text.encode(self.encoding)
        except UnicodeEncodeError:
            return text.encode(self.encoding, errors="sas-untouched")


class CsvFile:
    """The file, opened: its header, then its records."""

    def __init__(
        self,
        stream: BinaryIO,
        *,
        encoding: str = "",
        delimiter: str = "",
        quote: str = '"',
        with_bom: bool = False,
    ) -> None:
        """Look at the stream, which must be seekable, and read the header.

        Raises
        ------
        UsageError   the file is empty, an option is unreadable

        """
        head = stream.read(_SNIFFED_BYTES)
        stream.seek(0)
        name = _encoding(head, stream, encoding)
        errors = "replace" if name in _BYTE_ORDERS else "surrogateescape"
        self._text = io.TextIOWrapper(stream, encoding=name, errors=errors, newline="")
        sample = head.decode(name, errors="replace")
        self._delimiter = delimiter or _guessed_delimiter(sample, quote)
        if (
            len(self._delimiter) != 1
            or len(quote) != 1
            or self._delimiter == quote
            or "\n" in self._delimiter
        ):
            raise UsageError("Le séparateur et le guillemet sont un seul caractère.", parameter="delimiter")
        self._quote = quote
        self._feed = _Feed(self._text)
        self._reader = self._new_reader()
        self.header: list[str] = []
        self.header = next((record.cells for record in self.records()), [])
        if not self.header:
            raise UsageError("Le fichier est vide.", parameter="data")
        self.writing = _writing(name, head, self._delimiter, quote, with_bom=with_bom)

    def release(self) -> None:
        """Give the stream back to who opened it: collecting a text wrapper would close it."""
        self._text.detach()

    def records(self) -> Iterator[Record]:
        """Records in order, blank lines left out."""
        while True:
            self._feed.begin()
            fault = ""
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error:
                cells, fault = self._recovered()
            if not cells:
                continue
            columns = len(self.header)
            if columns and len(cells) != columns:
                if any(cells[columns:]):
                    fault = fault or "too-many-cells"
                cells = cells[:columns] + [""] * (columns - len(cells))
            if fault:
                yield Record(
                    self._feed.line, cells, fault, "".join(self._feed.pending)[:2_000].rstrip("\r\n")
                )
            else:
                yield Record(self._feed.line, cells)

    def _recovered(self) -> tuple[list[str], str]:
        """The first line of a record that cannot be read, alone; those it swallowed are read again."""
        first, *swallowed = self._feed.pending
        self._feed.put_back(swallowed)
        self._reader = self._new_reader()
        if self._feed.cut:
            return [first[:100]], "line-too-long"
        try:
            rows = self._lenient([first, _AFTER])
            # A quote left open swallows what comes after it.
            closed = len(rows) == 2
            return (rows if closed else self._lenient([first.rstrip("\r\n")]))[0], (
                "" if closed else "unclosed-quote"
            )
        except csv.Error:
            return [first[:100]], "line-too-long"

    def _lenient(self, lines: list[str]) -> list[list[str]]:
        return list(csv.reader(lines, delimiter=self._delimiter, quotechar=self._quote))

    def _new_reader(self) -> Iterator[list[str]]:
        return csv.reader(self._feed, delimiter=self._delimiter, quotechar=self._quote, strict=True)


class _Feed:
    """Physical lines for the reader; those of the record under way are kept, to be read again."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._again: deque[str] = deque()
        self._next_line = 1
        self._size = 0
        self.pending: list[str] = []
        self.line = 1
        self.cut = False

    def begin(self) -> None:
        """A record begins."""
        self.pending = []
        self._size = 0
        self.line = self._next_line
        self.cut = False

    def put_back(self, lines: list[str]) -> None:
        """Give these lines again."""
        self._again.extendleft(reversed(lines))
        self._next_line -= len(lines)
        self.pending = self.pending[:1]

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._text.readline(_LONGEST_LINE)
        if not line:
            raise StopIteration
        self.pending.append(line)
        self._next_line += 1
        self._size += len(line)
        if len(line) == _LONGEST_LINE and line[-1] not in "\r\n":
            self._drop_rest()
            self.cut = len(self.pending) == 1
            raise csv.Error("line too long")
        if self._size > _LONGEST_RECORD:
            raise csv.Error("record too long")
        return line

    def _drop_rest(self) -> None:
        """Read on to the end of a line that is too long, and forget it."""
        while (part := self._text.readline(_LONGEST_LINE)) and part[-1] not in "\r\n":
            pass


def _guessed_delimiter(sample: str, quote: str) -> str:
    """The usual delimiter most frequent in the header; for one column, one that the file does not hold."""
    lines = sample.lstrip("\ufeff").splitlines() or [""]
    header = _QUOTED.sub("", lines[0])
    best = max(_DELIMITERS, key=header.count)
    if best in header:
        return best
    return next((mark for mark in _RARE if mark != quote and mark not in sample), ";")


def _encoding(head: bytes, stream: BinaryIO, asked: str) -> str:
    """Encoding asked; else UTF-8 when the whole file is, else Windows-1252."""
    if asked:
        try:
            name = codecs.lookup(asked).name
            "".encode(name)  # some codecs are not of text
        except (LookupError, UnicodeError, ValueError):
            raise UsageError("Cet encodage n'est pas connu.", parameter="encoding") from None
        return "utf-8-sig" if name == "utf-8" else name
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(head)
        stream.seek(len(head))
        while block := stream.read(_SNIFFED_BYTES):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    finally:
        stream.seek(0)
    return "utf-8-sig"


def _writing(name: str, head: bytes, delimiter: str, quote: str, *, with_bom: bool) -> Writing:
    """The encoding of the input, its mark written once."""
    mark = b""
    if name == "utf-8-sig":
        name = "utf-8"
        mark = codecs.BOM_UTF8 if with_bom or head.startswith(codecs.BOM_UTF8) else b""
    elif name in _BYTE_ORDERS:
        name = _BYTE_ORDERS[name]
        mark = "\ufeff".encode(name)
    return Writing(encoding=name, delimiter=delimiter, quote=quote, mark=mark)


def _untouched(error: UnicodeError) -> tuple[str | bytes, int]:
    """Bytes that could not be read, as they were; else the nearest letters that the encoding knows."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    character = error.object[error.start]
    if "\udc80" <= character <= "\udcff":
        return bytes([ord(character) - 0xDC00]), error.start + 1
    near = {"œ": "oe", "Œ": "OE", "’": "'", "Ÿ": "Y"}.get(character, "?")
    return near, error.start + 1


codecs.register_error("sas-untouched", _untouched)
