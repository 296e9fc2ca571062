from __future__ import annotations

from typing import Any

from bench.peer.judge import distances, failed, judge, means, recall
from bench.peer.question import Question

ASKED = Question(
    kind="clean", text="6 bis Avenue du Maine 75015 Paris", level="housenumber",
    numbers=("75115_5896_00006_b",), streets=("75115_5896",), communes=("75056", "75115"),
    lon=2.32, lat=48.84,
)  # fmt: skip


def answer(level: str, identifier: str, citycode: str, *, score: float = 0.9) -> dict[str, Any]:
    return {
        "properties": {"type": level, "id": identifier, "citycode": citycode, "score": score},
        "geometry": {"coordinates": [2.32, 48.84]},
    }


def test_the_number_asked_is_right_at_every_level():
    verdict = judge(ASKED, [answer("housenumber", "75115_5896_00006_b", "75115")])
    assert (verdict.number, verdict.street, verdict.commune) == (True, True, True)
    assert verdict.metres == 0
    assert not failed(verdict)


def test_another_number_of_the_street_is_right_at_the_level_of_the_street():
    verdict = judge(ASKED, [answer("housenumber", "75115_5896_00006", "75115")])
    assert (verdict.number, verdict.street, verdict.commune) == (False, True, True)
    assert failed(verdict)


def test_the_town_stands_for_its_arrondissement():
    verdict = judge(ASKED, [answer("municipality", "75056", "75056")])
    assert (verdict.number, verdict.street, verdict.commune) == (False, False, True)


def test_only_the_first_answer_counts_unless_the_question_says_more():
    answers = [answer("street", "75114_1111", "75114"), answer("housenumber", "75115_5896_00006_b", "75115")]
    assert judge(ASKED, answers).number is False
    several = Question(**{name: getattr(ASKED, name) for name in ASKED.__slots__} | {"among": 5})
    assert judge(several, answers).number is True


def test_nothing_answered_is_wrong_everywhere_and_has_no_distance():
    verdict = judge(ASKED, [])
    assert (verdict.number, verdict.street, verdict.commune, verdict.metres) == (False, False, False, None)


def test_a_number_told_where_the_base_has_none_is_seen():
    asked = Question(kind="number_not_in_base", text="", level="street", streets=("75115_5896",))
    verdict = judge(asked, [answer("housenumber", "75115_5896_00006", "75115")])
    assert verdict.street is True
    assert verdict.number is None
    assert verdict.false_number


def test_an_absent_street_is_accepted_from_one_half_only():
    absent = Question(kind="absent_street", text="", level="none", communes=("75115",))
    sure, unsure = (judge(absent, [answer("street", "75115_1", "75115", score=s)]) for s in (0.5, 0.49))
    assert failed(sure)
    assert not failed(unsure)
    assert not failed(judge(absent, [answer("municipality", "75115", "75115")]))


def test_means_count_each_kind_once_and_leave_absent_streets_out():
    right = judge(ASKED, [answer("housenumber", "75115_5896_00006_b", "75115")])
    wrong = judge(ASKED, [])
    absent = judge(Question(kind="absent_street", text="", level="none"), [])
    town = judge(Question(kind="town", text="", level="municipality"), [])
    figures = recall([right, right, right, wrong, absent, town])
    assert figures["clean"]["number"] == 0.75
    assert figures["town"]["number"] is None
    assert means(figures) == {"number": 0.75, "street": 0.75, "commune": 0.375}
    assert distances([right, wrong]) == {"median_m": 0, "p95_m": 0}
