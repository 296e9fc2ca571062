"""`sas editor check`: does a vendor's server do what the guide asks?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import ssl

    from care.slot import Flow
    from slots.conformance.report import Report

_COLOURS = {"passed": "green", "failed": "red", "warning": "yellow", "skipped": "bright_black"}


def check(
    url: Annotated[str, typer.Argument(help="Base FHIR, par exemple https://agenda.example/fhir.")],
    practitioner: Annotated[
        list[str] | None, typer.Option(help="Professionnel d'essai : 8 + RPPS ; répétable, deux au moins.")
    ] = None,
    association: Annotated[
        list[str] | None, typer.Option(help="Association SOS Médecins d'essai : 3 + SIRET ; répétable.")
    ] = None,
    cpts: Annotated[bool, typer.Option("--cpts", help="Jouer aussi le flux des CPTS (INT_R04).")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Rapport : .html, .json ou .xml (JUnit).")
    ] = None,
    certificate: Annotated[Path | None, typer.Option(help="Certificat client présenté (PEM).")] = None,
    key: Annotated[Path | None, typer.Option(help="Clé de ce certificat.")] = None,
    authority: Annotated[Path | None, typer.Option(help="Autorité du serveur (PEM).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Le rapport en JSON.")] = False,
) -> None:
    """Jouer les exigences du guide contre un serveur, et rendre un rapport avec ses preuves."""
    import asyncio

    from core.errors import InvalidParameter
    from slots.conformance.report import as_html, as_json_bytes, as_junit

    asked = _asked(practitioner or [], association or [], cpts=cpts)
    writers = {".html": lambda made: as_html(made).encode(), ".json": as_json_bytes, ".xml": as_junit}
    if output is not None and output.suffix not in writers:
        raise InvalidParameter("Le rapport est un fichier .html, .json ou .xml.", parameter="output")
    if not url.startswith(("http://", "https://")):
        raise InvalidParameter("L'adresse commence par http:// ou https://.", parameter="url")
    made = asyncio.run(_made(url.rstrip("/"), asked, certificate, key, authority))
    if output is not None:
        output.write_bytes(writers[output.suffix](made))
    if as_json:
        typer.echo(as_json_bytes(made).decode())
    else:
        _show(made)
    if not made.conforms:
        raise typer.Exit(1)


def _asked(practitioners: list[str], associations: list[str], *, cpts: bool) -> list[tuple[Flow, list[str]]]:
    """The flows to play, and with whom.

    Raises
    ------
    InvalidParameter   nobody, or a number without its digit
    """
    import re

    from core.errors import InvalidParameter

    if not practitioners and not associations:
        raise InvalidParameter(
            "Donnez un professionnel d'essai (--practitioner 8…) ou une association (--association 3…).",
            parameter="practitioner",
        )
    for value in practitioners:
        if not re.fullmatch(r"8\d{11}|0[0-9A-Z]{9}", value):
            raise InvalidParameter(
                "Un professionnel s'écrit 8 + RPPS (11 chiffres).", parameter="practitioner"
            )
    for value in associations:
        if not re.fullmatch(r"3\d{14}", value):
            raise InvalidParameter(
                "Une association s'écrit 3 + SIRET (14 chiffres).", parameter="association"
            )
    played: list[tuple[Flow, list[str]]] = []
    if practitioners:
        played.append(("agg-ps", practitioners))
        if cpts:
            played.append(("agg-cpts", practitioners))
    if associations:
        played.append(("agg-sos", associations))
    return played


async def _made(
    url: str,
    asked: list[tuple[Flow, list[str]]],
    certificate: Path | None,
    key: Path | None,
    authority: Path | None,
) -> Report:
    from core.clock import utc_now
    from slots.conformance.exchange import Caller
    from slots.conformance.report import report

    caller = Caller(
        base_url=url,
        tls=_context(certificate, key, authority),
        stranger_tls=_context(None, None, authority),
    )
    seen = [await caller.gather(flow, ids, now=utc_now()) for flow, ids in asked]
    return report(seen, made_at=utc_now())


def _context(certificate: Path | None, key: Path | None, authority: Path | None) -> ssl.SSLContext:
    from slots.tls import caller_context

    return caller_context(certificate, key, authority=authority)


def _show(made: Report) -> None:
    from slots.conformance.report import FLOW_NAMES, WORDS

    flow = ""
    for line in made.lines:
        if line.flow != flow:
            flow = line.flow
            typer.secho(f"\n{FLOW_NAMES[flow]}", bold=True)
        typer.secho(f"{WORDS[line.verdict]:<14}", fg=_COLOURS[line.verdict], nl=False)
        typer.echo(f"{line.requirement}")
        if line.verdict != "passed":
            typer.echo(f"{'':<14}→ {line.evidence}")
    counts = ", ".join(f"{made.counts[verdict]} {word}" for verdict, word in WORDS.items())
    typer.echo(f"\n{'Conforme' if made.conforms else 'Non conforme'} : {counts}.")
