"""Curated lines (`search.csv`): the specialty understood, the offers expected, properties of their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from care.specialty import nomenclature
from tests.relevance.ground import offers, places
from tests.relevance.lines import known_keys, lines, missing_of_search, missing_of_specialty

if TYPE_CHECKING:
    from search.live import Search
    from tests.relevance.lines import Line

LINES = lines()
PLACED = [line for line in LINES if line.place]
WORDS = [line for line in LINES if not line.place]


def test_the_lines_are_enough_and_each_is_there_once():
    assert len(LINES) >= 300
    assert len(PLACED) >= 150
    assert len({(line.query, line.place, line.expect) for line in LINES}) == len(LINES)


def test_every_line_expects_what_exists():
    keys = known_keys()
    for line in LINES:
        if line.specialty:
            assert nomenclature().get(line.specialty).is_head, line.name
        for item in line.expect:
            name, _, value = item.partition("=")
            if name in {"first", "present", "absent", "before"}:
                assert set(value.split(">")) <= keys, line.name


def test_the_ground_is_a_directory():
    assert len({offer.key for offer in offers()}) == len(offers())
    assert {offer.place["citycode"] for offer in offers()} <= places().keys()


@pytest.mark.parametrize("line", WORDS, ids=lambda line: line.name)
def test_what_is_typed_is_understood(line: Line):
    assert missing_of_specialty(line) == []


@pytest.mark.postgis
@pytest.mark.parametrize("line", PLACED, ids=lambda line: line.name)
async def test_a_search_answers_as_expected(line: Line, search: Search):
    missing = await missing_of_search(line, search)
    if missing is None:
        pytest.skip("this order is asked of a ranking by participation and time to care, not of distance")
    assert missing == []
