"""`sas geocode`: a CSV file by default, and the verbs of the work list of doubtful positions."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from cli.commands import corrections, doubtful
from cli.commands.geocode import geocode

_DEFAULT = "csv"


class _FileOrVerb(TyperGroup):
    """`sas geocode IN.csv OUT.csv [--columns …]` geocodes a file; a first word that is a verb is that verb.

    Whatever else comes first, an option included, belongs to the file. A file that bears the name of a verb
    is written with its folder: `./doubtful`.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> Any:  # click's own types, private in typer
        if not args or (args[0] not in self.commands and args[0] not in ctx.help_option_names):
            args = [_DEFAULT, *args]
        return super().parse_args(ctx, args)


def register(app: typer.Typer) -> None:
    """Add the verb, with those under it."""
    verbs = typer.Typer(
        cls=_FileOrVerb,
        help="Géocoder un fichier : sas geocode ENTREE.csv SORTIE.csv [--columns …] (le mot « csv » est "
        "sous-entendu) ; ou tenir la liste des positions douteuses.",
    )
    verbs.command(_DEFAULT)(geocode)
    doubtful.register(verbs)
    corrections.register(verbs)
    app.add_typer(verbs, name="geocode")
