"""`sas demo-data`: write an invented France in the official formats."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_SCALE_HELP = "small (un département), demo (le pays au dixième) ou national (grandeur réelle)."
_ONLY_HELP = (
    "Parties à écrire, séparées par des virgules : geography, ban, finess, annuaire. Par défaut, tout."
)


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("demo-data")(demo_data)


def demo_data(
    scale: Annotated[str, typer.Option(help=_SCALE_HELP)] = "small",
    departments: Annotated[str, typer.Option(help="Codes séparés par des virgules : 75,93.")] = "",
    seed: Annotated[int, typer.Option(help="Graine : la même donne les mêmes fichiers.")] = 1,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Dossier des fichiers écrits.")
    ] = None,
    only: Annotated[str, typer.Option(help=_ONLY_HELP)] = "",
) -> None:
    """Écrire des données de démonstration : une France inventée, dans les formats officiels.

    Communes, populations et codes postaux sont réels ; rues, structures et personnes n'existent pas.
    Interrompue, la commande reprend où elle en était.
    """
    from cli.progress import shown_progress, thousands
    from core.settings import HomeSettings
    from demo import generate
    from demo.request import EVERYTHING, Request

    home = HomeSettings().path
    asked = Request.checked(
        scale=scale,
        departments=departments.split(","),
        seed=seed,
        output=output or home / "demo" / scale,
        home=home,
        what=[part.strip() for part in only.split(",") if part.strip()] or EVERYTHING,
    )
    with shown_progress() as progress:
        progress.heading(f"Données de démonstration ({scale})")
        manifest = generate.run(asked, progress)
    counts = manifest["counts"]
    labels = {
        "addresses": "adresses",
        "structures": "structures",
        "people": "personnes",
        "activity_rows": "activités",
    }
    told = ", ".join(f"{thousands(counts[name])} {label}" for name, label in labels.items() if name in counts)
    typer.echo(f"{asked.output} : {told or 'fichiers du pays écrits'}.")
