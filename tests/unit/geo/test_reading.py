"""One line read in several ways, the surest first: only the base can tell which one is right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.geocoding.parse import Line, names_of, parse_line
from geo.geocoding.reading import readings
from geo.geocoding.score import READING
from geo.geocoding.vocabulary import ARTICLES, OPENERS, STRONG_TYPES

WORDS = st.lists(
    st.sampled_from(
        [
            *("rue", "r", "avenue", "av", "aveune", "t", "b", "z1", "a", "d", "de", "la", "du", "le"),
            *("residence", "cabinet", "za", "lilas", "joseph", "foch", "8", "mai"),
        ]
    ),
    max_size=7,
).map(" ".join)

READINGS = {
    "index after the type": (
        "rue t joseph maistre",
        [("rue", "t joseph maistre", ""), ("rue", "joseph maistre", "t")],
    ),
    "index of two characters": ("rue z1 lilas", [("rue", "z1 lilas", ""), ("rue", "lilas", "z1")]),
    "index first": ("b rue pasteur", [("", "b rue pasteur", ""), ("rue", "pasteur", "b")]),
    "a is an index as well as an article": (
        "rue a briand",
        [("rue", "a briand", ""), ("rue", "briand", "a")],
    ),
    "an article is no index": ("rue d alesia", [("rue", "alesia", "")]),
    "a title is no index": ("rue st jacques", [("rue", "saint jacques", "")]),
    "a letter alone is the name": ("rue t", [("rue", "t", "")]),
    "type misspelt": ("aveune foch", [("", "aveune foch", ""), ("avenue", "foch", "")]),
    "type misspelt twice, in a long word": (
        "bulevar voltaire",
        [("", "bulevar voltaire", ""), ("boulevard", "voltaire", "")],
    ),
    "a type alone is not put right": ("aveune", [("", "aveune", "")]),
    "cut before a residence": (
        "avenue victor hugo residence les lilas",
        [("avenue", "victor hugo residence lilas", ""), ("avenue", "victor hugo", "")],
    ),
    "cut before a practice": (
        "rue pasteur cabinet medical",
        [("rue", "pasteur cabinet medical", ""), ("rue", "pasteur", "")],
    ),
    "a residence alone is kept": ("residence les lilas", [("residence", "residence lilas", "")]),
    "a street named after what opens": ("rue de la residence", [("rue", "residence", "")]),
    "a square named after the town hall": ("place de la mairie", [("place", "mairie", "")]),
}


@pytest.mark.parametrize("case", READINGS)
def test_a_line_has_these_readings_in_this_order(case):
    text, expected = READINGS[case]
    assert [(name.type, name.core, name.suffix) for name in readings([text], numbered=True)] == expected


def test_no_index_is_read_inside_the_name_of_an_address_without_a_number_or_with_an_index():
    assert [name.reading for name in readings(["rue t joseph"], numbered=False)] == ["line"]
    assert [name.reading for name in names_of(parse_line("12 bis rue t joseph"))] == ["line"]
    assert [name.reading for name in names_of(parse_line("12 rue t joseph"))] == ["line", "index-inside"]


def test_a_second_line_comes_after_every_reading_of_the_first():
    names = readings(["aveune foch", "le bourg", "aveune foch"], numbered=False)
    assert [(name.core, name.reading) for name in names] == [
        ("aveune foch", "line"),
        ("foch", "type-misspelt"),
        ("bourg", "other-line"),
    ]


def test_a_line_without_a_name_has_no_reading():
    assert names_of(Line(number=12)) == ()
    assert readings(["", ""], numbered=True) == ()


@given(st.lists(WORDS, max_size=3), st.booleans())
def test_readings_are_distinct_named_in_the_score_and_begin_with_the_line_as_it_stands(texts, numbered):
    names = readings(texts, numbered=numbered)
    assert len({(name.core, name.suffix) for name in names}) == len(names)
    assert all(name.core and name.reading in READING for name in names)
    assert {name.reading for name in names[1:]} <= set(READING) - {"line"}
    assert not names or names[0].reading == "line"
    assert numbered or not any(name.suffix for name in names)


@given(WORDS)
def test_a_reading_that_cuts_keeps_the_beginning_of_the_line(text):
    names = readings([text], numbered=True)
    for name in names[1:]:
        whole = names[0]
        if name.reading == "cut":
            assert whole.text.startswith(name.text)
            following = whole.text[len(name.text) :].split()[0]
            assert following in OPENERS
            assert name.text.split()[-1] not in ARTICLES
        if name.reading == "type-misspelt":
            assert name.type in STRONG_TYPES.values()
            assert not whole.type
