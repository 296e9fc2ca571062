"""Identifiers: real check digits, Corsica, La Poste, and what a typing error does to them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care import identifier

digits = st.text("0123456789", min_size=1, max_size=20)


@given(digits)
def test_the_computed_check_digit_is_always_valid(body: str) -> None:
    assert identifier.luhn_sum(body + identifier.luhn_digit(body)) % 10 == 0


@given(digits, st.data())
def test_one_wrong_digit_is_always_caught(body: str, data: st.DataObject) -> None:
    number = body + identifier.luhn_digit(body)
    rank = data.draw(st.integers(0, len(number) - 1))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != number[rank]]))
    assert identifier.luhn_sum(number[:rank] + other + number[rank + 1 :]) % 10 != 0


@given(st.text("0123456789", min_size=8, max_size=8))
def test_an_invented_rpps_is_valid_and_makes_an_idnps(body: str) -> None:
    rpps = "99" + body
    rpps += identifier.luhn_digit(rpps)
    assert identifier.is_rpps(rpps)
    assert identifier.is_idnps("8" + rpps)
    assert not identifier.is_idnps("3" + rpps)


@given(st.sampled_from(["2A", "2B"]), st.text("0123456789", min_size=6, max_size=6))
def test_a_corsican_finess_counts_its_letter_as_a_digit(department: str, body: str) -> None:
    as_digits = department.replace("A", "1").replace("B", "2") + body
    assert identifier.is_finess(department + body + identifier.luhn_digit(as_digits))


@pytest.mark.parametrize(
    "text", ["", "99000000011", "9900000001", "990000000100", "9900000001A", "９9000000010"]
)
def test_what_is_not_an_rpps(text: str) -> None:
    assert not identifier.is_rpps(text)


@pytest.mark.parametrize(
    ("check", "text", "expected"),
    [
        (identifier.is_adeli, "759999999", True),
        (identifier.is_adeli, "2A9999999", True),
        (identifier.is_adeli, "75999999", False),
        (identifier.is_finess, "010780195", True),
        (identifier.is_finess, "01078 195", False),
        (identifier.is_siren, "260104633", True),
        (identifier.is_siren, "260104634", False),
        (identifier.is_siret, "77220148900022", True),
        (identifier.is_siret, "77220148900023", False),
        (identifier.is_siret, "35600000049837", True),
        (identifier.is_siret, "1.23E+13", False),
    ],
)
def test_forms_and_check_digits(check: object, text: str, expected: bool) -> None:
    assert callable(check)
    assert check(text) is expected
