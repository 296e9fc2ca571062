"""The preferred doctor on a real PostGIS: by identifier, by name, with errors, over the whole country."""

from __future__ import annotations

import json
import re

import psycopg
import pytest

from care.identifier import luhn_digit
from search.preferred import MAX_PEOPLE, find_preferred
from search.statements import QUERIES

pytestmark = pytest.mark.postgis


def idnps(number: int) -> str:
    digits = f"899{number:07d}"
    return f"8{digits}{luhn_digit(digits)}"


@pytest.fixture
def add_people(conn: psycopg.Connection, add_offers):
    """Adds practitioners, one offer each at least: (family, given) or (family, given, {place…}, {place…})."""

    def add(*people: tuple) -> dict[str, list[str]]:
        placed: dict[str, list[str]] = {}
        for number, (family, given, *places) in enumerate(people):
            held = [
                {"lon": 2.35, "lat": 48.85, **place, "idnps": idnps(number), "name": f"{family} {given}"}
                for place in places or [{}]
            ]
            placed[idnps(number)] = add_offers(held)
            conn.execute(
                "UPDATE directory.practitioner SET family_name = %s, given_name = %s, rpps = substr(idnps, 2)"
                " WHERE idnps = %s",
                (family, given, idnps(number)),
            )
        conn.commit()
        return placed

    return add


async def test_an_identifier_finds_its_holder_at_every_place_however_far(reader, add_people):
    placed = add_people(
        ("MARTIN", "Paul", {}, {"lon": 55.45, "lat": -20.88, "department": "974"}), ("DURAND", "Paul")
    )
    found = await find_preferred(reader, f"urn:oid:1.2.250.1.71.4.2.1|{idnps(0)}")
    assert (found.state, found.code, found.exact) == ("found", None, True)
    assert sorted(found.offer_ids) == sorted(placed[idnps(0)])
    assert found == await find_preferred(reader, idnps(0)[1:])


@pytest.mark.parametrize(
    "typed",
    ["martin paul", "Dr Paul MARTIN", "PÀUL MARTIN", "martin p", "P. Martin", "  martin , paul "],
)
async def test_a_name_is_found_in_any_order_case_and_accent(reader, add_people, typed):
    placed = add_people(("MARTIN", "Paul"), ("MARTIN", "Jeanne"), ("DURAND", "Paul"))
    found = await find_preferred(reader, typed)
    assert found.state == "found"
    assert list(found.offer_ids) == placed[idnps(0)]


@pytest.mark.parametrize(
    "typed",
    ["le goff marie jeanne", "le goff-kerbrat", "Jeanne Kerbrat", "D'Argent"],
)
async def test_compound_names_are_found_by_any_of_their_words(reader, add_people, typed):
    add_people(("LE GOFF-KERBRAT", "Marie-Jeanne"), ("D'ARGENT", "Luc"))
    assert (await find_preferred(reader, typed)).state == "found"


@pytest.mark.parametrize(
    "typed",
    [
        "covalski anne",  # heard
        "kowalsky anne",
        "kowlaski anne",  # exchanged
        "kowaski anne",  # one missing
        "kowalskii anna",  # one too many, and another letter
    ],
)
async def test_a_name_heard_or_typed_wrong_is_found_and_said_not_exact(reader, add_people, typed):
    add_people(("KOWALSKI", "Anne"), ("KOVACS", "Anna"), ("MARTIN", "Anne"))
    found = await find_preferred(reader, typed)
    assert (found.state, found.exact) == ("found", False)
    assert found.people[0].name == "KOWALSKI Anne"


async def test_the_exact_name_goes_before_those_that_are_like_it(reader, add_people):
    add_people(("MARTIN", "Paul"), ("MARTEN", "Paul"))
    found = await find_preferred(reader, "martin paul")
    assert [person.name for person in found.people] == ["MARTIN Paul"]


async def test_namesakes_are_asked_again_with_what_tells_them_apart(reader, conn, add_people):
    add_people(("MARTIN", "Paul", {"citycode": "75111"}), ("MARTIN", "Paul", {"citycode": "69123"}))
    conn.execute(
        "INSERT INTO territory.commune (citycode, kind, name, name_folded, department_code)"
        " VALUES ('69123', 'COM', 'Lyon', 'lyon', '75')"
    )
    conn.commit()
    found = await find_preferred(reader, "martin paul")
    assert (found.state, found.offer_ids, len(found.people)) == ("ambiguous", (), 2)
    assert {person.communes for person in found.people} == {("Lyon",), ("PARIS",)}


async def test_a_common_name_alone_is_cut_at_twenty_and_says_so(reader, add_people):
    add_people(*(("MARTIN", f"Prenom{letter}") for letter in "abcdefghijklmnopqrstuvwxyz"))
    found = await find_preferred(reader, "martin")
    assert (found.state, found.truncated, len(found.people)) == ("ambiguous", True, MAX_PEOPLE)


async def test_one_person_at_several_places_is_no_ambiguity(reader, add_people):
    add_people(("MARTIN", "Paul", {}, {"lon": 2.36}, {"lon": 2.37}))
    found = await find_preferred(reader, "paul martin")
    assert (found.state, len(found.offer_ids)) == ("found", 3)


async def test_a_structure_is_never_a_preferred_doctor(reader, add_offers):
    add_offers([{"lon": 2.35, "lat": 48.85, "kind": "structure", "specialty": "124", "name": "MARTIN PAUL"}])
    assert (await find_preferred(reader, "martin paul")).state == "not-found"


@pytest.mark.parametrize(
    ("typed", "state", "code"),
    [
        ("", "missing", "sas_pf_002"),
        ("médecin traitant", "missing", "sas_pf_002"),
        ("urn:oid:1.2.250.1.71.4.2.1", "invalid", "sas_pf_001"),
        ("urn:oid:1.2.250.1.71.4.2.1899900000018", "invalid", "sas_pf_001"),
        ("12345678901", "invalid", "sas_pf_001"),
        (idnps(7)[1:], "not-found", None),
        ("zzyzx", "not-found", None),
        ("martin zzyzx", "not-found", None),
    ],
)
async def test_nobody_found_says_why(reader, add_people, typed, state, code):
    add_people(("MARTIN", "Paul"))
    found = await find_preferred(reader, typed)
    assert (found.state, found.code, found.people) == (state, code, ())


async def test_somebody_who_changes_name_is_found_by_the_new_one(reader, conn, add_people):
    add_people(("MARTIN", "Paule"))
    conn.execute("UPDATE directory.practitioner SET family_name = 'KERVELLA'")
    conn.commit()
    assert (await find_preferred(reader, "martin paule")).state == "not-found"
    assert (await find_preferred(reader, "kervela paule")).state == "found"


async def test_a_person_without_a_sheet_is_not_found(reader, conn, add_people):
    add_people(("MARTIN", "Paul"))
    conn.execute("DELETE FROM directory.offer")
    conn.commit()
    assert (await find_preferred(reader, "martin paul")).state == "not-found"


@pytest.fixture
def crowded(conn: psycopg.Connection) -> psycopg.Connection:
    """200,000 people, 2,000 families, 500 given names, a sheet each, analysed."""
    conn.execute(
        "INSERT INTO directory.practitioner (idnps, rpps, family_name, given_name, profession_code)"
        " SELECT '8' || lpad(n::text, 11, '0'), lpad(n::text, 11, '0'),"
        " 'NOM' || translate(mod(n, 2000)::text, '0123456789', 'abcdefghij'),"
        " 'Prenom' || translate(mod(n / 2000, 500)::text, '0123456789', 'klmnopqrst'), '10'"
        " FROM generate_series(1, 200000) AS n"
    )
    conn.execute(
        "INSERT INTO directory.offer (offer_id, kind, source, idnps, name, specialty_codes, address_id,"
        " own_address_id, source_file, source_line, content_hash, run_id)"
        " SELECT md5(idnps)::uuid, 'practitioner', 'annuaire', idnps, family_name, ARRAY['SM54'],"
        " md5(idnps)::uuid, md5(idnps)::uuid, 'f', 1, md5(idnps)::uuid, 1 FROM directory.practitioner"
    )
    conn.execute("ANALYZE directory.practitioner, directory.offer, directory.name_word, directory.address")
    return conn


def test_every_statement_walks_its_indexes_in_a_crowd(crowded: psycopg.Connection):
    groups = {name: ["nomabc", "nomabd"] for name in ("one", "two", "three", "four")}
    given = {
        "people_named": ({"words": ["nomabc"], "initial": "p", "max_rows": 21}, ["practitioner_name_gin"]),
        "words_like": ({"word": "nomacb", "max_rows": 24}, ["name_word_sound_idx", "name_word_misses_gin"]),
        "people_named_like": ({**groups, "max_rows": 300}, ["practitioner_name_gin"]),
        "preferred_people": ({"people": ["800000000001"]}, ["practitioner_pkey", "offer_idnps_idx"]),
    }
    for name, (parameters, indexes) in given.items():
        (plan,) = crowded.execute(f"EXPLAIN (FORMAT JSON) {QUERIES[name]}", parameters).fetchone()
        text = json.dumps(plan)
        assert not [index for index in indexes if index not in text], name
        assert not re.search(r'"Seq Scan"[^}]*"Relation Name": "(practitioner|offer|name_word)"', text), name
