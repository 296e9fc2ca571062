"""Positions put right by hand: at once, over every load, never for another address."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from core.errors import InvalidParameter, NotFoundError
from geo.point import Point
from ingest.corrections import Correction, OutsideCommune, begin, settle, target_of, withdraw, write
from ingest.load.corrections import correction_states
from tests.postgis.ingest.directory.conftest import rpps

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.settings import DatabaseSettings, HomeSettings
    from ingest.pipeline import Outcome

    Load = Callable[..., Outcome]
    Write = Callable[..., Path]
    Correct = Callable[..., int]

pytestmark = [pytest.mark.postgis, pytest.mark.usefixtures("placed")]
_SCRIPT = Path(__file__).with_name("killed_directory.py")
_ROOT = Path(__file__).resolve().parents[4]
DOOR = Point(lon=5.24, lat=46.21)


@pytest.fixture
def correct(conn: psycopg.Connection) -> Correct:
    """Correct a place, as the command does; returns the number of sheets that moved."""

    def run(place: str, point: Point = DOOR, *, force: bool = False, **words: str) -> int:
        conn.rollback()
        begin(conn)
        words = {"because": "vu sur place", "author": "régulation"} | words
        write(conn, target_of(conn, place), Correction(point=point, **words), force=force)
        moved = settle(conn)
        conn.commit()
        return moved

    return run


def shown(conn: psycopg.Connection) -> dict[str, tuple[Any, ...]]:
    """Where each offer is shown, by name of its kind: level, source, longitude."""
    conn.rollback()
    rows = conn.execute(
        "SELECT coalesce(idnps, finess), position_level, position_source, round(lon::numeric, 4)::float"
        " FROM directory.offer JOIN directory.address USING (address_id) ORDER BY 1"
    ).fetchall()
    conn.rollback()
    return {row[0]: row[1:] for row in rows}


def searched(conn: psycopg.Connection) -> set[float]:
    """Longitudes where searches find offers, which are those of the map."""
    conn.rollback()
    rows = conn.execute(
        "SELECT round(ST_X(location::geometry)::numeric, 4)::float FROM directory.offer_specialty"
    ).fetchall()
    points = conn.execute(
        "SELECT round(ST_X(ST_Transform(geom, 4326))::numeric, 4)::float FROM map.offer_point"
    ).fetchall()
    conn.rollback()
    assert sorted(rows) == sorted(points)
    return {row[0] for row in rows}


def states(conn: psycopg.Connection) -> list[str]:
    conn.rollback()
    found = [state["state"] for state in correction_states(conn)]
    conn.rollback()
    return found


@pytest.fixture
def one(valid_finess: Callable[..., str]) -> str:
    return valid_finess(1)


@pytest.fixture
def gp() -> str:
    """IDNPS of the default person of `activity`."""
    return "8" + rpps(1)


def test_a_correction_is_seen_at_once_and_stays_over_the_loads(
    load: Load, stock: Write, base: Write, correct: Correct, conn: psycopg.Connection, one: str
):
    file = stock(({"number": one}, {}))
    load("finess", file)
    before = searched(conn)
    assert correct(one) == 1
    assert shown(conn) == {one: ("housenumber", "manual", 5.24)}
    assert searched(conn) == {5.24} != before
    load("ban", base((5.2, 46.2)))
    for options in ({}, {"force": True}, {"force": True, "geocode": False}):
        outcome = load("finess", file, **options)
        assert outcome.counts["corrections"] == {"in-service": 1}
        assert outcome.counts["positions"]["moved"] == 0
        assert shown(conn) == {one: ("housenumber", "manual", 5.24)}
        assert searched(conn) == {5.24}
    row = conn.execute(
        "SELECT position_reason, position_doubts, position_score FROM directory.address"
        " WHERE position_source = 'manual'"
    ).fetchone()
    assert row == ("manual: vu sur place", None, 1.0)


def test_the_same_load_twice_gives_the_same_tables_under_a_correction(
    load: Load,
    stock: Write,
    correct: Correct,
    export: Callable[[], str],
    conn: psycopg.Connection,
    one: str,
):
    file = stock(({"number": one}, {}), ({"number": "010780195", "street": "B"}, None))
    load("finess", file)
    correct(one)
    first = export()
    conn.rollback()
    assert all(part.empty for part in load("finess", file, force=True).difference.values())
    assert export() == first


def test_a_new_official_position_does_not_undo_a_correction_and_is_there_when_it_is_withdrawn(
    load: Load, stock: Write, correct: Correct, conn: psycopg.Connection, one: str
):
    load("finess", stock(({"number": one}, {})))
    correct(one)
    load("finess", stock(({"number": one}, {"x": "872500.0", "y": "6571500.0"})))
    assert shown(conn) == {one: ("housenumber", "manual", 5.24)}
    begin(conn)
    withdraw(conn, [one])
    assert settle(conn) == 1
    conn.commit()
    level, source, lon = shown(conn)[one]
    assert (level, source) == ("given", "finess")
    assert searched(conn) == {lon} != {5.24}
    assert conn.execute("SELECT count(*) FROM directory.address WHERE corrects IS NOT NULL").fetchone() == (
        0,
    )


def test_a_place_that_moves_leaves_its_correction_aside_and_that_is_said(
    load: Load, stock: Write, correct: Correct, conn: psycopg.Connection, one: str
):
    here = stock(({"number": one}, {}), name="etalab-cs1100507-stock-20210101-0427.csv")
    load("finess", here)
    correct(one)
    outcome = load("finess", stock(({"number": one, "street": "NEUVE"}, {})))
    assert states(conn) == ["address-changed"]
    assert shown(conn)[one][:2] == ("given", "finess")
    assert outcome.counts["corrections"] == {"address-changed": 1}
    assert any("mises de côté : 1" in warning for warning in outcome.warnings)
    (state,) = correction_states(conn)
    conn.rollback()
    assert (state["address"], state["present_address"]) == (
        "3 R DU MARCHE 01000 BOURG EN BRESSE",
        "3 R NEUVE 01000 BOURG EN BRESSE",
    )
    # It comes back with the address; it waits when the place is in no file.
    load("finess", here)
    assert (states(conn), shown(conn)[one][1]) == (["in-service"], "manual")
    load("finess", stock(({"number": "010780195"}, {})))
    assert states(conn) == ["place-gone"]


@pytest.mark.parametrize("spelling", [{"street": "du marché"}, {"street": "DU-MARCHE"}])
def test_another_spelling_of_the_address_keeps_its_correction(
    load: Load, stock: Write, correct: Correct, conn: psycopg.Connection, one: str, spelling: dict[str, str]
):
    load("finess", stock(({"number": one}, {})))
    correct(one)
    load("finess", stock(({"number": one, **spelling}, {})))
    assert (states(conn), shown(conn)[one][1]) == (["in-service"], "manual")


def test_a_person_and_those_at_the_same_address_move_together(
    load: Load, activity: Write, correct: Correct, conn: psycopg.Connection, gp: str
):
    people = activity({}, {"person": 2, "structure": "R9"}, {"person": 3, "number": "99"})
    load("annuaire", people)
    assert correct(gp[1:]) == 2
    assert sorted(source for _, source, _ in shown(conn).values()) == ["commune", "manual", "manual"]
    load("annuaire", people, force=True)
    assert sorted(source for _, source, _ in shown(conn).values()) == ["commune", "manual", "manual"]
    # The person moves: the correction no longer places the others.
    load("annuaire", activity({"number": "77"}, {"person": 2, "structure": "R9"}), accept_shrink=True)
    assert states(conn) == ["address-changed"]
    assert {source for _, source, _ in shown(conn).values()} == {"commune"}


def test_an_address_without_a_door_is_put_right_for_its_place_only(
    load: Load, activity: Write, correct: Correct, conn: psycopg.Connection, gp: str
):
    town = {"number": "", "street_type": "", "street": ""}
    people = activity(town, {**town, "person": 2, "structure": "R9"}, {**town, "person": 3})
    load("annuaire", people)
    assert conn.execute("SELECT count(*) FROM directory.address").fetchone() == (1,)
    assert correct(gp[1:]) == 1
    for _ in range(2):
        sources = {idnps: source for idnps, (_, source, _) in shown(conn).items()}
        assert sources.pop(gp) == "manual"
        assert set(sources.values()) == {"commune"}
        load("annuaire", people, force=True)
    correct("8" + rpps(2), Point(lon=5.25, lat=46.21))
    assert states(conn) == ["in-service", "in-service"]
    assert searched(conn) == {5.24, 5.25, 5.228}


def test_who_leaves_the_annuaire_leaves_the_corrections_too(
    load: Load, activity: Write, correct: Correct, conn: psycopg.Connection, gp: str
):
    load("annuaire", activity({}, {"person": 2, "structure": "R9"}))
    correct(gp[1:])
    outcome = load("annuaire", activity({"person": 2, "structure": "R9"}), accept_shrink=True)
    assert states(conn) == []
    assert outcome.counts["corrections"] == {"forgotten": 1}
    assert any("retirées avec les personnes parties" in warning for warning in outcome.warnings)
    assert {source for _, source, _ in shown(conn).values()} == {"commune"}


def test_a_structure_put_right_takes_its_practitioners_along(
    load: Load, stock: Write, activity: Write, correct: Correct, conn: psycopg.Connection, one: str, gp: str
):
    people = activity({"finess": one, "structure": f"F{one}", "number": "88"})
    structures = stock(({"number": one}, None))
    load("finess", structures)
    load("annuaire", people)
    assert shown(conn)[gp][1] == "commune"
    assert correct(one) == 2
    assert {row[1] for row in shown(conn).values()} == {"manual"}
    assert searched(conn) == {5.24}
    load("annuaire", people, force=True)
    load("finess", structures, force=True)
    assert {row[1] for row in shown(conn).values()} == {"manual"}
    # Corrected through the person shown there, it is the structure that is corrected.
    assert target_of(conn, gp[1:]).finess == one
    conn.rollback()
    begin(conn)
    withdraw(conn, [one])
    settle(conn)
    conn.commit()
    assert {row[1] for row in shown(conn).values()} == {"commune"}


def test_an_address_that_both_sources_write_is_not_undone_by_the_other_one(
    load: Load, stock: Write, activity: Write, correct: Correct, conn: psycopg.Connection, one: str
):
    same = {"number": "3", "street_type": "R", "street": "DU MARCHE", "structure": "R7"}
    people = activity({**same, "office": "01000 BOURG EN BRESSE", "postal_code": "01000"})
    load("finess", stock(({"number": one}, None)))
    load("annuaire", people)
    assert conn.execute("SELECT count(*) FROM directory.address").fetchone() == (1,)
    correct(one)
    load("annuaire", people, force=True)
    assert {row[1] for row in shown(conn).values()} == {"manual"}


def test_a_correction_made_between_a_dry_run_and_its_application_is_applied(
    load: Load, stock: Write, correct: Correct, conn: psycopg.Connection, one: str
):
    load("finess", stock(({"number": one}, {})))
    newer = stock(({"number": one}, {"x": "872500.0", "y": "6571500.0"}))
    load("finess", newer, apply=False)
    correct(one)
    assert load("finess", newer).resumed
    assert shown(conn)[one][1:] == ("manual", 5.24)


def test_a_correction_survives_a_load_killed_at_any_moment(
    load: Load,
    stock: Write,
    correct: Correct,
    export: Callable[[], str],
    conn: psycopg.Connection,
    database: DatabaseSettings,
    home: HomeSettings,
    one: str,
):
    assert database.database_url is not None
    dsn = database.database_url.get_secret_value()
    load("finess", stock(({"number": one}, {}), ({"number": "010780195", "street": "B"}, {})))
    correct(one)
    former = export()
    conn.rollback()
    newer = stock(
        ({"number": one}, {"x": "872500.0", "y": "6571500.0"}),
        ({"number": "010780195", "street": "B"}, {}),
        name="etalab-cs1100507-stock-20210309-0427.csv",
    )
    for stage in ("geocode", "swap", "swapped"):
        done = subprocess.run(
            [sys.executable, str(_SCRIPT), dsn, str(home.path), "finess", stage, str(newer)],
            check=False,
            env={**os.environ, "PYTHONPATH": str(_ROOT)},
            capture_output=True,
            timeout=60,
        )
        assert done.returncode == -9, (stage, done.stderr.decode()[-500:])
        assert export() == former, stage
        conn.rollback()
        assert states(conn) == ["in-service"]
    load("finess", newer)
    assert shown(conn)[one][1:] == ("manual", 5.24)


def test_a_point_outside_of_the_commune_is_refused_unless_forced(
    load: Load, stock: Write, correct: Correct, conn: psycopg.Connection, one: str
):
    load("finess", stock(({"number": one}, {})))
    for point in (Point(lon=2.35, lat=48.85), Point(lon=DOOR.lat, lat=DOOR.lon)):
        with pytest.raises(OutsideCommune, match="hors de Bourg-en-Bresse") as refused:
            correct(one, point)
        assert ("échangées" in refused.value.message) == (point.lat < 10)
    assert states(conn) == []
    correct(one, Point(lon=2.35, lat=48.85), force=True)
    assert shown(conn)[one] == ("housenumber", "manual", 2.35)
    assert correction_states(conn)[0]["outside_m"] > 100_000


def test_a_place_of_no_known_commune_is_found_by_searches_once_corrected(
    load: Load, activity: Write, correct: Correct, conn: psycopg.Connection, gp: str
):
    conn.execute(
        "INSERT INTO territory.outline VALUES ('department', '01', 'Ain',"
        " ST_Multi(ST_MakeEnvelope(4.7, 45.6, 6.2, 46.6, 4326)), 'contours inventés')"
    )
    conn.commit()
    load("annuaire", activity({"citycode": "", "postal_code": "88888", "office": "88888 NULLE PART"}))
    assert shown(conn)[gp][:2] == ("none", None)
    correct(gp[1:])
    assert searched(conn) == {5.24}


def test_a_person_of_two_addresses_has_to_say_which(
    load: Load, activity: Write, correct: Correct, conn: psycopg.Connection, gp: str
):
    load("annuaire", activity({}, {"structure": "R9", "number": "77"}))
    with pytest.raises(InvalidParameter, match="2 adresses") as ambiguous:
        correct(gp[1:])
    offer = ambiguous.value.details["suggestions"][0]
    assert correct(offer) == 1
    assert [state["state"] for state in correction_states(conn)] == ["in-service"]
    conn.rollback()
    with pytest.raises(NotFoundError):
        correct("99999999999")


def test_the_last_of_two_corrections_of_one_address_is_believed(
    load: Load, activity: Write, correct: Correct, conn: psycopg.Connection, gp: str
):
    load("annuaire", activity({}, {"person": 2, "structure": "R9"}))
    correct(gp[1:])
    correct(rpps(2), Point(lon=5.25, lat=46.21))
    assert states(conn) == ["replaced", "in-service"]
    assert searched(conn) == {5.25}
    correct(gp[1:], Point(lon=5.26, lat=46.21))
    assert searched(conn) == {5.26}
    assert sorted(states(conn)) == ["in-service", "replaced"]


@pytest.mark.parametrize(
    "words",
    [
        {"because": ""},
        {"because": "x" * 201},
        {"because": "a\nb"},
        {"author": " "},
        {"level": "given"},
    ],
)
def test_a_correction_says_why_who_and_what_it_points_at(words: dict[str, str]):
    with pytest.raises(InvalidParameter):
        Correction(**({"point": DOOR, "because": "vu", "author": "régulation"} | words))  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("column", ["author", "reason", "address", "finess", "idnps", "lon", "made_at", "*"])
def test_the_server_may_not_read_who_corrected_what(conn: psycopg.Connection, column: str):
    conn.execute("SET ROLE sas_reader")
    # It sees that something changed, so as to read the positions again, and nothing more.
    conn.execute("SELECT max(correction_id), count(correction_id) FROM directory.position_correction")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute(f"SELECT {column} FROM directory.position_correction")  # noqa: S608 - names of ours
