"""A place found again by its identifier is the place that was suggested."""

from __future__ import annotations

import pytest

from geo.geocoding.batch import drive
from geo.geocoding.gazetteer import Gazetteer
from geo.geocoding.identifier import identified, identifier_of
from geo.geocoding.label import label_of
from geo.geocoding.parallel import QUERIES
from geo.geocoding.search import Geocoder, Query

pytestmark = pytest.mark.postgis

TYPED = (
    "12 rue Oberkampf 75011 Paris",
    "12 bis rue Oberkampf 75011 Paris",
    "rue Oberkampf Paris",
    "4 rue Jules Guesde Bondy",
    "5 rue Jules Guesde Bondy",
    "7 rue Jules Guesde Bondy",
    "rue de la Rép",
    "12 rue de la République 13001 Marseille",
    "Bondy",
    "Paris 11",
    "Marseille",
    "lieu-dit",
)


def again(conn, gazetteer: Gazetteer, place_id: str):
    return drive(conn, identified(place_id, gazetteer))


def test_every_answer_of_the_geocoder_is_found_again_as_it_was(base):
    geocoder, gazetteer, levels = Geocoder(), Gazetteer.load(base), set()
    for text in TYPED:
        for result in geocoder.search_now(base, Query(text=text, limit=20)):
            was = result.located
            now = again(base, gazetteer, identifier_of(was))
            assert now is not None, result.label
            assert (now.level, now.citycode, now.lon, now.lat) == (was.level, was.citycode, was.lon, was.lat)
            assert label_of(now, gazetteer).label == result.label.label
            assert now.score == 1.0
            levels.add(now.level)
    assert {"housenumber", "street", "municipality"} <= levels


@pytest.mark.parametrize(
    "place_id",
    ["", "7511", "75111_", "75111_zzzz", "99999", "99999_1234_00012", "75111_6877_12", "' OR 1=1", "75111é"],
)
def test_what_is_no_identifier_of_ours_is_nothing(base, place_id: str):
    assert again(base, Gazetteer.load(base), place_id) is None


def test_a_number_that_has_gone_is_its_street_to_be_verified(base):
    gazetteer = Gazetteer.load(base)
    (best, *_) = Geocoder().search_now(base, Query(text="12 rue Oberkampf 75011 Paris", limit=1))
    assert best.located.found is not None
    now = again(base, gazetteer, f"{best.located.found.ban_id}_09999")
    assert now is not None
    assert (now.level, now.number) == ("street", "none")
    assert now.score < 0.8


def test_the_statement_walks_the_index_of_the_commune(base):
    base.execute("SET enable_seqscan = off")
    plan = base.execute(
        "EXPLAIN " + QUERIES["street_identified"],
        {"citycode": "75111", "ban_id": "75111_6877", "number_key": 24576, "bare_key": 24576},
    ).fetchall()
    assert "street_skeleton_idx" in " ".join(row[0] for row in plan)
