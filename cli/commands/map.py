"""`sas map`: one self-contained, interactive file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

map_app = typer.Typer(
    help="Écrire une carte interactive dans un seul fichier, lisible sans réseau.", no_args_is_help=True
)

_Output = Annotated[Path, typer.Option("--output", "-o", help="Fichier HTML à écrire.")]


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.add_typer(map_app, name="map")


@map_app.command("offer")
def offer(
    output: _Output,
    department: Annotated[
        list[str] | None, typer.Option("--department", "-d", help="Code du département ; répétable.")
    ] = None,
    specialty: Annotated[
        str | None, typer.Option("--specialty", "-s", help="Code de spécialité (SM54, 70, 620…).")
    ] = None,
) -> None:
    """Les lieux de soins : points réunis jusqu'à 10 000, hexagones au-delà."""
    from core.clock import utc_now
    from core.db.connect import connect
    from core.settings import DatabaseSettings, HomeSettings
    from maps.folium_map import offer_map
    from maps.layers import choose, offer_layers

    codes = [code.upper() for item in department or [] for code in item.split(",")]
    with connect(DatabaseSettings(), HomeSettings(), role="reader") as conn:
        choice = choose(conn, departments=codes, specialty=specialty)
        layers = offer_layers(conn, choice)
    where = ", ".join(item.name for item in layers.outlines) if codes else "France"
    title = f"{choice.specialty or 'Offre de soins'} : {where or ', '.join(codes)}"
    _write(output, offer_map(layers, title=title, made_on=utc_now().date()))


@map_app.command("deployment")
def deployment(output: _Output) -> None:
    """Les services d'accès aux soins par département."""
    from core.clock import utc_now
    from core.db.connect import connect
    from core.settings import DatabaseSettings, HomeSettings
    from maps.folium_map import deployment_map
    from maps.layers import deployment_facts, outlines

    with connect(DatabaseSettings(), HomeSettings(), role="reader") as conn:
        rows, source_date = deployment_facts(conn)
        shapes = outlines(conn, None)
    _write(output, deployment_map(rows, shapes, source_date=source_date, made_on=utc_now().date()))


def _write(output: Path, page: str) -> None:
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(page, encoding="utf-8")
    typer.echo(f"{output} ({len(page.encode()) / 1e6:.1f} Mo)")
