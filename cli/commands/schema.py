"""`sas schema`: write the page of the whole schema again (developers)."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("schema")(schema)


def schema() -> None:
    """Réécrire core/db/schema.sql d'après les migrations (développement)."""
    import psycopg
    from psycopg import sql

    from core.db import cluster
    from core.db.migrate import migrate_dsn
    from core.db.schema import SCHEMA, page
    from core.settings import HomeSettings

    home = HomeSettings().path
    cluster.ensure(home)
    name = sql.Identifier("sas_schema_page")
    with psycopg.connect(cluster.conninfo(home, database="postgres"), autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        admin.execute(sql.SQL("CREATE DATABASE {}").format(name))
        try:
            dsn = cluster.conninfo(home, database="sas_schema_page")
            migrate_dsn(dsn)
            SCHEMA.write_text(page(dsn), encoding="utf-8")
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
    typer.echo(f"{SCHEMA.name} réécrit.")
