"""Records of one size from the binary format of COPY."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.db.records import parse

HEADER = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
TRAILER = struct.pack(">h", -1)
FIELDS = (("number", ">i4"), ("place", ">f8"), ("code", "S3"))


def row(number: int, place: float, code: bytes) -> bytes:
    return struct.pack(">hiiidi", 3, 4, number, 8, place, len(code)) + code


@given(
    st.lists(
        st.tuples(
            st.integers(-(2**31), 2**31 - 1),
            st.floats(allow_nan=False),
            st.binary(min_size=3, max_size=3).filter(lambda code: not code.endswith(b"\0")),
        )
    )
)
def test_rows_read_back_what_was_written(rows):
    read = parse(HEADER + b"".join(row(*item) for item in rows) + TRAILER, FIELDS)
    columns = zip(read["number"], read["place"], read["code"], strict=True)
    assert [(int(number), float(place), bytes(code)) for number, place, code in columns] == rows


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"number,place\n1,2\n",
        HEADER + row(1, 2.0, b"75") + TRAILER,
        HEADER + row(1, 2.0, b"75 ") + row(1, 2.0, b"7500") + TRAILER,
        HEADER + struct.pack(">hiiidi", 3, 4, 1, 8, 2.0, -1) + b"abc" + TRAILER,
    ],
)
def test_what_is_not_that_format_or_not_these_fields_is_refused(data):
    with pytest.raises(ValueError, match=r"binary|size|null"):
        parse(data, FIELDS)
