"""The nomenclature: codes, groups, words."""

from __future__ import annotations

import pytest

from care.specialty import nomenclature, specialty_id


def test_the_three_generations_of_general_practice_are_one_group():
    heads = {nomenclature().get(code).group_code for code in ("SM26", "SM53", "SM54")}
    assert heads == {"SM54"}


def test_a_head_is_the_head_of_itself():
    assert [item.code for item in nomenclature() if not nomenclature().head(item).is_head] == []


def test_no_two_codes_share_a_number():
    numbers = [item.specialty_id for item in nomenclature()]
    assert len(numbers) == len(set(numbers))


def test_a_code_newer_than_our_tables_is_shown_as_it_is():
    assert nomenclature().label("SM99") == "SM99"


def test_a_code_of_no_known_family_has_no_number():
    with pytest.raises(ValueError, match="XX9"):
        specialty_id("XX9")


def test_a_group_never_mixes_people_and_structures():
    for item in nomenclature():
        head = nomenclature().head(item)
        assert (item.kind == "structure") == (head.kind == "structure")
