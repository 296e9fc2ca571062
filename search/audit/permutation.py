"""Permutation tests: would labels that mean nothing share out the values as unevenly as those observed?

Rows are shuffled within groups where any order is as likely as another: ties, comparable candidates, offers
of one area. For each label the statistic is the sum of the values of its rows. Its expectation and variance
over all shuffles are exact:

    E = sum over groups of k * mean        V = sum over groups of k * (n - k) / (n - 1) * variance

with n rows in the group, k of that label, and the variance of the group's values (sampling without
replacement). The p-value counts shuffles drawn from a seed; where none of them goes so far, and over
`MOST_ROWS` rows, it is that of the normal law with these moments.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

ROUNDS = 1999
MOST_ROWS = 40_000
_BOOTSTRAPS = 999
_CHUNK = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Groups:
    """Rows that may be shuffled, by group; groups of one row are left out.

    rows    their places in the sample
    group   numbered from 0, growing
    value   what is summed
    """

    rows: NDArray[np.intp]
    group: NDArray[np.int64]
    value: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Shares:
    """Sum of the values of each label: observed, and over all shuffles.

    units   observed and expected sums of each ranking and label, (2, rankings, labels): for the bootstrap
    """

    observed: NDArray[np.float64]
    expected: NDArray[np.float64]
    variance: NDArray[np.float64]
    units: NDArray[np.float64]


def groups(group: NDArray[np.int64], value: NDArray[np.float64]) -> Groups:
    """The rows of groups of two or more; a negative group is none."""
    if not len(group):
        return Groups(rows=np.zeros(0, np.intp), group=group, value=value)
    count = np.bincount(np.maximum(group, 0), weights=group >= 0)
    rows = np.flatnonzero((group >= 0) & (count[np.maximum(group, 0)] > 1))
    rows = rows[np.argsort(group[rows], kind="stable")]
    _, number = np.unique(group[rows], return_inverse=True)
    return Groups(rows=rows, group=number.astype(np.int64), value=value[rows])


def shares(
    given: Groups, label: NDArray[np.int64], labels: int, unit: NDArray[np.int64] | None = None
) -> Shares:
    """Observed sums with their exact moments.

    label   of each row of the sample, 0…labels - 1
    unit    of each row of the sample: what the bootstrap draws (its ranking); None: one for all
    """
    mine = label[given.rows]
    units = np.zeros_like(mine) if unit is None else unit[given.rows]
    size = np.bincount(given.group).astype(np.float64)
    mean = np.bincount(given.group, weights=given.value) / size
    spread = np.maximum(np.bincount(given.group, weights=given.value**2) / size - mean**2, 0.0)
    pairs = given.group * labels + mine
    held, count = np.unique(pairs, return_counts=True)
    where, which = held // labels, held % labels
    n = size[where]
    variance = _sums(which, count * (n - count) / np.maximum(n - 1, 1) * spread[where], labels)
    names, number = np.unique(units, return_inverse=True)
    cell = number * labels + mine
    shape = (len(names), labels)
    observed = _sums(cell, given.value, shape[0] * labels).reshape(shape)
    expected = _sums(cell, mean[given.group], shape[0] * labels).reshape(shape)
    return Shares(
        observed=observed.sum(axis=0),
        expected=expected.sum(axis=0),
        variance=variance,
        units=np.stack([observed, expected]),
    )


def shuffled(
    given: Groups,
    labels: Sequence[tuple[NDArray[np.int64], int]],
    rng: np.random.Generator,
    *,
    rounds: int = ROUNDS,
) -> list[NDArray[np.float64]]:
    """Sums by label over shuffles of the values within groups, (rounds, labels) for each labelling."""
    mine = [label[given.rows] for label, _ in labels]
    drawn = [np.empty((rounds, count)) for _, count in labels]
    for turn in range(rounds):
        order = np.argsort(given.group + rng.random(len(given.group)))
        value = given.value[order]
        for at, (_, count) in enumerate(labels):
            drawn[at][turn] = np.bincount(mine[at], weights=value, minlength=count)
    return drawn


def p_values(found: Shares, drawn: NDArray[np.float64] | None) -> NDArray[np.float64]:
    """Two-sided p-value of each label; 1 where nothing can vary."""
    apart = np.abs(found.observed - found.expected)
    normal = np.array([math.erfc(abs(value) / math.sqrt(2)) for value in deviations(found)])
    if drawn is None:
        return normal
    slack = 1e-9 * np.maximum(1.0, np.abs(found.expected))
    beyond = (np.abs(drawn - found.expected) >= apart - slack).sum(axis=0)
    p = (beyond + 1) / (len(drawn) + 1)
    p = np.where(beyond == 0, np.minimum(p, normal), p)
    return np.where(found.variance > 0, p, 1.0)


def deviations(found: Shares) -> NDArray[np.float64]:
    """Standard deviations away from expectation, signed; 0 where nothing can vary."""
    apart = found.observed - found.expected
    return np.divide(apart, np.sqrt(found.variance), out=np.zeros_like(apart), where=found.variance > 0)


def largest_deviation(
    given: Groups, label: NDArray[np.int64], found: Shares, rng: np.random.Generator, *, rounds: int = ROUNDS
) -> tuple[float, float]:
    """The largest deviation of all labels, in standard deviations, and its p-value: one test for all."""
    largest = float(np.abs(deviations(found)).max(initial=0.0))
    if not (found.variance > 0).any():
        return 0.0, 1.0
    mine, count, beyond = label[given.rows], len(found.expected), 0
    scale = np.where(found.variance > 0, np.sqrt(found.variance), np.inf)
    for _ in range(rounds):
        value = given.value[np.argsort(given.group + rng.random(len(given.group)))]
        apart = np.bincount(mine, weights=value, minlength=count) - found.expected
        beyond += bool(np.max(np.abs(apart) / scale) >= largest - 1e-9)
    return largest, (beyond + 1) / (rounds + 1)


def intervals(
    found: Shares, rng: np.random.Generator, *, level: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Bootstrap interval (percentiles) of observed over expected for each label: rankings are drawn again.

    NaN where a label has nothing to compare.
    """
    count, labels = found.units.shape[1:]
    ratios = np.full((_BOOTSTRAPS, labels), np.nan)
    for start in range(0, _BOOTSTRAPS if count else 0, _CHUNK):
        rounds = min(_CHUNK, _BOOTSTRAPS - start)
        times = rng.multinomial(count, np.full(count, 1 / count), size=rounds).astype(np.float64)
        observed, expected = times @ found.units[0], times @ found.units[1]
        ratios[start : start + rounds] = np.divide(
            observed, expected, out=np.full_like(observed, np.nan), where=expected > 0
        )
    low, high = np.full(labels, np.nan), np.full(labels, np.nan)
    for label in range(labels):
        column = ratios[:, label]
        column = column[~np.isnan(column)]
        if len(column):
            low[label], high[label] = np.quantile(column, [(1 - level) / 2, (1 + level) / 2])
    return low, high


def _sums(number: NDArray[Any], value: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Sum of the values under each number."""
    return np.asarray(np.bincount(number, weights=value, minlength=count), dtype=np.float64)


def holm(p: Sequence[float]) -> list[float]:
    """p-values corrected for their number (Holm, 1979): at 5 %, one false alarm in twenty for all together.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    order = sorted(range(len(p)), key=lambda at: p[at])
    corrected = [0.0] * len(p)
    reached = 0.0
    for place, at in enumerate(order):
        reached = min(1.0, max(reached, (len(p) - place) * p[at]))
        corrected[at] = reached
    return corrected
