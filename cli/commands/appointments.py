"""`sas appointments`: vendors who may report appointments, messages waiting for the regulation software."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Les rendez-vous transmis par les éditeurs (INT_R03).")


def register(parent: typer.Typer) -> None:
    """Add the verb."""
    parent.add_typer(app, name="appointments")


@app.command("sender")
def sender(
    editor: Annotated[str, typer.Argument(help="Code de l'éditeur : minuscules, chiffres, tirets.")],
    cn: Annotated[str, typer.Option(help="CN du certificat client de l'éditeur.")],
    ou: Annotated[str, typer.Option(help="OU du certificat client de l'éditeur.")],
    system: Annotated[
        str, typer.Option(help="Système des identifiants de ses rendez-vous (urn:oid:… ou https://…).")
    ],
    closed: Annotated[bool, typer.Option("--closed", help="Ne plus rien recevoir de lui.")] = False,
) -> None:
    """Inscrire un éditeur, ou changer ce qu'on sait de lui."""
    import asyncio
    import re

    from care.hand import Hand
    from cli.database import writing
    from core.clock import utc_now
    from core.errors import InvalidParameter
    from slots.appointments import write_sender

    if re.fullmatch(r"[a-z0-9][a-z0-9-]{0,59}", editor) is None:
        raise InvalidParameter("Le code d'un éditeur : minuscules, chiffres, tirets.", parameter="editor")
    if not system.startswith(("urn:oid:", "https://", "http://")):
        raise InvalidParameter("« --system » commence par urn:oid: ou https://.", parameter="system")
    hand = Hand(actor="cli", now=utc_now())
    asyncio.run(
        writing(
            lambda conn: write_sender(
                conn,
                editor,
                certificate_cn=cn,
                certificate_ou=ou,
                identifier_system=system,
                active=not closed,
                hand=hand,
            )
        )
    )
    typer.echo(f"{editor} : {'fermé' if closed else 'inscrit'}.")


@app.command("senders")
def senders() -> None:
    """Lister les éditeurs inscrits."""
    import asyncio

    from rich.console import Console
    from rich.table import Table

    from cli.database import writing
    from slots.agenda import rows

    table = Table("Éditeur", "CN", "OU", "Système", "État")
    for row in asyncio.run(writing(lambda conn: rows(conn, "appointment_senders"))):
        names = (row[name] for name in ("editor", "certificate_cn", "certificate_ou", "identifier_system"))
        table.add_row(*names, "ouvert" if row["active"] else "fermé")
    Console().print(table, markup=False)


@app.command("outbox")
def outbox() -> None:
    """Compter les messages pour les logiciels de régulation, par état."""
    import asyncio

    from cli.database import writing
    from slots.agenda import rows

    found = asyncio.run(writing(lambda conn: rows(conn, "outbox_counts")))
    if not found:
        typer.echo("Aucun message.")
    for row in found:
        waits = f" (attend : {row['waits_for']})" if row["waits_for"] else ""
        typer.echo(
            f"{row['state']}{waits} : {row['messages']}, le plus ancien du {row['oldest']:%d/%m/%Y %H:%M}"
        )


@app.command("history")
def history(
    appointment_id: Annotated[str, typer.Argument(help="Identifiant rendu à l'éditeur dans Location.")],
) -> None:
    """Montrer ce qu'un éditeur a transmis d'un rendez-vous, dans l'ordre."""
    import asyncio
    import uuid

    from cli.database import writing
    from core.errors import InvalidParameter, NotFoundError
    from slots.agenda import rows

    try:
        wanted = str(uuid.UUID(appointment_id))
    except ValueError:
        raise InvalidParameter("L'identifiant est un UUID.", parameter="appointment_id") from None
    found = asyncio.run(writing(lambda conn: rows(conn, "appointment_events", appointment_id=wanted)))
    if not found:
        raise NotFoundError("Ce rendez-vous n'existe pas.", parameter="appointment_id")
    for row in found:
        typer.echo(f"{row['received_at']:%d/%m/%Y %H:%M:%S} UTC  {row['method']}  {row['status']}")
