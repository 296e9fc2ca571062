"""`sas`: verbs, exit statuses, one line for an error the user can mend.

Exit status: 0 done · 1 the work failed · 2 wrong usage · 3 done with rejected rows.
"""

from __future__ import annotations

import sys

import typer

from cli.commands import map as map_command
from core.errors import SasError, UsageError

app = typer.Typer(
    name="sas",
    help="La plateforme SAS ouverte : annuaire, recherche, cartes.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def options(
    context: typer.Context,
    verbose: bool = typer.Option(False, "--verbose", "-v", help="Montrer la trace complète d'une erreur."),
) -> None:
    """Options common to every verb."""
    context.obj = {"verbose": verbose}


# Each module of `cli.commands` holds one verb; heavy imports happen inside the verb.
map_command.register(app)


def main() -> None:
    """Run `sas`; errors of the project become one line on stderr."""
    try:
        app()
    except SasError as error:
        if "-v" in sys.argv or "--verbose" in sys.argv:
            raise
        typer.echo(f"sas : {error.message}", err=True)
        sys.exit(2 if isinstance(error, UsageError) else 1)
