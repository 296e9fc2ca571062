"""The score as a chance, and how answers that nothing tells apart lower one another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.geocoding.answer import Located, order, rounded, shared, told_apart, told_of_twins, typed_right
from geo.geocoding.score import (
    FORMER,
    NUMBER,
    READING,
    STREET_NOT_FOUND_CAP,
    TYPE,
    commune_score,
    confirmed,
    resemblance,
    street_score,
    twin,
)
from geo.geocoding.street import House, Street

SHARE = st.floats(0, 1)
NUMBERS = st.sampled_from(sorted(NUMBER))
SURER_FIRST = ("same", "untyped", "other")
TYPES = st.sampled_from(SURER_FIRST)


def _street(street_id: int, **fields: str | float) -> Street:
    row = {
        "street_id": street_id, "ban_id": f"s{street_id}", "kind": "street", "citycode": "93010",
        "former_citycode": None, "former_name": None, "postal_code": "93140", "name": "Rue X", "type": "rue",
        "core": "x", "lon": 2.48, "lat": 48.9, "numbers": 3, **fields,
    }  # fmt: skip
    return Street(**row)  # pyright: ignore[reportArgumentType] - fields of the test


def _answer(street_id: int, score: float, *, lat: float = 48.9, **fields: str) -> Located:
    street = _street(street_id, lat=lat, citycode=fields.get("citycode", "93010"))
    known = {"level": "street", "street": "exact", "citycode": "93010", **fields}
    return Located(score=score, lon=2.48, lat=lat, found=street, **known)  # pyright: ignore[reportArgumentType]


@given(SHARE, SHARE, TYPES, NUMBERS)
def test_a_name_more_alike_is_never_less_sure(a, b, type_match, number):
    low, high = sorted((a, b))
    less, more = (resemblance(like, type_match=type_match, number=number) for like in (low, high))
    assert more <= 1
    assert 0 <= less <= more + 1e-12


@given(st.floats(0.6, 1), NUMBERS)
def test_a_name_is_surer_with_the_type_asked_than_without_than_with_another(alike, number):
    same, untyped, other = (resemblance(alike, type_match=kind, number=number) for kind in SURER_FIRST)
    assert same >= untyped >= other


@given(st.floats(0.6, 1), TYPES)
def test_a_name_is_surer_when_its_street_has_the_number_asked(alike, type_match):
    with_number = resemblance(alike, type_match=type_match, number="exact")
    assert with_number >= resemblance(alike, type_match=type_match, number="none")
    assert with_number >= resemblance(alike, type_match=type_match, number="interpolated")


@given(st.floats(0.6, 0.99), TYPES)
def test_a_name_only_alike_without_its_number_or_its_type_is_not_accepted_alone(alike, type_match):
    lacking = resemblance(min(alike, 0.95), type_match=type_match, number="none")
    assert lacking <= STREET_NOT_FOUND_CAP


@given(
    commune=SHARE,
    street=st.sampled_from(["exact", "skeleton", "fuzzy"]),
    alike=st.floats(0.6, 1),
    type_match=TYPES,
    reading=st.sampled_from(sorted(READING)),
    same=st.booleans(),
    former=st.sampled_from(sorted(FORMER)),
    number=NUMBERS,
)
def test_every_doubt_lowers_the_score_and_it_stays_a_share(
    commune, street, alike, type_match, reading, same, former, number
):
    def score(**changed):
        parts = {
            "commune": commune, "street": street, "likeness": alike, "type_match": type_match,
            "reading": reading, "same_postal_code": same, "former": former, "number": number,
        }  # fmt: skip
        return street_score(**{**parts, **changed})

    assert 0 <= score() <= commune
    assert score() <= score(same_postal_code=True)
    assert score() <= score(former="same")
    assert score() <= score(reading="line")
    assert score() <= score(commune=1.0)
    assert score() <= score(street="exact", likeness=1.0, type_match="same", number="exact")


@given(SHARE)
def test_a_commune_confirmed_by_its_street_is_surer_and_never_certain(sureness):
    for how in ("postal", "fuzzy"):
        assert min(sureness, 0.96) <= confirmed(how, sureness) <= 0.96
    assert confirmed("code", sureness) == sureness
    assert commune_score(commune=sureness, street_asked=True) <= STREET_NOT_FOUND_CAP


def test_a_street_of_another_type_is_lowered_only_where_one_of_the_type_asked_exists():
    square, street = _answer(1, 0.9, type_match="other"), _answer(2, 0.95)
    lowered, kept = typed_right([square, street])
    assert (lowered.type_match, kept) == ("other-known", street)
    assert lowered.score == pytest.approx(0.9 * TYPE["other-known"] / TYPE["other"])
    assert typed_right([square]) == [square]
    alike = _answer(3, 0.95, street="fuzzy")
    assert typed_right([square, alike]) == [square, alike]


def test_each_of_two_streets_as_good_is_half_sure():
    answers = [_answer(1, 0.98), _answer(2, 0.98, lat=48.95), _answer(3, 0.5)]
    assert [a.score for a in told_of_twins(answers)] == pytest.approx(
        [0.98 * twin(1), 0.98 * twin(1), 0.5 * twin(1)]
    )


def test_three_streets_as_good_are_under_the_limit_of_what_is_accepted():
    answers = told_of_twins([_answer(n, 0.98, lat=48.9 + n / 10) for n in range(3)])
    assert all(answer.score <= STREET_NOT_FOUND_CAP for answer in answers)


def test_two_rows_of_one_place_are_no_twins():
    answers = [_answer(1, 0.98), _answer(2, 0.98, lat=48.9005)]
    assert told_of_twins(answers) == answers
    assert told_of_twins([]) == []


@given(st.lists(st.tuples(SHARE, st.floats(48, 49)), min_size=1, max_size=6))
def test_twins_never_change_the_order_nor_raise_a_score(drawn):
    answers = sorted((_answer(n, s, lat=lat) for n, (s, lat) in enumerate(drawn)), key=order)
    told = told_of_twins(answers)
    assert [answer.found for answer in told] == [answer.found for answer in answers]
    assert sorted(told, key=order) == told
    assert all(new.score <= old.score for new, old in zip(told, answers, strict=True))


def test_a_street_that_one_town_has_tells_between_towns_of_one_name():
    one = _answer(1, 0.3)
    assert told_apart([one], ["93010", "93066"])[0].score == pytest.approx(0.3 * 2 * 0.95)
    assert told_apart([one], ["93010"]) == [one]
    both = [one, _answer(2, 0.3, citycode="93066")]
    assert told_apart(both, ["93010", "93066"]) == both
    assert told_apart([one], ["75111", "75116"]) == [one]  # arrondissements are one town


def test_guesses_in_several_towns_share_their_chance_and_keep_their_order():
    one, two, three = (_answer(n, 0.788, citycode=code) for n, code in enumerate(("93010", "93066", "72181")))
    assert shared([one]) == [one]
    assert [g.score for g in shared([one, two])] == pytest.approx([0.788 * twin(1)] * 2)
    assert [g.score for g in shared([one, two, three])] == pytest.approx([0.788 * twin(2)] * 3)
    lesser = _answer(9, 0.5, citycode="22093")
    assert shared([one, lesser]) == [one, lesser]  # the best stands alone
    assert shared([]) == []


def test_towns_of_one_name_share_their_chance_and_stay_answers():
    towns = [
        Located(level="municipality", score=0.788, lon=2, lat=48, citycode=c)
        for c in ("93066", "97411", "72181")
    ]
    assert [town.score for town in shared(towns)] == pytest.approx([0.788 * twin(1)] * 3)


def test_guesses_in_two_arrondissements_are_in_one_town():
    guesses = [_answer(1, 0.788, citycode="75111"), _answer(2, 0.788, citycode="75116")]
    assert shared(guesses) == guesses


def test_the_order_is_score_then_a_number_then_the_most_numbered_street_then_the_identifier():
    house = House("exact", 1, "", 2.48, 48.9)
    numbered = Located(score=0.5, found=_street(9), house=house, lon=2.48, lat=48.9)
    longer = Located(score=0.5, found=_street(8, numbers=50), lon=2.48, lat=48.9)
    first, second = (Located(score=0.5, found=_street(n), lon=2.48, lat=48.9) for n in (1, 2))
    best = Located(score=0.6)
    assert sorted([second, first, longer, numbered, best], key=order) == [
        best,
        numbered,
        longer,
        first,
        second,
    ]


@given(st.floats(0, 3))
def test_a_score_shown_is_a_share_of_four_decimals(score):
    shown = rounded(Located(score=score)).score
    assert 0 <= shown <= 1
    assert shown == round(shown, 4)
