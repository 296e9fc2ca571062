"""What people type, and what it means."""

from __future__ import annotations

import contextlib
import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.specialty import nomenclature
from core.errors import UnknownSpecialty
from search.specialty_match import suggest, understand

LINES = list(
    csv.DictReader(
        (Path(__file__).parents[2] / "relevance" / "specialties.csv").read_text(encoding="utf-8").splitlines()
    )
)


@pytest.mark.parametrize("line", LINES, ids=lambda line: line["typed"])
def test_what_is_typed_in_a_call_centre_is_understood(line: dict[str, str]):
    assert understand(line["typed"]).specialty.code == line["code"]


def test_every_code_leads_to_the_head_of_its_group():
    for item in nomenclature():
        assert understand(item.code).specialty.code == item.group_code


def test_what_is_not_understood_offers_the_nearest_ones():
    with pytest.raises(UnknownSpecialty) as refused:
        understand("plombier chauffagiste")
    assert refused.value.details["parameter"] == "specialty"
    assert refused.value.details["suggestions"]


def test_an_error_never_repeats_what_was_typed():
    with pytest.raises(UnknownSpecialty) as refused:
        understand("zzyzx douleur thoracique de mme martin")
    assert "martin" not in str(refused.value) + repr(refused.value.details)


def test_other_meanings_are_offered():
    assert "SM19" in {item.code for item in understand("gynéco").alternatives}


@given(st.text(max_size=60))
def test_any_text_is_understood_or_refused_with_an_error_of_ours(text):
    with contextlib.suppress(UnknownSpecialty):
        assert understand(text).specialty.is_head


@given(st.text(max_size=30))
def test_suggestions_are_heads_each_once_best_first(text):
    found = suggest(text, limit=8)
    assert len({item.specialty.code for item in found}) == len(found) <= 8
    assert [item.score for item in found] == sorted((item.score for item in found), reverse=True)


@pytest.mark.parametrize(
    ("typed", "code"), [("ki", "70"), ("card", "SM04"), ("pharm", "620"), ("dent", "40")]
)
def test_suggestions_come_while_one_types(typed, code):
    assert code in {item.specialty.code for item in suggest(typed, limit=5)}
