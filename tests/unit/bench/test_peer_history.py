from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.peer import history
from bench.peer.measures import Kinds, below


def kinds(number: float, accepted: float = 0.0) -> Kinds:
    level = {"number": number, "street": 1.0, "commune": 1.0, "accepted": 0.9}
    absent = {"number": None, "street": None, "commune": 1.0, "accepted": accepted}
    return {"afnor": level, "absent_street": absent}


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch):
    def revision(name: str) -> None:
        monkeypatch.setattr(history, "revision", lambda: name)

    return revision


def test_a_recall_that_goes_down_is_told_with_the_version_it_is_compared_with(tmp_path: Path, at):
    path = tmp_path / "history.jsonl"
    at("aaaaaaa")
    assert history.compare_and_keep(kinds(0.996), asked="national", keep=True, path=path) == []
    at("bbbbbbb")
    lines = history.compare_and_keep(kinds(0.990), asked="national", keep=True, path=path)
    assert lines == ["afnor number 0.996 → 0.990 (since aaaaaaa)"]


def test_more_absent_streets_accepted_is_a_loss(tmp_path: Path, at):
    path = tmp_path / "history.jsonl"
    at("aaaaaaa")
    history.compare_and_keep(kinds(1.0, accepted=0.01), asked="national", keep=True, path=path)
    at("bbbbbbb")
    lines = history.compare_and_keep(kinds(1.0, accepted=0.02), asked="national", keep=False, path=path)
    assert lines == ["absent_street accepted 0.010 → 0.020 (since aaaaaaa)"]


def test_only_the_same_questions_are_compared(tmp_path: Path, at):
    path = tmp_path / "history.jsonl"
    at("aaaaaaa")
    history.compare_and_keep(kinds(1.0), asked="national", keep=True, path=path)
    at("bbbbbbb")
    assert history.compare_and_keep(kinds(0.5), asked="small", keep=True, path=path) == []


def test_a_version_measured_twice_is_kept_once_and_an_older_one_can_be_named(tmp_path: Path, at):
    path = tmp_path / "history.jsonl"
    for name, share in (("aaaaaaa", 0.9), ("bbbbbbb", 0.8), ("bbbbbbb", 0.85)):
        at(name)
        history.compare_and_keep(kinds(share), asked="national", keep=True, path=path)
    kept = [json.loads(line) for line in path.read_text().splitlines()]
    assert [(entry["revision"], entry["recall"]["afnor"]["number"]) for entry in kept] == [
        ("aaaaaaa", 0.9),
        ("bbbbbbb", 0.85),
    ]
    at("ccccccc")
    assert history.compare_and_keep(kinds(0.87), asked="national", keep=False, path=path) == []
    lines = history.compare_and_keep(kinds(0.87), asked="national", keep=False, against="aaa", path=path)
    assert lines == ["afnor number 0.900 → 0.870 (since aaaaaaa)"]


def test_what_the_peer_finds_more_often_is_named():
    assert below(kinds(0.9), kinds(0.95)) == ["afnor number 0.900 < 0.950"]
    assert below(kinds(0.95), kinds(0.9)) == []
    assert below(kinds(0.9), {}) == []
