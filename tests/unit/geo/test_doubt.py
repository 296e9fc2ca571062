"""The codes of the doubts and their order."""

from __future__ import annotations

from geo.doubt import DOUBTS, RANKS, doubt


def test_every_doubt_has_a_known_rank_and_each_rank_a_doubt():
    assert {item.rank for item in DOUBTS} == set(RANKS)
    assert list(RANKS) == sorted(RANKS)


def test_codes_stand_once_worst_first():
    codes = [item.code for item in DOUBTS]
    assert len(set(codes)) == len(codes)
    assert [item.rank for item in DOUBTS] == sorted(item.rank for item in DOUBTS)
    assert all(doubt(code).sentence.endswith(".") for code in codes)
