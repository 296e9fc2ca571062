"""The report on a real database: an honest log is cleared, a bent one is accused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
import psycopg
import pytest

from ingest.load.specialty import load_specialties
from search.audit import log
from search.audit.coarse import centre
from search.audit.packing import unpack
from search.audit.record import RankingRecord
from search.audit.replay import by_digest
from search.audit.report import report
from search.policy import policy
from search.rank import Candidate, columns, first, loss, lot

pytestmark = pytest.mark.postgis

DAY = date(2026, 11, 26)
CELL = "861fb4667ffffff"
NOON = datetime.combine(DAY, time(12), tzinfo=UTC)
VENDORS = ("bleuet", "lilas")
ROUNDS = 199


class Ground:
    """Sixty practitioners around the centre of a cell, most agendas kept by two vendors; rankings of them."""

    def __init__(self, ids: list[str]) -> None:
        self.ids = ids
        self.rng = np.random.default_rng(1)

    def vendor(self, offer_id: str) -> str | None:
        at = self.ids.index(offer_id)
        return VENDORS[at % 3] if at % 3 < 2 else None

    def waits(self, offer_id: str) -> list[int]:
        """Minutes from noon to the slots published: three each, multiples of five."""
        at = self.ids.index(offer_id)
        return [60 + 35 * (at % 7) + 5 * (at % 11), 400 + 5 * at, 900 + 5 * at]

    def candidate(self, offer_id: str, *, late: int = 0, territory: bool = False) -> Candidate:
        known = self.vendor(offer_id) is not None
        inflated = late if self.vendor(offer_id) == "lilas" else 0
        return Candidate(
            offer_id=offer_id,
            slots="known" if known else "unknown",
            wait=100 * (self.waits(offer_id)[0] + inflated) if known else 0,
            travel=None if territory else 1000,
        )

    def record(
        self,
        *,
        kept: Callable[[str], bool] = lambda _: True,
        late: int = 0,
        bent: bool = False,
        territory: bool = True,
    ) -> RankingRecord:
        table = columns(
            [self.candidate(item, late=late, territory=territory) for item in self.ids if kept(item)]
        )
        seed = f"20261126-{int(self.rng.integers(2**48)):012x}"
        rule = policy()
        losses = loss(table, rule)
        if bent:
            lilas = np.array([self.vendor(item) == "lilas" for item in self.ids if kept(item)])
            losses = losses - 500 * lilas
        order = first(losses, lot(table.identity, seed), len(table))
        return RankingRecord(
            day=DAY,
            policy=rule.version,
            policy_digest=rule.digest,
            seed=seed,
            specialty="SM54",
            area="department:75" if territory else f"cell:{CELL}",
            candidates=table.take(order),
            total=len(table),
            page=20,
        )


@pytest.fixture
def ground(conn: psycopg.Connection, add_offers) -> Ground:
    load_specialties(conn)
    conn.commit()
    point = centre(CELL)
    found = Ground(
        add_offers(
            {"lon": point.lon + 0.0005 * number, "lat": point.lat, "idnps": f"8999{number:08d}"}
            for number in range(60)
        )
    )
    for slug in VENDORS:
        conn.execute(
            "INSERT INTO editor.editor (slug, name, base_url, flows) VALUES (%s, %s, 'https://x.test', %s)",
            (slug, slug, ["agg-ps"]),
        )
    for number, offer_id in enumerate(found.ids):
        slug, idnps = found.vendor(offer_id), f"8999{number:08d}"
        if slug is None:
            continue
        conn.execute("INSERT INTO editor.availability VALUES (%s, %s, now(), 3, now(), now())", (idnps, slug))
        for wait in found.waits(offer_id):
            start = NOON + timedelta(minutes=wait)
            conn.execute(
                "INSERT INTO editor.slot (practitioner_id, slug, start_at, place_key, end_at,"
                " consultation_types, visibility)"
                " VALUES (%s, %s, %s, gen_random_uuid(), %s, '{AMB}', '{PUBLIC}')",
                (idnps, slug, start, start + timedelta(minutes=15)),
            )
    conn.commit()
    return found


async def reported(writer: psycopg.AsyncConnection, records: list[RankingRecord]) -> dict[str, Any]:
    await log.append(writer, records)
    return await report(writer, by_digest(), since=DAY, until=DAY, rounds=ROUNDS)


def significant(found: dict[str, Any]) -> set[tuple[str, str]]:
    return {(item["test"], item["label"]) for item in found["tests"] if item["p_holm"] < 0.05}


async def test_an_honest_log_is_cleared_and_the_same_log_gives_the_same_report(writer, ground):
    records = [ground.record(territory=number % 2 == 0) for number in range(240)]
    found = await reported(writer, records)
    assert found["verdict"] == "clean", found["sentences"]
    assert found["replay"]["identical"] == found["rankings"] == 240
    assert significant(found) == set()
    assert {item["label"] for item in found["exposure"]["vendor"]} == {"bleuet", "lilas", "aucun connu"}
    assert "aurait été vu quatre fois sur cinq" in found["sentences"][-1]
    assert found == await report(writer, by_digest(), since=DAY, until=DAY, rounds=ROUNDS)


async def test_of_a_long_log_an_even_sample_is_looked_at(writer, ground):
    await log.append(writer, [ground.record() for _ in range(50)])
    found = await report(writer, by_digest(), since=DAY, until=DAY, most=20, rounds=ROUNDS)
    assert (found["rankings"], found["replay"]["made"], found["tested"]) == (50, 17, 17)
    assert found["chain"]["held"] == 50
    assert found["sentences"][1].startswith("17 des 50 classements")


async def test_few_rankings_allow_no_conclusion(writer, ground):
    found = await reported(writer, [ground.record() for _ in range(5)])
    assert found["verdict"] == "thin"


async def test_an_empty_log_is_reported_as_such(writer):
    found = await report(writer, by_digest(), since=DAY, until=DAY, rounds=ROUNDS)
    assert (found["rankings"], found["verdict"], found["tests"]) == (0, "thin", [])


async def test_a_hidden_bonus_is_an_anomaly_that_names_the_vendor_and_the_first_ranking(writer, ground):
    found = await reported(writer, [ground.record(bent=True) for _ in range(240)])
    assert found["verdict"] == "biased"
    assert found["replay"]["differs"] > 200
    assert found["replay"]["first"][0] == 1
    assert ("order", "lilas") in significant(found)
    assert any("« lilas » passe devant" in sentence for sentence in found["sentences"])


async def test_waits_that_agendas_do_not_publish_are_to_be_looked_at(writer, ground):
    found = await reported(writer, [ground.record(late=7, territory=False) for _ in range(240)])
    assert ("waits", "lilas") in significant(found)
    assert found["verdict"] == "look"
    assert any("ne sont pas publiés" in sentence for sentence in found["sentences"])


async def test_offers_left_out_are_to_be_looked_at(writer, ground):
    def kept(offer_id: str) -> bool:
        return ground.vendor(offer_id) != "lilas" or ground.ids.index(offer_id) % 2 == 0

    found = await reported(writer, [ground.record(kept=kept, territory=False) for _ in range(240)])
    assert ("presence", "lilas") in significant(found)
    assert found["verdict"] == "look"


async def test_a_rewritten_ranking_breaks_the_chain_and_the_report_says_so(writer, conn, ground):
    await log.append(writer, [ground.record() for _ in range(10)])
    await writer.commit()
    conn.execute("SET session_replication_role = replica")
    conn.execute("UPDATE audit.ranking SET seed = '20261126-000000000000' WHERE ranking_id = 4")
    conn.commit()
    found = await report(writer, by_digest(), since=DAY, until=DAY, rounds=ROUNDS)
    assert found["verdict"] == "biased"
    assert found["chain"]["broken"] == "4"
    assert found["replay"]["first"] == [4]


async def test_only_the_days_asked_are_looked_at(writer, ground):
    await log.append(writer, [ground.record() for _ in range(4)])
    found = await report(writer, by_digest(), since=date(2026, 11, 27), until=date(2026, 11, 28))
    assert (found["rankings"], found["chain"]["held"]) == (0, 4)


async def test_a_report_holds_no_travel_and_no_wait_of_anybody(writer, ground):
    found = await reported(writer, [ground.record(territory=False) for _ in range(30)])
    (line,) = await log.rows(writer, "audit_one", ranking_id=1)
    assert len(unpack(line["candidates"])) == 60
    assert not {"candidates", "wait", "travel", "area"} & set(found)
