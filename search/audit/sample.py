"""Logged rankings as columns: one row for each candidate, and the groups that a test may shuffle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from search.audit.exposure import weights
from search.audit.packing import unpack
from search.audit.record import MOST_CANDIDATES
from search.policy import HUNDREDTHS
from search.rank import NO_TRAVEL, Candidates, loss

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from search.audit.replay import PolicyText

_WAIT_CLASS = 15 * HUNDREDTHS
_TRAVEL_CLASS = 3 * HUNDREDTHS
"""Fifteen minutes of waiting and three of travel: closer than that, two candidates are comparable."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """Rankings of one audit.

    lines        columns of `audit.ranking`, without the candidates
    candidates   all of them, end to end
    ranking      index in `lines`, int64 (n,)
    weight       exposure of each place, thousandths
    tie          group of equal points in one ranking, int64 (n,)
    stratum      group of comparable candidates in one ranking, int64 (n,); -1 where the ranking is not
                 the first of its area and specialty: the fine differences of an area are the same each time
    offer        index in `offer_ids`, int64 (n,)
    """

    lines: list[dict[str, Any]]
    candidates: Candidates
    ranking: NDArray[np.int64]
    weight: NDArray[np.float64]
    tie: NDArray[np.int64]
    stratum: NDArray[np.int64]
    offer: NDArray[np.int64]
    identities: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def offer_ids(self) -> list[str]:
        """Offers met, as they are written in the directory."""
        whole = self.identities.astype(">u8").tobytes()
        return [_text(whole[at : at + 16]) for at in range(0, len(whole), 16)]

    def firsts(self) -> list[int]:
        """The first ranking of each area and specialty."""
        seen: set[tuple[str, str]] = set()
        kept = []
        for index, line in enumerate(self.lines):
            key = (line["area"], line["specialty"])
            if key not in seen:
                seen.add(key)
                kept.append(index)
        return kept


def sample(lines: Sequence[Mapping[str, Any]], policies: Mapping[str, PolicyText]) -> Sample:
    """The rankings whose policy is at hand, as columns."""
    kept = [line for line in lines if line["policy_digest"] in policies]
    tables = [unpack(bytes(line["candidates"])) for line in kept]
    losses = [
        loss(table, policies[line["policy_digest"]].policy) for line, table in zip(kept, tables, strict=True)
    ]
    sizes = np.array([len(table) for table in tables], dtype=np.int64)
    ranking = np.repeat(np.arange(len(kept), dtype=np.int64), sizes)
    table = _joined(tables)
    by_rank = weights(MOST_CANDIDATES)
    identities, offer = np.unique(table.identity, axis=0, return_inverse=True)
    bare = [{name: value for name, value in line.items() if name != "candidates"} for line in kept]
    made = Sample(
        lines=bare,
        candidates=table,
        ranking=ranking,
        weight=np.concatenate([by_rank[:size] for size in sizes]) if kept else np.zeros(0),
        tie=_groups(ranking, np.concatenate(losses) if kept else ranking),
        stratum=_strata(ranking, table),
        offer=offer.reshape(-1).astype(np.int64),
        identities=identities,
    )
    first = np.zeros(len(kept), dtype=np.bool_)
    first[made.firsts()] = True
    made.stratum[~first[ranking]] = -1
    return made


def _joined(tables: Sequence[Candidates]) -> Candidates:
    if not tables:
        return unpack(b"")

    def column(name: str) -> NDArray[Any]:
        return np.concatenate([getattr(table, name) for table in tables])

    return Candidates(
        identity=column("identity"),
        slots=column("slots"),
        wait=column("wait"),
        remote=column("remote"),
        travel=column("travel"),
        participating=column("participating"),
        misfit=column("misfit"),
    )


def _strata(ranking: NDArray[np.int64], table: Candidates) -> NDArray[np.int64]:
    travel = np.where(table.travel == NO_TRAVEL, -1, table.travel // _TRAVEL_CLASS)
    return _groups(
        ranking,
        table.participating,
        table.slots,
        table.remote,
        table.misfit,
        table.wait // _WAIT_CLASS,
        travel,
    )


def _groups(*keys: NDArray[Any]) -> NDArray[np.int64]:
    """Number of the group of rows that share every key."""
    if not len(keys[0]):
        return np.zeros(0, dtype=np.int64)
    together = np.stack([key.astype(np.int64) for key in keys], axis=1)
    _, group = np.unique(together, axis=0, return_inverse=True)
    return group.reshape(-1).astype(np.int64)


def _text(identity: bytes) -> str:
    digits = identity.hex()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
