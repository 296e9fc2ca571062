from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest
from psycopg import errors

from core.errors import (
    ColumnsChanged,
    FileUnreadable,
    InvalidParameter,
    StorageUnavailable,
    TooFewRows,
    TooManyRejections,
)
from ingest import run as run_module

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import psycopg

    from ingest.pipeline import Outcome

    Load = Callable[..., Outcome]
    Put = Callable[[str, str | bytes], Path]

pytestmark = pytest.mark.postgis
_POSTAL = "#Code_commune_INSEE;Nom_de_la_commune;Code_postal;Libellé_d_acheminement;Ligne_5\n"


def rows(number: int) -> str:
    return _POSTAL + "".join(f"01053;BOURG EN BRESSE;{n:05d};BOURG;\n" for n in range(1000, 1000 + number))


def states(conn: psycopg.Connection) -> list[tuple[str, str]]:
    conn.rollback()
    return conn.execute("SELECT source, state FROM ingest.run ORDER BY run_id").fetchall()


def staging(conn: psycopg.Connection) -> list[str]:
    conn.rollback()
    return [
        name
        for (name,) in conn.execute(
            "SELECT relname FROM pg_class WHERE relname LIKE 'stage%' AND relkind = 'r'"
        )
    ]


def test_a_dry_run_shows_the_difference_and_changes_nothing(
    load: Load, edition_2015: list[Path], conn: psycopg.Connection
) -> None:
    outcome = load("cog", edition_2015, apply=False)
    assert not outcome.applied
    assert outcome.difference["territory.commune"].added == 7
    assert outcome.difference["territory.commune"].samples["added"][0] == "01015 Arbignieu"
    assert conn.execute("SELECT count(*) FROM territory.commune").fetchone() == (0,)
    assert states(conn) == [("cog", "checked")]


def test_applying_after_a_dry_run_reuses_what_was_staged(
    load: Load, edition_2015: list[Path], conn: psycopg.Connection
) -> None:
    dry = load("cog", edition_2015, apply=False)
    wet = load("cog", edition_2015)
    assert wet.run_id == dry.run_id
    assert wet.resumed
    assert states(conn) == [("cog", "applied")]
    assert staging(conn) == []


def test_the_same_files_again_are_nothing_to_do_unless_forced(
    load: Load, edition_2015: list[Path], conn: psycopg.Connection
) -> None:
    load("cog", edition_2015)
    again = load("cog", edition_2015)
    assert again.unchanged
    forced = load("cog", edition_2015, force=True)
    assert {(part.added, part.changed, part.removed) for part in forced.difference.values()} == {(0, 0, 0)}
    assert states(conn) == [("cog", "applied"), ("cog", "applied")]


def test_the_same_rows_give_the_same_tables_byte_for_byte(
    load: Load, edition_2016: list[Path], exported: Callable[[], dict[str, bytes]]
) -> None:
    load("cog", edition_2016)
    first = exported()
    load("cog", list(reversed(edition_2016)), force=True)
    assert exported() == first


def test_a_source_that_another_leans_on_makes_it_worth_loading_again(
    load: Load, edition_2015: list[Path], edition_2016: list[Path], put: Put
) -> None:
    load("cog", edition_2015)
    postal = put("hexasmal.csv", _POSTAL + "01340;ST BOIS;01300;ST BOIS;\n01053;BOURG;01000;BOURG;\n")
    load("postal", postal)
    load("cog", edition_2016)
    assert not load("postal", postal).unchanged


def test_a_file_much_shorter_than_the_previous_one_is_refused_unless_accepted(
    load: Load, country: object, put: Put, conn: psycopg.Connection
) -> None:
    load("postal", put("a.csv", rows(100)))
    with pytest.raises(TooFewRows, match="89 lignes au lieu de 100"):
        load("postal", put("b.csv", rows(89)))
    assert conn.execute("SELECT count(*) FROM territory.postal_code").fetchone() == (100,)
    assert load("postal", put("c.csv", rows(90))).difference["territory.postal_code"].removed == 10
    assert load("postal", put("d.csv", rows(20)), accept_shrink=True).applied


def test_rejected_rows_are_kept_with_file_line_reason_and_text(
    load: Load, country: object, put: Put, conn: psycopg.Connection
) -> None:
    text = rows(300) + "99138;MONACO;98000;MONACO;\n01999;NULLE PART;01000;NULLE PART;" + "x" * 3000 + "\n"
    outcome = load("postal", put("hexasmal.csv", text))
    assert outcome.counts["rejected"] == {"outside-france": 1, "unknown-commune": 1}
    found = conn.execute(
        "SELECT file, line, reason, detail, length(raw) FROM ingest.rejection ORDER BY line"
    ).fetchall()
    assert found[0][:4] == ("hexasmal.csv", 302, "outside-france", "MONACO n'est pas en France")
    assert found[1][1:] == (303, "unknown-commune", "commune 01999 inconnue du code géographique", 2000)


def test_rejections_of_the_former_load_go_with_the_next_applied_one(
    load: Load, country: object, put: Put, conn: psycopg.Connection
) -> None:
    load("postal", put("a.csv", rows(300) + "99138;MONACO;98000;MONACO;\n"))
    load("postal", put("b.csv", rows(301)))
    assert conn.execute("SELECT count(*) FROM ingest.rejection").fetchone() == (0,)


def test_too_many_rejected_rows_stop_the_load_and_stay_readable(
    load: Load, country: object, put: Put, conn: psycopg.Connection
) -> None:
    bad = "".join(f"0199{n};X;01000;X;\n" for n in range(6))
    with pytest.raises(TooManyRejections, match="6 lignes rejetées sur 106"):
        load("postal", put("a.csv", rows(100) + bad))
    assert states(conn)[-1] == ("postal", "failed")
    assert conn.execute("SELECT count(*) FROM ingest.rejection").fetchone() == (6,)
    assert conn.execute("SELECT count(*) FROM territory.postal_code").fetchone() == (0,)
    assert staging(conn) == []


def test_a_changed_header_fails_before_anything_is_staged(
    load: Load, country: object, put: Put, conn: psycopg.Connection
) -> None:
    with pytest.raises(ColumnsChanged, match="Code_postal"):
        load("postal", put("a.csv", "code_commune_insee;cp;libelle_d_acheminement\n01053;01000;BOURG\n"))
    error = conn.execute("SELECT error FROM ingest.run ORDER BY run_id DESC LIMIT 1").fetchone()
    assert error is not None
    assert "Code_postal" in error[0]
    assert staging(conn) == []


def test_a_truncated_archive_fails_and_the_data_in_service_stay(
    load: Load, country: object, put: Put, exported: Callable[[], dict[str, bytes]]
) -> None:
    load("postal", put("a.csv", rows(100)))
    before = exported()
    with pytest.raises(FileUnreadable, match="tronquée"):
        load("postal", put("b.csv.gz", gzip.compress(rows(5000).encode())[:-200]))
    assert exported() == before


def test_an_unknown_source_is_refused_with_the_list(load: Load) -> None:
    with pytest.raises(InvalidParameter, match="cog"):
        load("cadastre", [])


def test_one_load_at_a_time(
    load: Load, edition_2015: list[Path], conn: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_module, "_LOCK_WAIT_S", 0.3)
    run_module.take_lock(conn)
    with pytest.raises(StorageUnavailable, match="Un autre chargement est en cours"):
        load("cog", edition_2015)


def test_a_failure_in_the_swap_leaves_every_table_as_it_was(
    load: Load,
    edition_2015: list[Path],
    edition_2016: list[Path],
    conn: psycopg.Connection,
    exported: Callable[[], dict[str, bytes]],
) -> None:
    load("cog", edition_2015)
    before = exported()
    conn.execute(
        "ALTER TABLE territory.former_commune ADD CONSTRAINT none CHECK (former_name <> 'Saint-Bois')"
    )
    conn.commit()
    with pytest.raises(errors.CheckViolation):
        load("cog", edition_2016)
    assert exported() == before
    assert states(conn)[-1] == ("cog", "failed")
    assert staging(conn) == []


def test_a_count_far_from_a_national_edition_is_told_not_refused(
    load: Load, edition_2015: list[Path]
) -> None:
    assert "une édition nationale en compte" in load("cog", edition_2015).warnings[0]


def test_files_that_were_mended_are_told(load: Load, country: object, put: Put) -> None:
    outcome = load("postal", put("a.csv", b"\xef\xbb\xbf" + rows(30).replace("\n", "\r\n").encode()))
    assert outcome.counts["defects"] == {"bom": 1, "crlf-lines": 31}
