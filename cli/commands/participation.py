"""`sas participation`: the export of the forfait, the check of the history."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    no_args_is_help=True, help="La participation au SAS : export du forfait, preuve de l'historique."
)


def register(parent: typer.Typer) -> None:
    """Add the verb."""
    parent.add_typer(app, name="participation")


@app.command("export")
def export(
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="Premier jour.")],
    last: Annotated[datetime, typer.Option("--until", formats=["%Y-%m-%d"], help="Dernier jour.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Fichier .csv ou .xlsx à écrire.")],
    centres: Annotated[bool, typer.Option("--centres", help="Les centres de santé.")] = False,
) -> None:
    """Écrire les critères du forfait de chaque déclarant, pour l'Assurance Maladie."""
    import asyncio

    from cli.database import writing
    from core.errors import InvalidParameter
    from participation.export import as_csv, as_xlsx
    from participation.forfait import evaluate
    from slots.hours import practitioner_weeks

    write = {".csv": as_csv, ".xlsx": as_xlsx}.get(output.suffix.lower())
    if write is None:
        raise InvalidParameter("Donnez un fichier .csv ou .xlsx.", parameter="output")
    report = asyncio.run(
        writing(
            lambda conn: evaluate(
                conn,
                "centre" if centres else "practitioner",
                first.date(),
                last.date(),
                hours=practitioner_weeks,
            )
        )
    )
    output.write_bytes(write(report))
    typer.echo(f"{len(report.lines)} ligne(s), {report.text.title} : {output}")


@app.command("verify")
def verify() -> None:
    """Vérifier que l'historique des déclarations n'a pas été réécrit."""
    import asyncio

    from cli.database import writing
    from participation.declarations import verify as walk

    held, broken = asyncio.run(writing(walk))
    if broken is None:
        typer.echo(f"{held} déclaration(s), la chaîne est intacte.")
        return
    typer.echo(f"La ligne {broken} de l'historique a été modifiée ou une ligne manque avant elle.", err=True)
    raise typer.Exit(1)
