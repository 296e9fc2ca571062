"""What people type, and what it means."""

from __future__ import annotations

import contextlib
import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.specialty import nomenclature
from core.errors import UnknownSpecialty
from search.specialty_match import suggest, understand
from search.words.keys import key

LINES = list(
    csv.DictReader(
        (Path(__file__).parents[2] / "relevance" / "specialties.csv").read_text(encoding="utf-8").splitlines()
    )
)


@pytest.mark.parametrize("line", LINES, ids=lambda line: line["typed"])
def test_what_is_typed_in_a_call_centre_is_understood(line: dict[str, str]):
    assert understand(line["typed"]).specialty.code == line["code"]


def test_every_code_leads_to_the_head_of_its_group():
    for item in nomenclature():
        assert understand(item.code).specialty.code == item.group_code


def test_the_label_of_a_group_leads_to_it():
    heads = [item for item in nomenclature() if item.is_head]
    assert [item.code for item in heads if understand(item.label).specialty.code != item.code] == []


def test_what_is_not_understood_offers_the_nearest_ones():
    with pytest.raises(UnknownSpecialty) as refused:
        understand("plombier chauffagiste")
    assert refused.value.details["parameter"] == "specialty"
    assert refused.value.details["suggestions"]


def test_an_error_never_repeats_what_was_typed():
    with pytest.raises(UnknownSpecialty) as refused:
        understand("zzyzx douleur thoracique de mme martin")
    assert "martin" not in str(refused.value) + repr(refused.value.details)


def test_other_meanings_are_offered():
    assert "SM19" in {item.code for item in understand("gynéco").alternatives}


@given(st.text(max_size=60))
def test_any_text_is_understood_or_refused_with_an_error_of_ours(text):
    with contextlib.suppress(UnknownSpecialty):
        assert understand(text).specialty.is_head


@given(st.text(max_size=30))
def test_suggestions_are_heads_each_once_best_first(text):
    found = suggest(text, limit=8)
    assert len({item.specialty.code for item in found}) == len(found) <= 8
    assert [item.score for item in found] == sorted((item.score for item in found), reverse=True)


@pytest.mark.parametrize(
    ("typed", "code"), [("ki", "70"), ("card", "SM04"), ("pharm", "620"), ("dent", "40")]
)
def test_suggestions_come_while_one_types(typed, code):
    assert code in {item.specialty.code for item in suggest(typed, limit=5)}


def codes(found) -> list[str]:
    return [item.code for item in found]


def test_a_need_that_several_groups_answer_names_them():
    understood = understand("suture")
    assert understood.specialty.code == "SM54"
    assert codes(understood.also) == ["SM59", "124"]
    assert understood.how == "need"
    assert not {"SM54", *codes(understood.also)} & set(codes(understood.alternatives))


def test_the_answer_names_the_version_of_the_words():
    assert understand("kiné").version == nomenclature().version
    assert understand("kiné").shown()["version"] == nomenclature().version


@pytest.mark.parametrize(
    ("typed", "how"),
    [
        ("SM26", "code"),
        ("Endocrinologie, diabétologie, nutrition", "label"),
        ("kiné", "synonym"),
        ("prise de sang", "need"),
        ("kinesiterapeute", "typing-error"),
        ("je cherche un dentiste pour dimanche", "words"),
    ],
)
def test_an_answer_says_how_it_was_understood(typed, how):
    assert understand(typed).how == how


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("SM 54", "SM54"),
        ("TRE_R38-SpecialiteOrdinale|SM26", "SM54"),
        ("urn:oid:1.2.250.1.213.2.28|SM54", "SM54"),
        ("scd01", "SCD01"),
        (" 620 ", "620"),
    ],
)
def test_official_codes_are_read_with_or_without_their_system(typed, code):
    assert understand(typed).specialty.code == code


@pytest.mark.parametrize(
    "typed",
    [
        *("garde", "dimanche", "urgent", "54", "SM99", "urn:oid:1.2.250.1.213.2.28", "TRE_R38"),
        *("marie", "avocat", "vétérinaire", "plombier", "garagiste", "notaire", "boulanger", "police"),
        *("dentiste martin", "docteur en droit", "orl et ophtalmo", "medecin ou infirmiere"),
    ],
)
def test_what_is_unsure_is_never_taken_for_something(typed):
    with pytest.raises(UnknownSpecialty) as refused:
        understand(typed)
    assert refused.value.details["suggestions"]


@pytest.mark.parametrize(
    ("typed", "among"),
    [
        ("ortho", {"SM08", "SCD01", "91"}),
        ("sexologue", {"SM54", "SM20"}),
        ("médecin esthétique", {"SM10", "SM15"}),
        ("orl et ophtalmo", {"SM34", "SM38"}),
        ("dentiste martin", {"40"}),
        ("cadiologue", {"SM04", "SM74"}),
    ],
)
def test_what_is_unsure_is_answered_with_the_groups_it_may_mean(typed, among):
    with pytest.raises(UnknownSpecialty) as refused:
        understand(typed)
    assert among <= {item["code"] for item in refused.value.details["suggestions"]}


def test_a_child_adds_the_paediatrician_to_the_general_practitioner():
    assert understand("fièvre").also == ()
    assert codes(understand("fièvre de ma fille").also) == ["SM40"]


def test_a_word_we_know_is_no_misspelling_of_another():
    assert understand("hopital pediatrique").specialty.code == "355"


def test_the_order_of_the_words_does_not_count():
    assert understand("garde dentiste").specialty.code == understand("dentiste garde").specialty.code == "40"


@given(st.sampled_from(nomenclature().words), st.data())
def test_every_word_is_understood_whatever_its_case_and_its_plural(word, data):
    typed = data.draw(st.sampled_from([word.text, word.text.upper(), f"  {word.text} ", f"les {word.text}"]))
    if word.sense == "unsure":
        with pytest.raises(UnknownSpecialty):
            understand(typed)
    else:
        assert understand(typed).specialty.code == word.code


def test_two_letters_exchanged_are_put_right_or_asked_again_and_hardly_ever_taken_for_something_else():
    outcomes = {"right": 0, "asked": 0, "wrong": 0}
    for word in nomenclature().words:
        at = len(word.text) // 2
        typed = word.text[:at] + word.text[at + 1] + word.text[at] + word.text[at + 2 :] if at > 3 else ""
        if not typed or key(typed) == key(word.text) or word.sense == "unsure":
            continue
        try:
            understood = understand(typed)
        except UnknownSpecialty:
            outcomes["asked"] += 1
            continue
        groups = {understood.specialty.code, *codes(understood.also), *codes(understood.alternatives)}
        outcomes["right" if word.code in groups else "wrong"] += 1
    assert outcomes["right"] > 0.85 * sum(outcomes.values())
    assert outcomes["wrong"] < 0.01 * sum(outcomes.values())


def test_nothing_typed_proposes_the_frequent_searches_in_their_order():
    found = suggest("", limit=5)
    assert [item.specialty.code for item in found] == [word.code for word in nomenclature().frequent[:5]]
    assert {item.why for item in found} == {"frequent"}


@pytest.mark.parametrize(
    ("typed", "code", "why"),
    [
        ("SM04", "SM04", "code"),
        ("endocrinologie, diabétologie, n", "SM62", "label"),
        ("kin", "70", "synonym"),
        ("prise de s", "611", "need"),
        ("kinesy", "70", "typing-error"),
        ("opthalmo", "SM38", "typing-error"),
    ],
)
def test_a_suggestion_says_why_it_is_there(typed, code, why):
    first = suggest(typed)[0]
    assert (first.specialty.code, first.why) == (code, why)


def test_homonyms_are_kept_apart_by_their_kind():
    kinds = {item.specialty.code: item.specialty.kind for item in suggest("pharmac", limit=8)}
    assert kinds["620"] == "structure"
    assert kinds["21"] == "profession"
    biology = {item.specialty.kind for item in suggest("biologie", limit=8)}
    assert {"specialty", "structure"} <= biology
