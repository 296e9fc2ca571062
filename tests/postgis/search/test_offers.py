"""The search on a real PostGIS: area, order, pages, counts."""

from __future__ import annotations

import psycopg
import pytest

from core.errors import InvalidParameter, UnknownPlace
from geo.point import Point
from search.query import Filters
from tests.postgis.search.asking import all_pages, ask, scattered

pytestmark = pytest.mark.postgis


async def test_without_any_slot_known_the_nearest_come_first_on_the_spheroid(reader, add_offers):
    add_offers(scattered(120))
    cards = (await ask(reader, radius_km=100.0, limit=100))["offers"]
    rows = await (
        await reader.execute(
            "SELECT offer_id::text,"
            " round(ST_Distance(location, ST_SetSRID(ST_MakePoint(2.35, 48.85), 4326))::numeric)"
            " FROM directory.offer_specialty"
        )
    ).fetchall()
    measured = {offer_id: int(distance) for offer_id, distance in rows}
    nearest = sorted(measured.values())[:100]
    assert [card["distance_m"] for card in cards] == pytest.approx(nearest, abs=10)
    assert all(abs(card["distance_m"] - measured[card["id"]]) <= 1 for card in cards)


@pytest.mark.parametrize("limit", [1, 7, 50])
async def test_pages_lose_nothing_and_repeat_nothing_where_many_share_an_address(reader, add_offers, limit):
    ids = add_offers(scattered(90, spread=0.012))
    paged = await all_pages(reader, limit=limit, radius_km=100.0, seed="s")
    whole = (await ask(reader, limit=100, radius_km=100.0, seed="s"))["offers"]
    assert [card["id"] for card in paged] == [card["id"] for card in whole]
    assert {card["id"] for card in paged} == set(ids)
    assert [card["rank"] for card in paged] == list(range(1, 91))


async def test_two_hundred_offers_at_one_address_are_all_paged(reader, add_offers):
    ids = add_offers([{"lon": 2.351, "lat": 48.851}] * 200)
    paged = await all_pages(reader, limit=20, seed="s")
    assert sorted(card["id"] for card in paged) == sorted(ids)


async def test_the_same_seed_replays_the_order_and_another_one_rotates_ties(reader, add_offers):
    add_offers([{"lon": 2.351, "lat": 48.851}] * 30)
    orders = [
        [card["id"] for card in (await ask(reader, seed=seed, limit=30))["offers"]]
        for seed in ("a", "a", "b")
    ]
    assert orders[0] == orders[1] != orders[2]


async def test_the_radius_is_measured_on_the_ground_not_in_degrees(reader, add_offers):
    # 0.13 degree is 9.5 km eastwards and 14.5 km northwards at this latitude.
    east, _north = add_offers([{"lon": 2.48, "lat": 48.85}, {"lon": 2.35, "lat": 48.98}])
    answer = await ask(reader, radius_km=10.0)
    assert [card["id"] for card in answer["offers"]] == [east]
    assert answer["total"] == 1
    assert 9_400 < answer["offers"][0]["distance_m"] < 9_600


async def test_the_total_is_exact_and_the_same_on_every_page(reader, add_offers):
    add_offers(scattered(60, spread=0.02))
    first = await ask(reader, radius_km=2.0, limit=5)
    (counted,) = await (
        await reader.execute(
            "SELECT count(*) FROM directory.offer_specialty"
            " WHERE ST_DWithin(location, ST_SetSRID(ST_MakePoint(2.35, 48.85), 4326)::geography, 2000)"
        )
    ).fetchone()
    assert first["total"] == counted
    second = await ask(reader, radius_km=2.0, limit=5, cursor=first["next_cursor"])
    assert second["total"] == counted


async def test_the_area_is_widened_until_five_people_are_found_and_says_so(reader, conn, add_offers):
    places = [2.36, 2.52, 2.53, 2.54, 2.55, 3.5]  # 0.7 km, then 12 to 15 km, then 84 km
    add_offers([{"lon": lon, "lat": 48.85} for lon in places])
    conn.execute("INSERT INTO territory.search_radius VALUES ('75', 5, 3)")
    conn.commit()
    answer = await ask(reader)
    assert answer["query"]["radius_km"] == 15
    assert [(step["from_km"], step["to_km"]) for step in answer["query"]["widened"]] == [(5, 10), (10, 15)]
    assert answer["total"] == 5


async def test_the_next_pages_keep_the_area_of_the_first(reader, add_offers):
    add_offers([{"lon": 2.36, "lat": 48.85}, *({"lon": 2.6 + n / 100, "lat": 48.85} for n in range(9))])
    first = await ask(reader, limit=3)
    second = await ask(reader, limit=3, cursor=first["next_cursor"])
    assert first["query"]["widened"] == second["query"]["widened"]
    assert first["query"]["radius_km"] == second["query"]["radius_km"]


async def test_one_person_with_several_places_counts_once_when_widening(reader, conn, add_offers):
    add_offers([{"lon": 2.351 + n / 1000, "lat": 48.85, "idnps": "899900000001"} for n in range(6)])
    conn.execute("INSERT INTO territory.search_radius VALUES ('75', 5, 3)")
    conn.commit()
    answer = await ask(reader)
    assert answer["query"]["radius_km"] == 59  # an hour by road
    assert answer["total"] == 6


async def test_generations_of_codes_are_found_together(reader, add_offers):
    add_offers([{"lon": 2.351, "lat": 48.85, "specialty": code} for code in ("SM26", "SM53", "SM54", "SM04")])
    found = {card["specialties"][0]["code"] for card in (await ask(reader, specialty="SM26"))["offers"]}
    assert found == {"SM26", "SM53", "SM54"}


async def test_a_department_is_searched_by_its_limits_in_a_seeded_order(reader, add_offers):
    inside = add_offers([{"lon": 2.35, "lat": 48.85}] * 25)
    add_offers([{"lon": 2.3501, "lat": 48.85, "department": "92", "idnps": "899977777777"}])
    paged = await all_pages(reader, limit=4, seed="s", point=None, department="75")
    assert sorted(card["id"] for card in paged) == sorted(inside)
    assert {card["distance_m"] for card in paged} == {None}
    again = await all_pages(reader, limit=25, seed="s", point=None, department="75")
    assert [card["id"] for card in again] == [card["id"] for card in paged]


async def test_travel_time_bounds_the_area(reader, add_offers):
    add_offers([{"lon": 2.36, "lat": 48.85}, {"lon": 2.9, "lat": 48.85}])
    answer = await ask(reader, max_minutes=15.0)
    assert answer["query"]["radius_km"] == pytest.approx(11.8)
    assert answer["total"] == 1
    assert (await ask(reader, max_minutes=2.0))["total"] == 0


async def test_structures_and_people_are_told_apart(reader, add_offers):
    add_offers([{"lon": 2.351, "lat": 48.85, "specialty": "620", "kind": "structure", "finess": "750000001"}])
    pharmacies = await ask(reader, specialty="pharmacie", filters=Filters(kind="structure"))
    assert [card["kind"] for card in pharmacies["offers"]] == ["structure"]
    nobody = await ask(reader, specialty="pharmacie", filters=Filters(kind="practitioner"))
    assert nobody["total"] == 0
    assert nobody["notices"][-1]["code"] == "nothing-found"


async def test_slots_are_said_unknown_and_hide_nobody(reader, add_offers):
    add_offers([{"lon": 2.351, "lat": 48.85}])
    answer = await ask(reader)
    assert answer["partial"] is True
    assert [notice["code"] for notice in answer["notices"]] == ["slots-unknown"]
    assert answer["offers"][0]["slots_state"] == "unknown"
    told = await ask(reader, filters=Filters(with_slots=False))
    assert told["partial"] is False
    assert told["total"] == answer["total"] == 1


async def test_a_cursor_of_another_place_is_refused(reader, add_offers):
    add_offers([{"lon": 2.351, "lat": 48.85}] * 3)
    first = await ask(reader, limit=1)
    with pytest.raises(InvalidParameter) as refused:
        await ask(reader, limit=1, cursor=first["next_cursor"], point=Point(lon=2.36, lat=48.85))
    assert refused.value.details["parameter"] == "cursor"


async def test_times_are_those_of_the_place(reader, add_offers):
    add_offers([{"lon": 55.45, "lat": -20.88, "department": "974", "timezone": "Indian/Reunion"}])
    answer = await ask(reader, point=None, department="974")
    assert answer["query"]["until"].endswith("+04:00")
    assert answer["offers"][0]["timezone"] == "Indian/Reunion"


@pytest.fixture
def communes(conn: psycopg.Connection, add_offers) -> None:
    """Paris without a centre of its own, two arrondissements, a commune that has merged."""
    add_offers([{"lon": 2.351, "lat": 48.85}])
    conn.execute(
        "INSERT INTO territory.commune"
        " (citycode, kind, name, name_folded, department_code, parent_citycode, lon, lat)"
        " VALUES ('75056', 'COM', 'Paris', 'paris', '75', NULL, NULL, NULL),"
        " ('75101', 'ARM', 'Paris 1er', 'paris 1er', '75', '75056', 2.33, 48.86),"
        " ('75104', 'ARM', 'Paris 4e', 'paris 4e', '75', '75056', 2.36, 48.85)"
    )
    conn.execute(
        "INSERT INTO territory.former_commune VALUES ('75999', 'Ancienne', 'ancienne', '75104', '2019-01-01')"
    )
    conn.commit()


@pytest.mark.parametrize(
    ("citycode", "label", "lon"),
    [("75104", "Paris 4e", 2.36), ("75056", "Paris", 2.345), ("75999", "Paris 4e", 2.36)],
)
async def test_a_commune_is_searched_from_its_centre(reader, communes, citycode, label, lon):
    answer = await ask(reader, point=None, citycode=citycode)
    assert answer["query"]["place"]["label"] == label
    assert answer["query"]["place"]["lon"] == pytest.approx(lon)
    assert answer["total"] == 1


@pytest.mark.parametrize(
    ("asked", "parameter"),
    [({"citycode": "01999"}, "citycode"), ({"department": "99"}, "department"), ({"place": "xyz"}, "place")],
)
async def test_a_place_not_known_is_named(reader, communes, asked, parameter):
    with pytest.raises(UnknownPlace) as refused:
        await ask(reader, point=None, **asked)
    assert refused.value.details["parameter"] == parameter
    assert "suggestions" in refused.value.details


async def test_a_department_typed_as_a_place_is_a_department(reader, communes):
    answer = await ask(reader, point=None, place="département 75")
    assert answer["query"]["place"]["type"] == "department"
