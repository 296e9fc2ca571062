"""The curve of reliability: an answer counts at the level it claims, in the band of its score."""

from __future__ import annotations

import pytest

from bench.peer.question import Question
from bench.peer.reliability import curve, right

ASKED = Question(
    kind="clean",
    text="1 rue A",
    level="housenumber",
    numbers=("75101_1_00001",),
    streets=("75101_1",),
    communes=("75101",),
)


def _answer(kind: str, identifier: str, score: float = 0.95, citycode: str = "75101"):
    return {"properties": {"type": kind, "id": identifier, "score": score, "citycode": citycode}}


def test_a_number_is_right_by_itself_a_street_and_a_commune_by_theirs():
    assert right(ASKED, _answer("housenumber", "75101_1_00001"))
    assert not right(ASKED, _answer("housenumber", "75101_1_00003"))
    assert right(ASKED, _answer("street", "75101_1"))
    assert not right(ASKED, _answer("locality", "75101_2"))
    assert right(ASKED, _answer("municipality", "75101"))
    assert not right(ASKED, _answer("municipality", "75102", citycode="75102"))


def test_bands_hold_their_answers_and_the_highest_holds_one():
    answers = [
        [_answer("housenumber", "75101_1_00001", 1.0)],
        [_answer("housenumber", "75101_1_00003", 0.93)],
        [_answer("street", "75101_1", 0.42)],
        [],
    ]
    found = curve([ASKED] * 4, answers)
    assert found["0.9–1.0"] == pytest.approx({"answers": 2.0, "score": 0.965, "right": 0.5})
    assert found["0.4–0.5"]["right"] == 1.0
    assert set(found) == {"0.4–0.5", "0.9–1.0"}
