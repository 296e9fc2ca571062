"""The simulated vendors: invented names, and the habits that tell real ones apart."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from care.slot import Flow


@dataclass(frozen=True, kw_only=True)
class Brand:
    """One vendor.

    parts       which hundredths of the practitioners it knows, drawn by a digest of their number
    guide       version of the national guide it was written for
    messy       what a reader has to tolerate: bare numbers, `Z`, walk-in slots without link, no structure
    latency_s   usual time to answer
    """

    slug: str
    name: str
    flows: tuple[Flow, ...]
    parts: range
    guide: Literal["1.1.0", "1.2.0"] = "1.2.0"
    messy: bool = False
    latency_s: float = 0.05

    def knows(self, holder: str) -> bool:
        """Whether this vendor keeps the agenda of this practitioner."""
        return share_of(holder) in self.parts


BRANDS: tuple[Brand, ...] = (
    Brand(slug="lilas", name="Agenda Lilas", flows=("agg-ps", "agg-cpts"), parts=range(30)),
    Brand(slug="boreal", name="Calendrier Boréal", flows=("agg-ps",), parts=range(30, 50), guide="1.1.0"),
    Brand(slug="farandole", name="Farandole Santé", flows=("agg-ps",), parts=range(45, 60), messy=True),
    Brand(slug="escargot", name="Escargot RDV", flows=("agg-ps",), parts=range(60, 75), latency_s=2.5),
    Brand(slug="garde", name="Garde & Consult", flows=("agg-sos",), parts=range(0)),
)
"""Two share one practitioner in twenty; one is slow on purpose; a quarter of the people have no agenda."""


def share_of(holder: str) -> int:
    """Which hundredth of the people this one belongs to: 0 to 99."""
    return int.from_bytes(hashlib.blake2b(holder.encode(), digest_size=4).digest()) % 100


def bench_brands(count: int) -> tuple[Brand, ...]:
    """As many conforming vendors as a measure needs; together they know everybody once."""
    width = 100 // count
    return tuple(
        Brand(
            slug=f"mesure-{rank}",
            name=f"Éditeur de mesure {rank}",
            flows=("agg-ps",),
            parts=range(rank * width, 100 if rank == count - 1 else (rank + 1) * width),
            latency_s=0.0,
        )
        for rank in range(count)
    )
