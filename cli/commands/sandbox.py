"""`sas sandbox`: simulated agenda vendors in the foreground."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("sandbox")(sandbox)


def sandbox(
    host: Annotated[str, typer.Option(help="Adresse écoutée.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port écouté.")] = 8090,
    invented: Annotated[
        bool, typer.Option("--invented", help="Des professionnels inventés, sans base de données.")
    ] = False,
    fault: Annotated[
        list[str] | None, typer.Option(help="Panne d'un éditeur : « lilas=hung » ; répétable.")
    ] = None,
    certificate: Annotated[Path | None, typer.Option(help="Certificat du serveur (PEM) : TLS.")] = None,
    key: Annotated[Path | None, typer.Option(help="Clé du certificat.")] = None,
    authority: Annotated[
        Path | None, typer.Option(help="Autorité des certificats acceptés : TLS mutuel.")
    ] = None,
    revocations: Annotated[Path | None, typer.Option(help="Liste de révocation (PEM).")] = None,
    cn: Annotated[str | None, typer.Option(help="CN exigé du certificat de l'appelant.")] = None,
    ou: Annotated[str | None, typer.Option(help="OU exigée du certificat de l'appelant.")] = None,
) -> None:
    """Éditeurs d'agenda simulés : ils servent les professionnels de la démonstration, pannes comprises."""
    import asyncio

    from cli import database as base
    from cli.sandbox import serve
    from core.errors import InvalidParameter
    from core.settings import DatabaseSettings, HomeSettings
    from slots.sandbox.brand import BRANDS
    from slots.sandbox.faults import FAULTS

    faults = {part.partition("=")[0]: part.partition("=")[2] for part in fault or []}
    known = {brand.slug for brand in BRANDS}
    if not set(faults) <= known or not set(faults.values()) <= set(FAULTS):
        raise InvalidParameter(
            f"Écrivez --fault ÉDITEUR=PANNE. Éditeurs : {', '.join(sorted(known))}. Pannes : "
            f"{', '.join(FAULTS)}.",
            parameter="fault",
        )
    database, home = DatabaseSettings(), HomeSettings()
    if not invented:
        base.wake(database, home)
    tls = _tls(certificate, key, authority, revocations)
    typer.echo(f"Éditeurs simulés : {'https' if tls else 'http'}://{host}:{port}/ (Ctrl-C arrête)", err=True)
    asyncio.run(
        serve(
            host=host,
            port=port,
            invented=invented,
            faults=faults,
            database=database,
            home=home,
            tls=tls,
            expected_cn=cn,
            expected_ou=ou,
        )
    )


def _tls(certificate: Path | None, key: Path | None, authority: Path | None, revocations: Path | None):  # noqa: ANN202 - ssl is imported when it is used
    from core.errors import InvalidParameter
    from slots.tls import server_context

    if certificate is None:
        if key or authority or revocations:
            raise InvalidParameter("--key, --authority et --revocations vont avec --certificate.")
        return None
    return server_context(certificate, key, authority=authority, revocations=revocations)
