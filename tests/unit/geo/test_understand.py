"""Free text: the town in any place, and what is left is the street."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.geocoding.commune import misspelt_in, misspelt_name
from geo.geocoding.text import understand, understand_misspelt
from geo.geocoding.vocabulary import OPENERS, STRONG_TYPES, SUFFIXES, WEAK_TYPES
from tests.geocoding_base import gazetteer

GAZETTEER = gazetteer()
FIRST = {
    "leftover words after the town": (
        "4 rue jules guesde 93140 bondy centre ville",
        4,
        "",
        "93140",
        "bondy",
        "jules guesde centre ville",
    ),
    "department after the town, with a postal code": (
        "3 rue de paris 97400 saint denis la reunion",
        3,
        "",
        "97400",
        "saint denis",
        "paris",
    ),
    "a wrong postal code keeps the town": (
        "4 rue jules guesde 93150 bondy",
        4,
        "",
        "93150",
        "bondy",
        "jules guesde",
    ),
    "a postal code of elsewhere keeps the town": (
        "4 rue jules guesde 72000 bondy",
        4,
        "",
        "72000",
        "bondy",
        "jules guesde",
    ),
    "town on both sides of the code": (
        "bondy 4 rue jules guesde 93140",
        4,
        "",
        "93140",
        "bondy",
        "jules guesde",
    ),
    "a house number after the arrondissement town": (
        "rue oberkampf 75011 paris 12",
        12,
        "",
        "75011",
        "paris",
        "oberkampf",
    ),
    "the arrondissement of the postal code": (
        "12 rue oberkampf 75011 paris 11",
        12,
        "",
        "75011",
        "paris 11",
        "oberkampf",
    ),
    "an ordinal is an arrondissement whatever the code": (
        "12 rue oberkampf 75011 paris 12e",
        12,
        "",
        "75011",
        "paris 12e",
        "oberkampf",
    ),
    "a number before a type is that of a house": (
        "75011 paris 12 rue oberkampf",
        12,
        "",
        "75011",
        "paris",
        "oberkampf",
    ),
    "an ordinal before a type is an arrondissement": (
        "paris 16e avenue foch 8",
        8,
        "",
        "",
        "paris 16e",
        "foch",
    ),
    "arrondissement in full": (
        "8 avenue foch paris 16eme arrondissement",
        8,
        "",
        "",
        "paris 16eme arrondissement",
        "foch",
    ),
    "number last with its index": (
        "rue oberkampf 12 bis 75011 paris",
        12,
        "b",
        "75011",
        "paris",
        "oberkampf",
    ),
    "number last with its index after the town": (
        "rue oberkampf 75011 paris 12 bis",
        12,
        "b",
        "75011",
        "paris",
        "oberkampf",
    ),
    "number last with a letter": ("rue oberkampf 12 b paris", 12, "b", "", "paris", "oberkampf"),
    "number of a house that looks like a department": (
        "75 rue oberkampf paris",
        75,
        "",
        "",
        "paris",
        "oberkampf",
    ),
    "cedex with the number of the arrondissement": (
        "12 rue oberkampf 75543 paris cedex 11",
        12,
        "",
        "75543",
        "paris cedex 11",
        "oberkampf",
    ),
    "sur written with a slash": (
        "2 grande rue 77860 st germain s/ morin",
        2,
        "",
        "77860",
        "st germain sur morin",
        "grande rue",
    ),
}


@pytest.mark.parametrize("case", FIRST)
def test_the_first_way_takes_the_town_and_leaves_the_street(case):
    text, *expected = FIRST[case]
    way = understand(text, GAZETTEER)[0]
    assert [way.number, way.suffix, way.postal_code, way.town, way.names[0].core] == expected


AMONG = {
    "code of the department last": ("4 rue jules guesde bondy 93", "93140", "bondy", "jules guesde"),
    "name of the department last": (
        "4 rue jules guesde bondy seine saint denis",
        "93140",
        "bondy",
        "jules guesde",
    ),
    "arrondissement then department": ("12 rue oberkampf paris 11 75", "", "paris 11", "oberkampf"),
    "number after the town": ("rue oberkampf paris 12", "", "paris", "oberkampf"),
    "arrondissement after the town": ("rue oberkampf paris 12", "", "paris 12", "oberkampf"),
    "town first, town in the name of the street": ("saint denis rue de paris 3", "", "saint denis", "paris"),
    "town said twice": ("4 rue jules guesde bondy 93140 bondy", "93140", "bondy", "jules guesde"),
    "a type that is a name by itself": ("2 grande rue le mans", "", "le mans", "grande rue"),
    "no town at all": ("rue de paris", "", "", "paris"),
}


@pytest.mark.parametrize("case", AMONG)
def test_a_text_that_may_be_read_otherwise_is_read_so_too(case):
    text, *expected = AMONG[case]
    ways = understand(text, GAZETTEER)
    assert expected in [[way.postal_code, way.town, way.names[0].core] for way in ways if way.names]


def test_a_text_without_a_postal_code_ends_with_the_whole_of_it_as_a_street():
    for text in ("rue de paris saint denis", "le mans", "12 rue x bondy 93"):
        last = understand(text, GAZETTEER)[-1]
        assert last.names
        assert (last.town, last.postal_code, last.citycode) == ("", "", "")


def test_a_misspelt_town_after_its_postal_code_is_a_lieu_dit_or_that_town():
    ways = understand("93140 Bondi", GAZETTEER)
    assert [(len(way.names), way.town) for way in ways] == [(1, "bondi"), (0, "bondi")]
    assert [len(way.names) for way in understand("93140 Les Coquetiers", GAZETTEER)] == [1]


def test_a_town_alone_is_asked_without_a_street():
    assert [(way.town, way.names) for way in understand("93140 Bondy", GAZETTEER)] == [("bondy", ())]
    assert understand("Le Mans", GAZETTEER)[0].names == ()


@pytest.mark.parametrize(
    ("text", "town"),
    [
        ("4 rue jules guesde bondi", "bondy"),
        ("bondi 4 rue jules guesde", "bondy"),
        ("4 rue x saint germin sur morin", "saint germain sur morin"),
        ("2 rue gabriel peri sant denis", "saint denis"),
    ],
)
def test_a_misspelt_town_is_found_at_either_end(text, town):
    assert town in {way.town for way in understand_misspelt(text, GAZETTEER)}


@pytest.mark.parametrize(
    "text",
    [
        "4 rue jules guesde bondy",  # nothing is misspelt
        "4 rue jules guesde 93140 bondi",  # the postal code tells it already
        "bondi",  # a town alone has no street to look for
        "4 rue jules guesde",
        "",
    ],
)
def test_a_text_whose_town_is_not_misspelt_is_left_alone(text):
    assert understand_misspelt(text, GAZETTEER) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Bondi", "bondy"),
        ("Sant-Denis", "saint denis"),
        ("LAY LES ROSES", "l hay les roses"),
        ("Bondy", ""),
        ("xy", ""),
        ("Trifouillis", ""),
        ("B0ndy9", ""),
    ],
)
def test_a_misspelt_name_is_that_of_one_town_or_none(text, name):
    assert misspelt_name(text, GAZETTEER) == name


def test_words_are_a_misspelt_town_only_as_a_whole():
    near = GAZETTEER.in_postal["77860"]
    assert misspelt_in(["saint", "germin", "sur", "morin"], near)
    assert not misspelt_in(["saint", "germain", "sur", "morin", "centre", "ville"], near)
    assert not misspelt_in(["x"], near)


# Words that traps are made of, in any order: what no list of cases would think of.
TRAPS = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *(*STRONG_TYPES, *WEAK_TYPES, *SUFFIXES, *OPENERS),
                *(
                    "paris",
                    "lyon",
                    "bondy",
                    "saint",
                    "denis",
                    "le mans",
                    "11",
                    "11e",
                    "75",
                    "93",
                    "2a",
                    "974",
                ),
                *(
                    "93140",
                    "75011",
                    "75543",
                    "cedex",
                    "bp 12",
                    "chez",
                    "angle",
                    "s/",
                    "n°",
                    "vingt",
                    "quarante",
                ),
                *("፩", "١٢", "²", "½", "12bis", "et", "a", "d", "l", "de", "8 mai 1945"),
            ]
        ),
        st.integers(0, 10**8).map(str),
    ),
    max_size=10,
).map(" ".join)


@given(TRAPS)
def test_no_order_of_the_words_of_traps_breaks_the_understanding(text):
    ways = understand(text, GAZETTEER)
    assert len(set(ways)) == len(ways)
    for way in (*ways, *understand_misspelt(text, GAZETTEER)):
        assert way.number is None or (way.names and 0 < way.number < 99_999)


@pytest.mark.parametrize(
    "text", ["rue x 123456 b", "12 rue oberkampf paris 11 75", "rue vingt ፩", "1 a " * 500]
)
def test_a_text_that_once_broke_the_geocoder_is_understood(text):
    assert understand(text, GAZETTEER)
