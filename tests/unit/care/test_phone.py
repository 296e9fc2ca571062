"""Telephones: every way of writing one number gives one form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.phone import OVERSEAS_PREFIXES, e164

national = st.from_regex(r"0[1-9][0-9]{8}", fullmatch=True)


@given(national, st.sampled_from(["", " ", ".", "-", "/"]))
def test_separators_do_not_change_the_number(number: str, separator: str) -> None:
    pairs = separator.join(number[i : i + 2] for i in range(0, 10, 2))
    assert e164(pairs) == e164(number)


@given(national)
def test_a_number_already_in_e164_stays_as_it_is(number: str) -> None:
    once = e164(number)
    assert once is not None
    assert once.startswith("+")
    assert e164(once) == once


@pytest.mark.parametrize(("prefix", "country"), sorted(OVERSEAS_PREFIXES.items()))
def test_overseas_numbers_get_the_code_of_their_territory(prefix: str, country: str) -> None:
    assert e164(f"{prefix}123456") == f"{country}{prefix[1:]}123456"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SUR RDV", None),
        ("", None),
        ("0000000000", None),
        ("15", "15"),
        ("116 117", "116117"),
        ("3624", "3624"),
        ("+33 (0)1 99 00 12 34", "+33199001234"),
        ("0033199001234", "+33199001234"),
        ("33199001234", "+33199001234"),
        ("+262 262 99 00 00", "+262262990000"),
        ("+33262990000", "+262262990000"),
        ("199001234", "+33199001234"),
        ("0199001234 / 0199001235", "+33199001234"),
        ("01 99 00 12", None),
    ],
)
def test_written_forms(text: str, expected: str | None) -> None:
    assert e164(text) == expected
