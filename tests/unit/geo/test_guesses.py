"""What is not typed to the end, driven over lists: statements asked, and what is guessed of their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.distance import haversine_m
from geo.geocoding.commune import CommuneResolver
from geo.geocoding.commune_streets import StreetCache
from geo.geocoding.guesses import FEW, Country, homonyms, streets_anywhere, streets_beginning, towns_beginning
from geo.geocoding.normalise import commune_key, number_key
from geo.geocoding.text import understand
from geo.point import Point
from tests.geocoding_base import gazetteer

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from geo.geocoding.parse import Parsed

GAZETTEER = gazetteer()
COUNTRY = Country.of(GAZETTEER)
PARIS = Point(lon=2.35, lat=48.86)

Rows = list[tuple[Any, ...]]


def _drive(
    steps: Generator[Any, Rows, Any], answer: Callable[[str, dict[str, Any]], Rows]
) -> tuple[Any, list[tuple[str, dict[str, Any]]]]:
    """What a generator returns, its statements answered by a function, and these statements."""
    asked: list[tuple[str, dict[str, Any]]] = []
    try:
        step = next(steps)
        while True:
            asked.append(step)
            step = steps.send(answer(*step))
    except StopIteration as stop:
        return stop.value, asked


def _nothing(_name: str, _parameters: dict[str, Any]) -> Rows:
    return []


def _everywhere(_name: str, parameters: dict[str, Any]) -> Rows:
    """Every name in every commune asked."""
    return [
        (core, code, True, True) for core in parameters["cores"] for code in parameters.get("citycodes", ())
    ]


def _whole(text: str) -> Parsed:
    return understand(text, GAZETTEER)[-1]


# Communes in order


def test_towns_that_begin_so_come_whole_names_first_then_most_inhabited():
    assert COUNTRY.named("bon", most=5) == ["93010"]
    assert COUNTRY.named("saintdenis", most=5) == ["97411", "93066"]
    assert COUNTRY.named("saint", most=5)[:2] == ["97411", "93066"]
    assert COUNTRY.named("saint", most=1) == ["97411"]
    assert COUNTRY.named("xyz", most=5) == []


def test_a_town_with_arrondissements_gives_these():
    assert COUNTRY.named("paris", most=1) == ["75111", "75116"]


def test_a_former_name_gives_the_commune_of_today():
    assert COUNTRY.named("planguen", most=5) == ["22093"]


@pytest.mark.parametrize(
    ("digits", "codes"),
    [
        ("93140", ["93010"]),
        ("93", ["93066", "93010"]),
        ("77", ["77413"]),
        ("7", ["75116", "72181", "75111", "71076", "77413"]),
        ("68", []),
    ],
)
def test_communes_that_a_cut_postal_code_serves(digits, codes):
    assert COUNTRY.served(digits) == codes


def test_communes_near_a_point_nearest_first_and_none_beyond_25_km():
    near = COUNTRY.near(Point(lon=2.36, lat=48.93))
    assert near[0] == "93066"
    assert set(near) == {"75056", "75111", "75116", "92062", "93010", "93066", "94038"}
    assert COUNTRY.near(Point(lon=-30, lat=0)) == []


@given(st.floats(-180, 180), st.floats(-89, 89))
def test_near_is_every_commune_within_25_km_wherever_the_point_is(lon, lat):
    communes = GAZETTEER.communes.values()
    within = {
        commune.citycode
        for commune in communes
        if haversine_m(lon=lon, lat=lat, to_lon=commune.lon or 0, to_lat=commune.lat or 0) <= 25_000
    }
    assert set(COUNTRY.near(Point(lon=lon, lat=lat))) == within


@given(st.sampled_from(sorted(GAZETTEER.by_name)), st.integers(1, 12))
def test_every_beginning_of_a_name_finds_its_commune(key, size):
    found = COUNTRY.named(key[:size], most=99)
    for code in GAZETTEER.by_name[key]:
        assert set(GAZETTEER.present(code)) <= set(found)


# The commune not typed to the end


def test_a_town_alone_not_typed_to_the_end_needs_no_statement():
    guesses, asked = _drive(towns_beginning("bon", COUNTRY), _nothing)
    assert [(guess.citycode, guess.names) for guess in guesses] == [("93010", ())]
    assert asked == []


def test_a_street_before_a_town_cut_short_is_looked_for_in_the_towns_that_begin_so():
    guesses, asked = _drive(towns_beginning("4 rue jules guesde bon", COUNTRY), _everywhere)
    assert {(g.citycode, g.number, g.names[0].core) for g in guesses} == {("93010", 4, "jules guesde")}
    name, parameters = asked[-1]
    assert name == "communes_of_names"
    assert (parameters["street_type"], parameters["bare_key"]) == ("rue", number_key(4))


def test_towns_whose_street_is_of_the_type_and_has_the_number_come_first():
    def answer(_name: str, parameters: dict[str, Any]) -> Rows:
        core = parameters["cores"][0]
        return [(core, "97411", False, False), (core, "93066", True, True)]

    guesses, _ = _drive(towns_beginning("4 rue gabriel peri saint", COUNTRY), answer)
    assert [guess.citycode for guess in guesses] == ["93066", "97411"]


def test_a_town_without_the_street_is_not_guessed():
    guesses, asked = _drive(towns_beginning("4 rue jules guesde bon", COUNTRY), _nothing)
    assert guesses == []
    assert asked


BETWEEN, AMONG = "communes_of_names_between", "communes_of_names"


@pytest.mark.parametrize(
    ("digits", "statement"), [("9", BETWEEN), ("93", BETWEEN), ("931", AMONG), ("9314", AMONG)]
)
def test_a_postal_code_not_typed_to_the_end_bounds_the_communes(digits, statement):
    def answer(name: str, parameters: dict[str, Any]) -> Rows:
        return [("jules guesde", "93010", True, True)] if name == statement else []

    guesses, asked = _drive(towns_beginning(f"4 rue jules guesde {digits}", COUNTRY), answer)
    assert [guess.citycode for guess in guesses] == ["93010"]
    name, parameters = asked[-1]
    assert name == statement
    if "first" in parameters:
        assert parameters["first"] <= "93010" < parameters["past"]
    else:
        assert parameters["citycodes"] == ["93010"]


def test_digits_alone_are_the_beginning_of_a_postal_code_from_two_of_them():
    assert [g.citycode for g in _drive(towns_beginning("931", COUNTRY), _nothing)[0]] == ["93010"]
    assert _drive(towns_beginning("9", COUNTRY), _nothing)[0] == []


@given(st.text(max_size=30))
def test_guesses_of_a_town_are_communes_of_today_whatever_is_typed(text):
    guesses, _ = _drive(towns_beginning(text, COUNTRY), _everywhere)
    assert all(guess.citycode in GAZETTEER.communes for guess in guesses)


# The street not typed to the end, its town named


def _cores(_name: str, parameters: dict[str, Any]) -> Rows:
    known = {
        "93010": ["jules guesde", "general gaulle", "docteur roux", "8 mai 1945"],
        "93066": ["gabriel peri"],
    }
    return [(code, known[code]) for code in parameters["citycodes"] if code in known]


@pytest.mark.parametrize(
    ("text", "cores"),
    [("bondy rue jul", ["jules guesde"]), ("93140 bondy 4 rue gues", ["jules guesde"]),
     ("bondy rue du 8 m", ["8 mai 1945"]), ("bondy rue xyz", []), ("bondy rue j", [])],
)  # fmt: skip
def test_a_street_of_the_town_begins_or_has_a_word_that_begins_like_the_last_typed(text, cores):
    ways = understand(text, GAZETTEER)
    guesses, _ = _drive(streets_beginning(ways, CommuneResolver(GAZETTEER), StreetCache()), _cores)
    assert list(dict.fromkeys(guess.names[0].core for guess in guesses)) == cores
    assert all(guess.citycode == "93010" for guess in guesses)
    assert all(guess.names[0].reading == "begun" for guess in guesses)


def test_streets_of_a_town_are_asked_once():
    cache, resolver = StreetCache(), CommuneResolver(GAZETTEER)
    ways = understand("bondy rue jul", GAZETTEER)
    assert _drive(streets_beginning(ways, resolver, cache), _cores)[1]
    assert _drive(streets_beginning(ways, resolver, cache), _cores)[1] == []


# A street typed without a town


def test_a_street_alone_is_looked_for_by_its_very_name_in_its_most_inhabited_communes():
    codes = [f"{n:05}" for n in range(40)]
    guesses, asked = _drive(
        streets_anywhere(_whole("4 rue jules guesde"), COUNTRY, autocomplete=False, centre=None),
        lambda _name, _p: [("jules guesde", codes)],
    )
    assert [name for name, _ in asked] == ["names_exact"]
    assert [guess.citycode for guess in guesses] == codes[:FEW]
    assert {(guess.number, guess.names[0].reading) for guess in guesses} == {(4, "line")}


def test_a_street_alone_not_typed_to_the_end_gives_the_names_that_begin_so():
    guesses, asked = _drive(
        streets_anywhere(_whole("rue oberk"), COUNTRY, autocomplete=True, centre=None),
        lambda _name, _p: [("oberkampf", ["75111"]), ("oberkirch", ["67482"])],
    )
    name, parameters = asked[0]
    assert name == "names_beginning"
    assert parameters["first"] <= "oberkampf" < parameters["past"]
    assert [(g.names[0].core, g.names[0].type, g.names[0].reading) for g in guesses] == [
        ("oberkampf", "rue", "begun"), ("oberkirch", "rue", "begun"),
    ]  # fmt: skip


def test_a_misspelt_street_alone_keeps_only_the_names_that_look_like_it():
    def answer(name: str, _parameters: dict[str, Any]) -> Rows:
        return [("oberkampf", ["75111"]), ("oberdorf", ["67482"])] if name == "names_alike" else []

    guesses, asked = _drive(
        streets_anywhere(_whole("12 rue obercampf"), COUNTRY, autocomplete=False, centre=None), answer
    )
    assert [name for name, _ in asked] == ["names_exact", "names_alike"]
    assert [(g.citycode, g.names[0].core, g.names[0].reading) for g in guesses] == [
        ("75111", "oberkampf", "misspelt")
    ]


def test_a_short_word_is_not_looked_for_by_likeness():
    _, asked = _drive(streets_anywhere(_whole("rue xyz"), COUNTRY, autocomplete=False, centre=None), _nothing)
    assert [name for name, _ in asked] == ["names_exact"]


def test_near_a_centre_the_communes_around_come_first():
    def answer(name: str, parameters: dict[str, Any]) -> Rows:
        if name == "names_exact":
            return [("paris", ["97411", "77413"])]
        assert name == "communes_of_names"
        assert "75111" in parameters["citycodes"]
        return [("paris", "93066", True, True)]

    guesses, _ = _drive(
        streets_anywhere(_whole("rue de paris"), COUNTRY, autocomplete=False, centre=PARIS), answer
    )
    assert [guess.citycode for guess in guesses] == ["93066", "97411", "77413"]


def test_homonyms_are_towns_of_that_very_name_most_inhabited_first():
    assert [town.citycode for town in homonyms("Saint-Denis", COUNTRY)] == ["97411", "93066"]
    assert homonyms("Saint-D", COUNTRY) == []
    assert len(homonyms("Bondy", COUNTRY)) == len(GAZETTEER.by_name[commune_key("Bondy")]) == 1


# Streets of recent communes


def test_a_commune_forgotten_while_another_search_waits_for_the_database_is_not_missed():
    cache = StreetCache(max_streets=3)
    assert _drive(cache.cores_of(["93010"]), lambda _n, _p: [("93010", ["a", "b"])])[0] == {
        "93010": ["a", "b"]
    }
    waiting = cache.cores_of(["93010", "93066"])
    assert next(waiting) == ("cores_of_communes", {"citycodes": ["93066"]})
    _drive(cache.cores_of(["72181"]), lambda _n, _p: [("72181", ["c", "d", "e"])])  # 93010 is forgotten
    with pytest.raises(StopIteration) as stopped:
        waiting.send([("93066", ["f"])])
    assert stopped.value.value == {"93010": ["a", "b"], "93066": ["f"]}


@given(
    st.lists(st.lists(st.integers(1, 9).map(str), min_size=1, max_size=4), max_size=12), st.integers(0, 12)
)
def test_the_streets_held_are_bounded_and_what_is_answered_is_whole(calls, most):
    cache = StreetCache(max_streets=most)
    for codes in calls:
        cores, _ = _drive(
            cache.cores_of(codes), lambda _n, p: [(code, [code] * int(code)) for code in p["citycodes"]]
        )
        assert cores == {code: [code] * int(code) for code in codes}
        assert cache.held <= most


def test_a_commune_without_a_street_is_asked_once():
    cache = StreetCache()
    assert _drive(cache.cores_of(["93010"]), _nothing) == (
        {"93010": []},
        [("cores_of_communes", {"citycodes": ["93010"]})],
    )
    assert _drive(cache.cores_of(["93010"]), _nothing) == ({"93010": []}, [])
