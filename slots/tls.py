"""Mutual TLS with a vendor: our certificate is presented, theirs is verified (section 2.1).

TLS 1.2 at least. The chain, the dates and the host name are checked by OpenSSL, revocation against the list
that the record names, common name and organisational unit here.
"""

from __future__ import annotations

import os
import ssl
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import SystemMissing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slots.editors import Editor


def client_context(editor: Editor, environment: Mapping[str, str] | None = None) -> ssl.SSLContext:
    """What a connection to this vendor is made with.

    Raises
    ------
    SystemMissing   a certificate, a key or a list is missing or unreadable; names the field, not the content
    """
    known = os.environ if environment is None else environment
    authority = located(editor, "authority", known)
    try:
        context = ssl.create_default_context(cafile=authority)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        revocations = located(editor, "revocations", known)
        if revocations is not None:
            context.load_verify_locations(cafile=revocations)
            context.verify_flags |= ssl.VerifyFlags.VERIFY_CRL_CHECK_LEAF
        certificate = located(editor, "certificate", known)
        if certificate is not None:
            context.load_cert_chain(certificate, located(editor, "private_key", known))
    except (OSError, ssl.SSLError) as exc:
        raise SystemMissing(
            f"Le certificat, la clé ou l'autorité de « {editor.slug} » est illisible.", editor=editor.slug
        ) from exc
    return context


def caller_context(certificate: Path | None, key: Path | None, *, authority: Path | None) -> ssl.SSLContext:
    """What a server that has no record is called with, for the conformance check.

    Raises
    ------
    SystemMissing   a file is missing or unreadable
    """
    try:
        context = ssl.create_default_context(cafile=authority)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if certificate is not None:
            context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as exc:
        raise SystemMissing("Le certificat, la clé ou l'autorité est illisible.") from exc
    return context


def located(editor: Editor, field: str, environment: Mapping[str, str]) -> str | None:
    """The path that a field of the record names; None when it names nothing.

    Raises
    ------
    SystemMissing   the variable is not set, or no file is there
    """
    reference: str | None = getattr(editor, field)
    if reference is None:
        return None
    path = environment.get(reference[4:], "") if reference.startswith("env:") else reference
    if not path or not Path(path).is_file():
        raise SystemMissing(
            f"« {field} » de l'éditeur « {editor.slug} » ne mène à aucun fichier ({reference}).",
            editor=editor.slug,
            field=field,
        )
    return path


def carries(certificate: Mapping[str, Any] | None, *, cn: str | None, ou: str | None) -> bool:
    """Whether the subject of a verified certificate has this common name and this organisational unit."""
    if cn is None and ou is None:
        return True
    subject = (certificate or {}).get("subject", ())
    names = {key: value for part in subject for key, value in part}
    units = {value for part in subject for key, value in part if key == "organizationalUnitName"}
    return (cn is None or names.get("commonName") == cn) and (ou is None or ou in units)


def server_context(
    certificate: Path, key: Path | None, *, authority: Path | None, revocations: Path | None
) -> ssl.SSLContext:
    """What a simulated vendor listens with; with an authority, the certificate of the caller is required.

    Raises
    ------
    SystemMissing   a file is missing or unreadable
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, key)
        if authority is not None:
            context.load_verify_locations(cafile=authority)
            context.verify_mode = ssl.CERT_REQUIRED
        if revocations is not None:
            context.load_verify_locations(cafile=revocations)
            context.verify_flags |= ssl.VerifyFlags.VERIFY_CRL_CHECK_LEAF
    except (OSError, ssl.SSLError) as exc:
        raise SystemMissing("Un certificat, une clé ou une autorité est illisible.") from exc
    return context
