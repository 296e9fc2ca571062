"""Is this installation sound? Small checks, each with a state, a French sentence and what to do about it.

The plumbing is checked here; what depends on the data is checked by the door that knows the sources.
"""

from __future__ import annotations

import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import psycopg
from psycopg.conninfo import conninfo_to_dict

from core.db import cluster, migrate
from core.db.connect import conninfo
from core.db.queries import Queries
from core.errors import MigrationEdited, SasError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.settings import DatabaseSettings, HomeSettings, ServerSettings

State = Literal["ok", "warning", "failed"]

EXTENSIONS = ("btree_gist", "pg_trgm", "postgis", "unaccent")
ROLES = ("sas_loader", "sas_reader", "sas_writer")
_QUERIES = Queries.load(Path(__file__).parent / "db" / "sql")
_TESTED_SERVER = 150000
_DISK_ALARM_SHARE = 0.8
_DISK_LEAST_FREE = 1 << 30
_SHORT_SECRET = 32
_OPEN_TO_OTHERS = stat.S_IRGRP | stat.S_IROTH


@dataclass(frozen=True, kw_only=True)
class Check:
    """One line of the report: name, state, French sentence, and the repair hint when something is to mend."""

    name: str
    state: State
    detail: str
    hint: str = ""


def worst(checks: list[Check]) -> State:
    """The worst state of a report."""
    states = {check.state for check in checks}
    return "failed" if "failed" in states else "warning" if "warning" in states else "ok"


def machine(home: HomeSettings) -> Iterator[Check]:
    """Room on the disk that holds `SAS_HOME`."""
    place = home.path
    while not place.exists():
        place = place.parent
    usage = shutil.disk_usage(place)
    used, free_gb = 1 - usage.free / usage.total, usage.free / 2**30
    detail = f"{free_gb:.1f}".replace(".", ",") + f" Go libres ({used * 100:.0f}\u00a0% occupé)"
    hint = "Libérez de la place, ou donnez un autre SAS_HOME ; « make clean » efface la démonstration."
    if usage.free < _DISK_LEAST_FREE:
        yield Check(name="disque", state="failed", detail=detail, hint=hint)
    elif used > _DISK_ALARM_SHARE:
        yield Check(name="disque", state="warning", detail=detail, hint=hint)
    else:
        yield Check(name="disque", state="ok", detail=detail)


def settings(database: DatabaseSettings, server: ServerSettings, *, env_file: Path) -> Iterator[Check]:
    """Settings that are weak; none is shown."""
    weak = list(_weak(database, server, env_file))
    if not weak:
        yield Check(name="réglages", state="ok", detail="aucun réglage faible")
    for detail, hint in weak:
        yield Check(name="réglages", state="warning", detail=detail, hint=hint)


def _weak(database: DatabaseSettings, server: ServerSettings, env_file: Path) -> Iterator[tuple[str, str]]:
    if env_file.exists() and env_file.stat().st_mode & _OPEN_TO_OTHERS:
        yield "le fichier .env est lisible par d'autres comptes", "chmod 600 .env"
    if server.cursor_key is not None and len(server.cursor_key.get_secret_value()) < _SHORT_SECRET:
        yield (
            f"SAS_CURSOR_KEY a moins de {_SHORT_SECRET} caractères",
            "openssl rand -hex 32 en donne un bon",
        )
    if server.write_token is not None and len(server.write_token.get_secret_value()) < _SHORT_SECRET:
        yield (
            f"SAS_WRITE_TOKEN a moins de {_SHORT_SECRET} caractères",
            "openssl rand -hex 32 en donne un bon",
        )
    if database.database_url is not None:
        try:
            parts = conninfo_to_dict(database.database_url.get_secret_value())
        except psycopg.ProgrammingError:
            return  # told by the check of the database
        far = not str(parts.get("host", "/")).startswith(("/", "localhost", "127.", "::1"))
        if far and parts.get("sslmode") not in {"require", "verify-ca", "verify-full"}:
            yield "la base est jointe par le réseau sans chiffrement exigé", "Ajoutez sslmode=verify-full."


def database(settings: DatabaseSettings, home: HomeSettings) -> Iterator[Check]:
    """The database: reachable, complete, with the right rights. Stops at the first thing all others need."""
    try:
        dsn = conninfo(settings, home, role="owner", statement_timeout_s=30)
        conn = psycopg.connect(dsn, autocommit=True)
    except (psycopg.OperationalError, SasError) as error:
        detail = error.message if isinstance(error, SasError) else "ne répond pas"
        yield Check(name="base", state="failed", detail=detail, hint=_unreachable_hint(settings, home))
        return
    with conn:
        yield from _server(conn, private=settings.database_url is None)
        yield from _extensions(conn)
        yield from _migrations(settings, home)
        yield from _roles(conn)
        yield from _indexes(conn)


def _unreachable_hint(settings: DatabaseSettings, home: HomeSettings) -> str:
    if settings.database_url is not None:
        return "Vérifiez SAS_DATABASE_URL (serveur, compte, mot de passe) et que le serveur tourne."
    if not cluster.exists(home.path):
        return f"Il n'y a pas encore de base sous {home.path} : lancez « make demo » ou « sas migrate »."
    return (
        f"La base privée est arrêtée : « sas migrate » la démarre (journal : {cluster.data_dir(home.path)})."
    )


def _server(conn: psycopg.Connection[Any], *, private: bool) -> Iterator[Check]:
    row = conn.execute(_QUERIES["server_facts"]).fetchone()
    assert row is not None  # noqa: S101 - a SELECT without FROM gives a row
    version, fsync, writes_values = row
    shown = f"PostgreSQL {version // 10000}.{version % 10000}, {'privée' if private else 'SAS_DATABASE_URL'}"
    if version < _TESTED_SERVER:
        yield Check(
            name="base",
            state="warning",
            detail=shown,
            hint="Passez à PostgreSQL 15 : plus ancien, non éprouvé.",
        )
    else:
        yield Check(name="base", state="ok", detail=shown)
    if not fsync:
        yield Check(
            name="base",
            state="warning",
            detail="fsync est coupé : une panne de courant peut tout perdre",
            hint="ALTER SYSTEM RESET fsync; puis rechargez le serveur.",
        )
    if writes_values:
        yield Check(
            name="confidentialité",
            state="failed",
            detail="le journal du serveur peut garder un lieu cherché (paramètres des requêtes)",
            hint="ALTER SYSTEM SET log_parameter_max_length = 0; puis SELECT pg_reload_conf();",
        )


def _extensions(conn: psycopg.Connection[Any]) -> Iterator[Check]:
    found: list[tuple[str, str | None]] = conn.execute(
        _QUERIES["extensions"], {"names": list(EXTENSIONS)}
    ).fetchall()
    missing = [name for name, version in found if version is None]
    if missing:
        yield Check(
            name="extensions",
            state="failed",
            detail=f"absentes : {', '.join(missing)}",
            hint="Lancez « sas migrate » ; sur votre serveur, CREATE EXTENSION demande un administrateur.",
        )
    else:
        shown = ", ".join(f"{name} {version}" for name, version in found)
        yield Check(name="extensions", state="ok", detail=shown)


def _migrations(settings: DatabaseSettings, home: HomeSettings) -> Iterator[Check]:
    try:
        missing = migrate.pending(settings, home)
    except MigrationEdited as error:
        hint = "Rétablissez le fichier d'origine et écrivez la suite dans une nouvelle migration."
        yield Check(name="migrations", state="failed", detail=error.message, hint=hint)
        return
    if missing:
        detail = f"{len(missing)} à appliquer, dont {missing[0]}"
        yield Check(name="migrations", state="failed", detail=detail, hint="Lancez « sas migrate ».")
    else:
        yield Check(name="migrations", state="ok", detail="à jour")


def _roles(conn: psycopg.Connection[Any]) -> Iterator[Check]:
    found = conn.execute(_QUERIES["roles"], {"names": list(ROLES)}).fetchall()
    absent = [name for name, present, _member in found if not present]
    closed = [name for name, present, member in found if present and not member]
    if absent or closed:
        detail = ", ".join(
            [f"{name} n'existe pas" for name in absent]
            + [f"{name} n'est pas ouvert au compte" for name in closed]
        )
        hint = "Lancez « sas migrate »." if absent else f'GRANT {", ".join(closed)} TO "{conn.info.user}";'
        yield Check(name="rôles", state="failed", detail=detail, hint=hint)
        return
    writable = conn.execute(_QUERIES["tables_a_role_may_write"], {"role_name": "sas_reader"}).fetchall()
    if writable:
        names = ", ".join(row[0] for row in writable)
        hint = f"REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {names} FROM sas_reader, PUBLIC;"
        yield Check(name="rôles", state="failed", detail=f"la lecture peut écrire dans {names}", hint=hint)
    else:
        yield Check(name="rôles", state="ok", detail="présents, la lecture n'écrit nulle part")


def _indexes(conn: psycopg.Connection[Any]) -> Iterator[Check]:
    broken = [row[0] for row in conn.execute(_QUERIES["invalid_indexes"]).fetchall()]
    if broken:
        hint = f"REINDEX INDEX CONCURRENTLY {broken[0]};"
        yield Check(name="index", state="failed", detail=f"inutilisables : {', '.join(broken)}", hint=hint)
    else:
        yield Check(name="index", state="ok", detail="tous utilisables")


def env_file() -> Path:
    """The optional file of settings, beside where the command is run."""
    return Path(os.curdir) / ".env"
