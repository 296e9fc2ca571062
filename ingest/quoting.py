"""Rows of a table whose fields may be quoted (RFC 4180), with a guard against a quote that never closes."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# A quoted field of official data spans two or three lines (an address typed with line ends), never fifty.
MAX_LINES_PER_ROW = 50


@dataclass(frozen=True)
class Row:
    """One logical row; `fields` is None when a quote opened and never closed."""

    line: int
    fields: list[str] | None
    raw: str


class _Lines:
    """Lines of one text, handed to `csv.reader`, that remembers where it is."""

    def __init__(self, lines: list[str]) -> None:
        self.lines, self.position = lines, 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.position >= len(self.lines):
            raise StopIteration
        self.position += 1
        return self.lines[self.position - 1] + "\n"


def split_rows(text: str, *, separator: str, first_line: int, last: bool) -> tuple[list[Row], str]:
    """Rows of `text` (whole lines), and the unfinished last lines to read again with the next block.

    `last` says that no block follows: an unfinished row is then a row with `fields` None, one line long, and
    reading goes on after it.
    """
    source = _Lines(text.split("\n"))
    if source.lines and source.lines[-1] == "":
        source.lines.pop()
    rows: list[Row] = []
    while source.position < len(source.lines):
        start = source.position
        fields = _next(source, separator)
        end = source.position
        if fields is None:
            if not last and len(source.lines) - start <= MAX_LINES_PER_ROW:
                return rows, "".join(line + "\n" for line in source.lines[start:])
            rows.append(Row(first_line + start, None, source.lines[start]))
            source.position = start + 1
            continue
        raw = source.lines[start] if end == start + 1 else "\n".join(source.lines[start:end])
        rows.append(Row(first_line + start, [_unquoted(field) for field in fields], raw))
    return rows, ""


def _next(source: _Lines, separator: str) -> list[str] | None:
    """Next row, or None when its quote does not close within `MAX_LINES_PER_ROW` lines."""
    line = source.lines[source.position]
    if '"' not in line:
        source.position += 1
        return line.split(separator)
    start = source.position
    window = _Lines(source.lines[start : start + MAX_LINES_PER_ROW])
    try:
        fields = next(csv.reader(window, delimiter=separator, strict=False))
    except (StopIteration, csv.Error):
        return None
    source.position = start + window.position
    closed = window.position < len(window.lines) or _closes("\n".join(window.lines), separator)
    return fields if closed else None


def _closes(text: str, separator: str) -> bool:
    """Whether the row that ends a window is complete: `strict` refuses an end inside quotes."""
    try:
        for _ in csv.reader(iter(text.splitlines(keepends=True)), delimiter=separator, strict=True):
            pass
    except csv.Error as exc:
        return "unexpected end of data" not in str(exc)
    return True


def _unquoted(field: str) -> str:
    """Field without the quotes of a second quoting (`""X""`), spaces collapsed, line ends as spaces.

    >>> _unquoted('Lieu dit ""X""'), _unquoted('"HOPITAL"')
    ('Lieu dit "X"', 'HOPITAL')
    """
    if '"' in field:
        field = field.replace('""', '"')
        if len(field) > 1 and field[0] == '"' == field[-1] and field.count('"') == 2:
            field = field[1:-1]
    return " ".join(field.split())
