"""`sas`: verbs, exit statuses, one line for an error the user can mend.

Exit status: 0 done · 1 the work failed · 2 wrong usage · 3 done with rejected rows.
"""

from __future__ import annotations

import errno
import sys

import psycopg
import typer
from typer._click.exceptions import NoArgsIsHelpError
from typer._click.exceptions import UsageError as WrongUsage

from cli.commands import (
    agenda,
    appointments,
    audit,
    bench,
    check,
    demo,
    demo_data,
    editor,
    geocode_verbs,
    ingest,
    migrate,
    official,
    participation,
    sandbox,
    schema,
    search,
    serve,
    stop,
    sweep,
    worker,
)
from cli.commands import map as map_command
from cli.usage import sentence as usage_sentence
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


# One module of `cli.commands` for each verb, in the order of the help; heavy imports happen inside the verb.
demo.register(app)
demo_data.register(app)
serve.register(app)
stop.register(app)
check.register(app)
bench.register(app)
migrate.register(app)
schema.register(app)
ingest.register(app)
official.register(app)
map_command.register(app)
search.register(app)
geocode_verbs.register(app)
editor.register(app)
sandbox.register(app)
sweep.register(app)
worker.register(app)
agenda.register(app)
participation.register(app)
appointments.register(app)
audit.register(app)


def main() -> None:
    """Run `sas`; errors that the user can mend become one line on stderr."""
    try:
        sys.exit(app(standalone_mode=False, prog_name="sas") or 0)
    except NoArgsIsHelpError as error:
        error.show()
        sys.exit(2)
    except WrongUsage as error:
        typer.echo(f"sas : {usage_sentence(error)}", err=True)
        sys.exit(2)
    except (SasError, psycopg.errors.DiskFull, OSError) as error:
        sentence = _sentence(error)
        if sentence is None or "-v" in sys.argv or "--verbose" in sys.argv:
            raise
        typer.echo(f"sas : {sentence}", err=True)
        sys.exit(2 if isinstance(error, UsageError) else 1)


def _sentence(error: Exception) -> str | None:
    if isinstance(error, SasError):
        return error.message
    if isinstance(error, psycopg.errors.DiskFull) or getattr(error, "errno", None) == errno.ENOSPC:
        return "Le disque est plein : libérez de la place et recommencez, ce qui est fait n'est pas perdu."
    return None
