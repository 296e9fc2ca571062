"""Invented identifiers: right check digits, in ranges where nobody stands."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from care.identifier import is_finess, is_rpps, is_siren, is_siret, luhn_digit
from demo import identifiers


@settings(deadline=None)
@given(st.lists(st.integers(min_value=1, max_value=10**13), min_size=1, max_size=30))
def test_check_digits_of_a_column_are_those_of_each_number(numbers: list[int]) -> None:
    found = identifiers.check_digits(np.array(numbers, dtype=np.int64)).tolist()
    assert [str(digit) for digit in found] == [luhn_digit(str(number)) for number in numbers]


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=9_999_999))
def test_rpps_is_valid_and_cannot_be_that_of_a_real_person(rank: int) -> None:
    number = identifiers.rpps(np.array([rank]))[0]
    assert is_rpps(number)
    assert number.startswith("999")


@settings(deadline=None)
@given(
    st.sampled_from(["01", "75", "2A", "2B", "971", "972", "973", "974", "976"]),
    st.integers(min_value=0, max_value=9_999),
    st.booleans(),
)
def test_finess_is_valid_in_every_department_corsica_and_overseas_included(
    department: str, rank: int, legal: bool
) -> None:
    number = identifiers.finess(department, np.array([rank]), legal=legal)[0]
    assert is_finess(number)
    assert number[:2] == department[:2]


def test_finess_of_two_departments_overseas_never_meet() -> None:
    ranks = np.arange(10_000)
    found = [set(identifiers.finess(code, ranks)) for code in ("971", "972", "973", "974", "976")]
    assert len(set.union(*found)) == 5 * 10_000


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=999_999), st.integers(min_value=0, max_value=9_999))
def test_siret_and_siren_are_valid(rank: int, establishment: int) -> None:
    ranks = np.array([rank])
    assert is_siren(identifiers.siren(ranks)[0])
    assert is_siret(identifiers.siret(ranks, np.array([establishment]))[0])


def test_mainland_telephones_are_those_kept_for_fiction() -> None:
    assert identifiers.phones("75", "11", np.array([12]))[0] == "0199000012"
