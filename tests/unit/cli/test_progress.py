"""Progress off a terminal: plain lines."""

from __future__ import annotations

import io
import time

import pytest
from rich.console import Console

from cli.progress import Display, thousands


def test_off_a_terminal_a_long_stage_writes_plain_lines_with_share_and_time_left(
    monkeypatch: pytest.MonkeyPatch,
):
    clock = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    output = io.StringIO()
    with Display(Console(file=output, width=100)) as display:
        display.heading("Chargement : cog")
        display.stage("read", total_bytes=100_000_000)
        clock[0] = 5.0
        display.advance(bytes_done=10_000_000, rows=1_000)
        clock[0] = 10.0
        display.advance(bytes_done=15_000_000, rows=1_500)
        display.note("terminé")
    assert output.getvalue().splitlines() == [
        "→ Chargement : cog",
        "  Chargement : cog : 2\u202f500 lignes, 2 Mo/s, 25%, encore 30 s",
        "  terminé",
    ]


def test_work_in_units_of_its_own_shows_no_rate_in_bytes(monkeypatch: pytest.MonkeyPatch):
    clock = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    output = io.StringIO()
    with Display(Console(file=output, width=100)) as display:
        display.heading("France inventée")
        display.start(4)
        clock[0] = 20.0
        display.advance(1, "Paris")
    assert output.getvalue().splitlines()[1:] == ["  France inventée : 25%, encore 60 s"]


def test_numbers_are_grouped_by_three():
    assert thousands(2_230_000) == "2\u202f230\u202f000"
