"""`sas`: verbs, exit statuses, one line for an error the user can mend.

Exit status: 0 done · 1 the work failed · 2 wrong usage · 3 done with rejected rows.
"""

from __future__ import annotations

import sys
from importlib import import_module

import typer

from core.errors import SasError, UsageError

# One module of `cli.commands` per verb, in the order of the help page.
VERBS: tuple[str, ...] = ()

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


for verb in VERBS:
    import_module(f"cli.commands.{verb}").register(app)


def main() -> None:
    """Run `sas`; errors of the project become one line on stderr."""
    try:
        app()
    except SasError as error:
        if "-v" in sys.argv or "--verbose" in sys.argv:
            raise
        typer.echo(f"sas : {error.message}", err=True)
        sys.exit(2 if isinstance(error, UsageError) else 1)
