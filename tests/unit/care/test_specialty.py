"""The nomenclature: codes, groups, words."""

from __future__ import annotations

import csv
from importlib import resources

import pytest

from care.specialty import Nomenclature, Word, nomenclature, specialty_id, tables_digest


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


def test_a_changed_table_is_a_new_version():
    """After a wanted change: a new line in `version.csv`, with the digest this test shows."""
    text = resources.files("care.nomenclatures").joinpath("version.csv").read_text(encoding="utf-8")
    lines = list(csv.DictReader(text.splitlines()))
    assert lines[-1]["digest"] == tables_digest()
    assert nomenclature().version == lines[-1]["version"]
    versions = [line["version"] for line in lines]
    assert versions == sorted(set(versions))


def test_a_word_never_names_one_group_twice():
    for word in nomenclature().words:
        codes = [word.code, *word.also, *word.other]
        assert len(set(codes)) == len(codes), word.text
        assert all(nomenclature().get(code).is_head for code in codes), word.text


def test_frequent_searches_are_groups_of_the_nomenclature():
    frequent = nomenclature().frequent
    assert frequent
    assert len({word.code for word in frequent}) == len(frequent)


def test_a_word_for_an_absent_code_is_refused():
    with pytest.raises(ValueError, match="SM00"):
        Nomenclature([], [Word(text="x", sense="synonym", code="SM00")])
