"""Seeded chance: each part of the work draws from its own stream, whatever the order or the process."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_GOLDEN = 0x9E3779B97F4A7C15
_64_BITS = 0xFFFF_FFFF_FFFF_FFFF


def stream(seed: int, *labels: str) -> np.random.Generator:
    """A generator of its own for each list of labels: same seed and labels, same draws."""
    return np.random.Generator(
        np.random.PCG64(np.random.SeedSequence([seed, *(zlib.crc32(label.encode()) for label in labels)]))
    )


def scatter(keys: NDArray[np.int64], salt: int = 0) -> NDArray[np.uint64]:
    """A well mixed 64-bit number for each key (splitmix64): chance that needs no order of drawing."""
    mixed = keys.astype(np.uint64) + np.uint64(_GOLDEN * (salt + 1) & _64_BITS)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _MIX_1
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _MIX_2
    return mixed ^ (mixed >> np.uint64(31))


def share(keys: NDArray[np.int64], salt: int = 0) -> NDArray[np.float64]:
    """A number in [0, 1) for each key, always the same."""
    return (scatter(keys, salt) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def choose(
    rng: np.random.Generator, weights: Sequence[float] | NDArray[np.float64], size: int
) -> NDArray[np.int64]:
    """`size` ranks drawn with the given weights, which need not add up to one."""
    cumulative = np.cumsum(np.asarray(weights, dtype=np.float64))
    ranks = np.searchsorted(cumulative, rng.random(size) * cumulative[-1], side="right")
    return np.minimum(ranks, len(cumulative) - 1).astype(np.int64)


def whole(rng: np.random.Generator, expected: NDArray[np.float64]) -> NDArray[np.int64]:
    """Whole numbers around expected values, right on average."""
    floor = np.floor(expected)
    return (floor + (rng.random(expected.shape) < expected - floor)).astype(np.int64)
