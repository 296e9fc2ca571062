"""Addresses are placed again when what places them has been loaded since: no new file is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.errors import WorkerLost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import psycopg

    from ingest.pipeline import Outcome

    Load = Callable[..., Outcome]
    Write = Callable[..., Path]

pytestmark = [pytest.mark.postgis, pytest.mark.usefixtures("placed")]

# Where the base says that 3 Rue du Marché stands, before and after it was mended.
FORMER = (5.231, 46.204)
MENDED = (5.236, 46.208)


def places(conn: psycopg.Connection) -> dict[str, tuple[str, float | None]]:
    """Level and longitude of the address where each offer is shown."""
    conn.rollback()
    rows = conn.execute(
        "SELECT kind, position_level, lon FROM directory.offer JOIN directory.address USING (address_id)"
    ).fetchall()
    return {kind: (level, lon) for kind, level, lon in rows}


def searched(conn: psycopg.Connection) -> dict[str, float]:
    """Longitude where a search finds each offer."""
    rows = conn.execute(
        "SELECT kind, ST_X(location::geometry) FROM directory.offer_specialty"
        " JOIN directory.offer USING (offer_id)"
    ).fetchall()
    return dict(rows)


def test_a_base_loaded_after_the_directory_places_its_addresses_at_the_next_load_of_the_same_files(
    load: Load,
    stock: Write,
    activity: Write,
    base: Callable[[tuple[float, float]], Path],
    conn: psycopg.Connection,
    valid_finess: Callable[..., str],
):
    structures = stock(({"number": valid_finess(1)}, None))
    inside = {"finess": valid_finess(1), "number": "4", "street_type": "R", "street": "DU MARCHE"}
    people = activity(inside)
    load("finess", structures)
    load("annuaire", people)
    assert {level for level, _ in places(conn).values()} == {"municipality"}
    for place in (FORMER, MENDED):
        loaded = load("ban", base(place))
        assert any("À recharger" in warning and "finess, annuaire" in warning for warning in loaded.warnings)
        for source, files in (("finess", structures), ("annuaire", people)):
            outcome = load(source, files)
            assert not outcome.unchanged
            assert outcome.counts["positions"]["moved"] == 1
            assert outcome.difference["directory.offer"].empty
        assert places(conn) == dict.fromkeys(("structure", "practitioner"), ("housenumber", place[0]))
        assert searched(conn) == dict.fromkeys(("structure", "practitioner"), place[0])
        drawn = conn.execute(
            "SELECT count(*) FROM map.offer_point"
            " WHERE round(ST_X(ST_Transform(geom, 4326))::numeric, 3) = round(%s::numeric, 3)",
            place[:1],
        )
        assert drawn.fetchone() == (2,)
    assert load("finess", structures).unchanged
    assert load("annuaire", people).unchanged


def test_an_official_position_stays_whatever_the_base_says(
    load: Load,
    stock: Write,
    activity: Write,
    base: Callable[[tuple[float, float]], Path],
    conn: psycopg.Connection,
    valid_finess: Callable[..., str],
):
    structures = stock(({"number": valid_finess(1)}, {}))
    load("finess", structures)
    load("annuaire", activity({"finess": valid_finess(1)}))
    before = places(conn)
    assert {level for level, _ in before.values()} == {"given"}
    load("ban", base(FORMER))
    assert load("finess", structures).counts["positions"]["moved"] == 0
    assert places(conn) == before


def test_a_load_that_does_not_geocode_keeps_the_places_found_with_a_former_base(
    load: Load,
    stock: Write,
    base: Callable[[tuple[float, float]], Path],
    conn: psycopg.Connection,
    valid_finess: Callable[..., str],
):
    structures = stock(({"number": valid_finess(1)}, None))
    load("ban", base(FORMER))
    load("finess", structures)
    load("ban", base(MENDED))
    load("finess", structures, geocode=False)
    assert places(conn) == {"structure": ("housenumber", FORMER[0])}
    load("finess", structures)
    assert places(conn) == {"structure": ("housenumber", MENDED[0])}


def test_a_new_geographic_code_places_addresses_again_too(
    load: Load, stock: Write, edition_2015: list[Path], valid_finess: Callable[..., str]
):
    structures = stock(({"number": valid_finess(1)}, None))
    load("finess", structures)
    load("cog", edition_2015, accept_shrink=True)
    assert not load("finess", structures).unchanged


def test_a_geocoder_that_dies_stops_the_load_and_leaves_nothing_behind(
    load: Load,
    stock: Write,
    conn: psycopg.Connection,
    valid_finess: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
):
    def dying(_: object, rows: Iterator[object]) -> Iterator[object]:
        next(rows)  # the staging table is being read
        raise WorkerLost("perdu")
        yield

    monkeypatch.setattr("ingest.load.positions.geocode_many", dying)
    with pytest.raises(WorkerLost):
        load("finess", stock(({"number": valid_finess(1)}, None), ({"number": valid_finess(2)}, None)))
    assert conn.execute("SELECT state FROM ingest.run ORDER BY run_id DESC LIMIT 1").fetchone() == ("failed",)
    staged = conn.execute("SELECT count(*) FROM pg_class WHERE relname LIKE 'stage\\_%'").fetchone()
    assert staged == (0,)
