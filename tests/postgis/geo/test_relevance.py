"""Curated questions and the answer a person expects (`tests/relevance/geocoding/cases.csv`)."""

from __future__ import annotations

import csv

import pytest

from geo.geocoding.search import Geocoder, Query
from tests.geocoding_base import RELEVANCE

pytestmark = pytest.mark.postgis


def _cases() -> list[dict[str, str]]:
    with (RELEVANCE / "cases.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_curated_question_gets_the_expected_answer_first(base):
    geocoder = Geocoder()
    wrong = []
    for case in _cases():
        results = geocoder.search_now(base, Query(text=case["query"], autocomplete=case["kind"] == "prefix"))
        got = ("", "", "", "")
        if results:
            best = results[0]
            name = best.label.street or best.label.name
            got = (
                best.located.level,
                best.located.citycode,
                name if case["name"] else "",
                best.label.housenumber if case["number"] else "",
            )
        if got != (case["level"], case["citycode"], case["name"], case["number"]):
            wrong.append((case["kind"], case["query"], got))
    assert wrong == []


def test_a_street_absent_from_the_commune_asked_is_never_accepted(base):
    geocoder = Geocoder()
    absent = [case for case in _cases() if case["kind"] == "absent-street"]
    assert absent
    for case in absent:
        results = geocoder.search_now(base, Query(text=case["query"], autocomplete=False))
        assert results[0].located.score <= 0.5
        assert results[0].located.street == "none"


def test_towns_of_one_name_come_before_the_streets_named_after_them(base):
    results = Geocoder().search_now(base, Query(text="Saint-Denis", autocomplete=False))
    towns = [result.located.citycode for result in results if result.located.level == "municipality"]
    assert set(towns[:2]) == {"93066", "97411"}
    assert [result.located.level for result in results[:2]] == ["municipality", "municipality"]
