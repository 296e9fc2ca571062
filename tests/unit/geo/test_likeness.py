"""Likeness of names as a measure: bounds, equality, digits, initials; and the names it lets through."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.geocoding.commune_streets import alike_cores
from geo.geocoding.likeness import likeness, word_likeness

WORD = st.text(alphabet="abdehilnorst", min_size=1, max_size=9)
NUMBER = st.integers(1, 2020).map(str)
CORE = st.lists(st.one_of(WORD, NUMBER), min_size=1, max_size=5).map(" ".join)
FREE = st.lists(st.text(alphabet="abcé08ß一 x", min_size=1, max_size=6), max_size=6).map(
    lambda words: " ".join(" ".join(words).split())
)


@given(st.one_of(CORE, FREE), st.one_of(CORE, FREE))
def test_likeness_is_a_share_whatever_the_names(a, b):
    assert 0 <= likeness(a, b) <= 1
    assert 0 <= likeness(b, a) <= 1


@given(CORE)
def test_a_name_is_wholly_like_itself_and_nearly_so_with_its_words_in_another_order(core):
    assert likeness(core, core) == 1
    assert likeness(" ".join(reversed(core.split())), core) >= 0.97 - 1e-9


@given(WORD, WORD)
def test_two_words_are_wholly_alike_only_when_they_are_equal(a, b):
    assert (word_likeness(a, b) == 1) == (a == b)
    assert 0 <= word_likeness(a, b) <= 1


@given(CORE, NUMBER, NUMBER)
def test_digits_are_never_forgiven(core, a, b):
    alike = likeness(f"{core} {a}", f"{core} {b}")
    assert alike == 1 if a == b else alike < 1
    assert word_likeness(a, b) == (1 if a == b else 0)


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        ("8 mai 1945", "8 mai 1946"),
        ("11 novembre", "1 novembre"),
        ("n 7", "n 8"),
        ("n 17", "n 1 7"),
        ("8 mai", "8 mai 1945"),
        ("lotissement 12", "lotissement 1 2"),
        ("rue19 mars1962", "rue 19 mars 1926"),
    ],
)
def test_another_number_is_another_street(asked, known):
    assert likeness(asked, known) < 0.8


@given(
    st.text(alphabet="abdehilnorst", min_size=3, max_size=9),
    st.text(alphabet="aeiou", min_size=4, max_size=9),
)
def test_an_initial_stands_for_the_first_name_it_begins(first, name):
    assert likeness(f"{first[0]} {name}", f"{first} {name}") >= 0.9
    other = "z"
    assert likeness(f"{other} {name}", f"{first} {name}") < likeness(f"{first[0]} {name}", f"{first} {name}")


@given(CORE, WORD)
def test_a_word_asked_that_the_name_does_not_have_never_makes_it_wholly_alike(core, word):
    if word not in core.split():
        assert likeness(f"{core} zz{word}zz", core) < 1


def test_words_glued_or_cut_are_nearly_the_same_name():
    assert likeness("beau regard", "beauregard") >= 0.9
    assert likeness("jeanjaures", "jean jaures") >= 0.9
    assert likeness("8mai 1945", "8 mai 1945") >= 0.9


CORES = [
    "jean jaures",
    "jean moulin",
    "jules guesde",
    "8 mai 1945",
    "general gaulle",
    "oberkampf",
    "pasteur",
    "marechal lattre tassigny",
    "raymond losserand",
    "pascal",
]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("j jaures", "jean jaures"),
        ("oberkamf", "oberkampf"),
        ("losserand", "raymond losserand"),
        ("guesde jules", "jules guesde"),
        ("lattre tassigny", "marechal lattre tassigny"),
        ("8 mai 1945", "8 mai 1945"),
    ],
)
def test_the_name_meant_is_among_those_let_through(asked, expected):
    assert expected in alike_cores(asked, CORES, floor=0.6)


def test_nothing_like_it_gives_nothing():
    assert alike_cores("ornithorynques zeles", CORES, floor=0.6) == []
    assert alike_cores("8 mai 1946", CORES, floor=0.8) == []
    assert alike_cores("oberkampf", [], floor=0.6) == []


@given(CORE, st.lists(CORE, max_size=8, unique=True), st.floats(0.6, 1))
def test_names_let_through_are_of_the_list_and_above_the_floor(asked, cores, floor):
    found = alike_cores(asked, cores, floor=floor)
    assert set(found) <= set(cores)
    assert all(likeness(asked, core) >= floor for core in found)
    assert (asked in found) == (asked in cores)


def _numbers(text: str) -> list[str]:
    return re.findall(r"\d+", text)


@given(CORE, CORE)
def test_names_whose_numbers_differ_are_never_taken_for_one_another(a, b):
    if sorted(_numbers(a)) != sorted(_numbers(b)) and _numbers(a) and _numbers(b):
        assert likeness(a, b) < 0.95
