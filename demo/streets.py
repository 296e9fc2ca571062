"""The streets of one department: laid out around each commune, inside the department, with their numbers.

A number is never stored: it is computed from its street and its rank, so that the address base, the
structures and the practitioners all agree, whatever part of them is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from demo import street_names
from demo.chance import scatter, share, stream
from demo.scale import ADDRESSES

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry import MultiPolygon

    from demo.centres import Centres
    from demo.france import Commune

_GOLDEN_ANGLE: Final = np.pi * (3 - np.sqrt(5))
_NATIONAL_WEIGHT: Final = 27_030_000.0  # sum of `address_weight` over the country
_SIDE_M: Final = 7.0  # from the axis of a street to its doors
_SHORTEST_M: Final = 30.0
SUFFIXES: Final = ("", "bis", "ter", "a", "b")
PARIS_SUFFIXES: Final = ("", "b", "t", "a", "q")
_NEVER: Final = -1


@dataclass(frozen=True)
class Streets:
    """Columns, one value per street, ordered by commune.

    commune     rank among the inhabited communes; former: rank among its former communes, -1 for none
    postal      rank among the postal codes of the commune
    kind, core  ranks in `STREET_TYPES` and in `cores` (kind -1: a hamlet, core in `hamlets`)
    count       how many numbers; first: rank of the first one in the whole department
    x, y, dx, dy, length_m, bend_m   the axis, metres in the legal projection
    step        0 for numbers in order, else metres between metric numbers
    serial      rank inside the commune, from 1: what its identifier is made of
    """

    commune: NDArray[np.int64]
    former: NDArray[np.int64]
    postal: NDArray[np.int64]
    kind: NDArray[np.int64]
    core: NDArray[np.int64]
    count: NDArray[np.int64]
    first: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    dx: NDArray[np.float64]
    dy: NDArray[np.float64]
    length_m: NDArray[np.float64]
    bend_m: NDArray[np.float64]
    step: NDArray[np.int64]
    serial: NDArray[np.int64]
    cores: tuple[str, ...]
    hamlets: tuple[str, ...]

    @property
    def numbers(self) -> int:
        """Numbers in the whole department."""
        return int(self.count.sum())


@dataclass(frozen=True)
class Numbers:
    """Addresses: number (0 exists), rank of the suffix in `SUFFIXES`, position in metres."""

    number: NDArray[np.int64]
    suffix: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]


def address_weight(population: NDArray[np.float64]) -> NDArray[np.float64]:
    """Addresses of a commune at full scale: two for three people in a village, one for eleven in a city."""
    per_head = np.interp(
        np.log10(np.maximum(population, 1)), [2.0, 3.3, 4.0, 4.7, 5.3], [0.66, 0.6, 0.42, 0.22, 0.09]
    )
    return population * per_head


def lay_out(
    communes: list[Commune],
    centres: Centres,
    outline_m: MultiPolygon,
    *,
    seed: int,
    department: str,
    ratio: float,
) -> Streets:
    """Streets of a department. `ratio` is the share of the national number of addresses."""
    rng = stream(seed, "streets", department)
    population = np.array([commune.population for commune in communes], dtype=np.float64)
    numbers = address_weight(population) * (ADDRESSES / _NATIONAL_WEIGHT) * ratio
    mean = np.where(population > 20_000, 15.0, 9.0)
    per_commune = np.where(population > 0, np.maximum(2, np.round(numbers / mean)), 0).astype(np.int64)
    commune = np.repeat(np.arange(len(communes)), per_commune)
    urban = (population > 4000)[commune]
    hamlet = ~urban & (rng.random(len(commune)) < 0.22)
    names = street_names.pool(communes, rng)
    hamlets = street_names.hamlets()
    former = _sector(commune, np.array([sum(1 for f in c.formers if f.name) for c in communes]))
    former = np.where(rng.random(len(commune)) < 0.85, former, _NEVER)
    postal = np.maximum(_sector(commune, np.array([len(c.postal_codes) for c in communes])), 0)
    kind, core = _distinct_names(rng, names, len(hamlets), commune, former, urban, hamlet)
    keep = kind != _DROPPED
    commune, former, postal, urban = commune[keep], former[keep], postal[keep], urban[keep]
    kind, core, hamlet = kind[keep], core[keep], hamlet[keep]
    order = _rank_in_group(commune)
    count = _counts(rng, hamlet, numbers, commune)
    geometry = _axes(rng, commune, order, count, centres, outline_m, numbers)
    metric = (rng.random(len(commune)) < np.where(urban, 0.02, 0.25)) & ~hamlet
    step = np.where(metric, np.maximum(9, (geometry[4] / np.maximum(count, 1)).astype(np.int64)), 0)
    step = np.where(metric & (rng.random(len(commune)) < 0.02), 600, step)
    return Streets(
        commune=commune, former=former, postal=postal, kind=kind, core=core, count=count,
        first=np.concatenate([[0], np.cumsum(count)[:-1]]).astype(np.int64),
        x=geometry[0], y=geometry[1], dx=geometry[2], dy=geometry[3], length_m=geometry[4],
        bend_m=geometry[5],
        step=step, serial=order + 1, cores=names.cores, hamlets=hamlets,
    )  # fmt: skip


_DROPPED: Final = -9


def _rank_in_group(group: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rank of each row inside its run of equal values."""
    if not len(group):
        return group
    starts = np.flatnonzero(np.concatenate([[True], group[1:] != group[:-1]]))
    lengths = np.diff(np.concatenate([starts, [len(group)]]))
    return np.arange(len(group)) - np.repeat(starts, lengths)


def _sector(commune: NDArray[np.int64], choices: NDArray[np.int64]) -> NDArray[np.int64]:
    """Which of the `choices` of its commune a street falls in; -1 where there is none."""
    available = choices[commune]
    return np.where(available > 0, _rank_in_group(commune) % np.maximum(available, 1), _NEVER)


def _distinct_names(
    rng: np.random.Generator,
    names: street_names.NamePool,
    hamlet_count: int,
    commune: NDArray[np.int64],
    former: NDArray[np.int64],
    urban: NDArray[np.bool_],
    hamlet: NDArray[np.bool_],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """No name twice in one commune and former commune; what is still double after six draws is dropped."""
    kind = np.full(len(commune), _DROPPED)
    core = np.zeros(len(commune), dtype=np.int64)
    place = commune * 64 + former + 1
    todo = np.arange(len(commune))
    for turn in range(6):
        drawn_kind, drawn_core = street_names.draw(rng, names, urban[todo])
        height = rng.random(len(todo)) ** (3.0 if turn < 3 else 1.0)
        is_hamlet = hamlet[todo]
        kind[todo] = np.where(is_hamlet, -1, drawn_kind)
        core[todo] = np.where(is_hamlet, (height * hamlet_count).astype(np.int64), drawn_core)
        key = (place * 64 + kind + 2) * 65_536 + core
        _, kept = np.unique(key, return_index=True)
        double = np.ones(len(key), dtype=bool)
        double[kept] = False
        todo = np.flatnonzero(double)
        if not len(todo):
            break
    kind[todo] = _DROPPED
    return kind, core


def _counts(
    rng: np.random.Generator,
    hamlet: NDArray[np.bool_],
    numbers: NDArray[np.float64],
    commune: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Numbers of each street: many short streets, few long ones; the total of a commune is as planned."""
    raw = np.exp(rng.normal(0.0, 0.75, len(commune))) * np.where(hamlet, 0.35, 1.0)
    total = np.bincount(commune, weights=raw, minlength=len(numbers))
    wanted = raw * (numbers / np.maximum(total, 1e-9))[commune]
    return np.clip(np.round(wanted), np.where(hamlet, 0, 1), 900).astype(np.int64)


def _axes(
    rng: np.random.Generator,
    commune: NDArray[np.int64],
    order: NDArray[np.int64],
    count: NDArray[np.int64],
    centres: Centres,
    outline_m: MultiPolygon,
    numbers: NDArray[np.float64],
) -> tuple[NDArray[np.float64], ...]:
    """Start, direction, length and bend of each street: a spiral of axes, pulled inside the department."""
    per_commune = np.bincount(commune, minlength=len(numbers))
    mean_radius = np.sqrt(outline_m.area / np.pi / max(len(numbers), 1))
    weight = np.sqrt(np.maximum(numbers, 1) / max(float(numbers.mean()), 1e-9))
    radius = (mean_radius * np.clip(weight**0.7, 0.45, 2.6))[commune]
    total = np.maximum(per_commune, 1)[commune]
    distance = radius * ((order + 0.5) / total) ** 0.6
    angle = order * _GOLDEN_ANGLE + rng.random(len(numbers))[commune] * 2 * np.pi
    length = np.clip(np.minimum(count * 11.0, radius * np.sqrt(np.pi / total) * 0.85), _SHORTEST_M, 2500.0)
    heading = angle + np.where(order % 2 == 0, np.pi / 2, 0.0) + rng.normal(0.0, 0.3, len(commune))
    dx, dy = np.cos(heading), np.sin(heading)
    bend = rng.normal(0.0, 0.08, len(commune)) * length
    offset_x, offset_y = distance * np.cos(angle), distance * np.sin(angle)
    x, y = np.empty(len(commune)), np.empty(len(commune))
    shapely.prepare(outline_m)
    left = np.arange(len(commune))
    for factor in (1.0, 0.6, 0.3, 0.1, 0.0):
        x[left] = centres.x[commune[left]] + factor * offset_x[left] - dx[left] * length[left] / 2
        y[left] = centres.y[commune[left]] + factor * offset_y[left] - dy[left] * length[left] / 2
        if factor == 0.0:
            length[left] = _SHORTEST_M
        out = np.zeros(len(left), dtype=bool)
        for along in (-0.1, 0.5, 1.1):
            reach = length[left] * along
            out |= ~shapely.contains_xy(outline_m, x[left] + dx[left] * reach, y[left] + dy[left] * reach)
        left = left[out]
        if not len(left):
            break
    return x, y, dx, dy, length, bend


def numbers_of(streets: Streets, street: NDArray[np.int64], rank: NDArray[np.int64], *, seed: int) -> Numbers:
    """The `rank`-th number of each `street`: always the same, alone or among all.

    Odd numbers on one side, even on the other. One in thirty is the bis (or ter…) of the one before. Metric
    numbers are the distance from the start of the street, or of the road (they may pass 5,000).
    """
    first = streets.first[street]
    key = (first + rank) * np.int64(2) + np.int64(seed % 1_000_003) * np.int64(1_000_000_007)
    marked = scatter(key) % np.uint64(33) == 0
    marked_before = scatter(key - 2) % np.uint64(33) == 0
    suffixed = marked & ~marked_before & (rank > 0)
    base = rank - suffixed
    step = streets.step[street]
    loose = np.int64(1) + (share(street, 1) < 0.35)
    starts_at = np.where(share(street, 2) < 0.0012, 0, 1)
    plain = starts_at + base * loose
    metric = step * (base + 1) + (share(first + base, 3) * np.minimum(step, 9)).astype(np.int64)
    number = np.where(step > 0, metric, plain)
    last = np.where(step > 0, step * (streets.count[street] + 2), starts_at + streets.count[street] * loose)
    t = np.clip((number + 0.25 * suffixed) / np.maximum(last, 1), 0.0, 1.0)
    length, dx, dy = streets.length_m[street], streets.dx[street], streets.dy[street]
    side = np.where(number % 2 == 0, _SIDE_M, -_SIDE_M) + streets.bend_m[street] * t * (1 - t)
    suffix = np.where(suffixed, 1 + (scatter(key, 5) % np.uint64(10)).astype(np.int64) // 4, 0)
    suffix = np.where(suffixed & (scatter(key, 6) % np.uint64(5) == 0), 4, suffix)
    return Numbers(
        number=number,
        suffix=suffix,
        x=np.round(streets.x[street] + dx * length * t - dy * side, 2),
        y=np.round(streets.y[street] + dy * length * t + dx * side, 2),
    )
