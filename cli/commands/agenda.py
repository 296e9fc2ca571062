"""`sas agenda`: iCalendar files of a place, count of the hours published."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="L'agenda SAS : fichiers iCalendar, heures publiées.")


def register(parent: typer.Typer) -> None:
    """Add the verb."""
    parent.add_typer(app, name="agenda")


@app.command("hours")
def hours() -> None:
    """Compter les heures publiées des semaines finies (à lancer chaque nuit), puis oublier leurs détails."""
    import asyncio

    from cli.database import writing
    from core.clock import utc_now
    from slots.hours import close_weeks

    done = asyncio.run(writing(lambda conn: close_weeks(conn, utc_now())))
    if done:
        typer.echo(f"{len(done)} semaine(s) comptée(s), jusqu'à celle du {done[-1]:%d/%m/%Y}.")
    else:
        typer.echo("Aucune semaine finie depuis le premier agenda : rien à compter.")


@app.command("export")
def export(
    offer_id: Annotated[str, typer.Argument(help="Identifiant de l'offre (recherche, annuaire).")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Fichier .ics à écrire.")],
) -> None:
    """Écrire l'agenda SAS d'un lieu en iCalendar."""
    import asyncio

    from cli.database import writing
    from core.clock import utc_now
    from slots.agenda_file import give_out

    output.write_bytes(asyncio.run(writing(lambda conn: give_out(conn, _offer(offer_id), utc_now()))))
    typer.echo(f"Écrit : {output}")


@app.command("import")
def import_(
    offer_id: Annotated[str, typer.Argument(help="Identifiant de l'offre (recherche, annuaire).")],
    file: Annotated[Path, typer.Argument(help="Fichier .ics : des disponibilités, pas des rendez-vous.")],
    actor: Annotated[str, typer.Option(help="Au nom de qui, pour l'historique.")],
    apply: Annotated[bool, typer.Option("--apply", help="Écrire ; sinon, montrer seulement.")] = False,
    form: Annotated[str, typer.Option(help="single (un patient) ou range (plage).")] = "range",
    capacity: Annotated[int, typer.Option(help="Patients d'une plage.")] = 1,
    modality: Annotated[list[str] | None, typer.Option(help="AMB, VR ou HH ; répétable.")] = None,
) -> None:
    """Reprendre un fichier iCalendar ; titres, descriptions et invités ne sont jamais lus."""
    import asyncio

    from care.hand import Hand
    from cli.database import writing
    from core.clock import utc_now
    from core.errors import FileUnreadable, InvalidParameter
    from slots.agenda_file import take_in
    from slots.ical import Wanted

    if form not in {"single", "range"}:
        raise InvalidParameter("« --form » : single ou range.", parameter="form")
    try:
        content = file.read_bytes()
    except OSError as exc:
        raise FileUnreadable(f"Le fichier {file} ne se lit pas.") from exc
    wanted = Wanted(form=form, capacity=capacity, modalities=tuple(sorted(set(modality or ["AMB"]))))  # type: ignore[arg-type]
    hand = Hand(actor=f"cli:{actor}", now=utc_now())
    done = asyncio.run(
        writing(lambda conn: take_in(conn, _offer(offer_id), content, wanted, hand), commit=apply)
    )
    verb = "écrit(s)" if apply else "à écrire (--apply)"
    typer.echo(
        f"{len(done.written)} créneau(x) ou série(s) {verb}, {done.unavailabilities} indisponibilité(s), "
        f"{done.present} déjà là."
    )
    for rank, reason in done.refused:
        typer.echo(f"Événement {rank} refusé : {reason}", err=True)
    raise typer.Exit(3 if done.refused else 0)


def _offer(text: str) -> str:
    import uuid

    from core.errors import InvalidParameter

    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise InvalidParameter("L'identifiant d'une offre est un UUID.", parameter="offer_id") from None
