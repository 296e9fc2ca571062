"""`sas migrate`: bring the schema of the database to that of the program."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("migrate")(migrate)


def migrate() -> None:
    """Mettre la base à jour : tables, droits, nomenclatures. Sans effet si elle l'est déjà."""
    from cli.database import prepare
    from core.settings import DatabaseSettings, HomeSettings

    applied = prepare(DatabaseSettings(), HomeSettings())
    typer.echo(f"Migrations appliquées : {', '.join(applied)}." if applied else "La base est à jour.")
