"""`sas demo`: the invented France, from files to a served map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pathlib import Path

    from cli import server
    from core.settings import HomeSettings


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("demo")(demo)


def demo(
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port servi.")] = None,
    detach: Annotated[
        bool, typer.Option("--detach", help="Rendre la main dès que le serveur est prêt, et le laisser.")
    ] = False,
    departments: Annotated[
        str | None, typer.Option(help="Seulement ces départements : « 75,93 ». Sans cela, tout le pays.")
    ] = None,
    scale: Annotated[str, typer.Option(help="Taille : small, demo ou national.")] = "demo",
) -> None:
    """Tout préparer et servir : base, France inventée, chargements, cartes, serveur."""
    import time

    from cli import demonstration, sandbox, server, sweeper
    from cli.progress import shown_progress
    from core.settings import DatabaseSettings, HomeSettings, ServerSettings

    started = time.monotonic()
    database, home, asked = DatabaseSettings(), HomeSettings(), ServerSettings()
    host, port = asked.host, port or asked.port
    left = server.left_running(home)
    if left is None or left.port != port:
        server.require_free_port(host, port)
    codes = sorted({code.strip().upper().zfill(2) for code in (departments or "").split(",") if code.strip()})
    with shown_progress() as display:
        maps = demonstration.prepare(database, home, scale=scale, departments=codes, display=display)
        display.heading("Éditeurs d'agenda simulés")
        sweeper.stop(home)
        sandbox.stop(home)
        vendors = sandbox.start(home)
        sandbox.interface(vendors, database, home)
        display.heading(f"Serveur (prêt en {round(time.monotonic() - started)} s)")
    server.stop(home)
    # Nobody is real here: booking links lead to the simulated vendors, and are given to everybody.
    running = server.start(home, host=host, port=port, environment={"SAS_BOOKING_LINKS": "true"})
    sweeper.start(home)  # the order of a search follows the slots that the sweep has read
    _tell(running, vendors, maps, home, department=demonstration.shown_department(scale, codes))
    if not detach:
        _wait(running, home)


def _tell(
    running: server.Running, vendors: server.Running, maps: list[Path], home: HomeSettings, *, department: str
) -> None:
    base = f"http://{running.host}:{running.port}"
    lines = (
        ("Carte des services", f"{base}/carte"),
        ("Recherche", f"{base}/recherche"),
        ("API", f"{base}/docs"),
        ("Exemple de recherche", f"{base}/api/v1/offers?specialty=SM54&department={department}&limit=5"),
        ("Éditeurs simulés", f"http://{vendors.host}:{vendors.port}/"),
        *(("Carte générée", str(path)) for path in maps),
        ("Commandes", f"{_command()} --help"),
        ("Journal du serveur", str(home.path / "server.log")),
    )
    typer.echo("")
    for name, value in lines:
        typer.echo(f"  {name:<22}{value}")
    typer.echo("")


def _command() -> str:
    import sys
    from pathlib import Path

    program = Path(sys.executable).with_name("sas")
    try:
        return str(program.relative_to(Path.cwd()))
    except ValueError:
        return str(program)


def _wait(running: server.Running, home: HomeSettings) -> None:
    """Stay until Ctrl-C, then stop the server and the vendors; the database stays up for what comes."""
    import signal
    import time

    from cli import sandbox, server, sweeper
    from core.errors import SystemMissing

    typer.echo("Ctrl-C arrête le serveur (« make stop » arrête aussi la base).", err=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        while server.left_running(home) == running:
            time.sleep(0.5)
    except KeyboardInterrupt:
        sweeper.stop(home)
        server.stop(home)
        sandbox.stop(home)
        typer.echo("Serveur arrêté.", err=True)
        return
    raise SystemMissing(f"Le serveur s'est arrêté (journal : {home.path / 'server.log'}).")
