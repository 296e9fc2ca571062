"""What was missed, in files that a reader can sort: one CSV per kind, and a table of the recall."""

from __future__ import annotations

import csv
import shutil
from typing import TYPE_CHECKING

from bench.peer.judge import failed, means

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bench.peer.judge import Feature, Verdict
    from bench.peer.question import Question

_COLUMNS = (
    "missed", "text", "expected_level", "expected_number", "expected_street", "expected_communes", "score",
    "type", "label", "id", "citycode", "metres", "match",
)  # fmt: skip


def write_failures(
    folder: Path,
    questions: Sequence[Question],
    answers: Sequence[Sequence[Feature]],
    verdicts: Sequence[Verdict],
) -> None:
    """One file for each kind that failed somewhere: the text, what was expected, the first answer."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    rows: dict[str, list[tuple[object, ...]]] = {}
    for question, features, verdict in zip(questions, answers, verdicts, strict=True):
        if failed(verdict):
            rows.setdefault(question.kind, []).append(_row(question, features, verdict))
    for kind, lines in sorted(rows.items()):
        with (folder / f"{kind}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(_COLUMNS)
            writer.writerows(lines)


def _row(question: Question, features: Sequence[Feature], verdict: Verdict) -> tuple[object, ...]:
    facts = features[0]["properties"] if features else {}
    levels = {"commune": verdict.commune, "street": verdict.street, "number": verdict.number}
    missed = next((name for name, right in levels.items() if right is False), "accepted")
    return (
        missed, question.text, question.level, " ".join(question.numbers), " ".join(question.streets),
        " ".join(question.communes), facts.get("score", ""), facts.get("type", ""), facts.get("label", ""),
        facts.get("id", ""), facts.get("citycode", ""),
        "" if verdict.metres is None else round(verdict.metres), facts.get("match", ""),
    )  # fmt: skip


def table(figures: dict[str, dict[str, float | None]], peer: dict[str, dict[str, float | None]]) -> str:
    """Recall by kind, ours then the peer's (empty without it), and the means."""
    lines = [f"{'kind':<20} {'count':>6}   {'number':>7} {'street':>7} {'commune':>7}    peer"]
    for kind, facts in figures.items():
        other = peer.get(kind, {})
        if kind == "absent_street":
            accepted = f"{_told(facts['accepted'])}    {_told(other.get('accepted'))}"
            lines.append(f"{kind:<20} {facts['questions']:>6.0f}   accepted at 0.5 or more: {accepted}")
            continue
        levels = " ".join(f"{_told(facts[level]):>7}" for level in ("number", "street", "commune"))
        theirs = " ".join(f"{_told(other.get(level)):>7}" for level in ("number", "street", "commune"))
        lines.append(f"{kind:<20} {facts['questions']:>6.0f}   {levels}    {theirs}".rstrip())
    mean = means(figures)
    lines.append(f"{'mean':<20} {'':>6}   " + " ".join(f"{share:>7.4f}" for share in mean.values()))
    return "\n".join(lines)


def _told(share: float | None) -> str:
    return "–" if share is None else f"{share:.3f}"
