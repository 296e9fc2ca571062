from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.peer.noise import KINDS, Address, fields, joined
from bench.peer.spelling import core, fold, postal_line, repetition, split_type, typing_error, written_out

MAINE = Address(
    number="6", rep="b", name="Avenue du Maine", postcode="75015", city="Paris", citycode="75115",
    others=("75014",), oldcity="Vaugirard", cedex=("75724",),
)  # fmt: skip
VILLAGE = Address(
    number="12", name="Rue de l'Église", postcode="49150", city="Baugé-en-Anjou", citycode="49018",
    others=("49000",), oldcity="Bocé", cedex=("49156",),
)  # fmt: skip


def written(kind: str, address: Address, seed: int = 1) -> str | None:
    return KINDS[kind].write(address, random.Random(seed))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("clean", "12 Rue de l'Église 49150 Baugé-en-Anjou"),
        ("upper_case", "12 RUE DE L'EGLISE 49150 BAUGE-EN-ANJOU"),
        ("no_street_type", "12 Église 49150 Baugé-en-Anjou"),
        ("afnor", "12 R DE L EGLISE 49150 BAUGE EN ANJOU"),
        ("historic_commune", "12 Rue de l'Église 49150 Bocé"),
        ("wrong_postcode", "12 Rue de l'Église 49000 Baugé-en-Anjou"),
        ("street_alone", "Rue de l'Église 49150 Baugé-en-Anjou"),
    ],
)
def test_a_kind_of_noise_is_written_as_people_write_it(kind: str, text: str):
    assert written(kind, VILLAGE) == text


def test_the_index_stands_after_the_type_as_finess_writes_it():
    assert written("index_in_middle", MAINE) == "6 AV B DU MAINE 75015 PARIS"


def test_an_index_letter_is_said_in_words():
    assert written("clean", MAINE) == "6 bis Avenue du Maine 75015 Paris"


@pytest.mark.parametrize("seed", range(40))
def test_every_spelling_of_an_arrondissement_names_its_rank(seed: int):
    text = written("arrondissements", MAINE, seed)
    assert text
    assert "15" in text


@pytest.mark.parametrize("seed", range(20))
def test_a_cedex_of_paris_ends_with_the_arrondissement(seed: int):
    text = written("cedex", MAINE, seed)
    assert text
    assert text.endswith("PARIS CEDEX 15")


def test_an_address_that_cannot_bear_a_noise_says_so():
    assert written("no_street_type", Address(name="Le Bourg", postcode="49150", city="Bocé")) is None
    assert written("wrong_postcode", Address(name="Rue Haute", postcode="49150", city="Bocé")) is None


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_same_dice_give_the_same_text(kind: str):
    assert written(kind, MAINE, 7) == written(kind, MAINE, 7)


def test_fields_joined_hold_the_whole_address():
    parts = fields(VILLAGE, random.Random(3))
    assert parts["citycode"] == "49018"
    assert "R DE L EGLISE" in joined(parts)
    assert joined(parts).endswith("49150 BAUGE EN ANJOU")


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzé ", min_size=5, max_size=40), st.integers(0, 10_000))
def test_a_typing_error_changes_one_word_and_keeps_its_first_letter(text: str, seed: int):
    wrong = typing_error(text, random.Random(seed))
    if wrong is None:
        assert all(len(word) < 5 for word in text.split())
        return
    before, after = text.split(), wrong.split()
    assert len(before) == len(after)
    changed = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
    assert len(changed) <= 1
    assert all(a[0] == b[0] for a, b in changed)


def test_a_postal_line_drops_articles_only_when_there_is_no_room():
    dice = random.Random(1)
    assert postal_line("Allée des Compagnons de l'Orient", dice) == "ALL DES COMPAGNONS DE L ORIENT"
    long = "Avenue du Maréchal de Lattre de Tassigny"
    assert postal_line(long, dice, room=25) == "AV MAL LATTRE DE TASSIGNY"
    assert postal_line(long, dice, room=22) == "AV MAL LATTRE TASSIGNY"


def test_words_of_two_spellings_of_one_name_are_the_same():
    assert fold("Rue du Cœur-Volant") == fold("RUE DU COEUR VOLANT")
    assert core("Rue de la Gare") == core("Place de la Gare") == "gare"
    assert split_type("Rue de la Gare") == ("rue", "de la Gare")
    assert repetition("BIS") == repetition("b") == "b"
    assert written_out("t") == "ter"
