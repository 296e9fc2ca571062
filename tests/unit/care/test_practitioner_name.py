"""A practitioner as somebody names them: what is read of any text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.identifier import is_idnps, luhn_digit
from care.practitioner_name import IDNPS_SYSTEM, read_named

RPPS = "8990000012" + luhn_digit("8990000012")
ADELI = "2A1234567"


@pytest.mark.parametrize(
    "text",
    [
        RPPS,
        f"8{RPPS}",
        f"{RPPS[:3]} {RPPS[3:7]} {RPPS[7:]}",
        f"RPPS : {RPPS}".replace(":", ""),
        f"RPPS n° {RPPS}",
        f"Dr Martin {RPPS}",
        f"{IDNPS_SYSTEM}|8{RPPS}",
        f"  {IDNPS_SYSTEM}|8{RPPS}  ",
        f"{IDNPS_SYSTEM.upper()}|8{RPPS}",
        f"{IDNPS_SYSTEM}%7C8{RPPS}",
        f"urn%3Aoid%3A1.2.250.1.71.4.2.1%7c8{RPPS}",
    ],
)
def test_an_rpps_is_read_in_every_form_it_is_given_in(text):
    named = read_named(text)
    assert (named.kind, named.idnps, named.checked) == ("identifier", f"8{RPPS}", True)


@pytest.mark.parametrize("text", [ADELI, f"0{ADELI}", f"adeli {ADELI}", f"{IDNPS_SYSTEM}|0{ADELI}"])
def test_an_old_adeli_number_is_read(text):
    assert read_named(text).idnps == f"0{ADELI}"


@pytest.mark.parametrize(
    "text",
    [
        IDNPS_SYSTEM,  # the production page falls on this one
        f"{IDNPS_SYSTEM}8{RPPS}",
        f"{IDNPS_SYSTEM}|",
        f"{IDNPS_SYSTEM}|{RPPS}",
        f"{IDNPS_SYSTEM}|8{RPPS}|8{RPPS}",
        f"{IDNPS_SYSTEM}|8{RPPS[:-1]}",
        f"{IDNPS_SYSTEM}|8{RPPS} Martin",
        f"urn:oid:1.2.250.1.71.4.2.2|8{RPPS}",
        f"urn:oid:1.2.250.1.213.3.6|{RPPS}",
        "urn:",
        "oid",
        "Martin : Paul",
        "%7C%3a%",
        "123456",
        f"9{RPPS}",
        "10 00 12",
    ],
)
def test_what_is_meant_as_an_identifier_and_is_none_is_said_invalid(text):
    assert read_named(text).kind == "invalid"


def test_a_wrong_check_digit_is_told():
    wrong = RPPS[:-1] + str((int(RPPS[-1]) + 1) % 10)
    assert read_named(wrong).checked is False


@pytest.mark.parametrize(
    ("text", "words", "initial"),
    [
        ("Martin Paul", ("martin", "paul"), ""),
        ("Dr PAUL MARTIN", ("paul", "martin"), ""),
        ("docteur Hélène Le Gàll-Riou", ("helene", "le", "gall", "riou"), ""),
        ("P. Martin", ("martin",), "p"),
        ("Martin P", ("martin",), "p"),
        ("Mme D'Angelo", ("angelo",), "d"),
        ("Burnel", ("burnel",), ""),
        ("Froidevaux", ("froidevaux",), ""),
        ("M. Martin", ("martin",), ""),
        ("Anne Marie de la Tour du Pin", ("anne", "marie", "tour", "pin"), ""),
    ],
)
def test_a_name_is_read_whatever_its_order_titles_and_accents(text, words, initial):
    named = read_named(text)
    assert (named.kind, named.words, named.initial) == ("name", words, initial)


@pytest.mark.parametrize("text", ["", "   ", "\x00", "Dr", "médecin traitant", "…", "J"])
def test_a_text_that_names_nobody_is_missing(text):
    assert read_named(text).kind == "missing"


@given(st.text(max_size=400))
def test_any_text_is_read_as_something(text):
    named = read_named(text)
    assert (named.kind == "identifier") == bool(named.idnps)
    assert (named.kind == "name") == bool(named.words)
    assert not named.checked or not named.idnps or is_idnps(named.idnps)
    assert len(named.words) <= 4


@given(
    st.text("urnoid:1.2507|84%7C3a9 ", max_size=60).map(lambda text: IDNPS_SYSTEM + text),
    st.integers(0, 60),
)
def test_a_damaged_identifier_is_an_identifier_or_invalid_and_never_a_name(text, cut):
    assert read_named(text).kind in {"identifier", "invalid"}
    assert read_named(text[cut:]).kind in {"identifier", "invalid", "missing", "name"}


@given(st.integers(0, 10**10 - 1), st.text(" .-/", max_size=3))
def test_every_rpps_comes_back_whole(number, between):
    digits = f"{number:010d}"
    rpps = digits + luhn_digit(digits)
    named = read_named(between.join((rpps[:4], rpps[4:8], rpps[8:])))
    assert named.idnps == f"8{rpps}"
