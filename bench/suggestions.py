"""Suggestions of specialties at every key: all beginnings of all the words we know, and as many misspelt.

Each beginning is what the field holds after one more key. The limit is 10 ms at the 99th percentile; the peer
is the usual way with the same library, `rapidfuzz.process.extract` with its weighted ratio over the same
words, on the same beginnings in the same run.
"""

from __future__ import annotations

import random
import statistics
import time
from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz, process, utils

from bench.harness import Goal, record
from care.specialty import nomenclature
from search.specialty_match import suggest, understand

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

P99_GOAL_MS: Final = 10.0
PEER_SAMPLE: Final = 2_000
_SEED: Final = 20_261_126
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"


def beginnings() -> list[str]:
    """Every beginning of every word and label, once, in alphabetical order."""
    texts = [word.text for word in nomenclature().words] + [item.label for item in nomenclature()]
    return sorted({text[:size] for text in texts for size in range(1, len(text) + 1)})


def misspelt(texts: Sequence[str], dice: random.Random) -> list[str]:
    """The texts of four letters and more with one error of a hurried hand."""
    return [_error(text, dice) for text in texts if len(text) >= 4]


def _error(text: str, dice: random.Random) -> str:
    at = dice.randrange(1, len(text) - 1)
    kind = dice.choice(("swap", "miss", "double", "other"))
    if kind == "swap":
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if kind == "miss":
        return text[:at] + text[at + 1 :]
    letter = text[at] if kind == "double" else dice.choice(_LETTERS)
    return text[:at] + letter + text[at + (kind == "other") :]


def measure_ms(work: Callable[[str], object], texts: Sequence[str]) -> list[float]:
    """Milliseconds of each call, sorted."""
    taken = []
    for text in texts:
        started = time.perf_counter()
        work(text)
        taken.append((time.perf_counter() - started) * 1000)
    return sorted(taken)


def main() -> None:
    """Measure and record."""
    dice = random.Random(_SEED)
    started = time.perf_counter()
    suggest("a")
    first_ms = (time.perf_counter() - started) * 1000
    right = beginnings()
    wrong = misspelt(right, dice)
    ours, ours_wrong = measure_ms(suggest, right), measure_ms(suggest, wrong)
    sample = dice.sample(right, PEER_SAMPLE)
    choices = [utils.default_process(word.text) for word in nomenclature().words]
    peer = measure_ms(
        lambda text: process.extract(
            text, choices, scorer=fuzz.WRatio, processor=utils.default_process, limit=10
        ),
        sample,
    )
    ours_sample = measure_ms(suggest, sample)
    understood = measure_ms(
        understand, [word.text for word in nomenclature().words if word.sense != "unsure"]
    )
    p99 = max(_quantile(ours, 0.99), _quantile(ours_wrong, 0.99))
    record(
        "suggestions",
        {
            "words": len(nomenclature().words),
            "beginnings": len(right),
            "first_ms": first_ms,
            "p50_ms": statistics.median(ours),
            "p99_ms": p99,
            "p99_misspelt_ms": _quantile(ours_wrong, 0.99),
            "worst_ms": max(ours[-1], ours_wrong[-1]),
            "understand_p99_ms": _quantile(understood, 0.99),
            "peer_p50_ms": statistics.median(peer),
        },
        {
            "p99_over_limit": p99 / P99_GOAL_MS,
            "p50_over_peer": statistics.median(ours_sample) / statistics.median(peer),
        },
        {"p99_ms": Goal(P99_GOAL_MS), "p99_over_limit": Goal(1.0), "p50_over_peer": Goal(1.0)},
    )


def _quantile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


if __name__ == "__main__":
    main()
