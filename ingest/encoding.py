"""From the bytes of an official file to clean UTF-8, block by block.

Never the announced encoding: strict UTF-8, else the whole file is cp1252. Everything mended is counted, so
that the report can say it.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Literal

import polars as pl

if TYPE_CHECKING:
    from collections import Counter
    from typing import BinaryIO

Encoding = Literal["utf-8", "cp1252", "per-line"]
BOM = codecs.BOM_UTF8
_SURVEY_BYTES = 8 << 20
_SMALL = 1 << 16

# Byte sequences of UTF-8 are self-synchronising: replacing whole characters in bytes is safe, and fast.
_TO_SPACE = tuple(
    chr(code).encode() for code in (0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)
)
_TO_NOTHING = tuple(char.encode() for char in "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff")
# C0 controls but tab and line feed; carriage returns are treated before.
_CONTROLS = bytes(code for code in range(32) if code not in (0x09, 0x0A)) + b"\x7f"
_C1 = re.compile(b"\xc2[\x80-\x9f]")

_CP1252_CONTINUATION = "".join(
    bytes([code]).decode("cp1252", errors="ignore") or chr(code) for code in range(0x80, 0xC0)
)
_CONTINUATION = b"|".join(re.escape(char.encode()) for char in _CP1252_CONTINUATION)
# A lead byte of a 2- or 3-byte sequence read as cp1252 (ÂÃÄÅ, âï), and its continuation bytes read likewise.
# On the bytes of UTF-8, all after one C3: what French holds anyway (a lone "Â") costs nothing.
_DOUBLE = re.compile(b"\xc3(?:[\x82-\x85](?:" + _CONTINUATION + b")|[\xa2\xaf](?:" + _CONTINUATION + b"){2})")


def _c1_handler(error: UnicodeError) -> tuple[str, int]:
    """Bytes that cp1252 leaves undefined (81, 8D, 8F, 90, 9D) pass as controls, and are stripped later."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error("sas-c1", _c1_handler)


def survey(stream: BinaryIO) -> tuple[Encoding, int]:
    """Encoding of a whole stream, and how many of its lines are not UTF-8 (0 when it is UTF-8).

    Reads to the end: a truncated archive is found here, before anything is loaded.
    """
    bad_lines = 0
    tail = b""
    while data := stream.read(_SURVEY_BYTES):
        block = tail + data
        cut = block.rfind(b"\n") + 1
        if cut == 0 and len(block) > 8 * _SURVEY_BYTES:  # a file without line ends
            cut = len(block)
        bad_lines += _bad_lines(block[:cut])
        tail = block[cut:]
    bad_lines += _bad_lines(tail)
    return ("cp1252" if bad_lines else "utf-8"), bad_lines


def _bad_lines(block: bytes) -> int:
    return 0 if is_utf8(block) else sum(not is_utf8(line) for line in block.split(b"\n"))


def is_utf8(lines: bytes) -> bool:
    """Whether whole lines are strict UTF-8; polars checks whole blocks five times faster than Python."""
    if len(lines) < _SMALL:
        try:
            codecs.utf_8_decode(lines, "strict", True)
        except UnicodeDecodeError:
            return False
        return True
    try:
        pl.Series([lines], dtype=pl.Binary).cast(pl.String)
    except pl.exceptions.ComputeError:
        return False
    return True


def clean(data: bytes, *, encoding: Encoding, defects: Counter[str]) -> bytes:
    """Whole lines as UTF-8, LF, without NUL, controls, zero-width characters; NBSP and the like as spaces.

    Double-encoded text (`Ã©`) is repaired where the repair is the only reading, and counted.
    """
    if b"\r" in data:
        defects["crlf-lines"] += data.count(b"\r\n")
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b" ")
    if encoding != "utf-8":
        data = _decoded(data, per_line=encoding == "per-line", defects=defects)
    if b"\x00" in data:
        defects["nul"] += data.count(b"\x00")
    data = data.translate(None, _CONTROLS)
    if data.isascii():
        return data
    data = _repair(data, defects)
    data = _C1.sub(b"", data)
    for char in _present(_TO_SPACE, data):
        if char in data:
            defects["exotic-spaces"] += data.count(char)
            data = data.replace(char, b" ")
    for char in _present(_TO_NOTHING, data):
        if char in data:
            defects["invisible-characters"] += data.count(char)
            data = data.replace(char, b"")
    return data


def _present(sequences: tuple[bytes, ...], data: bytes) -> list[bytes]:
    """Those whose rarest byte is met at all: one byte is looked for twenty times faster than a sequence."""
    met = {byte for byte in {_rare_byte(sequence) for sequence in sequences} if bytes([byte]) in data}
    return [sequence for sequence in sequences if _rare_byte(sequence) in met]


def _rare_byte(sequence: bytes) -> int:
    """The byte of a sequence that French text holds least: any but C3, the lead byte of its accents."""
    return next(byte for byte in sequence if byte != 0xC3)


def _decoded(data: bytes, *, per_line: bool, defects: Counter[str]) -> bytes:
    if not per_line:
        return data.decode("cp1252", errors="sas-c1").encode()
    lines = data.split(b"\n")
    for index, line in enumerate(lines):
        if not is_utf8(line):
            defects["lines-read-as-cp1252"] += 1
            lines[index] = line.decode("cp1252", errors="sas-c1").encode()
    return b"\n".join(lines)


def _repair(data: bytes, defects: Counter[str]) -> bytes:
    pieces: list[bytes] = []
    lines: set[int] = set()
    copied = 0
    for match in _DOUBLE.finditer(data):
        mended = _undouble(match.group())
        if mended is None:
            continue
        pieces += (data[copied : match.start()], mended)
        copied = match.end()
        lines.add(data.rfind(b"\n", 0, match.start()))
    if not lines:
        return data
    defects["double-encoded-lines"] += len(lines)
    return b"".join((*pieces, data[copied:]))


def _undouble(seen: bytes) -> bytes | None:
    """The character meant, when the sequence is the double encoding of a printable one."""
    try:
        meant = b"".join(
            char.encode("cp1252") if ord(char) > 0xFF or ord(char) < 0x80 else bytes([ord(char)])
            for char in seen.decode()
        )
        text = meant.decode()
    except UnicodeError:
        return None
    return meant if len(text) == 1 and (text.isprintable() or text.isspace()) else None
