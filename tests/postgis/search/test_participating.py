"""The filter `participating`: what is declared decides, what is not declared is counted and told."""

from __future__ import annotations

import psycopg
import pytest

from search.query import Filters
from tests.postgis.search.test_offers import all_pages, ask

pytestmark = pytest.mark.postgis

WITHOUT_SLOTS = {"with_slots": False}


@pytest.fixture
def declared(conn: psycopg.Connection, add_offers) -> dict[str, bool | None]:
    """Thirty offers around Paris, several at one address: a third says yes, a third no, a third nothing."""
    ids = add_offers(
        [{"lon": 2.35 + (number % 7) * 0.001, "lat": 48.85} for number in range(30)]
        + [{"lon": 2.9, "lat": 48.85, "idnps": "899999999999"}]  # out of reach, and declared
    )
    said: dict[str, bool | None] = {}
    for number, offer_id in enumerate(ids):
        says = (True, False, None)[number % 3]
        said[offer_id] = says
        if says is not None:
            conn.execute(
                "INSERT INTO participation.practitioner (idnps, participating, en_sus, via,"
                " vendor_refused, hours_declared, fru, declared_at, declared_by)"
                " SELECT idnps, %s, false, CASE WHEN %s THEN 'individual' END, false, false, false, now(), ''"
                " FROM directory.offer WHERE offer_id = %s",
                (says, says, offer_id),
            )
    conn.commit()
    return dict(list(said.items())[:30])


def of(said: dict[str, bool | None], asked: bool | None) -> set[str]:
    return {offer_id for offer_id, says in said.items() if says is asked}


@pytest.mark.parametrize("asked", [True, False])
async def test_only_what_is_declared_so_is_kept_and_the_total_is_exact(reader, declared, asked):
    answer = await ask(reader, radius_km=5.0, filters=Filters(participating=asked, **WITHOUT_SLOTS))
    assert {card["id"] for card in answer["offers"]} == of(declared, asked)
    assert answer["total"] == 10
    assert {card["participation"]["participating"] for card in answer["offers"]} == {asked}
    assert answer["partial"] is False


async def test_those_who_declare_nothing_are_counted_and_said_unknown_never_no(reader, declared):
    answer = await ask(reader, radius_km=5.0, filters=Filters(participating=True, **WITHOUT_SLOTS))
    (notice,) = answer["notices"]
    assert notice["code"] == "participation-unknown"
    assert "inconnue pour 10 offres" in notice["text"]
    no = await ask(reader, radius_km=5.0, filters=Filters(participating=False, **WITHOUT_SLOTS))
    assert not of(declared, None) & {card["id"] for card in no["offers"]}


async def test_without_the_filter_everybody_is_there(reader, declared):
    answer = await ask(reader, radius_km=5.0, limit=50, filters=Filters(**WITHOUT_SLOTS))
    assert {card["id"] for card in answer["offers"]} == set(declared)
    assert answer["notices"] == []


@pytest.mark.parametrize("limit", [1, 3, 7])
async def test_pages_lose_nothing_and_repeat_nothing(reader, declared, limit):
    asked = {"radius_km": 5.0, "filters": Filters(participating=True, **WITHOUT_SLOTS)}
    whole = await ask(reader, limit=50, seed="s", **asked)
    cards = await all_pages(reader, limit=limit, seed="s", **asked)
    assert [card["id"] for card in cards] == [card["id"] for card in whole["offers"]]
    assert len(cards) == 10


@pytest.mark.parametrize("limit", [4, 20])
async def test_a_department_is_filtered_too(reader, declared, limit):
    asked = {"point": None, "department": "75", "filters": Filters(participating=True, **WITHOUT_SLOTS)}
    first = await ask(reader, limit=limit, **asked)
    assert first["total"] == 11
    cards = await all_pages(reader, limit=limit, seed="s", **asked)
    assert len({card["id"] for card in cards}) == len(cards) == 11
    assert of(declared, True) <= {card["id"] for card in cards}


async def test_nobody_who_declares_is_said_so_beside_those_unknown(reader, add_offers):
    add_offers([{"lon": 2.351, "lat": 48.85}])
    answer = await ask(reader, filters=Filters(participating=True, **WITHOUT_SLOTS))
    assert answer["total"] == 0
    texts = {notice["code"]: notice["text"] for notice in answer["notices"]}
    assert "inconnue pour une offre" in texts["participation-unknown"]
    assert "ne déclare prendre part" in texts["nothing-found"]
