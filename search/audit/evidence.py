"""What a sample of rankings shows: each label of each factor against what an unbiased order would give it.

Five tests, from the most exact to the roughest:

    order      offers of equal points stand in the order of the lot: each precedes half of its equals
    ties       the same, weighed by the exposure of the places at stake: what matters at the top of a page
    strata     comparable candidates (same participation, state and kind of slots; waits within a quarter
               of an hour, travels within three minutes) stand in an order that the label should not foretell
    presence   where a ranking was kept whole, the offers of the directory within its reach are in it
    waits      the first slot logged is one that the practitioner publishes

The first two can convict; the others call for a look: places, hours and loads differ between vendors for
honest reasons.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from search.audit import permutation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from search.audit.permutation import Groups
    from search.audit.sample import Sample

Test = Literal["order", "ties", "strata", "presence", "waits", "practitioners"]
Factor = Literal["vendor", "kind", "sector", "offer"]

LEAST_ROWS = 20
"""Labels with fewer rows to shuffle are not tested: too little could be said of them."""

_MOST_ROWS = 20_000
LEVEL = 0.05
_SEEN_OFTEN = NormalDist().inv_cdf(0.8)
_POWER = NormalDist().inv_cdf(1 - LEVEL / 2) + _SEEN_OFTEN
"""Standard deviations away from expectation that are seen four times in five, at 5 %."""


@dataclass(frozen=True, kw_only=True)
class Labels:
    """A factor: the name of each label, and the label of each offer of the sample (int64)."""

    factor: Factor
    names: tuple[str, ...]
    of_offer: NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One label in one test.

    rows        rows that could be shuffled; `rankings` they come from
    ratio       observed over expected, with its bootstrap interval at 95 %; None when nothing was expected
    detectable  relative deviation that would be seen four times in five, at 5 % for all tests together
    p           of the permutation test, two-sided; `p_holm` corrected for the number of tests of the report
    """

    test: Test
    factor: Factor
    label: str
    rows: int
    rankings: int
    observed: float
    expected: float
    ratio: float | None
    low: float | None
    high: float | None
    detectable: float | None
    p: float
    p_holm: float = 1.0

    def as_json(self) -> dict[str, Any]:
        """Rounded, so that the same log gives the same text."""
        return {
            name: round(value, 6) if isinstance(value, float) else value
            for name, value in asdict(self).items()
        }


def labels(factor: Factor, of_offer: Sequence[str | None]) -> Labels:
    """The labels of a factor, sorted; None (not known) is a label of its own."""
    names = sorted({name or "" for name in of_offer})
    number = {name: at for at, name in enumerate(names)}
    return Labels(
        factor=factor,
        names=tuple(names),
        of_offer=np.array([number[name or ""] for name in of_offer], dtype=np.int64),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Rows:
    """What a test looks at, one row for each offer of each ranking.

    group   where any order is as likely as another; negative: left out
    value   what is shared out
    unit    ranking it comes from
    offer   index in the labels
    """

    group: NDArray[np.int64]
    value: NDArray[np.float64]
    unit: NDArray[np.int64]
    offer: NDArray[np.int64]


def order(sample: Sample) -> Rows:
    """Share of its equals that each offer precedes, within equal points."""
    rows = np.argsort(sample.tie, kind="stable")
    tie = sample.tie[rows]
    size = np.bincount(tie)
    start = np.concatenate([[0], np.cumsum(size)[:-1]]) if len(size) else size
    after = size[tie] - 1 - (np.arange(len(tie)) - start[tie])
    value = np.zeros(len(tie))
    value[rows] = after / np.maximum(size[tie] - 1, 1)
    return Rows(group=sample.tie, value=value, unit=sample.ranking, offer=sample.offer)


def ties(sample: Sample) -> Rows:
    """Exposure within equal points."""
    return Rows(group=sample.tie, value=sample.weight, unit=sample.ranking, offer=sample.offer)


def strata(sample: Sample) -> Rows:
    """Exposure among comparable candidates."""
    return Rows(group=sample.stratum, value=sample.weight, unit=sample.ranking, offer=sample.offer)


def findings(
    test: Test,
    looked_at: Rows,
    factors: Sequence[Labels],
    rng: np.random.Generator,
    *,
    rounds: int = permutation.ROUNDS,
) -> list[Finding]:
    """Every label of the factors, values shuffled within groups; `rounds` 0 takes the normal law at once."""
    given = permutation.groups(looked_at.group, looked_at.value)
    rows = [(factor.of_offer[looked_at.offer], len(factor.names)) for factor in factors]
    drawn: Sequence[NDArray[np.float64] | None] = [None] * len(factors)
    if rounds and 0 < len(given.rows) <= permutation.MOST_ROWS:
        drawn = permutation.shuffled(given, rows, rng, rounds=rounds)
    return [
        finding
        for factor, (label, count), shuffles in zip(factors, rows, drawn, strict=True)
        for finding in _of_factor(test, factor, given, looked_at.unit, label, count, shuffles, rng)
    ]


def practitioners(
    sample: Sample, rng: np.random.Generator, *, rounds: int = permutation.ROUNDS
) -> tuple[Finding | None, list[dict[str, Any]]]:
    """The offer whose place among its equals is farthest from expectation; and the ten farthest.

    One test for every offer at once: the p-value is that of the largest deviation of all.
    """
    looked_at = order(sample)
    given = _first_rows(permutation.groups(looked_at.group, looked_at.value), _MOST_ROWS)
    if not len(given.rows):
        return None, []
    met, offer = np.unique(sample.offer[given.rows], return_inverse=True)
    label = np.zeros(len(sample.offer), dtype=np.int64)
    label[given.rows] = offer.reshape(-1)
    found = permutation.shares(given, label, len(met))
    largest, p = permutation.largest_deviation(given, label, found, rng, rounds=rounds)
    weighed = permutation.shares(replace(given, value=sample.weight[given.rows]), label, len(met))
    z = permutation.deviations(found)
    rows = np.bincount(label[given.rows], minlength=len(met))
    ids = sample.offer_ids
    far = [
        {
            "offer_id": ids[int(met[at])],
            "rows": int(rows[at]),
            "before_its_equals": round(float(found.observed[at] / rows[at]), 4),
            "exposure": round(float(weighed.observed[at]), 3),
            "exposure_expected": round(float(weighed.expected[at]), 3),
            "deviations": round(float(z[at]), 3),
        }
        for at in np.argsort(-np.abs(z), kind="stable")[:10].tolist()
    ]
    finding = Finding(
        test="practitioners",
        factor="offer",
        label=far[0]["offer_id"],
        rows=len(given.rows),
        rankings=len(np.unique(sample.ranking[given.rows])),
        observed=largest,
        expected=0.0,
        ratio=None,
        low=None,
        high=None,
        detectable=None,
        p=p,
    )
    return finding, far


def corrected(found: Sequence[Finding]) -> list[Finding]:
    """The same with p-values, and deviations that would be seen, corrected for the number of tests."""
    adjusted = permutation.holm([finding.p for finding in found])
    wider = (NormalDist().inv_cdf(1 - LEVEL / (2 * max(1, len(found)))) + _SEEN_OFTEN) / _POWER
    return [
        replace(
            finding,
            p_holm=p,
            detectable=None if finding.detectable is None else finding.detectable * wider,
        )
        for finding, p in zip(found, adjusted, strict=True)
    ]


def exposure(sample: Sample, factor: Labels, shown: Mapping[str, int]) -> list[dict[str, Any]]:
    """What each label gets: share of the candidates, of the exposure logged, of what was really shown.

    Null where nothing was counted. It describes: the rule itself may favour, such as who takes part.
    """
    label = factor.of_offer[sample.offer]
    count = len(factor.names)
    rows = np.bincount(label, minlength=count)
    logged = np.bincount(label, weights=sample.weight, minlength=count)
    really = np.zeros(count)
    for at, offer_id in enumerate(sample.offer_ids):
        really[factor.of_offer[at]] += shown.get(offer_id, 0)
    return [
        {
            "label": name,
            "offers": int((factor.of_offer == at).sum()),
            "candidates_share": _share(rows, at),
            "exposure_share": _share(logged, at),
            "shown_share": _share(really, at),
        }
        for at, name in enumerate(factor.names)
    ]


def exposure_by_participation(sample: Sample) -> list[dict[str, Any]]:
    """The same by declared participation, as each ranking knew it; the rule puts it first."""
    label = sample.candidates.participating.astype(np.int64)
    rows = np.bincount(label, minlength=2)
    logged = np.bincount(label, weights=sample.weight, minlength=2)
    return [
        {
            "label": name,
            "offers": len(np.unique(sample.offer[label == at])),
            "candidates_share": _share(rows, at),
            "exposure_share": _share(logged, at),
            "shown_share": None,
        }
        for at, name in ((1, "participe"), (0, "ne participe pas ou ne l’a pas déclaré"))
    ]


def _share(values: NDArray[Any], at: int) -> float | None:
    whole = float(values.sum())
    return round(float(values[at]) / whole, 6) if whole else None


def _of_factor(
    test: Test,
    factor: Labels,
    given: Groups,
    unit: NDArray[np.int64],
    label: NDArray[np.int64],
    count: int,
    drawn: NDArray[np.float64] | None,
    rng: np.random.Generator,
) -> list[Finding]:
    if not len(given.rows) or count < 2:
        return []
    found = permutation.shares(given, label, count, unit)
    p = permutation.p_values(found, drawn)
    low, high = permutation.intervals(found, rng)
    rows = np.bincount(label[given.rows], minlength=count)
    return [
        Finding(
            test=test,
            factor=factor.factor,
            label=name,
            rows=int(rows[at]),
            rankings=found.units.shape[1],
            observed=float(found.observed[at]),
            expected=float(found.expected[at]),
            ratio=_ratio(found.observed[at], found.expected[at]),
            low=_number(low[at]),
            high=_number(high[at]),
            detectable=_ratio(_POWER * math.sqrt(found.variance[at]), found.expected[at]),
            p=float(p[at]),
        )
        for at, name in enumerate(factor.names)
        if rows[at] >= LEAST_ROWS and found.variance[at] > 0
    ]


def _first_rows(given: Groups, most: int) -> Groups:
    """The first groups, whole, up to a number of rows."""
    if len(given.rows) <= most:
        return given
    kept = given.group < given.group[most]
    return permutation.Groups(rows=given.rows[kept], group=given.group[kept], value=given.value[kept])


def _ratio(value: float, whole: float) -> float | None:
    return float(value / whole) if whole > 0 else None


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
