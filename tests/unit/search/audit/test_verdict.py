"""From figures to a verdict: what convicts, what calls for a look, what says nothing."""

from __future__ import annotations

from typing import Any

import pytest

from search.audit.verdict import judge


def line(test: str = "order", factor: str = "vendor", **changed: Any) -> dict[str, Any]:
    return {
        "test": test,
        "factor": factor,
        "label": "lilas",
        "rows": 1000,
        "observed": 520.0,
        "expected": 500.0,
        "ratio": 1.04,
        "low": 1.01,
        "high": 1.07,
        "detectable": 0.08,
        "p_holm": 1.0,
        **changed,
    }


def content(*tests: dict[str, Any], **changed: Any) -> dict[str, Any]:
    made = {
        "rankings": 500,
        "chain": {"held": 500, "head": "ab", "broken": None},
        "replay": {"made": 500, "identical": 500, "without_policy": 0, "differs": 0, "first": []},
        "tests": [line(), *tests],
    }
    return {**made, **changed}


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        (content(), "clean"),
        (content(rankings=199), "thin"),
        (content(tests=[line(factor="kind")]), "thin"),  # no vendor could be compared
        (content(line(p_holm=0.009)), "biased"),
        (content(line(p_holm=0.03)), "look"),
        (content(line("ties", p_holm=0.009)), "biased"),
        (content(line("strata", p_holm=0.0001)), "look"),
        (content(line("presence", p_holm=0.0001, observed=900.0, expected=990.0)), "look"),
        (content(line("waits", p_holm=0.0001)), "look"),
        (content(line("practitioners", "offer", p_holm=0.0001, ratio=None)), "look"),
        (content(line(p_holm=0.05)), "clean"),
        (content(chain={"held": 3, "head": "ab", "broken": "4"}), "biased"),
        (
            content(replay={"made": 500, "identical": 499, "without_policy": 0, "differs": 1, "first": [7]}),
            "biased",
        ),
        (content(line(p_holm=0.009), rankings=10), "biased"),  # few, but it is proven
    ],
)
def test_what_the_figures_say(given: dict[str, Any], verdict: str):
    found = judge(given)
    assert found["verdict"] == verdict
    assert found["title"]
    assert all(sentence.endswith(".") for sentence in found["sentences"])


def test_sentences_give_the_figures():
    (accused,) = [text for text in judge(content(line(p_holm=0.004)))["sentences"] if "lilas" in text]
    assert "passe devant 52,0\u00a0% de ses égaux au lieu de 50,0\u00a0%" in accused
    assert "50,5\u00a0% à 53,5\u00a0%" in accused
    assert "moins d’une fois sur 249" in accused


def test_a_clean_report_says_what_would_have_been_seen():
    assert "placé devant 54,0\u00a0% d’entre eux aurait été vu" in judge(content())["sentences"][-1]


def test_a_ranking_without_its_policy_is_said_and_not_called_identical():
    found = judge(
        content(replay={"made": 500, "identical": 498, "without_policy": 2, "differs": 0, "first": []})
    )
    assert found["verdict"] == "look"
    assert any("dont le fichier n’est pas là" in sentence for sentence in found["sentences"])
    assert not any("tous identiques" in sentence for sentence in found["sentences"])
