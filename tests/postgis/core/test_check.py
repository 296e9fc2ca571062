"""`sas check` on sound and broken installations."""

from __future__ import annotations

import stat
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from cli.commands.check import data, duties, rules
from core import check
from core.settings import DatabaseSettings, HomeSettings, ServerSettings

pytestmark = pytest.mark.postgis


def _by_name(checks: list[check.Check]) -> dict[str, check.Check]:
    return {line.name: line for line in checks}


def test_a_migrated_database_is_sound(database: DatabaseSettings, home: HomeSettings):
    found = _by_name(list(check.database(database, home)))
    assert {"base", "extensions", "migrations", "rôles", "index"} <= set(found)
    assert {found[name].state for name in ("extensions", "migrations", "rôles", "index")} == {"ok"}


def test_a_server_that_does_not_answer_is_told_with_what_to_do(home: HomeSettings, tmp_path: Path):
    away = DatabaseSettings.model_validate({"database_url": f"host={tmp_path} dbname=sas"})
    (line,) = check.database(away, home)
    assert (line.name, line.state) == ("base", "failed")
    assert "SAS_DATABASE_URL" in line.hint
    (line,) = check.database(DatabaseSettings(), home)
    assert "sas migrate" in line.hint


def test_a_reader_that_may_write_is_a_failure_with_its_revoke(
    conn: psycopg.Connection, database: DatabaseSettings, home: HomeSettings
):
    conn.execute("GRANT INSERT ON directory.offer TO sas_reader")
    conn.commit()
    line = _by_name(list(check.database(database, home)))["rôles"]
    assert line.state == "failed"
    conn.execute(line.hint.encode())
    conn.commit()
    assert _by_name(list(check.database(database, home)))["rôles"].state == "ok"


def test_an_index_left_unusable_is_a_failure(
    conn: psycopg.Connection, database: DatabaseSettings, home: HomeSettings
):
    conn.execute(
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'directory.offer_idnps_idx'::regclass"
    )
    conn.commit()
    line = _by_name(list(check.database(database, home)))["index"]
    assert line.state == "failed"
    assert "directory.offer_idnps_idx" in line.hint


def test_a_missing_extension_is_a_failure(
    conn: psycopg.Connection, database: DatabaseSettings, home: HomeSettings
):
    conn.execute("DROP EXTENSION unaccent CASCADE")
    conn.commit()
    assert _by_name(list(check.database(database, home)))["extensions"].detail == "absentes : unaccent"


def test_a_journal_that_may_hold_what_was_searched_is_a_failure(
    conn: psycopg.Connection, database: DatabaseSettings, home: HomeSettings
):
    name = sql.Identifier(conn.info.dbname)
    conn.execute(sql.SQL("ALTER DATABASE {} SET log_statement = 'all'").format(name))
    conn.execute(sql.SQL("ALTER DATABASE {} SET log_parameter_max_length = -1").format(name))
    conn.commit()
    assert _by_name(list(check.database(database, home)))["confidentialité"].state == "failed"


def test_sources_never_loaded_are_told_one_by_one(database: DatabaseSettings, home: HomeSettings):
    found = list(data(database, home))
    assert {"données cog", "données ban"} <= {line.name for line in found}
    assert {line.state for line in found} == {"warning"}
    assert all(line.hint for line in found)


def test_weak_settings_are_told_without_their_value(tmp_path: Path):
    env_file = tmp_path / ".env"
    env_file.write_text("SAS_CURSOR_KEY=short")
    env_file.chmod(0o644)
    database = DatabaseSettings.model_validate({"database_url": "postgresql://a:secret@db.example/sas"})
    server = ServerSettings.model_validate({"cursor_key": "short", "write_token": "short"})
    found = list(check.settings(database, server, env_file=env_file))
    assert len(found) == 4
    assert all(line.state == "warning" and line.hint for line in found)
    assert not any("secret" in line.detail + line.hint for line in found)
    env_file.chmod(stat.S_IRUSR | stat.S_IWUSR)
    strong = DatabaseSettings.model_validate(
        {"database_url": make_conninfo(host="db", sslmode="verify-full")}
    )
    (line,) = check.settings(strong, ServerSettings(), env_file=env_file)
    assert line.state == "ok"


def test_the_worst_line_gives_the_state_of_the_report():
    lines = [check.Check(name="x", state=state, detail="") for state in ("ok", "warning", "failed")]  # pyright: ignore[reportArgumentType]
    assert [check.worst(lines[:n]) for n in (1, 2, 3)] == ["ok", "warning", "failed"]


def test_hours_not_counted_and_messages_refused_are_told(
    conn: psycopg.Connection, database: DatabaseSettings, home: HomeSettings
):
    assert [(line.name, line.state) for line in duties(database, home)] == [("heures", "ok")]
    conn.execute(
        "INSERT INTO agenda.calendar VALUES (gen_random_uuid(), 'Europe/Paris', NULL, NULL, '2026-01-01')"
    )
    conn.execute(
        "INSERT INTO appointment.sender VALUES ('a', 'cn', 'ou', 'https://a.example', true, now(), 'test')"
    )
    conn.execute(
        "INSERT INTO appointment.appointment VALUES ('00000000-0000-0000-0000-000000000001', 'a', '1', 'PS', "
        "'booked', now(), now() + interval '1 hour', NULL, NULL, 'accepted', 'IDNPS', '3/1', true, '', '', "
        "1, now(), now())"
    )
    conn.execute(
        "INSERT INTO appointment.outbox (appointment_id, method, content, state, next_attempt_at, "
        "created_at) "
        "VALUES ('00000000-0000-0000-0000-000000000001', 'CreateAppointment', '{}', 'failed', now(), now())"
    )
    conn.commit()
    found = _by_name(list(duties(database, home)))
    assert (found["heures"].state, found["messages"].state) == ("warning", "warning")
    assert found["heures"].hint


def test_a_rule_of_a_territory_that_nobody_vouches_for_is_told_with_its_reason(tmp_path, monkeypatch):
    (tmp_path / "paris.toml").write_text("version = 'x'", encoding="utf-8")
    monkeypatch.setenv("SAS_POLICY_DIR", str(tmp_path))
    in_force, refused = rules()
    assert (in_force.state, in_force.detail) == ("ok", "time-to-care-1")
    assert (refused.state, refused.name) == ("failed", "règle paris.toml")
    assert "signature" in refused.detail
