"""One address at a time over a real base: where the street is, what is typed halfway, what comes first."""

from __future__ import annotations

import asyncio

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.db import cluster
from geo.geocoding.batch import geocode_batch
from geo.geocoding.commune_streets import StreetCache
from geo.geocoding.parse import AddressFields
from geo.geocoding.score import STREET_NOT_FOUND_CAP
from geo.geocoding.search import Geocoder, Query
from geo.point import Point

pytestmark = pytest.mark.postgis

REUNION = Point(lon=55.448, lat=-20.879)
BONDY = Point(lon=2.485, lat=48.904)


def _ask(conn, text, **parameters):
    parameters.setdefault("autocomplete", False)
    return Geocoder().search_now(conn, Query(text=text, **parameters))


def _first(conn, text, **parameters):
    found = _ask(conn, text, **parameters)
    return (found[0].label.name, found[0].located.citycode) if found else None


# Where the street is


def test_a_street_of_another_arrondissement_than_that_of_the_postal_code_is_found_there(base):
    best = _ask(base, "12 rue Oberkampf 75016 Paris")[0]
    assert (best.label.name, best.located.citycode) == ("12 Rue Oberkampf", "75111")
    assert best.located.commune == "other-arrondissement"
    assert (
        STREET_NOT_FOUND_CAP
        < best.located.score
        < _ask(base, "12 rue Oberkampf 75011 Paris")[0].located.score
    )


def test_the_street_of_the_arrondissement_asked_comes_before_that_of_another(base):
    assert _first(base, "1 rue Saint-Denis 75011 Paris") == ("1 Rue Saint-Denis", "75111")
    assert _first(base, "12 rue de la République 13001 Marseille") == ("12 Rue de la République", "13201")


@pytest.mark.parametrize("postal_code", ["93150", "93200", "75011", "72000", "97400", "99999"])
def test_a_wrong_postal_code_does_not_take_the_street_away_from_its_town(base, postal_code):
    best = _ask(base, f"4 rue Jules Guesde {postal_code} Bondy")[0]
    assert (best.label.name, best.located.citycode) == ("4 Rue Jules Guesde", "93010")


def test_a_postal_code_against_the_name_of_the_town_is_never_accepted_alone(base):
    best = _ask(base, "12 rue Oberkampf 75011 Bondy")[0]
    assert best.located.score <= STREET_NOT_FOUND_CAP


@pytest.mark.parametrize(
    "text",
    [
        "12 rue Oberkampf 93140 Bondy", "12 rue Oberkampf Bondy", "4 rue Jules Guesde Le Mans",
        "4 rue Jules Guesde Lyon", "201 avenue du Prado 75011 Paris", "12 rue de Bondy Paris",
        "2 rue Mouëxigné 48130 La Chaze-de-Peyre", "rue des Ornithorynques 22400 Lamballe", "3 rue X Bondie",
        "60 rue de Bonnel 20000 Ajaccio", "12 rue Oberkampf Paris-l'Hôpital",
    ],
)  # fmt: skip
@pytest.mark.parametrize("autocomplete", [False, True])
def test_nothing_is_accepted_when_the_commune_asked_has_no_such_street(base, text, autocomplete):
    for result in _ask(base, text, autocomplete=autocomplete):
        assert result.located.score <= STREET_NOT_FOUND_CAP


def test_a_second_line_never_hides_the_street(base):
    fields = AddressFields(
        number="4", street_type="R", street_name="JULES GUEDSE", locality="VILLA DES ROSES",
        postal_code="93140", office="BONDY",
    )  # fmt: skip
    (answer,) = geocode_batch(base, [(1, fields)])
    assert (answer.level, answer.label) == ("housenumber", "4 Rue Jules Guesde 93140 Bondy")


def test_a_second_line_stands_for_a_street_that_is_not_there_with_little_sureness(base):
    fields = AddressFields(
        number="2", street_type="R", street_name="DES ORNITHORYNQUES", locality="VILLA DES ROSES",
        postal_code="93140", office="BONDY",
    )  # fmt: skip
    (answer,) = geocode_batch(base, [(1, fields)])
    assert answer.citycode == "93010"
    assert answer.score <= STREET_NOT_FOUND_CAP


def test_the_street_of_the_historic_commune_named_is_chosen(base):
    for former, code in (("La Chaze-de-Peyre", "48047"), ("Aumont-Aubrac", "48009")):
        best = _ask(base, f"1 rue du Lavoir 48130 {former}")[0]
        assert (best.located.citycode, best.label.oldcitycode) == ("48009", code)
        assert best.located.score > 0.9


def test_streets_of_one_name_that_nothing_tells_apart_share_the_chance(base):
    one, two = _ask(base, "1 rue du Lavoir 48130 Peyre en Aubrac")[:2]
    assert {one.label.oldcitycode, two.label.oldcitycode} == {"48047", "48009"}
    assert one.located.score == two.located.score < 0.6


# Without a commune


def test_a_street_typed_without_a_commune_with_an_error_is_found_by_likeness(base):
    best = _ask(base, "12 rue Obercampf")[0]
    assert (best.label.name, best.located.reading) == ("12 Rue Oberkampf", "misspelt")
    assert STREET_NOT_FOUND_CAP < best.located.score < _ask(base, "12 rue Oberkampf")[0].located.score


def test_a_street_that_several_towns_have_is_not_taken_in_one_of_them(base):
    found = _ask(base, "3 rue de Paris")
    assert {result.located.citycode for result in found} == {"97411", "77413", "93066"}
    assert all(result.located.score <= STREET_NOT_FOUND_CAP for result in found)


def test_a_lieu_dit_typed_alone_is_found(base):
    assert _first(base, "la ville gourdan") == ("La Ville Gourdan", "22093")
    assert _first(base, "lieu dit beauregard") == ("Beauregard", "48009")


def test_the_centre_chooses_among_streets_of_one_name(base):
    assert _first(base, "rue de Paris", centre=REUNION) == ("Rue de Paris", "97411")
    assert _first(base, "rue de Paris", centre=BONDY) == ("Rue de Paris", "93066")
    assert _first(base, "rue Pasteur", centre=Point(lon=0.2, lat=48)) == ("Rue Pasteur", "72181")
    assert _first(base, "rue Pasteur", centre=BONDY) == ("Rue Pasteur", "93066")


def test_the_centre_is_a_preference_and_never_a_filter(base):
    assert _first(base, "12 rue Oberkampf", centre=REUNION) == ("12 Rue Oberkampf", "75111")


@pytest.mark.parametrize(("text", "town"), [("Vieux-Boucau", "40328"), ("Vieux-Boucau-les-Bians", "40328"),
    ("Chalons en Champange", "51108"), ("Bondi", "93010")])  # fmt: skip
def test_a_town_alone_cut_or_misspelt_is_found_and_less_sure(base, text, town):
    best = _ask(base, text)[0]
    assert (best.located.level, best.located.citycode) == ("municipality", town)
    assert best.located.score < 0.8


# Not typed to the end


@pytest.mark.parametrize(
    "end",
    [
        "b",
        "bo",
        "bon",
        "bond",
        "bondy",
        "9",
        "93",
        "931",
        "9314",
        "93140",
        "93140 b",
        "93140 bon",
        "93140 bondy",
    ],
)
def test_the_street_is_first_however_far_its_town_or_its_code_is_typed(base, end):
    assert _first(base, f"4 rue jules guesde {end}", autocomplete=True) == ("4 Rue Jules Guesde", "93010")


def test_every_letter_of_an_address_typed_keeps_it_among_the_answers(base):
    whole = "12 rue oberkampf 75011 paris"
    for size in range(len("12 rue ober"), len(whole) + 1):
        found = _ask(base, whole[:size], autocomplete=True)
        assert "12 Rue Oberkampf" in [result.label.name for result in found], whole[:size]


@pytest.mark.parametrize(
    ("text", "street"),
    [("bondy rue ju", "Rue Jules Guesde"), ("bondy 4 rue jules g", "4 Rue Jules Guesde"),
     ("93140 bondy rue gues", "Rue Jules Guesde"), ("saint-denis rue gab", "Rue Gabriel Péri"),
     ("bondy rue du 8 m", "Rue du 8 Mai 1945"), ("paris 11 rue ober", "Rue Oberkampf")],
)  # fmt: skip
def test_a_street_cut_after_its_town_is_found_by_its_beginning(base, text, street):
    assert street in [result.label.name for result in _ask(base, text, autocomplete=True)]


def test_a_town_with_arrondissements_is_answered_itself_while_it_is_typed(base):
    for size in range(3, len("marseille") + 1):
        assert _first(base, "marseille"[:size], autocomplete=True) == ("Marseille", "13055")


def test_without_autocomplete_a_word_cut_is_not_completed(base):
    assert _ask(base, "bon") == []
    assert _first(base, "bon", autocomplete=True) == ("Bondy", "93010")


# Filters and the server


def test_filters_stand_for_what_the_text_does_not_say(base):
    assert _first(base, "3 rue de Paris", citycodes=("77413",)) == ("3 Rue de Paris", "77413")
    assert _first(base, "12 rue Oberkampf", citycodes=("75056",)) == ("12 Rue Oberkampf", "75111")
    assert _first(base, "3 rue de Paris", postcodes=("93200", "97400"))[1] in {"93066", "97411"}
    assert _ask(base, "4 rue Jules Guesde Bondy", types=("municipality",))[0].located.level == "municipality"
    (elsewhere,) = _ask(base, "4 rue Jules Guesde Bondy", citycodes=("72181",))
    assert (elsewhere.located.level, elsewhere.located.street) == ("municipality", "none")


def test_searches_at_once_all_answer_though_the_memory_of_streets_is_short(base, geocoding_database):
    """Many at once, with room for the streets of no commune: each is forgotten before the next is read."""

    async def all_at_once(geocoder: Geocoder) -> list[list[str]]:
        dsn = geocoding_database.database_url.get_secret_value()
        texts = [
            "4 rue jule guede bondy",
            "12 rue obercamf 75011 paris",
            "2 rue gabriel pery saint-denis",
        ] * 4
        connections = [await psycopg.AsyncConnection.connect(dsn, autocommit=True) for _ in texts]
        asked = zip(connections, texts, strict=True)
        try:
            answers = await asyncio.gather(
                *(geocoder.search(conn, Query(text=text, autocomplete=False)) for conn, text in asked)
            )
        finally:
            for conn in connections:
                await conn.close()
        return [[result.label.name for result in found[:1]] for found in answers]

    geocoder = Geocoder()
    geocoder.search_now(base, Query(text="Bondy"))
    assert geocoder._locator is not None
    geocoder._locator.cache = StreetCache(max_streets=1)
    expected = [["4 Rue Jules Guesde"], ["12 Rue Oberkampf"], ["2 Rue Gabriel Péri"]] * 4
    assert asyncio.run(all_at_once(geocoder)) == expected


def test_a_first_search_that_the_database_refuses_does_not_spoil_the_next(base, test_cluster):
    geocoder = Geocoder()
    with (
        psycopg.connect(cluster.conninfo(test_cluster, database="postgres"), autocommit=True) as empty,
        pytest.raises(psycopg.errors.UndefinedTable),
    ):
        geocoder.search_now(empty, Query(text="Bondy"))
    assert geocoder.search_now(base, Query(text="Bondy"))[0].located.citycode == "93010"


PARTS = st.lists(
    st.sampled_from(
        ["12", "12 bis", "rue", "av", "de la", "oberkampf", "jules guesde", "republique", "paris", "le bourg",
         "paris 11", "lyon 3e", "marseille", "75011", "75116", "93140", "75543 paris cedex 11", "bondy",
         "saint denis", "l hay les roses", "la plaine", "morieux", "chez", "bat b", "bp 12", "angle", "et",
         "a", "d", "93", "974", "2a", "seine saint denis", "rue de paris", "grande rue", "y", "bon"]
    ),
    min_size=1,
    max_size=7,
).map(" ".join)  # fmt: skip


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=PARTS, autocomplete=st.booleans(), cut=st.integers(3, 80), limit=st.integers(1, 8))
def test_whatever_is_typed_answers_are_shares_in_order_each_once(
    geocoder, base, text, autocomplete, cut, limit
):
    results = geocoder.search_now(base, Query(text=text[:cut], autocomplete=autocomplete, limit=limit))
    assert len(results) <= limit
    assert len({(result.label.id, result.label.label) for result in results}) == len(results)
    for result in results:
        located = result.located
        assert 0 < located.score <= 1
        assert located.street != "none" or located.score <= STREET_NOT_FOUND_CAP
        assert (located.level == "municipality") == (located.found is None)
        assert located.level != "housenumber" or result.label.housenumber


@pytest.fixture(scope="module")
def geocoder() -> Geocoder:
    """One geocoder for many questions, as the server has."""
    return Geocoder()


def test_a_street_and_a_town_both_typed_half_are_found(base):
    assert _first(base, "4 rue jules gue bon", autocomplete=True) == ("4 Rue Jules Guesde", "93010")


def test_a_name_that_only_looks_like_the_one_asked_in_another_arrondissement_is_never_trusted(base):
    (found, *_) = _ask(base, "12 rue Oberkamf 75016 Paris")
    assert (found.label.name, found.located.citycode) == ("12 Rue Oberkampf", "75111")
    assert found.located.score < 0.5
    (exact, *_) = _ask(base, "12 rue Oberkampf 75016 Paris")
    assert exact.located.score > 0.8
