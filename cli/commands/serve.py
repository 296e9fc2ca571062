"""`sas serve`: the HTTP server in the foreground."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("serve")(serve)


def serve(
    host: str | None = typer.Option(None, help="Adresse écoutée [défaut : SAS_HOST, 127.0.0.1]."),
    port: int | None = typer.Option(None, min=1, max=65535, help="Port écouté [défaut : SAS_PORT, 8000]."),
    workers: int = typer.Option(0, min=0, help="Processus qui répondent ; 0 : un par cœur, 4 au plus."),
) -> None:
    """Servir l'API, les cartes et les pages ; Ctrl-C arrête proprement."""
    from cli import database, server
    from core.db.migrate import require_current
    from core.settings import DatabaseSettings, HomeSettings, ServerSettings

    settings, home, asked = DatabaseSettings(), HomeSettings(), ServerSettings()
    database.ready(settings, home)
    require_current(settings, home)
    server.serve(host=host or asked.host, port=port or asked.port, workers=workers or server.usual_workers())
