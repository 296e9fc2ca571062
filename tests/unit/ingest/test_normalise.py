"""The columns of `ingest.normalise` answer as the functions of `care` and `geo`, whatever the text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from care import identifier, phone
from geo import territory
from ingest.normalise import codes, phones

if TYPE_CHECKING:
    from collections.abc import Callable


def _checked(body: str) -> str:
    return body + identifier.luhn_digit(body)


codelike = st.one_of(
    st.text("0123456789AB +-", max_size=15),
    st.text("0123456789", min_size=10, max_size=10).map(_checked),
    st.text("0123456789", min_size=8, max_size=8).map(_checked),
    st.text("0123456789", min_size=13, max_size=13).map(_checked),
    st.text("0123456789", min_size=5, max_size=5).map(lambda body: "356000000" + body),
    st.text("0123456789", min_size=6, max_size=6).map(
        lambda body: "2A" + body + identifier.luhn_digit("21" + body)
    ),
    st.text(max_size=12),
)


@pytest.mark.parametrize(
    ("column", "function"),
    [
        (codes.is_rpps, identifier.is_rpps),
        (codes.is_adeli, identifier.is_adeli),
        (codes.is_finess, identifier.is_finess),
        (codes.is_siret, identifier.is_siret),
        (codes.is_citycode, territory.is_citycode),
    ],
    ids=lambda value: value.__name__,
)
@given(texts=st.lists(codelike, min_size=1, max_size=20))
def test_a_column_of_codes_answers_as_the_function(
    texts: list[str], column: Callable[[pl.Expr], pl.Expr], function: Callable[[str], bool]
) -> None:
    frame = pl.DataFrame({"text": texts}, schema={"text": pl.String})
    assert frame.select(column(pl.col("text"))).to_series().to_list() == [function(t) for t in texts]


@given(
    st.lists(
        st.one_of(
            st.text("0123456789+. -/()", max_size=22),
            st.from_regex(r"0[1-9]([ .]?[0-9]{2}){4}( SUR RDV)?", fullmatch=True),
            st.from_regex(r"(\+|00)(33|262|590)0?[1-9][0-9]{8}", fullmatch=True),
            st.sampled_from(["15", "116117", "3624", "118218", ""]),
            st.text(max_size=12),
        ),
        min_size=1,
        max_size=20,
    )
)
def test_a_column_of_telephones_answers_as_the_function(texts: list[str]) -> None:
    frame = pl.DataFrame({"text": texts}, schema={"text": pl.String})
    assert frame.select(phones.e164(pl.col("text"))).to_series().to_list() == [phone.e164(t) for t in texts]


@pytest.mark.parametrize(
    ("typed", "mended"),
    [("75 099 9997", "750999997"), ("75O999997", "750999997"), ("2a0000014", "2A0000014")],
)
def test_a_finess_number_typed_by_hand_is_mended(typed: str, mended: str) -> None:
    frame = pl.DataFrame({"text": [typed]})
    assert frame.select(codes.mended_finess(pl.col("text"))).item() == mended
