"""Records of rankings, as a search leaves them: honest, of invented candidates."""

from __future__ import annotations

import asyncio
import random
import uuid
from datetime import UTC, date, datetime
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from bench.audit_world import VENDORS, Bias, World
from search.audit import log
from search.audit.record import RankingRecord
from search.audit.replay import by_digest
from search.audit.report import report
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
                wait=draw.choice([0, 3000, 6000]),
                travel=draw.choice([500, 800, 1200]),
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


_OFFER = """
INSERT INTO directory.offer (offer_id, kind, source, idnps, name, specialty_codes, sector_code, address_id,
  own_address_id, source_file, source_line, source_date, content_hash, run_id)
VALUES (%(offer_id)s, 'practitioner', 'annuaire', %(idnps)s, 'EXEMPLE Alice', '{SM54}', %(sector)s,
  %(offer_id)s, %(offer_id)s, 'f.txt', 2, '2026-11-20', %(offer_id)s, 1)
"""


def publish_report(dsn: str, *, count: int = 300, bias: Bias | None = None) -> dict[str, Any]:
    """Fill the log with rankings of an invented country, offers and vendors known; publish a report."""
    world = World(1)
    with psycopg.connect(dsn) as conn:
        for slug in VENDORS[1:]:
            conn.execute(
                "INSERT INTO editor.editor (slug, name, base_url, flows)"
                " VALUES (%s, %s, 'https://x.test', '{agg-ps}') ON CONFLICT DO NOTHING",
                (slug, slug),
            )
        pairs = zip(world.offers, world.vendor.tolist(), strict=True)
        for number, (halves, vendor) in enumerate(pairs):
            offer_id = uuid.UUID(bytes=halves.astype(">u8").tobytes())
            idnps = f"8998{number:08d}"
            conn.execute(_OFFER, {"offer_id": offer_id, "idnps": idnps, "sector": f"SA0{number % 3}"})
            if vendor:
                conn.execute(
                    "INSERT INTO editor.availability VALUES (%s, %s, now(), 3, now(), now())",
                    (idnps, VENDORS[vendor]),
                )
        for line in world.lines(count, bias or Bias()):
            conn.execute(log.QUERIES["audit_add"], line)
        conn.commit()
        made = asyncio.run(_reported(dsn))
        conn.execute(
            log.QUERIES["audit_publish"],
            {"made_at": datetime(2026, 11, 27, 5, tzinfo=UTC), "report": Jsonb(made)},
        )
    return made


async def _reported(dsn: str) -> dict[str, Any]:
    async with await psycopg.AsyncConnection.connect(dsn) as conn:
        return await report(conn, by_digest(), since=DAY, until=DAY, rounds=199)
