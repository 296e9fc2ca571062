"""Where a benchmark leaves its figures: one JSON file per benchmark, and a table of ratios against goals.

A ratio compares two things measured in one run on one machine, so that it means the same elsewhere; figures
(seconds, rows, megabytes) are kept beside it with the facts of the machine. No host name, no path.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.clock import utc_now

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results"


@dataclass(frozen=True)
class Goal:
    """What a ratio (or a figure) should be: at most `limit`, or at least when `at_least`."""

    limit: float
    at_least: bool = False

    def met(self, value: float) -> bool:
        """Whether the value reaches the goal."""
        return value >= self.limit if self.at_least else value <= self.limit

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.limit:g}"


def record(
    name: str,
    figures: Mapping[str, Any],
    ratios: Mapping[str, float],
    goals: Mapping[str, Goal | float],
    *,
    folder: Path = RESULTS,
) -> Path:
    """Write `<folder>/<name>.json` and print each goal beside what was measured.

    Parameters
    ----------
    name       kebab or snake word, unique among the benchmarks
    figures    measured values, units in their names (`copy_s`, `peak_mb`), and the scale
    ratios     values without unit, from one run
    goals      for some keys of `figures` or `ratios`: a `Goal`, or a number meaning "at most"
    folder     where results go

    Raises
    ------
    ValueError   a goal names neither a ratio nor a figure
    """
    asked = {key: goal if isinstance(goal, Goal) else Goal(goal) for key, goal in goals.items()}
    measured: dict[str, Any] = {**figures, **ratios}
    unknown = sorted(set(asked) - set(measured))
    if unknown:
        raise ValueError(f"{name}: goals without a measure: {', '.join(unknown)}")
    result = {
        "name": name,
        "measured_at": utc_now().isoformat(timespec="seconds"),
        "revision": revision(),
        "machine": machine(),
        "figures": dict(figures),
        "ratios": dict(ratios),
        "goals": {
            key: {"goal": str(goal), "met": goal.met(float(measured[key]))} for key, goal in asked.items()
        },
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    draft = path.with_suffix(".json.part")
    text = json.dumps(result, indent=2, sort_keys=True, ensure_ascii=False)
    draft.write_text(text + "\n", encoding="utf-8")
    draft.replace(path)
    print(f"{name}  ({path.name})")
    for key in sorted(measured):
        goal = asked.get(key)
        verdict = (
            ""
            if goal is None
            else f"   goal {goal}   {'met' if goal.met(float(measured[key])) else 'MISSED'}"
        )
        print(f"  {key:<40} {_shown(measured[key])}{verdict}")
    sys.stdout.flush()
    return path


def machine() -> dict[str, Any]:
    """Facts of the machine that explain a figure; none that names it."""
    return {
        "architecture": platform.machine(),
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "processor": _processor(),
        "python": platform.python_version(),
        "system": _system(),
    }


def revision() -> str | None:
    """Short git revision, `+` when the tree has changes; None outside a repository."""
    described = _git("describe", "--always", "--dirty=+", "--exclude=*")
    return described or None


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=ROOT, check=False, capture_output=True, text=True, timeout=20
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _processor() -> str | None:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), None)


def _system() -> str:
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    except OSError:
        return platform.system()


def _shown(value: object) -> str:
    if isinstance(value, dict | list):
        return f"{len(value)} in the file"
    return f"{value:,.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
