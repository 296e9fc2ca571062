"""The report of relevance: scores before and after, and which lines changed sides."""

from __future__ import annotations

import json

from bench.relevance import last, report, scores
from tests.relevance.lines import lines


def test_lines_that_the_ranking_is_not_asked_for_count_neither_for_nor_against():
    first, second, third = lines()[:3]
    found = scores({first: [], second: ["first=x"], third: None})
    assert sum(asked for _, asked in found.values()) == 2
    assert sum(held for held, _ in found.values()) == 1


def test_a_report_says_what_was_gained_and_what_was_lost():
    before = {"policy": "a", "words": "1", "families": {"city": [1, 2]}, "failing": ["old", "both"]}
    after = {"policy": "b", "words": "2", "families": {"city": [2, 3]}, "failing": ["both", "new"]}
    told = "\n".join(report(before, after, {"both": ["first=x"], "new": ["absent=y"]}))
    assert "policy a → b, words 1 → 2" in told
    assert "1/2 → 2/3" in told
    assert "gained  old" in told
    assert "lost    new: absent=y" in told
    assert "failing both: first=x" in told


def test_the_first_report_has_nothing_to_compare_with(tmp_path):
    assert last(tmp_path) == {}
    (tmp_path / "relevance.json").write_text(json.dumps({"figures": {"policy": "a"}}))
    assert last(tmp_path) == {"policy": "a"}
