"""Declarations on a real database: written, kept, proved, seen by the directory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest

from care.hand import Hand
from care.participation import STATEMENT, Declaration, StructureDeclaration
from core.db.connect import connect, conninfo
from core.errors import InvalidParameter, NotFoundError
from ingest.load.specialty import load_specialties
from participation import declarations, forfait
from participation.shown import of_offers
from slots.hours import practitioner_weeks

pytestmark = pytest.mark.postgis

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
HAND = Hand(actor="token:test", now=NOW)
ALONE = Declaration(
    participating=True, en_sus=True, via="individual", has_software=False, hours_declared=True
)
CDS, MSP, CPTS = "750000010", "750000028", "750000036"
SIRET = "35600000000048"


@pytest.fixture
def people(database, home, add_offers) -> dict[str, str]:
    """Sheets by name: a practitioner at a practice and in a centre, a colleague, the structures."""
    at = {"lon": 2.35, "lat": 48.85}
    alice, bruno = "899900000018", "899900000026"
    found = add_offers(
        [
            {**at, "idnps": alice},
            {**at, "idnps": alice},
            {**at, "idnps": bruno},
            {**at, "kind": "structure", "finess": CDS, "specialty": "124"},
            {**at, "kind": "structure", "finess": MSP, "specialty": "603"},
            {**at, "kind": "structure", "finess": CPTS, "specialty": "604"},
            {**at, "kind": "structure", "finess": "750000044", "specialty": "124"},
        ]
    )
    names = ["practice", "in_centre", "colleague", "cds", "msp", "cpts", "sos"]
    sheets = dict(zip(names, found, strict=True))
    with connect(database, home, role="owner") as conn:
        load_specialties(conn)
        for finess, category, siret in (
            (CDS, "439", None),
            (MSP, "603", None),
            (CPTS, "604", None),
            ("750000044", "355", SIRET),
        ):
            conn.execute(
                "INSERT INTO directory.structure (finess, siret, name, category_code, address_id, "
                "source_file, source_line, content_hash, run_id) "
                "VALUES (%s, %s, 'Structure', %s, gen_random_uuid(), 'f', 1, gen_random_uuid(), 1)",
                (finess, siret, category),
            )
        conn.execute(
            "UPDATE directory.offer SET linked_finess = %s WHERE offer_id = %s", (CDS, sheets["in_centre"])
        )
        conn.execute(
            "UPDATE directory.offer SET siret = %s WHERE offer_id = %s", ("35600000049837", sheets["sos"])
        )
    return {**sheets, "alice": alice, "bruno": bruno}


@pytest.fixture
async def writer(database, home) -> AsyncIterator[psycopg.AsyncConnection]:
    async with await psycopg.AsyncConnection.connect(conninfo(database, home, role="writer")) as conn:
        yield conn


async def declare(conn, idnps: str, declaration: Declaration, hand: Hand = HAND):
    return await declarations.declare_practitioner(conn, idnps, declaration, statement=STATEMENT, hand=hand)


async def shown(conn, people) -> dict[str, tuple]:
    """What the directory shows, by name of sheet."""
    names = {
        people[name]: name for name in ("practice", "in_centre", "colleague", "cds", "msp", "cpts", "sos")
    }
    found = await of_offers(conn, list(names))
    return {names[key]: (item.participating, item.via, item.en_sus) for key, item in found.items()}


async def test_nothing_declared_is_unknown(writer, people):
    assert await shown(writer, people) == {}


async def test_alone_flags_every_place_but_those_in_a_centre(writer, people):
    await declare(writer, people["alice"], ALONE)
    assert await shown(writer, people) == {"practice": (True, "individual", True)}


async def test_a_refusal_is_shown_as_a_refusal(writer, people):
    await declare(writer, people["alice"], Declaration(participating=False))
    assert await shown(writer, people) == {"practice": (False, None, False)}


async def test_through_a_cpts_the_places_chosen_name_it_and_its_sheet_takes_part(writer, people):
    there = Declaration(
        participating=True, en_sus=True, via="cpts", finess=CPTS, offer_ids=(people["in_centre"],),
        has_software=False, hours_declared=True,
    )  # fmt: skip
    await declare(writer, people["alice"], there)
    assert await shown(writer, people) == {
        "practice": (True, "individual", True),
        "cpts": (True, "cpts", True),
    }
    chosen = Declaration(
        participating=True, en_sus=True, via="cpts", finess=CPTS, offer_ids=(people["practice"],),
        has_software=False, hours_declared=True,
    )  # fmt: skip
    await declare(writer, people["alice"], chosen)
    assert (await shown(writer, people))["practice"] == (True, "cpts", True)


async def test_through_an_msp_the_msp_is_the_one_to_contact(writer, people):
    through = Declaration(
        participating=True, en_sus=True, via="msp", finess=MSP, has_software=False, hours_declared=True
    )
    await declare(writer, people["alice"], through)
    await declare(writer, people["bruno"], Declaration(**{**through.__dict__, "en_sus": False}))
    assert await shown(writer, people) == {
        "practice": (True, "msp", False),
        "colleague": (True, "msp", False),
        "msp": (True, "msp", True),
    }
    await declare(writer, people["alice"], Declaration(participating=False))
    assert (await shown(writer, people))["msp"] == (True, "msp", False)
    await declare(writer, people["bruno"], Declaration(participating=False))
    assert "msp" not in await shown(writer, people)


async def test_sos_medecins_is_flagged_at_all_its_places_by_its_own_declaration(writer, people):
    await declare(
        writer, people["alice"], Declaration(participating=True, en_sus=True, via="sos", siret=SIRET)
    )
    assert await shown(writer, people) == {"practice": (True, "sos", False)}
    await declarations.declare_structure(
        writer, "sos", SIRET, StructureDeclaration(participating=True), statement=STATEMENT, hand=HAND
    )
    assert (await shown(writer, people))["sos"] == (True, "sos", True)


async def test_a_centre_declares_for_its_own(writer, people):
    centre = StructureDeclaration(participating=True, practitioners=3, hours_declared=True)
    await declarations.declare_structure(writer, "cds", CDS, centre, statement=STATEMENT, hand=HAND)
    assert await shown(writer, people) == {"cds": (True, "cds", True)}


async def test_a_structure_or_a_place_must_be_the_right_one(writer, people):
    for declaration, parameter in (
        ({"via": "cpts", "finess": MSP, "offer_ids": ("practice",)}, "finess"),
        ({"via": "msp", "finess": CPTS}, "finess"),
        ({"via": "msp", "finess": "010780195"}, "finess"),
        ({"via": "cpts", "finess": CPTS, "offer_ids": ("colleague",)}, "offer_ids"),
        ({"via": "sos", "siret": "73282932000074"}, "siret"),
    ):
        given = {**declaration, "offer_ids": tuple(people[name] for name in declaration.get("offer_ids", ()))}
        base = {} if given["via"] == "sos" else {"has_software": False, "hours_declared": True}
        with pytest.raises(InvalidParameter) as refused:
            await declare(writer, people["alice"], Declaration(participating=True, **base, **given))
        assert refused.value.details["parameter"] == parameter


async def test_who_is_not_in_the_directory_declares_nothing(writer, people):
    with pytest.raises(NotFoundError):
        await declare(writer, "899900000091", ALONE)
    for kind, number in (("cds", MSP), ("cpts", CDS), ("sos", "73282932000074"), ("sos", "1"), ("cds", "1")):
        with pytest.raises(NotFoundError):
            await declarations.declare_structure(
                writer,
                kind,
                number,
                StructureDeclaration(participating=False),
                statement=STATEMENT,
                hand=HAND,
            )


async def test_another_text_than_the_present_one_is_refused(writer, people):
    with pytest.raises(InvalidParameter, match=STATEMENT):
        await declarations.declare_practitioner(
            writer, people["alice"], ALONE, statement="2020-01", hand=HAND
        )


async def test_every_declaration_is_kept_with_a_proof_that_holds(writer, people):
    await declare(writer, people["alice"], ALONE)
    await declare(writer, people["bruno"], ALONE)
    await declare(writer, people["alice"], Declaration(participating=False))
    lines = await declarations.rows(
        writer, "history_of", subject=f"practitioner:{people['alice']}", max_rows=10
    )
    assert [line["after"]["participating"] for line in lines] == [False, True]
    assert lines[0]["before"] == lines[1]["after"]
    assert {line["statement"] for line in lines} == {STATEMENT}
    assert await declarations.verify(writer) == (3, None)


async def test_a_line_changed_or_removed_by_anybody_is_seen(writer, people):
    for name in ("alice", "bruno", "alice"):
        await declare(writer, people[name], ALONE)
    await writer.commit()
    await writer.execute("SET ROLE NONE")  # as the owner of everything
    await writer.commit()
    for attack in (
        "UPDATE participation.history SET actor = 'token:nobody' WHERE history_id = 2",
        "UPDATE participation.history SET after = after || '{\"en_sus\": false}' WHERE history_id = 2",
        "UPDATE participation.history SET recorded_at = recorded_at - interval '1 day' WHERE history_id = 2",
        "DELETE FROM participation.history WHERE history_id = 2",
    ):
        await writer.execute(attack)
        held, broken = await declarations.verify(writer)
        assert held == 1
        assert broken in {2, 3}
        await writer.rollback()


async def test_the_server_cannot_rewrite_the_history(writer, people):
    await declare(writer, people["alice"], ALONE)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await writer.execute("DELETE FROM participation.history")


async def test_the_reader_sees_what_is_shown_and_not_who_declared(database, home, people):
    with connect(database, home, role="reader") as conn:
        assert conn.execute("SELECT count(*) FROM participation.offer").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute("SELECT * FROM participation.history")


async def test_the_forfait_is_judged_on_what_is_declared_and_deployed(database, home, writer, people):
    first, last = date(2026, 11, 2), date(2026, 11, 22)
    await declare(writer, people["alice"], ALONE)
    report = await forfait.evaluate(writer, "practitioner", first, last, hours=practitioner_weeks)
    (line,) = report.lines
    assert (line.name, line.departments) == ("EXEMPLE Alice", ("75",))
    assert (line.weeks, line.mean_week_min) == ((None, None, None), None)
    assert {item.code: item.state for item in line.judgement.verdicts} == {
        "operating": "unknown",
        "declared": "met",
        "visible": "unknown",
    }
    await writer.commit()
    with connect(database, home, role="owner") as owner:
        owner.execute(
            "INSERT INTO territory.sas (sas_code, name, status) VALUES ('SAS-75', 'Paris', 'operating')"
        )
        owner.execute("INSERT INTO territory.sas_department VALUES ('SAS-75', '75', '')")
        owner.execute(
            "INSERT INTO agenda.closed_week "
            "SELECT generate_series('2026-11-02'::date, '2026-11-16', '7 days'), now(), 1"
        )
        owner.execute(
            "INSERT INTO agenda.week_hours VALUES (%s, '2026-11-09', 150, 0, 150, now())", (people["alice"],)
        )
    report = await forfait.evaluate(
        writer, "practitioner", first, last, hours=practitioner_weeks, idnps=[people["alice"]]
    )
    assert report.lines[0].judgement.state == "met"
    assert (report.lines[0].weeks_counted, report.lines[0].mean_week_min) == (3, 50)
    await writer.commit()
    with connect(database, home, role="owner") as owner:
        owner.execute("UPDATE territory.sas SET since = %s", (last + timedelta(days=1),))
    report = await forfait.evaluate(writer, "practitioner", first, last, hours=practitioner_weeks)
    assert report.lines[0].judgement.state == "not_met"


async def test_centres_are_judged_on_their_own_declaration(writer, people):
    centre = StructureDeclaration(participating=True, practitioners=3, hours_declared=False)
    await declarations.declare_structure(writer, "cds", CDS, centre, statement=STATEMENT, hand=HAND)
    report = await forfait.evaluate(
        writer, "centre", date(2026, 11, 2), date(2026, 11, 22), hours=practitioner_weeks
    )
    (line,) = report.lines
    assert (line.number, line.judgement.state) == (CDS, "not_met")
