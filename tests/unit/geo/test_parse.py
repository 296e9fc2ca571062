"""The grammar of an address: each trap of French addresses is a named case."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.geocoding.parse import AddressFields, parse_fields, parse_line

LINES = {
    "glued suffix": ("12bis rue X", 12, "b", "rue x"),
    "suffix and comma": ("12 b, rue X", 12, "b", "rue x"),
    "hyphen before the suffix": ("12-bis rue Pasteur", 12, "b", "rue pasteur"),
    "letter before a type": ("12 B R PASTEUR", 12, "b", "r pasteur"),
    "letter after the type, before an article": ("6 AV B DU MAINE", 6, "b", "av du maine"),
    "initial after the type": ("12 R B FRANKLIN", 12, "", "r b franklin"),
    "R alone is the type": ("12 r pasteur", 12, "", "r pasteur"),
    "range with a slash": ("12/14 avenue Foch", 12, "", "avenue foch"),
    "range in words": ("12 à 14 rue Foch", 12, "", "rue foch"),
    "range with et": ("12 ET 14 rue Foch", 12, "", "rue foch"),
    "zeros": ("0012 R PASTEUR", 12, "", "r pasteur"),
    "n with a sign": ("n° 12 rue Pasteur", 12, "", "rue pasteur"),
    "number glued to the type": ("12RUE PASTEUR", 12, "", "rue pasteur"),
    "number last": ("rue oberkampf 12", 12, "", "rue oberkampf"),
    "number of a date stays": ("RUE DU 8 MAI 1945", None, "", "rue du 8 mai 1945"),
    "date without a type": ("8 mai 1945", None, "", "8 mai 1945"),
    "number and date": ("12 place du 11 novembre", 12, "", "place du 11 novembre"),
    "number after a date": ("RUE DU 4 SEPTEMBRE 7", 7, "", "rue du 4 septembre"),
    "road number stays": ("RN 7", None, "", "rn 7"),
    "two addresses: the first": ("43 R SIMART 18 R FERDINAND FLOCON", 43, "", "r simart"),
    "lieu-dit before the street": ("LE BOURG 12 RUE DU PUITS", 12, "", "rue du puits"),
    "building and floor": ("BAT B 3EME ETAGE 12 RUE X", 12, "", "rue x"),
    "stairs and flat": ("4 rue X esc 2 appt 14", 4, "", "rue x"),
    "post box": ("R PIERRE GOUJON BP 68", None, "", "r pierre goujon"),
    "cs and cedex": ("3 RUE X CS 40012 CEDEX 2", 3, "", "rue x"),
    "care of": ("C/O DUPONT 3 RUE B", 3, "", "rue b"),
    "telephone": ("3 rue X 01 42 00 00 00", 3, "", "rue x"),
    "no number written 9999": ("9999 rue X", None, "", "rue x"),
    "a name that ends like the country": ("4 RUE ANATOLE FRANCE", 4, "", "rue anatole france"),
    "a name that starts like a hall": ("5 RUE DE LA HALLE", 5, "", "rue de la halle"),
    "hall with its letter": ("HALL E 5 RUE X", 5, "", "rue x"),
    "corner of two streets": ("4 rue X angle rue Y", 4, "", "rue x"),
    "corner first": ("A L ANGLE DE LA RUE X", None, "", "rue x"),
    "facing something": ("4 rue X face à la mairie", 4, "", "rue x"),
    "door before the number": ("ESCALIER 2 PORTE 12 4 RUE X", 4, "", "rue x"),
    "a gate is a street": ("4 RUE DE LA PORTE 12", 4, "", "rue de la porte 12"),
    "road without its number": ("100 RN", 100, "", "rn"),
    "practice before the number": ("MAISON MEDICALE 4 LE BOURG", 4, "", "le bourg"),
    "a practice named with a number": ("PHARMACIE DES 4 VENTS", None, "", "pharmacie des 4 vents"),
    "at somebody's, beside a street": ("7 Mas de Desbeuf, chez M. Martin", 7, "", "mas de desbeuf"),
    "a hamlet called after somebody": ("LIEU DIT CHEZ ROLLAND", None, "", "lieu dit chez rolland"),
    "a long range": ("12 14 16 18 RUE X", 12, "", "rue x"),
    "six digits are no number": ("rue x 123456 b", None, "", "rue x 123456 b"),
    "digits of another script": ("\u0661\u0662 rue X", 12, "", "rue x"),
    "metric number": ("1250 route de Paris", 1250, "", "route de paris"),
}


@pytest.mark.parametrize("case", LINES)
def test_a_line_gives_its_number_its_index_and_its_name(case):
    text, number, suffix, name = LINES[case]
    line = parse_line(text)
    assert (line.number, line.suffix, line.name) == (number, suffix, name)


def test_what_is_cut_out_is_told():
    assert parse_line("3 rue X BP 12").ignored == ("bp 12",)


def test_split_fields_and_one_text_are_read_alike():
    split = parse_fields(
        AddressFields(
            number="12", suffix="BIS", street_type="AV", street_name="DU MAL FOCH", office="75116 PARIS"
        )
    )
    whole = parse_fields(AddressFields(street_name="12 bis avenue du Maréchal Foch", office="75116 PARIS"))
    assert (split.number, split.suffix, split.names[0].core) == (12, "b", "marechal foch")
    assert (whole.number, whole.suffix, whole.names[0].core) == (12, "b", "marechal foch")
    assert split.postal_code == "75116"


def test_the_street_written_in_the_locality_field_is_read_there():
    parsed = parse_fields(AddressFields(locality="12 RUE PASTEUR"))
    assert (parsed.number, parsed.names[0].core) == (12, "pasteur")


def test_a_box_in_the_locality_is_no_name_to_look_for():
    parsed = parse_fields(AddressFields(street_type="R", street_name="PIERRE GOUJON", locality="BP 68"))
    assert [name.core for name in parsed.names] == ["pierre goujon"]


def test_a_lieu_dit_loses_its_announcement():
    assert parse_fields(AddressFields(locality="LIEU DIT COTES")).names[0].core == "cotes"


def test_a_postal_code_that_a_spreadsheet_cut_gets_its_zero_back():
    assert parse_fields(AddressFields(postal_code="1440", office="VIRIAT")).postal_code == "01440"


@given(number=st.integers(1, 4999), suffix=st.sampled_from(["", "bis", "ter", "B"]), name=st.sampled_from(
    ["rue Pasteur", "AV DU MAINE", "place du 11 novembre", "chemin des Écoles"]
))  # fmt: skip
def test_a_line_printed_is_read_back(number, suffix, name):
    line = parse_line(f"{number} {suffix} {name}")
    assert line.number == (None if number in {0, 9999} else number)
    assert line.suffix == {"": "", "bis": "b", "ter": "t", "B": "b"}[suffix]


@given(st.text(max_size=80))
def test_no_text_breaks_the_grammar(text):
    line = parse_line(text)
    assert line.number is None or 0 < line.number < 99_999
