"""What a search leaves behind for the audit, and the port it is left through.

A record is never the ranking of the place searched: the order of a hundred offers at known positions gives
that place back. It is the same search made from the centre of a cell of 36 km² and from a whole quarter of a
day (`search.audit.coarse`), ranked by the same code (docs/decisions/0005).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from search.audit.coarse import is_cell

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from search.rank import Candidates

MOST_CANDIDATES = 100
"""A record holds the head of the order."""

_DRAWN_SEED = re.compile(r"\d{8}-(?:([0-9a-f]{15}|D[0-9AB]{2,3})-)?[0-9a-f]{12}")

_DEPARTMENT = re.compile(r"[0-9AB]{2,3}")
_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True, slots=True)
class RankingRecord:
    """One ranking, ready to be kept.

    day            local day of the area
    policy         version of the policy, and the SHA-256 of its file
    seed           seed of the ranking
    specialty      code of the specialty understood
    area           `cell:861fb4677ffffff` (H3, resolution 6) or `department:75`
    candidates     the first of the order, at most `MOST_CANDIDATES`, in the order shown
    total          offers that this search from the centre ranked
    page           offers shown on a page

    Raises
    ------
    ValueError   a field is not of the form above: nothing else than it can be stored, whoever calls
    """

    day: date
    policy: str
    policy_digest: str
    seed: str
    specialty: str
    area: str
    candidates: Candidates
    total: int
    page: int

    def __post_init__(self) -> None:
        fits = (
            _NAME.fullmatch(self.policy)
            and _DIGEST.fullmatch(self.policy_digest)
            and _NAME.fullmatch(self.seed)
            and _NAME.fullmatch(self.specialty)
            and _is_area(self.area)
        )
        if not fits:
            raise ValueError("a field of the record is not of its form")
        if not len(self.candidates) <= min(MOST_CANDIDATES, self.total) or not 1 <= self.page <= 100:
            raise ValueError("the counts of the record do not fit")


def _is_area(area: str) -> bool:
    kind, _, name = area.partition(":")
    return is_cell(name) if kind == "cell" else kind == "department" and bool(_DEPARTMENT.fullmatch(name))


def is_drawn(seed: str, area: str) -> bool:
    """Whether a seed has the form of those that the server draws, for that area.

    One given by a caller may be any word: it is not kept.
    """
    found = _DRAWN_SEED.fullmatch(seed)
    return found is not None and found[1] in {None, area.removeprefix("cell:"), f"D{area.partition(':')[2]}"}


class RankingLog(Protocol):
    """Where rankings are left. Nothing waits for it, and nothing it meets stops a search."""

    def room(self, day: date) -> bool:
        """Whether a ranking noted now would be kept; counted as skipped when not, and not worth making."""
        ...

    def note(self, record: RankingRecord) -> None:
        """Keep a ranking, or count it as skipped; returns at once and never raises."""
        ...

    def shown(self, offer_ids: Sequence[str], specialty: str, day: date, *, first_rank: int = 1) -> None:
        """Count the offers of a page that was shown, in their order; returns at once and never raises."""
        ...


class NoLog:
    """The log of a server that keeps none."""

    def room(self, day: date) -> bool:  # noqa: ARG002 - of the port
        """Never."""
        return False

    def note(self, record: RankingRecord) -> None:
        """Nothing."""

    def shown(self, offer_ids: Sequence[str], specialty: str, day: date, *, first_rank: int = 1) -> None:
        """Nothing."""
