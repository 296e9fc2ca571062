"""Agenda vendors: one record each, checked where it is built, kept in `editor.editor`.

A record holds no secret. Certificates and keys are named by an absolute path, or by `env:NAME`, a variable of
the environment that holds the path.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast
from urllib.parse import urlsplit

from psycopg.rows import dict_row

from core.db.queries import Queries
from core.errors import InvalidParameter, NotFoundError

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    from care.slot import Flow

QUERIES = Queries.load(Path(__file__).with_name("sql"))

FLOWS: tuple[Flow, ...] = ("agg-ps", "agg-cpts", "agg-sos")
_SLUG = re.compile(r"[a-z][a-z0-9-]{0,39}")
_OWN_SOURCE = "sas"  # the name of our own calendar among the sources of slots
_REFERENCE = re.compile(r"env:[A-Z][A-Z0-9_]*|/.+")
_HOST = re.compile(r"[a-z0-9.-]{1,253}(:[0-9]{1,5})?")
_REFERENCES = ("certificate", "private_key", "authority", "revocations")


@dataclass(frozen=True, kw_only=True)
class Editor:
    """How a vendor is reached and what it can do; the columns are explained in `core/db/schema.sql`.

    Raises
    ------
    InvalidParameter   names the field
    """

    slug: str
    name: str
    base_url: str
    flows: tuple[Flow, ...] = ("agg-ps",)
    state: Literal["on", "off"] = "on"
    booking: bool = True
    booking_hosts: tuple[str, ...] = ()
    certificate: str | None = None
    private_key: str | None = None
    authority: str | None = None
    revocations: str | None = None
    expected_cn: str | None = None
    expected_ou: str | None = None
    max_concurrent: int = 16
    rate_per_s: float = 20.0
    sandbox: bool = False

    def __post_init__(self) -> None:
        if not _SLUG.fullmatch(self.slug) or self.slug == _OWN_SOURCE:
            raise _refused("slug", "est fait de lettres minuscules, chiffres et tirets (40 au plus)")
        if not self.name.strip() or len(self.name) > 100 or not self.name.isprintable():
            raise _refused("name", "est un texte de 1 à 100 caractères")
        if not self.flows or not set(self.flows) <= set(FLOWS):
            raise _refused("flows", f"contient un ou plusieurs de : {', '.join(FLOWS)}")
        if self.state not in {"on", "off"}:
            raise _refused("state", "vaut « on » ou « off »")
        if not 1 <= self.max_concurrent <= 256:
            raise _refused("max_concurrent", "va de 1 à 256")
        if not 0 < self.rate_per_s <= 10_000:
            raise _refused("rate_per_s", "est un nombre positif, au plus 10 000")
        _check_base(self.base_url, sandbox=self.sandbox)
        for host in self.booking_hosts:
            if not _HOST.fullmatch(host):
                raise _refused("booking_hosts", "contient des noms d'hôtes, sans « https:// »")
        self._check_references()

    def _check_references(self) -> None:
        for name in _REFERENCES:
            value = getattr(self, name)
            if value is not None and not _REFERENCE.fullmatch(value):
                raise _refused(name, "est un chemin absolu ou « env:NOM » (jamais le contenu lui-même)")
        if (self.certificate is None) != (self.private_key is None):
            raise _refused("private_key", "va avec « certificate » : donnez les deux ou aucun")
        if self.revocations is not None and self.authority is None:
            raise _refused("revocations", "demande « authority »")

    @property
    def allowed_booking_hosts(self) -> frozenset[str]:
        """Hosts its booking links may lead to."""
        if self.booking_hosts:
            return frozenset(self.booking_hosts)
        return frozenset({urlsplit(self.base_url).netloc.lower()})

    def practitioner_flow(self) -> Flow | None:
        """The flow that asks this vendor for practitioners: the CPTS one when it has it (section 3.5)."""
        return "agg-cpts" if "agg-cpts" in self.flows else "agg-ps" if "agg-ps" in self.flows else None


async def all_editors(conn: AsyncConnection[Any]) -> list[Editor]:
    """Every record, by slug."""
    return [_editor(row) for row in await rows(conn, "editors")]


async def editor_named(conn: AsyncConnection[Any], slug: str) -> Editor:
    """One record.

    Raises
    ------
    NotFoundError   no such vendor
    """
    found = await rows(conn, "editor", slug=slug)
    if not found:
        raise NotFoundError("Cet éditeur n'existe pas.", parameter="slug")
    return _editor(found[0])


async def put(conn: AsyncConnection[Any], editor: Editor) -> bool:
    """Add a vendor or replace its record; tells whether it was added. `conn` is a writer's."""
    record = asdict(editor) | {"flows": list(editor.flows), "booking_hosts": list(editor.booking_hosts)}
    (done,) = await rows(conn, "put_editor", **record)
    return bool(done["added"])


async def remove(conn: AsyncConnection[Any], slug: str) -> None:
    """Forget a vendor and what was learnt of it. `conn` is a writer's.

    Raises
    ------
    NotFoundError   no such vendor
    """
    if not await rows(conn, "remove_editor", slug=slug):
        raise NotFoundError("Cet éditeur n'existe pas.", parameter="slug")


async def rows(conn: AsyncConnection[Any], statement: str, /, **parameters: Any) -> list[dict[str, Any]]:
    """Rows of a statement of this room, as dictionaries."""
    async with conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(QUERIES[statement], parameters)
        return await cursor.fetchall()


def _editor(row: dict[str, Any]) -> Editor:
    flows = tuple(cast("list[Flow]", row["flows"]))
    return Editor(**row | {"flows": flows, "booking_hosts": tuple(row["booking_hosts"])})


def _check_base(url: str, *, sandbox: bool) -> None:
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise _refused("base_url", "est illisible") from None
    if not host or not url.isprintable() or " " in url:
        raise _refused("base_url", "est une adresse absolue, comme https://agenda.example/fhir")
    if parts.scheme != "https" and not (sandbox and parts.scheme == "http"):
        raise _refused("base_url", "commence par https:// (http pour un éditeur simulé seulement)")
    if parts.query or parts.fragment or parts.username or parts.password or url.endswith("/"):
        raise _refused("base_url", "n'a ni compte, ni paramètre, ni ancre, ni « / » final")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return
    if not sandbox and not address.is_global:
        raise _refused("base_url", "ne mène pas à une adresse privée (éditeur simulé seulement)")


def _refused(field: str, reason: str) -> InvalidParameter:
    return InvalidParameter(f"« {field} » {reason}.", parameter=field)
