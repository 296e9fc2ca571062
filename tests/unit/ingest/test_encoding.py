"""Text of official files is recognised whatever its size: small and large blocks take different ways."""

from __future__ import annotations

from io import BytesIO

import pytest

from ingest.encoding import is_utf8, survey

SMALL, LARGE = 1, 20_000


@pytest.mark.parametrize("times", [SMALL, LARGE])
@pytest.mark.parametrize(("encoding", "right"), [("utf-8", True), ("latin-1", False)])
def test_a_block_is_told_apart_whatever_its_size(times: int, encoding: str, right: bool):
    assert is_utf8(("01001;L'Étoile\n" * times).encode(encoding)) is right


@pytest.mark.parametrize("times", [SMALL, LARGE])
def test_lines_that_are_not_utf8_are_counted_whatever_the_size_of_the_file(times: int):
    lines = "01001;Libellé\n".encode("latin-1") * times + b"01002;Ain\n"
    assert survey(BytesIO(lines)) == ("cp1252", times)
    assert survey(BytesIO("01001;Libellé\n".encode() * times)) == ("utf-8", 0)
