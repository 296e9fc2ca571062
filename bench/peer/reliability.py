"""Whether a score is a chance: of the answers told with about the same score, the share that is right."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.peer.judge import Feature
    from bench.peer.question import Question

BANDS: Final = 10
_STREET_LEVELS: Final = frozenset({"street", "locality"})


def right(question: Question, feature: Feature) -> bool:
    """Whether an answer is right at the level it claims.

    A number must be the one asked; a street, the street; a commune, the commune: whatever more was asked.
    """
    facts = feature["properties"]
    identifier = str(facts.get("id", ""))
    if facts.get("type") == "housenumber":
        return identifier in question.numbers
    if facts.get("type") in _STREET_LEVELS:
        return "_".join(identifier.split("_")[:2]) in question.streets
    return facts.get("citycode") in question.communes


def curve(questions: Sequence[Question], answers: Sequence[Sequence[Feature]]) -> dict[str, dict[str, float]]:
    """By band of a tenth of the score of first answers: how many, their mean score and the share right."""
    bands: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for question, features in zip(questions, answers, strict=True):
        if features and question.among == 1:
            score = float(features[0]["properties"].get("score", 0.0))
            bands[min(BANDS - 1, int(score * BANDS))].append((score, right(question, features[0])))
    return {
        f"{band / BANDS:.1f}–{(band + 1) / BANDS:.1f}": {
            "answers": float(len(found)),
            "score": sum(score for score, _ in found) / len(found),
            "right": sum(good for _, good in found) / len(found),
        }
        for band, found in sorted(bands.items())
    }


def shown(found: dict[str, dict[str, float]]) -> str:
    """The curve as lines of text."""
    lines = [f"{'score':<12}{'answers':>8}{'mean':>8}{'right':>8}"]
    lines += [
        f"{band:<12}{facts['answers']:>8.0f}{facts['score']:>8.3f}{facts['right']:>8.3f}"
        for band, facts in found.items()
    ]
    return "\n".join(lines)
