"""`sas stop`: end what was left running under `SAS_HOME`."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("stop")(stop)


def stop(
    remove: bool = typer.Option(False, "--remove", help="Effacer aussi les données des clusters privés."),
) -> None:
    """Arrêter le serveur et la base privée laissés en marche (démonstration, tests et mesures)."""
    from cli import sandbox, server, sweeper
    from core.db import cluster
    from core.settings import HomeSettings

    home = HomeSettings()
    stopped = ["le serveur"] if server.stop(home) else []
    if sweeper.stop(home):
        stopped.append("le balayage des agendas")
    if sandbox.stop(home):
        stopped.append("les éditeurs simulés")
    known = [(home.path, "la base privée"), (home.path / "test", "la base des tests")]
    known += [(folder, "une base de mesure") for folder in sorted((home.path / "bench").glob("geocoding-*"))]
    for folder, name in known:
        if cluster.stop(folder):
            stopped.append(name)
        if remove:
            cluster.remove(folder)
    typer.echo(f"Arrêtés : {', '.join(stopped)}." if stopped else "Rien ne tournait.")
