"""A number of thousands of digits in a JSON file: refused in words, while the reader in C crashes on some."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.errors import FileUnreadable
from ingest.files import open_files
from ingest.sources import communes, contours, finess_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from ingest.files import InputFile

DIGITS = "9" * 5000


@pytest.mark.parametrize("number", [DIGITS, f"-{DIGITS}", f"{DIGITS}.5", f"1e{DIGITS}"])
@pytest.mark.parametrize(
    ("read", "text"),
    [
        (finess_json.read, '{{"generatedAt": {number}, "pmej": []}}'),
        (finess_json.read, '{{"pmej": [{{"dateDerniereMaj": {number}}}]}}'),
        (communes._read_json, '{{"01053": {{"center": {number}}}}}'),
        (communes._read_json, '{{"version": {number}, "features": []}}'),
        (contours.read, '{{"features": [{{"id": {number}}}]}}'),
    ],
)
def test_a_number_of_thousands_of_digits_is_a_damaged_file(
    tmp_path: Path, read: Callable[[InputFile], Iterable[object]], text: str, number: str
):
    path = tmp_path / "finess-structures-journalier-20260309.json"
    path.write_text(text.format(number=number), encoding="utf-8")
    (file,) = open_files([path])
    with pytest.raises(FileUnreadable, match="JSON"):
        list(read(file))
