"""The search with slots known: order, area, filters, groups, territories, on a real PostGIS."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import psycopg
import pytest

from api.slot_feed import SlotNews
from bench.order import Asker
from core.clock import utc_now
from geo.point import Point
from search.index.directory import DirectoryIndex
from search.outline import outline_from_text
from search.query import Filters
from tests.postgis.search.asking import PARIS, all_pages, ask, scattered

pytestmark = pytest.mark.postgis

ZONE = outline_from_text("2.3,48.8;2.4,48.8;2.4,48.9;2.3,48.9")


OURS = {"hours", "modality", "via", "finess_of"}
EDITOR = """
INSERT INTO editor.editor (slug, name, base_url, flows) VALUES ('a', 'A', 'https://a.invalid', '{agg-ps}')
"""
KNOWN = """
INSERT INTO editor.availability VALUES (%(idnps)s, 'a', NULL, 0, %(now)s, %(now)s) ON CONFLICT DO NOTHING
"""
SLOT = """
INSERT INTO editor.slot (practitioner_id, slug, start_at, place_key, end_at, consultation_types, visibility,
  offer_id)
VALUES (%(idnps)s, 'a', %(start)s, gen_random_uuid(), %(end)s, ARRAY[%(modality)s], '{PUBLIC}', %(offer_id)s)
"""
DECLARED = """
INSERT INTO participation.practitioner (idnps, participating, en_sus, via, finess, offer_ids, vendor_refused,
  hours_declared, fru, declared_at, declared_by)
VALUES (%(idnps)s, true, false, %(via)s, %(finess)s, ARRAY[%(offer_id)s::uuid], false, true, false,
  now(), 'me')
"""
CPTS = """
INSERT INTO directory.structure (finess, name, address_id, source_file, source_line, content_hash, run_id)
SELECT '750000001', 'CPTS EXEMPLE', address_id, 'f', 1, address_id, 1 FROM directory.address LIMIT 1
"""


@pytest.fixture
def free(conn: psycopg.Connection, add_offers):
    """Adds offers with their slots as a sweep leaves them: hours from now, or None where nobody told."""
    conn.execute(EDITOR)
    conn.commit()

    def add(places: list[dict]) -> list[str]:
        ids = add_offers([{k: v for k, v in place.items() if k not in OURS} for place in places])
        for number, (offer_id, place) in enumerate(zip(ids, places, strict=True)):
            idnps, now = place.get("idnps", f"8999{number:08d}"), utc_now()
            row = {"idnps": idnps, "offer_id": offer_id, "now": now, "modality": place.get("modality", "AMB")}
            if place.get("hours") is not None:
                conn.execute(KNOWN, row)
            for hours in place.get("hours") or []:
                start = now + timedelta(hours=hours)
                conn.execute(SLOT, {**row, "start": start, "end": start + timedelta(minutes=15)})
            if place.get("via"):
                conn.execute(DECLARED, {**row, "via": place["via"], "finess": place.get("finess_of")})
        conn.commit()
        return ids

    return add


def names(answer: dict) -> list[str]:
    return [card["id"] for card in answer["offers"]]


async def test_a_known_slot_comes_before_participation_and_participation_before_time(reader, free):
    soon, takes_part, unknown = free(
        [
            {"lon": 2.351, "lat": 48.85, "hours": [2]},
            {"lon": 2.36, "lat": 48.85, "hours": [40], "via": "individual"},
            {"lon": 2.3501, "lat": 48.85, "via": "individual"},
        ]
    )
    answer = await ask(reader, now=utc_now(), explain=True)
    assert names(answer) == [takes_part, soon, unknown]
    for card in answer["offers"]:
        assert sum(reason["points"] for reason in card["reasons"]) == pytest.approx(card["score"], abs=1e-9)


async def test_a_slot_that_cannot_be_reached_in_time_counts_for_nobody_far(reader, free):
    near, far = free(
        [
            {"lon": 2.36, "lat": 48.85, "hours": [3]},
            {"lon": 2.55, "lat": 48.85, "hours": [0.1, 4]},  # 18 minutes away: the first slot is lost
        ]
    )
    answer = await ask(reader, now=utc_now(), radius_km=30.0)
    assert names(answer) == [near, far]


async def test_who_is_full_is_left_out_counted_and_shown_when_asked(reader, free):
    full, some = free([{"lon": 2.351, "lat": 48.85, "hours": []}, {"lon": 2.36, "lat": 48.85, "hours": [5]}])
    answer = await ask(reader, now=utc_now())
    assert (names(answer), answer["total"]) == ([some], 1)
    assert "without-slot" in {notice["code"] for notice in answer["notices"]}
    everybody = await ask(reader, now=utc_now(), filters=Filters(with_slots=False))
    assert names(everybody) == [some, full]


async def test_the_area_is_widened_until_five_people_with_a_slot_are_found(reader, conn, free):
    free(
        [{"lon": 2.351 + n / 1000, "lat": 48.85, "idnps": f"8999100000{n:02d}"} for n in range(20)]
        + [
            {"lon": 2.50 + n / 1000, "lat": 48.85, "hours": [3], "idnps": f"8999200000{n:02d}"}
            for n in range(6)
        ]
    )
    conn.execute("INSERT INTO territory.search_radius VALUES ('75', 5, 3)")
    conn.commit()
    answer = await ask(reader, now=utc_now())
    assert answer["query"]["radius_km"] == 15
    assert "20 offres dans un rayon de 5 km, aucun créneau connu" in answer["query"]["widened"][0]["because"]


async def test_counts_are_those_of_the_lists_they_lead_to(reader, free):
    dice = random.Random(4)
    free(
        [
            {
                "lon": 2.35 + dice.gauss(0, 0.02),
                "lat": 48.85 + dice.gauss(0, 0.02),
                "hours": dice.choice([None, [], [2], [6, 30], [50], [1, 10]]),
                "modality": dice.choice(["AMB", "VR", "HH"]),
                "via": dice.choice([None, "individual"]),
            }
            for _ in range(60)
        ]
    )
    now = utc_now()
    chosen = Filters(within_h=("0-4", "4-8"), participating=True)
    answer = await ask(reader, now=now, radius_km=20.0, filters=chosen)
    tried = 0
    for facet in answer["facets"]:
        for value in facet["values"]:
            one = _only(chosen, facet["name"], value["value"])
            if one is None:
                continue
            listed = await all_pages(reader, now=now, limit=100, radius_km=20.0, filters=one)
            assert len(listed) == value["count"], (facet["name"], value["value"])
            tried += 1
    assert tried >= 8


def _only(chosen: Filters, name: str, value: str) -> Filters | None:
    """The filters with that value alone in its category."""
    given = {"within_h": chosen.within_h, "participating": chosen.participating}
    if name == "within_h":
        return Filters(**{**given, "within_h": (value,)})
    if name == "participating":
        return Filters(**{**given, "participating": value == "true"})
    if name == "kind":
        return Filters(**given, kind=value)
    if name == "place_kind":
        return Filters(**given, place_kind=(value,))
    return Filters(**given, en_sus=True) if name == "en_sus" else None


async def test_a_group_is_one_card_with_the_soonest_slot_and_its_members_one_step_away(reader, conn, free):
    inside = free(
        [
            {"lon": 2.36, "lat": 48.85, "hours": [30], "via": "cpts", "finess_of": "750000001"},
            {"lon": 2.37, "lat": 48.85, "hours": [5], "via": "cpts", "finess_of": "750000001"},
            {"lon": 2.351, "lat": 48.85, "hours": [1]},
        ]
    )
    conn.execute(CPTS)
    conn.commit()
    answer = await ask(reader, now=utc_now())
    (group,) = answer["groups"]
    assert (group["via"], group["name"]) == ("cpts", "CPTS EXEMPLE")
    assert (group["members"], group["members_with_slots"]) == (2, 2)
    in_h = (datetime.fromisoformat(group["next_slot"]) - utc_now()).total_seconds() / 3600
    assert in_h == pytest.approx(5, abs=0.1)
    members = await ask(reader, now=utc_now(), filters=Filters(group=group["id"]))
    assert set(names(members)) == set(inside[:2])


async def test_a_drawn_zone_takes_what_is_inside_and_measures_from_nowhere(reader, free):
    inside, _outside = free(
        [{"lon": 2.36, "lat": 48.85, "hours": [3]}, {"lon": 2.45, "lat": 48.85, "hours": [3]}]
    )
    answer = await ask(reader, now=utc_now(), point=None, outline=ZONE)
    assert names(answer) == [inside]
    assert (answer["offers"][0]["distance_m"], answer["offers"][0]["travel_min"]) == (None, None)
    assert answer["query"]["place"]["type"] == "polygon"


async def test_a_zone_looked_at_from_a_place_keeps_the_way_and_its_pages(reader, free):
    places = [{"lon": 2.36 + n / 500, "lat": 48.85, "hours": [30]} for n in range(12)]
    ids = free([*places, {"lon": 2.5, "lat": 48.85, "hours": [1]}, {"lon": 2.31, "lat": 48.85, "hours": [2]}])
    asked = {"now": utc_now(), "outline": ZONE, "seed": "s", "explain": True}
    answer = await ask(reader, **asked)
    assert names(answer) == [
        ids[-1],
        *ids[:12],
    ]  # the nearest first at equal waits; who is outside is not there
    assert answer["query"]["place"]["type"] == "polygon"
    assert answer["query"]["radius_km"] is None
    assert all(card["travel_min"] is not None for card in answer["offers"])
    assert [card["id"] for card in await all_pages(reader, limit=5, **asked)] == names(answer)
    near = await ask(reader, max_minutes=4.0, **asked)
    assert 0 < near["total"] < 13
    assert all(card["travel_min"] <= 4.0 for card in near["offers"])


async def test_the_place_of_a_search_is_in_no_seed_nor_cursor(reader, free):
    free([{"lon": 2.351, "lat": 48.85, "hours": [n]} for n in range(1, 4)])
    answer = await ask(reader, now=utc_now(), limit=1, seed=None, point=Point(lon=2.351234, lat=48.856789))
    assert "2.351" not in str(answer["policy"]) + answer["next_cursor"]


async def test_searches_drawn_at_random_repeat_themselves_and_their_pages_lose_nothing(reader, free):
    dice = random.Random(9)
    free(
        [
            {
                **place,
                "hours": dice.choice([None, [], [dice.uniform(0, 70)], [dice.uniform(0, 9), 40]]),
                "via": dice.choice([None, None, "individual"]),
            }
            for place in scattered(90, spread=0.05)
        ]
    )
    # Ten thousand on a whole country: `make bench NAMES=search_pages`.
    asker, now = Asker(await DirectoryIndex(SlotNews(), max_age_s=60).current(reader)), utc_now()
    for number in range(400):
        asked = {
            "point": Point(lon=PARIS.lon + dice.gauss(0, 0.08), lat=PARIS.lat + dice.gauss(0, 0.08)),
            "radius_km": dice.choice([None, 1.0, 3.0, 10.0, 50.0]),
            "filters": dice.choice(
                [
                    Filters(),
                    Filters(with_slots=False),
                    Filters(participating=True),
                    Filters(modality=("AMB",)),
                ]
            ),
            "seed": f"s{number}",
        }
        whole = asker.order(now=now, **asked)
        assert asker.order(now=now, **asked) == whole
        assert asker.paged(now=now, size=dice.choice([1, 7, 20]), **asked) == whole
        assert len(set(whole)) == len(whole)
