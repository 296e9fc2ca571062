"""An invented country for the audit: offers, vendors, rankings by the real code, biases put in on purpose.

Half of the rankings are those of cells (sixty offers in twelve towns, so that travels tie), half those of
departments (four hundred offers, the first hundred kept). Five vendors keep about nine tenths of the agendas;
the vendor that a bias favours or harms keeps one fifth of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import h3
import numpy as np

from search.audit.coarse import RESOLUTION
from search.audit.evidence import Labels
from search.audit.packing import START, chained, pack
from search.policy import HUNDREDTHS, policy
from search.rank import KNOWN, NO_TRAVEL, Candidates, first, loss, lot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Kind = Literal["none", "lot", "seed", "bonus", "wait", "drop"]

FAVOURED = "lilas"
VENDORS = ("aucun connu", "bleuet", FAVOURED, "muguet", "pavot", "tilleul")
SHARES = (0.1, 0.25, 0.2, 0.2, 0.15, 0.1)
DAY = date(2026, 11, 26)
_AREAS = 40
_CELL_OFFERS, _TOWNS, _DEPARTMENT_OFFERS, _KEPT = 60, 12, 400, 100
_MOST_WAIT = 4320


@dataclass(frozen=True, kw_only=True)
class Bias:
    """What is done to the favoured vendor's offers, and how much.

    lot     share of its offers, in each ranking, that draw twice and keep the better lot
    seed    share of the rankings whose seed is the better of two for it: such a ranking replays
    bonus   whole hundred-millionths of a point, added in secret
    wait    minutes added to its waits before they are ranked and logged
    drop    share of its offers left out of the candidates
    """

    kind: Kind = "none"
    size: float = 0.0


class World:
    """The country, the same for a given seed.

    offers   identifiers as two halves, uint64 (n, 2); `vendor` int64, an index in `VENDORS`
    """

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        count = _AREAS // 2 * (_CELL_OFFERS + _DEPARTMENT_OFFERS)
        self.offers = self.rng.integers(0, 2**63, (count, 2), dtype=np.uint64)
        self.vendor = self.rng.choice(len(VENDORS), count, p=SHARES).astype(np.int64)
        self.participating = self.rng.random(count) < 0.4
        town_travel = self.rng.integers(200, 4000, (_AREAS, _TOWNS))
        town = self.rng.integers(0, _TOWNS, count)
        sizes = np.where(np.arange(_AREAS) % 2 == 0, _CELL_OFFERS, _DEPARTMENT_OFFERS)
        area = np.repeat(np.arange(_AREAS), sizes)
        self.area_of = area
        self.travel = np.where(area % 2 == 0, town_travel[area, town], NO_TRAVEL).astype(np.int64)

    def labels(self) -> Labels:
        """The vendor of each offer of a sample made by `rankings`, once its identifiers are sorted."""
        order = np.lexsort((self.offers[:, 1], self.offers[:, 0]))
        return Labels(factor="vendor", names=VENDORS, of_offer=self.vendor[order])

    def labels_of(self, identities: NDArray[np.uint64]) -> Labels:
        """The vendor of each of some offers."""
        known = {bytes(row): vendor for row, vendor in zip(self.offers, self.vendor.tolist(), strict=True)}
        found = [known[bytes(row)] for row in identities]
        return Labels(factor="vendor", names=VENDORS, of_offer=np.array(found, dtype=np.int64))

    def lines(self, count: int, bias: Bias) -> list[dict[str, Any]]:
        """Rankings as columns of `audit.ranking`, chained."""
        made, previous = [], START
        for number in range(count):
            line = self._line(number, bias)
            line["previous"] = previous
            line["hash"] = previous = chained(previous, line)
            made.append(line)
        return made

    def directory(self, areas: Sequence[str]) -> list[NDArray[np.uint64]]:
        """Identifiers of every offer of each of some areas."""
        return [self.offers[self.area_of == _NAMES.index(area)] for area in areas]

    def _line(self, number: int, bias: Bias) -> dict[str, Any]:
        area = number % _AREAS
        rows = np.flatnonzero(self.area_of == area)
        favoured = self.vendor[rows] == VENDORS.index(FAVOURED)
        if bias.kind == "drop":
            rows = rows[~(favoured & (self.rng.random(len(rows)) < bias.size))]
            favoured = self.vendor[rows] == VENDORS.index(FAVOURED)
        table = self._candidates(rows)
        if bias.kind == "wait":
            late = favoured & (table.slots == KNOWN)
            table.wait[late] += round(HUNDREDTHS * bias.size)
        rule = policy()
        losses = loss(table, rule) - (int(bias.size) * favoured if bias.kind == "bonus" else 0)
        seed, lots = self._drawn(table, losses, favoured, bias)
        order = first(losses, lots, min(_KEPT, len(table)))
        return {
            "ranking_id": number + 1,
            "day": DAY,
            "policy": rule.version,
            "policy_digest": rule.digest,
            "seed": seed,
            "specialty": "SM54",
            "area": _NAMES[area],
            "total": len(table),
            "page": 20,
            "candidates": pack(table.take(order)),
        }

    def _candidates(self, rows: NDArray[np.intp]) -> Candidates:
        count = len(rows)
        slots = self.rng.choice(3, count, p=(0.15, 0.35, 0.5)).astype(np.int8)
        wait = (
            self.rng.integers(1, _MOST_WAIT // 5, count) * 5 * HUNDREDTHS
        )  # slots start on multiples of five minutes
        return Candidates(
            identity=self.offers[rows],
            slots=slots,
            wait=np.where(slots == KNOWN, wait, 0),
            remote=(slots == KNOWN) & (self.rng.random(count) < 0.1),
            travel=self.travel[rows],
            participating=self.participating[rows],
            misfit=np.zeros(count, dtype=np.bool_),
        )

    def _drawn(
        self, table: Candidates, losses: NDArray[np.int64], favoured: NDArray[np.bool_], bias: Bias
    ) -> tuple[str, NDArray[np.uint64]]:
        seed = self._seed()
        lots = lot(table.identity, seed)
        if bias.kind == "lot":
            twice = favoured & (self.rng.random(len(table)) < bias.size)
            lots = np.where(twice, np.minimum(lots, lot(table.identity, self._seed())), lots)
        if bias.kind == "seed" and self.rng.random() < bias.size:
            other = self._seed()
            others = lot(table.identity, other)
            if _mean_place(losses, others, favoured) < _mean_place(losses, lots, favoured):
                return other, others
        return seed, lots

    def _seed(self) -> str:
        return f"20261126-{int(self.rng.integers(2**48)):012x}"


def _mean_place(losses: NDArray[np.int64], lots: NDArray[np.uint64], favoured: NDArray[np.bool_]) -> float:
    place = np.empty(len(losses))
    place[np.lexsort((lots, losses))] = np.arange(len(losses))
    return float(place[favoured].mean()) if favoured.any() else 0.0


_CELLS = sorted(h3.grid_disk(h3.latlng_to_cell(48.85, 2.35, RESOLUTION), 4))[:_AREAS]
_NAMES = [f"cell:{_CELLS[at]}" if at % 2 == 0 else f"department:{at:02d}" for at in range(_AREAS)]
