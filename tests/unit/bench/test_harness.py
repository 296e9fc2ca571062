"""Results of benchmarks: one file, goals beside figures."""

from __future__ import annotations

import json
import platform
from pathlib import Path

import pytest

from bench.harness import Goal, record


def test_a_result_holds_figures_ratios_goals_and_no_name_of_the_machine(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = record("copy", {"copy_s": 2.0, "scale": "small"}, {"ratio": 3.5}, {"ratio": 4}, folder=tmp_path)
    text = path.read_text()
    result = json.loads(text)
    assert result["goals"] == {"ratio": {"goal": "≤ 4", "met": True}}
    assert (result["figures"]["copy_s"], result["ratios"]["ratio"]) == (2.0, 3.5)
    assert platform.node() not in text
    assert list(result) == sorted(result)
    assert "goal ≤ 4   met" in capsys.readouterr().out


def test_a_goal_missed_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = record("slow", {}, {"share": 0.4}, {"share": Goal(0.9, at_least=True)}, folder=tmp_path)
    assert json.loads(path.read_text())["goals"]["share"] == {"goal": "≥ 0.9", "met": False}
    assert "MISSED" in capsys.readouterr().out


def test_a_goal_without_a_measure_is_an_error(tmp_path: Path):
    with pytest.raises(ValueError, match="goals without a measure: p99_ms"):
        record("empty", {}, {}, {"p99_ms": 40}, folder=tmp_path)
    assert not list(tmp_path.iterdir())
