"""Records of rankings, as a search leaves them: honest, of invented candidates."""

from __future__ import annotations

import random
import uuid
from datetime import date

from search.audit.record import RankingRecord
from search.policy import policy
from search.rank import Candidate, columns, first, loss, lot

DAY = date(2026, 11, 26)


def make_record(number: int = 0, **changed: object) -> RankingRecord:
    """The record of an honest ranking of thirty invented candidates."""
    draw = random.Random(number)
    table = columns(
        [
            Candidate(
                offer_id=str(uuid.UUID(int=draw.getrandbits(128))),
                slots=draw.choice(["none", "unknown", "known"]),
                wait=draw.choice([0, 300, 600]),
                travel=draw.choice([50, 80, 120]),
                participating=draw.random() < 0.5,
            )
            for _ in range(30)
        ]
    )
    seed = f"20261126-{number:012x}"
    rule = policy()
    order = first(loss(table, rule), lot(table.identity, seed), len(table))
    values = {
        "day": DAY,
        "policy": rule.version,
        "policy_digest": rule.digest,
        "seed": seed,
        "specialty": "SM54",
        "area": "cell:861fb4667ffffff",
        "candidates": table.take(order),
        "total": len(table),
        "page": 20,
    }
    return RankingRecord(**{**values, **changed})
